"""Opening hours as data, and pure answers from them: open at an instant, open seconds between two, the next opening."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from plugin.policy.holidays import public_holidays
from plugin.policy.localtime import instant_of, zone

_DAY = timedelta(days=1)
_FORM = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DAY_MINUTES = 24 * 60
#: How far ahead an opening is looked for: a year that is closed on every day but one.
_HORIZON_DAYS = 400
#: How far ahead opening time is counted until a promise is due.
_LONGEST_DAYS = 3660
_MILLISECOND = timedelta(milliseconds=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Minutes of the local clock. `closes` at or before `opens` means the next day; it belongs to the day on which it opens."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


Week = tuple[tuple[Interval, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Calendar:
    """`week` has seven days from Monday; an entry of `exceptions` stands in place of the weekday, empty when closed.

    `later` are the weeks that came into force afterwards, each from its local date on, in order. On a public holiday of
    `holidays` (such as `LV` or `DE-BY`) it is closed unless an exception says otherwise.
    """

    timezone: str
    week: Week
    exceptions: dict[date, tuple[Interval, ...]]
    later: tuple[tuple[date, Week], ...] = ()
    holidays: str | None = None

    def hours_of(self, day: date) -> tuple[Interval, ...]:
        """What the local day has: its exception, nothing on a holiday, else the week that is in force then."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.holidays is not None and day in public_holidays(self.holidays, day.year):
            return ()
        week = next((week for first, week in reversed(self.later) if first <= day), self.week)
        return week[day.weekday()]


def parse_interval(text: str) -> Interval:
    """`09:00-12:30`, over midnight `22:00-06:00`, a whole day `00:00-24:00`."""
    match = _FORM.fullmatch(text)
    hours = [int(part) for part in match.groups()] if match else [99] * 4
    opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if max(hours[1], hours[3]) > 59 or opens >= _DAY_MINUTES or closes > _DAY_MINUTES:
        raise ValueError('must be written like "09:00-12:30", or "22:00-06:00" over midnight')
    if opens == closes:
        raise ValueError('opens and closes at the same time; write "00:00-24:00" for a whole day, or remove it')
    return Interval(opens, closes)


def is_open(calendar: Calendar, instant: datetime) -> bool:
    day = instant.astimezone(zone(calendar.timezone)).date()
    return any(opens <= instant < closes for opens, closes in _spans(calendar, day - _DAY, day + _DAY))


def open_seconds(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Elapsed seconds of opening time in [start, end), day by local day; 0 when the end is not after the start."""
    return sum((closes - opens).total_seconds() for opens, closes in open_spans(calendar, start, end))


def open_spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Span]:
    """The opening times within [start, end), in order, cut to it."""
    tz = zone(calendar.timezone)
    first, last = start.astimezone(tz).date() - _DAY, end.astimezone(tz).date() + _DAY
    for opens, closes in _spans(calendar, first, last):
        cut = max(opens, start), min(closes, end)
        if cut[0] < cut[1]:
            yield cut


def open_ms(calendar: Calendar | None, start: datetime, end: datetime) -> int:
    """The same in milliseconds, negative when the end is first; without a calendar it is always open."""
    if calendar is None:
        return round((end - start) / _MILLISECOND)
    return round(open_seconds(calendar, start, end) * 1000) or -round(open_seconds(calendar, end, start) * 1000)


def after_open_ms(calendar: Calendar | None, start: datetime, wanted_ms: int) -> datetime | None:
    """The first instant at which so much opening time has passed since the start; None when ten years do not suffice."""
    if calendar is None:
        return start + wanted_ms * _MILLISECOND
    left, day = wanted_ms * _MILLISECOND, start.astimezone(zone(calendar.timezone)).date()
    for opens, closes in _spans(calendar, day - _DAY, day + _LONGEST_DAYS * _DAY):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= max(closes - begin, timedelta())
    return None


def longest_opening(calendar: Calendar) -> timedelta | None:
    """Between two closings in a usual week, without exceptions and holidays; None when it never closes."""
    weeks = [calendar.week, *(week for _, week in calendar.later)]
    longest = max(_longest_minutes(week) for week in weeks)
    return None if longest >= len(calendar.week) * _DAY_MINUTES else timedelta(minutes=longest)


def _longest_minutes(week: Week) -> int:
    """Two weeks on end, because a shift may reach from Sunday into Monday."""
    longest, opened, closed = 0, 0, 0
    for number, day in enumerate((*week, *week)):
        for each in sorted(day):
            start = number * _DAY_MINUTES + each.opens
            length = each.closes - each.opens + (0 if each.closes > each.opens else _DAY_MINUTES)
            opened, closed = (opened if start <= closed else start), max(closed, start + length)
            longest = max(longest, closed - opened)
    return longest


def next_opening(calendar: Calendar, instant: datetime) -> datetime | None:
    """The next time after the instant at which closed turns into open (the end of a lunch break is one), in UTC.

    None when that does not happen within 400 days: no hours at all, or never closed.
    """
    day = instant.astimezone(zone(calendar.timezone)).date()
    spans = _spans(calendar, day - _DAY, day + _HORIZON_DAYS * _DAY)
    return next((opens for opens, _ in spans if opens > instant), None)


def _spans(calendar: Calendar, first: date, last: date) -> Iterator[Span]:
    """Opening times of the days, in order, with those that touch made one."""
    pending: Span | None = None
    for number in range((last - first).days + 1):
        for span in _opening_times(calendar, first + number * _DAY):
            if pending is not None and span[0] <= pending[1]:
                pending = (pending[0], max(pending[1], span[1]))
                continue
            if pending is not None:
                yield pending
            pending = span
    if pending is not None:
        yield pending


@lru_cache(maxsize=4096)
def _opening_times(calendar: Calendar, day: date) -> tuple[Span, ...]:
    spans = (
        (_at(calendar, day, each.opens), _at(calendar, _closing_day(day, each), each.closes))
        for each in calendar.hours_of(day)
    )
    return tuple(sorted(span for span in spans if span[0] < span[1]))


def _closing_day(day: date, interval: Interval) -> date:
    return day if interval.closes > interval.opens else day + _DAY


def _at(calendar: Calendar, day: date, minutes: int) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return instant_of(wall, zone(calendar.timezone)).astimezone(UTC)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
