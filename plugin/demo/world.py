"""What happens in the made-up centre: the simulation's own truth, before any vendor puts it into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from plugin.policy.localtime import instant_of, zone

TIMEZONE = "Europe/Riga"
QUEUES = ("Support", "Sales", "Billing", "Chat")
HOUR_S = 3600

Outcome = Literal["answered", "abandoned", "closed", "outbound"]
StepName = Literal[
    "assigned", "agent_replied", "customer_replied", "noted", "pending", "solved", "reopened", "closed", "spam"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    agent: str
    started_at: datetime
    ended_at: datetime
    answered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """One call or chat. `ended_at` is the end of the talk, or when the customer hung up; all moments are whole seconds.

    `handed_at` and `handed_to`: the agent passed the contact on and was free; `ended_at` is then the other one's end.
    """

    id: str
    queue: str
    customer: str
    outcome: Outcome
    entered_at: datetime
    ended_at: datetime
    rings: tuple[Ring, ...] = ()
    agent: str = ""
    answered_at: datetime | None = None
    wrapped_at: datetime | None = None
    holds: tuple[tuple[datetime, datetime], ...] = ()
    handed_at: datetime | None = None
    handed_to: str = ""

    @property
    def wait_s(self) -> int:
        return round(((self.answered_at or self.ended_at) - self.entered_at).total_seconds())

    @property
    def left_agent_at(self) -> datetime:
        """When the answering agent's part was over."""
        return self.handed_at or self.ended_at

    @property
    def talk_s(self) -> int:
        """Of the answering agent's part, without hold."""
        assert self.answered_at is not None
        return round((self.left_agent_at - self.answered_at).total_seconds()) - self.hold_s

    @property
    def hold_s(self) -> int:
        return round(sum((end - start).total_seconds() for start, end in self.holds))


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    reason: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    queue: str
    agent: str
    started_at: datetime
    ended_at: datetime
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What was done to a ticket. `agent` is who did it, or who has it now when it is assigned."""

    what: Literal[
        "assigned", "agent_replied", "customer_replied", "noted", "pending", "solved", "reopened", "closed", "spam"
    ]
    at: datetime
    agent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketLife:
    """`contact` is the id of the call that it came from. `rating` good or bad, given at `rated_at` about `rated_agent`."""

    number: int
    group: str
    via: Literal["email", "web", "phone"]
    priority: str
    customer: str
    created_at: datetime
    steps: tuple[Step, ...]
    contact: str = ""
    rating: str = ""
    rated_at: datetime | None = None
    rated_agent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    date: date
    contacts: tuple[Contact, ...]
    shifts: tuple[Shift, ...]
    tickets: tuple[TicketLife, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Centre:
    """`until` is the end of the last day: what lies after it has not happened yet."""

    days: tuple[Day, ...]
    until: datetime


def moment(day: date, seconds: int) -> datetime:
    """The instant of a wall clock in Riga, in seconds after midnight."""
    return instant_of(datetime.combine(day, time()) + timedelta(seconds=seconds), zone(TIMEZONE))


def clock(text: str) -> int:
    """`14:30` as seconds after midnight."""
    hours, _, minutes = text.partition(":")
    return int(hours) * HOUR_S + int(minutes or 0) * 60
