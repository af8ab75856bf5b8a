"""A wall clock and an IANA zone go in, an instant comes out: the only place where local time becomes UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MIDNIGHT = time(0)
_SECOND = timedelta(seconds=1)


class UnknownZone(ValueError):
    """The name is not a time zone; the text says what to write."""


class Grain(StrEnum):
    """Lengths of a report's rows. `QUARTER_HOUR` is for stored sums only."""

    QUARTER_HOUR = "quarter_hour"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """0 for Monday, as `date.weekday()` counts."""
        return list(Weekday).index(self)


def zone(name: str) -> ZoneInfo:
    # A path that is no zone file raises OSError, a path that leaves the folder ValueError.
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone('is not a time zone; write a name such as "Europe/Riga", not an offset') from None


def instant_of(wall: datetime, tz: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall-clock time; never later for an earlier wall clock.

    A time that happens twice means the first; a time that does not exist means the instant at which the clock jumps over it.
    """
    early, late = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (1, 0))
    if early >= late:  # ordinary, or it happens twice: fold 0 is the first
        return late
    return transition(early, late, tz)


def transition(before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    """The first whole second in (before, after] at which the offset is that of `after`; UTC in and out."""
    before, offset = before.replace(microsecond=0), after.astimezone(tz).utcoffset()
    low, high = 0, (after - before) // _SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * _SECOND).astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + high * _SECOND


def midnight(day: date, tz: ZoneInfo) -> datetime:
    """The instant at which the local day begins; 01:00 where the clock jumps over midnight."""
    return instant_of(datetime.combine(day, MIDNIGHT), tz)
