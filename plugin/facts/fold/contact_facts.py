"""What one contact adds up to: its visits to queues, its agents' legs, its ring attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from plugin.contract.event import Channel, Direction

#: outcomes of a visit that agents could have answered: what a queue was offered
OFFERED = ("answered", "abandoned", "flow_out", "timeout", "withdrawn", "voicemail", "callback_requested")


@dataclass(kw_only=True, slots=True)
class Visit:
    """One stay in one queue; `outcome` is "open" while it lasts. `wait_ms` None: the source gave no way to know it."""

    queue: str
    entered_at: datetime
    left_at: datetime | None = None
    outcome: str = "open"
    agent: str = ""
    wait_ms: int | None = None
    #: the source told the wait with the entry, as a record does that is written when all is over
    wait_is_told: bool = False
    #: made from its exit, because the entry was not seen
    inferred: bool = False


@dataclass(kw_only=True, slots=True)
class Leg:
    """One agent's part of a contact. `talk_ms` is without hold."""

    agent: str
    queue: str
    answered_at: datetime
    visit: Visit | None = None
    ended_at: datetime | None = None
    talk_ms: int | None = None
    hold_ms: int | None = None
    wrap_ms: int | None = None
    #: the system ended the wrap-up at its limit, not the agent; None: nobody said
    wrap_timed_out: bool | None = None
    #: from the beginning of an outbound contact to its first answer; 0 for the legs after that, None where it was not told
    dial_ms: int | None = None
    transferred: bool = False
    #: its end is a guess, because the source restarted
    cut: bool = False
    #: made from its end, because the answer was not seen
    inferred: bool = False
    held_at: datetime | None = None


@dataclass(kw_only=True, slots=True)
class Ring:
    agent: str
    queue: str
    started_at: datetime
    ended_at: datetime | None = None
    result: str = "open"
    ring_ms: int | None = None


@dataclass(kw_only=True, slots=True)
class Evaluation:
    """One filled-in quality form: points in thousandths. `agent` None: the form does not say whose work it is about."""

    evaluated_at: datetime
    points_milli: int
    possible_milli: int
    agent: str | None = None


@dataclass(kw_only=True, slots=True)
class ContactFacts:
    """All facts of one contact.

    `outcome`: answered, the last visit's outcome, contained, ivr_abandoned, ended, or open. `is_known` False: nothing but remarks
    (an evaluation, a sale) has arrived, which make no contact.
    """

    channel: str = Channel.VOICE
    direction: str = Direction.INBOUND
    customer: str | None = None
    entry_number: str | None = None
    ticket: str | None = None
    resolved: bool | None = None
    started_at: datetime
    #: when it was told to begin; None: its beginning was not seen
    offered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = "open"
    flaw: str | None = None
    is_known: bool = True
    topic: str | None = None
    sentiment_milli: int | None = None
    converted: bool = False
    contained: bool = False
    ivr: str | None = None
    hold_abandoned: bool = False
    callback_of: str | None = None
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)

    @property
    def entry_at(self) -> datetime:
        """Its first entry into a queue, else its start."""
        return self.visits[0].entered_at if self.visits else self.started_at

    @property
    def offered(self) -> bool:
        return any(visit.outcome in OFFERED for visit in self.visits)

    @property
    def handle_ms(self) -> int | None:
        """Talk, hold and wrap-up of the legs whose talk time is known."""
        known = [leg for leg in self.legs if leg.talk_ms is not None]
        if not known:
            return None
        return sum((leg.talk_ms or 0) + (leg.hold_ms or 0) + (leg.wrap_ms or 0) for leg in known)

    @property
    def hold_ms(self) -> int | None:
        known = [leg.hold_ms for leg in self.legs if leg.hold_ms is not None]
        return sum(known) if known else None

    @property
    def transferred(self) -> bool:
        return any(leg.transferred for leg in self.legs)
