"""What a source told goes in, what a rule reads in each minute comes out: windows as the product measures them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile
from math import sqrt
from statistics import median

from plugin.alert.threshold import Relative, Threshold, Unjudged, Verdict, judge
from plugin.alert.usual import Usual, usual
from plugin.kpi.metric import Measurement, Unit
from tests.alert_year._incidents import DAY, HOUR
from tests.alert_year._line import Known, Told

WEEK = 7 * DAY
#: KPI --> what one contact adds to its numerator, and whether it is a share of all
_KPIS: dict[str, tuple[Callable[[Told], int], bool]] = {
    "offered": (lambda one: 1, False),
    "abandonment_rate": (lambda one: not one[1], True),
    "service_level": (lambda one: one[2], True),
    "containment": (lambda one: one[1], True),
}


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Of each minute, over the window that ends with it; `opened` are the open minutes of that window."""

    parts: list[int]
    wholes: list[int] | None
    opened: list[int]

    def at(self, minute: int) -> Measurement:
        whole = None if self.wholes is None else self.wholes[minute]
        return Measurement(numerator=self.parts[minute], denominator=whole)


def readings(told: Known, open_hours: Sequence[bool], kpi: str, window: int) -> Readings:
    """A contact counts in the minute of its entry, from the minute on in which its source told how it ended."""
    of_one, is_share = _KPIS[kpi]
    part, whole, opened = 0, 0, 0
    found = Readings(parts=[], wholes=[] if is_share else None, opened=[])
    entered: dict[int, list[int]] = {}
    for minute, known in enumerate(told):
        for one in known or ():
            if one[0] > minute - window:
                added = int(of_one(one))
                counts = entered.setdefault(one[0], [0, 0])
                counts[0] += added
                counts[1] += 1
                part, whole = part + added, whole + 1
        left = entered.pop(minute - window, None)
        if left:
            part, whole = part - left[0], whole - left[1]
        opened += open_hours[minute // HOUR]
        opened -= open_hours[(minute - window) // HOUR] if minute >= window else 0
        found.parts.append(part)
        found.opened.append(opened)
        if found.wholes is not None:
            found.wholes.append(whole)
    return found


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All that a verdict depends on."""

    reading: Measurement | None
    usual: Usual | None = None
    closed: bool = False

    def limits(self, limits: Threshold) -> Threshold:
        return replace(limits, usual=self.usual, closed=self.closed)


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """A rule's readings, each different one once: `codes[minute]` is its place in `different`; -1 is as usual.

    So that a set of limits is asked about each reading that there is, and not about each minute.
    """

    measured: Readings
    window: int
    relative: Relative | None
    codes: list[int] = field(default_factory=list)
    different: list[Seen] = field(default_factory=list)

    def seen(self, minute: int) -> Seen:
        opened = self.measured.opened[minute]
        reading = self.measured.at(minute)
        if self.relative is None:
            return Seen(reading=reading, closed=opened < self.window)
        past = [self.measured.at(week) for week in _same_hours(self.measured, minute, self.relative)]
        return Seen(reading=reading, closed=opened == 0, usual=usual(past, Unit.COUNT, self.relative.weeks_min, 0))

    def verdicts(self, limits: Threshold) -> list[Verdict | Unjudged]:
        """By code; the last one is that of -1."""
        return [*(judge(seen.reading, seen.limits(limits)) for seen in self.different), "clear"]

    def muted(self, spans: Sequence[tuple[int, int]]) -> Minutes:
        """Nothing can be measured from each start to before its end."""
        codes, nothing = [*self.codes], len(self.different)
        for start, end in spans:
            codes[start:end] = [nothing] * len(codes[start:end])
        return replace(self, codes=codes, different=[*self.different, Seen(reading=None)])


def minutes_of(measured: Readings, window: int, relative: Relative | None) -> Minutes:
    found = Minutes(measured=measured, window=window, relative=relative)
    places: dict[Seen, int] = {}
    pairs: dict[tuple[int, int | None, bool], int] = {}

    def place(seen: Seen) -> int:
        if seen not in places:
            places[seen] = len(found.different)
            found.different.append(seen)
        return places[seen]

    for minute, part in enumerate(measured.parts):
        if relative is not None:
            found.codes.append(-1 if _is_usual(measured, minute, relative) else place(found.seen(minute)))
            continue
        pair = (part, measured.wholes and measured.wholes[minute], measured.opened[minute] < window)
        if pair not in pairs:
            pairs[pair] = place(found.seen(minute))
        found.codes.append(pairs[pair])
    return found


def _same_hours(measured: Readings, minute: int, relative: Relative) -> list[int]:
    """The same minute of the last weeks in which the centre was open for as long."""
    opened = measured.opened
    weeks = range(minute - relative.weeks * WEEK, minute, WEEK)
    return [week for week in weeks if week >= 0 and 0 < opened[minute] == opened[week]]


def _is_usual(measured: Readings, minute: int, relative: Relative) -> bool:
    """Quickly: whether it is over within the least spread that `usual` can give."""
    if not measured.opened[minute]:
        return False
    past = [measured.parts[week] for week in _same_hours(measured, minute, relative)]
    known = list(dropwhile(lambda value: value == 0, past))
    if len(known) < relative.weeks_min:
        return False
    middle = median(known)
    least = max(sqrt(middle), 0.1 * middle, 1.0)
    return abs(measured.parts[minute] - middle) <= relative.clear_deviation * least
