"""What one contact adds up to: its visits to queues, its agents' legs, its ring attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from plugin.contract.event import Channel, Direction


@dataclass(kw_only=True, slots=True)
class Visit:
    """One stay in one queue; `outcome` is "open" while it lasts. `wait_ms` None: the source gave no way to know it."""

    queue: str
    entered_at: datetime
    left_at: datetime | None = None
    outcome: str = "open"
    agent: str = ""
    wait_ms: int | None = None
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
    transferred: bool = False
    #: its end is a guess, because the source restarted
    cut: bool = False
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
class ContactFacts:
    """All facts of one contact. `outcome`: answered, the last visit's outcome, ivr_abandoned, ended, or open."""

    channel: str = Channel.VOICE
    direction: str = Direction.INBOUND
    customer: str | None = None
    entry_number: str | None = None
    ticket: str | None = None
    resolved: bool | None = None
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = "open"
    flaw: str | None = None
    visits: list[Visit] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)

    @property
    def counted_at(self) -> datetime:
        return self.visits[0].entered_at if self.visits else self.started_at

    @property
    def transferred(self) -> bool:
        return any(leg.transferred for leg in self.legs)
