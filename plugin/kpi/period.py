"""A grain and an instant (or a text) go in, a period comes out whose borders are borders of the local calendar, as UTC instants."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.policy.localtime import Grain, instant_of, midnight, transition, zone

__all__ = [
    "Grain",
    "Period",
    "PeriodTextError",
    "following",
    "label",
    "parse_period_text",
    "period_of",
    "period_of_date",
    "periods_between",
    "previous",
    "same_period_last_year",
    "same_weekday_before",
    "week_date",
]

_MICROSECOND = timedelta(microseconds=1)
_CLOCK_GRAINS = {Grain.HOUR: timedelta(hours=1), Grain.QUARTER_HOUR: timedelta(minutes=15)}
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}

_WORDS = {"today": "this day", "yesterday": "last day"}
_RELATIVE = re.compile(r"(?P<which>this|last) (?P<grain>hour|day|week|month|quarter|year)")
_HOUR = re.compile(r"(?P<wall>\d{4}-\d\d-\d\d[ t]\d\d:\d\d)(?P<offset>[+-]\d\d:\d\d)?")
_ABSOLUTE = {
    Grain.DAY: re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"),
    Grain.WEEK: re.compile(r"(?P<year>\d{4})-w(?P<week>\d\d?)"),
    Grain.MONTH: re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)"),
    Grain.QUARTER: re.compile(r"(?P<year>\d{4})-q(?P<quarter>\d)"),
    Grain.YEAR: re.compile(r"(?P<year>\d{4})"),
}


class PeriodTextError(ValueError):
    """The text names no period; the message says what can be written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """[start, end) as UTC instants; a local day has 23, 24 or 25 hours, and two real hours may show the same clock."""

    grain: Grain
    start: datetime
    end: datetime
    timezone: str

    @property
    def first_date(self) -> date:
        return _date(self.start, zone(self.timezone))

    @property
    def last_date(self) -> date:
        """The local date of the last moment, inclusive."""
        return _date(self.end - _MICROSECOND, zone(self.timezone))


def period_of(grain: Grain, instant: datetime, timezone: str, week_start: int = 0) -> Period:
    """The period that holds the instant. `week_start` counts from 0, Monday."""
    tz = zone(timezone)
    if grain in _CLOCK_GRAINS:
        return _clock_period(grain, instant.astimezone(UTC), timezone)
    first = _first_date(grain, _date(instant, tz), week_start)
    after = _next_date(grain, first)
    # Where the clock falls back over midnight, the date that it shows is not always that of the day that has begun.
    while midnight(after, tz) <= instant:
        first, after = after, _next_date(grain, after)
    return Period(grain=grain, start=midnight(first, tz), end=midnight(after, tz), timezone=timezone)


def period_of_date(grain: Grain, day: date, timezone: str, week_start: int = 0) -> Period:
    """The period that holds the local date; not for hours."""
    tz = zone(timezone)
    first = _first_date(grain, day, week_start)
    end = midnight(_next_date(grain, first), tz)
    return Period(grain=grain, start=midnight(first, tz), end=end, timezone=timezone)


def periods_between(
    grain: Grain, start: datetime, end: datetime, timezone: str, week_start: int = 0
) -> Iterator[Period]:
    """The whole periods that touch [start, end), in order, without a gap; the first and the last may reach beyond it."""
    at = start
    while at < end:
        period = period_of(grain, at, timezone, week_start)
        yield period
        at = period.end


def previous(period: Period) -> Period:
    """The period just before it: a month before a month, whatever their lengths."""
    return period_of(period.grain, period.start - _MICROSECOND, period.timezone, _week_start(period))


def following(period: Period) -> Period:
    """The period just after it."""
    return period_of(period.grain, period.end, period.timezone, _week_start(period))


def same_weekday_before(period: Period) -> Period:
    """The same hour, day or week, seven local days earlier; an hour that did not exist then gives the hour after it."""
    if period.grain in _MONTHS:
        raise ValueError(f'a {period.grain} has no weekday; compare it with "previous" or "year"')
    return _shifted(period, period.first_date - timedelta(days=7))


def same_period_last_year(period: Period) -> Period:
    """The same date, ISO week, month, quarter or year, one year earlier; 29 February gives the 28th, week 53 gives week 52."""
    day = period.first_date
    if period.grain is Grain.WEEK:
        year, week = _iso_week(day)
        # Years of 53 weeks never follow each other.
        return _shifted(period, week_date(year - 1, min(week, 52), _week_start(period)))
    return _shifted(period, day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1])))


def label(period: Period) -> str:
    """`2026-10-25 03:00+02:00` (the offset only where that clock time happens twice), `2026-10-25`, `2026-W43`, `2026-Q4` …"""
    wall = period.start.astimezone(zone(period.timezone))
    if period.grain in _CLOCK_GRAINS:
        twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
        return wall.strftime("%Y-%m-%d %H:%M") + (wall.isoformat()[-6:] if twice else "")
    if period.grain is Grain.WEEK:
        year, week = _iso_week(wall.date())
        return f"{year}-W{week:02}"
    if period.grain is Grain.QUARTER:
        return f"{wall.year}-Q{(wall.month + 2) // 3}"
    return wall.date().isoformat()[: {Grain.DAY: 10, Grain.MONTH: 7, Grain.YEAR: 4}[period.grain]]


def parse_period_text(text: str, now: datetime, timezone: str, week_start: int = 0) -> Period:
    """Reads what `label` writes, and `today`, `yesterday`, `this|last hour|day|week|month|quarter|year`."""
    word = " ".join(text.lower().split())
    if match := _RELATIVE.fullmatch(_WORDS.get(word, word)):
        current = period_of(Grain(match["grain"]), now, timezone, week_start)
        return current if match["which"] == "this" else previous(current)
    if match := _HOUR.fullmatch(word):
        return _parse_hour(text, match, timezone)
    for grain, pattern in _ABSOLUTE.items():
        if match := pattern.fullmatch(word):
            day = _named_date(text, {key: int(value) for key, value in match.groupdict().items()}, week_start)
            return period_of_date(grain, day, timezone, week_start)
    raise PeriodTextError(
        f"{text!r} is not a period; write yesterday, last week, 2026-10-05, 2026-W40, 2026-10, 2026-Q3, 2026 or 2026-10-05 14:00"
    )


def _named_date(text: str, parts: dict[str, int], week_start: int) -> date:
    try:
        if "week" in parts:
            return week_date(parts["year"], parts["week"], week_start)
        month = parts["quarter"] * 3 - 2 if "quarter" in parts else parts.get("month", 1)
        day = date(parts["year"], month, parts.get("day", 1))
    except ValueError:
        raise PeriodTextError(f"{text!r} is not in the calendar; check its day, month, week or quarter") from None
    if not 1900 <= day.year <= 2999:
        raise PeriodTextError(f"{text!r} is too far away; write a year from 1900 to 2999")
    return day


def _parse_hour(text: str, match: re.Match[str], timezone: str) -> Period:
    tz = zone(timezone)
    try:
        wall = datetime.fromisoformat(match["wall"])
    except ValueError:
        raise PeriodTextError(f"{text!r} is not in the calendar; check its date and hour") from None
    first, second = (wall.replace(tzinfo=tz, fold=fold) for fold in (0, 1))
    matching = [at for at in (first, second) if not match["offset"] or at.isoformat().endswith(match["offset"])]
    period = period_of(Grain.HOUR, matching[0] if matching else first, timezone)
    shown = period.start.astimezone(tz)
    if not matching or shown.replace(tzinfo=None) != wall:
        raise PeriodTextError(
            f"{text!r} is not the beginning of an hour in {timezone}; write an hour that its clocks show"
        )
    if not match["offset"] and label(period) != label(period)[:16]:
        choices = " or ".join(at.isoformat()[-6:] for at in (first, second))
        raise PeriodTextError(f"{text!r} happens twice; add {choices} to it")
    return period


def week_date(year: int, week: int, week_start: int = 0) -> date:
    """The first date of a week. A week that does not begin on Monday has the number of the ISO week that most of it lies in."""
    monday = date.fromisocalendar(year, week, 1)
    return monday + timedelta(days=(week_start + 3) % 7 - 3)


def _iso_week(first: date) -> tuple[int, int]:
    year, week, _ = (first + timedelta(days=3)).isocalendar()
    return year, week


def _week_start(period: Period) -> int:
    # The last date, because a zone that changes sides of the date line may have skipped the first.
    return (period.last_date.weekday() + 1) % 7


def _date(instant: datetime, tz: ZoneInfo) -> date:
    return instant.astimezone(tz).date()


def _first_date(grain: Grain, day: date, week_start: int) -> date:
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    months = _MONTHS[grain]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _next_date(grain: Grain, first: date) -> date:
    if grain is Grain.DAY:
        return first + timedelta(days=1)
    if grain is Grain.WEEK:
        return first + timedelta(days=7)
    year, month = divmod(first.year * 12 + first.month - 1 + _MONTHS[grain], 12)
    return date(year, month + 1, 1)


def _clock_period(grain: Grain, instant: datetime, timezone: str) -> Period:
    """The time for which the local clock shows one hour (or quarter) at one offset; shorter where the clock changes within it."""
    tz, length = zone(timezone), _CLOCK_GRAINS[grain]
    wall = instant.astimezone(tz)
    into = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond) % length
    start, end, offset = instant - into, instant - into + length, wall.utcoffset()
    if start.astimezone(tz).utcoffset() != offset:
        start = transition(start, instant, tz)
    if (end - _MICROSECOND).astimezone(tz).utcoffset() != offset:
        end = transition(instant, end, tz)
    return Period(grain=grain, start=start, end=end, timezone=timezone)


def _shifted(period: Period, day: date) -> Period:
    """The same place in the calendar with another first date."""
    if period.grain not in _CLOCK_GRAINS:
        return period_of_date(period.grain, day, period.timezone, _week_start(period))
    tz = zone(period.timezone)
    wall = period.start.astimezone(tz)
    return period_of(period.grain, instant_of(datetime.combine(day, wall.time()), tz), period.timezone)
