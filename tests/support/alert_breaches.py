"""Sounds, breaches and the messages that they stand in, as the little model of `alert_hearing` knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


class Sound(NamedTuple):
    """A message that is no mere change of another: which incident opened its thread, where it goes, and not before when."""

    why: str
    thread: int
    target: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How one rule tells; all rules have the same targets."""

    hours: bool = False
    critical: bool = False
    repeat: timedelta | None = None
    most: int = 10
    escalate_after: timedelta | None = None


@dataclass(kw_only=True, slots=True, eq=False)
class Breach:
    number: int
    rule: str
    thread: Thread | None = None
    told_at: datetime | None = None
    ended: bool = False
    acknowledged: bool = False
    again: int = 0
    heard_at: datetime | None = None
    waits_since: datetime | None = None
    escalated: bool = False

    @property
    def stands(self) -> str:
        return "recovered" if self.ended else "acknowledged" if self.acknowledged else "firing"


@dataclass(kw_only=True, slots=True, eq=False)
class Thread:
    """A message and what follows it. `arrived` of each target that it was posted to; `waiting` are mails that list what joined."""

    leader: int
    since: datetime
    members: list[Breach]
    arrived: dict[str, bool]
    waiting: dict[str, Sound] = field(default_factory=dict)

    @property
    def open(self) -> list[Breach]:
        return [each for each in self.members if not each.ended]
