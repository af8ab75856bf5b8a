"""A rule over the made-up year: its windows as the product measures them, through the product's own limits and state machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import dropwhile
from math import sqrt
from statistics import median

from plugin.alert.state import NoticeKind, State, step
from plugin.alert.threshold import BEYOND, Relative, Threshold, judge
from plugin.alert.usual import usual
from plugin.kpi.metric import Measurement, Unit
from plugin.policy.calendar import next_opening
from plugin.policy.sending import Rule
from tests.alert_year._centre import DAY, HOUR, START, Centre, Queue, Told, moment
from tests.alert_year._incidents import LEAD_DAYS

WEEK = 7 * DAY
NONE = timedelta(0)
#: KPI --> what one contact adds to its numerator, and whether it is a share of all
_KPIS: dict[str, tuple[Callable[[Told], int], bool]] = {
    "offered": (lambda one: 1, False),
    "abandonment_rate": (lambda one: not one[1], True),
    "service_level": (lambda one: one[2], True),
    "containment": (lambda one: one[1], True),
}


@dataclass(frozen=True, kw_only=True)
class Alert:
    """In minutes. `over` None: still open at the end. `handed_over`: it came and went while the desk was closed."""

    rule: str
    queue: str
    fired: int
    told: int
    over: int | None
    handed_over: bool = False


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Of each minute, over the window that ends with it; `opened` are the open minutes of that window."""

    parts: list[int]
    wholes: list[int] | None
    opened: list[int]

    def at(self, minute: int) -> Measurement:
        whole = None if self.wholes is None else self.wholes[minute]
        return Measurement(numerator=self.parts[minute], denominator=whole)


def bare(limits: Threshold) -> Threshold:
    """The same limits without any guard."""
    relative = limits.relative
    return replace(
        limits,
        hold=NONE,
        clear_hold=NONE,
        cooldown=NONE,
        clear_at=None,
        clear_by=0,
        min_sample=0,
        confidence=0,
        relative=replace(relative, clear_deviation=relative.deviation) if relative else None,
    )


def farther(limits: Threshold, factor: float) -> Threshold:
    """The same limits moved away from what is good: the room that is left beyond a limit shrinks by the factor."""
    above, below, relative = limits.fire_above, limits.fire_below, limits.relative
    spreads = relative.deviation * factor if relative else 0.0
    return replace(
        limits,
        fire_above=None if above is None else 1 - (1 - above) / factor,
        fire_below=None if below is None else below / factor,
        relative=replace(relative, deviation=spreads, clear_deviation=spreads) if relative else None,
    )


def readings(told: Sequence[list[Told] | None], open_hours: Sequence[bool], kpi: str, window: int) -> Readings:
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


def alerts(
    centre: Centre, queue: Queue, name: str, rule: Rule, limits: Threshold, measured: Readings
) -> Iterator[Alert]:
    """Minute by minute after the lead. What is quiet and stays so is passed over: a step there would note the time and no more."""
    state, window = State(), rule.window_s // 60
    last: tuple[int, int | None] | None = None
    fired = 0
    for minute in range(LEAD_DAYS * DAY, centre.minutes):
        now = (measured.parts[minute], None if measured.wholes is None else measured.wholes[minute])
        if state.episode is None and limits.relative is None and not limits.absent and now == last:
            continue
        last = now
        if state.episode is None and limits.relative and _is_usual(measured, minute, limits.relative):
            continue
        reading = measured.at(minute)
        current = _limits_at(limits, measured, minute, int(window))
        if state.episode is None and judge(reading, current) not in BEYOND:
            continue
        state, notice = step(state, reading, current, moment(minute + 1))
        if notice is not None and notice.kind is NoticeKind.FIRED:
            fired = minute + 1
        elif notice is not None:
            yield _told(centre, queue, name, rule, fired, minute + 1)
    if state.episode is not None and state.episode.fired_at is not None:
        yield _told(centre, queue, name, rule, fired, None)


def _limits_at(limits: Threshold, measured: Readings, minute: int, window: int) -> Threshold:
    opened = measured.opened[minute]
    if limits.absent:
        return replace(limits, closed=opened < window)
    if limits.relative is None:
        return limits
    past = [measured.at(week) for week in _same_hours(measured, minute, limits.relative)]
    found = usual(past, Unit.COUNT, limits.relative.weeks_min, limits.min_sample)
    return replace(limits, closed=opened == 0, usual=found)


def _same_hours(measured: Readings, minute: int, relative: Relative) -> list[int]:
    """The same minute of the last weeks in which the centre was open for as long."""
    opened = measured.opened
    weeks = range(minute - relative.weeks * WEEK, minute, WEEK)
    return [week for week in weeks if week >= 0 and 0 < opened[minute] == opened[week]]


def _is_usual(measured: Readings, minute: int, relative: Relative) -> bool:
    """Quickly: whether it is within the least spread that `usual` can give."""
    past = list(
        dropwhile(lambda value: value == 0, (measured.parts[week] for week in _same_hours(measured, minute, relative)))
    )
    if len(past) < relative.weeks_min:
        return True
    middle = median(past)
    least = max(sqrt(middle), 0.1 * middle, 1.0)
    return abs(measured.parts[minute] - middle) <= relative.deviation * least


def _told(centre: Centre, queue: Queue, name: str, rule: Rule, fired: int, over: int | None) -> Alert:
    shared = {"rule": name, "queue": queue.name, "fired": fired, "over": over}
    if rule.calendar is None or centre.open_hours[queue.name][min(fired, centre.minutes - 1) // HOUR]:
        return Alert(**shared, told=fired)
    opening = _opening(centre, queue.name, fired)
    return Alert(**shared, told=opening, handed_over=over is not None and over <= opening)


def _opening(centre: Centre, queue: str, minute: int) -> int:
    opening = next_opening(centre.calendars[queue], moment(minute))
    return centre.minutes if opening is None else int((opening - START).total_seconds()) // 60
