"""What one ticket adds up to: spans in which it was not solved, pauses, replies, promised times, and its durations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from plugin.contract.event import Channel
from plugin.facts.fold.clock import Part


@dataclass(kw_only=True, slots=True)
class Span:
    """A stretch in which the ticket was not solved. `replies` and `pauses` in it tell whether it was opened for thanks alone."""

    opened_at: datetime
    solved_at: datetime | None = None
    replies: int = 0
    pauses: int = 0
    #: the agent that the solution names, else the one who was assigned
    solved_by: str = ""
    #: from when to when the customer waited for the first response in it
    waiting_from: datetime | None = None
    waiting_until: datetime | None = None

    @property
    def is_thanks(self) -> bool:
        """For a reopening: the next change of status solved it, and no agent had replied (`docs/kpi/reopen_rate.md`)."""
        return self.solved_at is not None and self.replies == 0 and self.pauses == 0


@dataclass(kw_only=True, slots=True)
class Pause:
    """`on`: customer, or other (a third party)."""

    on: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(kw_only=True, slots=True)
class Reply:
    """A customer's first unanswered message after the first response, and the next public reply of a person."""

    asked_at: datetime
    replied_at: datetime
    agent: str = ""
    reply_ms: int | None = None
    business_ms: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """A promise that is or was running: `kind` first_response or resolution.

    `due_at`: when it is or was broken, None while it is paused or when it was kept. `counted_at`: when that was settled, None
    while it is open; an open one is settled at `due_at`, once that is past.
    """

    kind: str
    started_at: datetime
    target_ms: int
    due_at: datetime | None
    counted_at: datetime | None
    met: bool


@dataclass(kw_only=True, slots=True)
class TicketFacts:
    """`first_response_from` is where the clock of the first response began: the creation; a reopening after a bot's solution; the
    customer's first message where an agent opened the ticket for him, None before it. Durations are None while unknown.
    """

    channel: str = Channel.EMAIL
    queue: str = ""
    agent: str = ""
    customer: str | None = None
    priority: str | None = None
    status: str = "open"
    created_at: datetime
    first_response_from: datetime | None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    opened_by_agent: bool = False
    agent_replies: int = 0
    customer_replies: int = 0
    regroups: int = 0
    escalations: int = 0
    #: whether it was where an escalation is possible
    escalatable: bool = True
    #: whether the first level of support could have solved it at all; None when nobody says
    resolvable_at_level_1: bool | None = None
    excluded: str | None = None
    flaw: str | None = None
    contact: str | None = None
    spans: list[Span] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    #: from when it was in which queue, and had which priority
    stays: list[tuple[datetime, str]] = field(default_factory=list)
    priorities: list[tuple[datetime, str]] = field(default_factory=list)
    first_response_ms: int | None = None
    first_response_business_ms: int | None = None
    resolution_ms: int | None = None
    resolution_business_ms: int | None = None
    first_resolution_ms: int | None = None
    first_resolution_business_ms: int | None = None
    requester_wait_ms: int | None = None
    requester_wait_business_ms: int | None = None

    @property
    def reopens(self) -> int:
        return len(self.spans) - 1

    @property
    def groups(self) -> int:
        return len({queue for _, queue in self.stays})

    @property
    def first_solved_at(self) -> datetime | None:
        return self.spans[0].solved_at

    @property
    def solved_at(self) -> datetime | None:
        """The last solution, while it stands."""
        return self.spans[-1].solved_at

    @property
    def at_first_contact(self) -> bool:
        """FCR-T: solved with at most one public reply of an agent, never reopened, never moved to another group."""
        return self.solved_at is not None and self.agent_replies <= 1 and self.reopens == 0 and self.regroups == 0

    def running(self, *paused_on: str) -> list[Part]:
        """The parts of its life in which it was neither solved nor paused on one of these."""
        parts: list[Part] = []
        for span in self.spans:
            begin = span.opened_at
            for pause in self.pauses:
                if pause.on not in paused_on or not _within(pause, span):
                    continue
                if begin < pause.started_at:
                    parts.append((begin, pause.started_at))
                if pause.ended_at is None:
                    break
                begin = pause.ended_at
            else:
                parts.append((begin, span.solved_at))
        return parts


def _within(pause: Pause, span: Span) -> bool:
    return span.opened_at <= pause.started_at and (span.solved_at is None or pause.started_at < span.solved_at)
