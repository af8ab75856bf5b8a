"""Calls as they happened and as they came to be known, and what a rule of each kind has to see in them: a model of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alert_hearing import Sees, Span

RIGA = ZoneInfo("Europe/Riga")
NONE = timedelta(0)


class Call(NamedTuple):
    at: datetime
    known_at: datetime
    lost: bool


class Counted(NamedTuple):
    lost: int
    offered: int


@dataclass(kw_only=True)
class Ledger:
    calls: list[Call] = field(default_factory=list)

    def count(self, start: datetime, end: datetime, known_at: datetime) -> Counted:
        found = [each.lost for each in self.calls if start <= each.at < end and each.known_at <= known_at]
        return Counted(sum(found), len(found))


@dataclass(kw_only=True)
class Observer(ABC):
    """What one rule sees, with its hold times; `open_hours` in order, None: always."""

    ledger: Ledger
    window: timedelta
    open_hours: Sequence[Span] = ()
    hold: timedelta = NONE
    clear_hold: timedelta = NONE
    read_at: datetime | None = None
    bad_since: datetime | None = None
    clear_since: datetime | None = None
    is_open: bool = False

    @abstractmethod
    def verdict(self, now: datetime) -> Sees:
        """Of this moment alone."""

    def sees(self, now: datetime) -> Sees:
        """`bad` when it has to fire, `good` when it has to recover or is quiet, `between` while it goes on."""
        verdict = self.verdict(now)
        if verdict is None or (self.read_at is not None and now - self.read_at > timedelta(minutes=10)):
            self.bad_since = self.clear_since = None
        self.read_at = now
        if verdict is None:
            return None
        return self._while_open(verdict, now) if self.is_open else self._while_quiet(verdict, now)

    def _while_quiet(self, verdict: Sees, now: datetime) -> Sees:
        self.bad_since = (self.bad_since or now) if verdict == "bad" else None
        self.is_open = self.bad_since is not None and now - self.bad_since >= self.hold
        self.clear_since = None
        return "bad" if self.is_open else "good"

    def _while_open(self, verdict: Sees, now: datetime) -> Sees:
        self.clear_since = (self.clear_since or now) if verdict == "good" else None
        self.is_open = self.clear_since is None or now - self.clear_since < self.clear_hold
        self.bad_since = None
        return "between" if self.is_open else "good"

    def counted(self, now: datetime) -> Counted:
        return self.ledger.count(now - self.window, now, now)

    def opened(self, start: datetime, end: datetime) -> timedelta:
        cuts = [min(closes, end) - max(opens, start) for opens, closes in self.open_hours]
        return sum((max(cut, NONE) for cut in cuts), NONE)


class Band(Observer):
    """A share of lost calls from 20 % to 60 % is good, and calm from 30 % to 50 %; of fewer than 5 calls nothing is said."""

    def verdict(self, now: datetime) -> Sees:
        lost, offered = self.counted(now)
        if offered < 5:
            return None
        share = lost / offered
        return "bad" if not 0.2 <= share <= 0.6 else "good" if 0.2 + 0.1 <= share <= 0.6 - 0.1 else "between"


class Absence(Observer):
    def verdict(self, now: datetime) -> Sees:
        if self.counted(now).offered:
            return "good"
        return "bad" if self.opened(now - self.window, now) == self.window else None


@dataclass(kw_only=True)
class Unusual(Observer):
    """More than 3 spreads above the median of the last 4 weeks, of which 2 must count; over at 2 spreads."""

    usual: tuple[float, float] | None = None

    def verdict(self, now: datetime) -> Sees:
        minute = now.replace(second=0, microsecond=0)
        if not self.opened(now - self.window, now):
            self.usual = None
        elif self.usual is None or self.read_at is None or self.read_at < minute:
            self.usual = self._usual(minute, now)
        if self.usual is None:
            return None
        middle, spread = self.usual
        offered = self.counted(now).offered
        return "bad" if offered > middle + 3 * spread else "good" if offered <= middle + 2 * spread else "between"

    def _usual(self, minute: datetime, now: datetime) -> tuple[float, float] | None:
        wall = minute.astimezone(RIGA).replace(tzinfo=None)
        ends = [(wall - week * timedelta(days=7)).replace(tzinfo=RIGA).astimezone(UTC) for week in (4, 3, 2, 1)]
        wanted = self.opened(minute - self.window, minute)
        alike = [end for end in ends if wanted and self.opened(end - self.window, end) == wanted]
        counts = [self.ledger.count(end - self.window, end, now).offered for end in alike]
        while counts and not counts[0]:
            counts.pop(0)
        if len(counts) < 2:
            return None
        middle = median(counts)
        off = 1.4826 * median(abs(each - middle) for each in counts)
        return middle, max(off, 0.1 * middle, sqrt(middle), 1.0)
