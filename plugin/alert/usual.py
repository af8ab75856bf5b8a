"""What a KPI was at this hour of this weekday in the last weeks goes in, what is usual then comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from math import sqrt
from statistics import median

from plugin.kpi.metric import Measurement, Unit
from plugin.policy.calendar import Calendar, open_seconds
from plugin.policy.localtime import instant_of, zone

WEEK = timedelta(days=7)
#: Makes the median absolute deviation of normally distributed values their standard deviation: F. R. Hampel, "The influence curve
#: and its role in robust estimation", Journal of the American Statistical Association 69 (1974), 383-393.
_NORMAL = 1.4826
#: A spread is at least this part of the median ...
_LEAST_PART = 0.1
#: ... and at least this much: weeks that were equal by chance must not make an alert of a hair.
_LEAST = {Unit.RATIO: 0.01, Unit.COUNT: 1.0, Unit.SECONDS: 5.0, Unit.POINTS: 1.0, Unit.NUMBER: 0.1, Unit.MONEY: 0.1}

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """`median` and `spread` (robust standard deviation) of the values of so many `weeks`."""

    median: float
    spread: float
    weeks: int


def past_windows(end: datetime, window: timedelta, weeks: int, timezone: str, hours: Calendar | None) -> list[Span]:
    """The windows of this length that ended at the same weekday and wall clock in the last weeks, the oldest first.

    A clock time that a change of the clock left out gives the moment of the change. Left out are weeks in which the centre was not
    open for as long as in the window that ends now; none is left when that one is closed.
    """
    tz = zone(timezone)
    wall = end.astimezone(tz).replace(tzinfo=None)
    ends = [instant_of(wall - number * WEEK, tz).astimezone(UTC) for number in range(weeks, 0, -1)]
    spans = [(then - window, then) for then in ends]
    if hours is None:
        return spans
    now = open_seconds(hours, end - window, end)
    return [span for span in spans if 0 < now == open_seconds(hours, *span)]


def usual(readings: Sequence[Measurement | None], unit: Unit, least: int, min_sample: float) -> Usual | None:
    """Of readings in order of time; None when fewer than `least` count.

    One without a value or, of a ratio, over fewer than `min_sample` items does not count. Nor do the zeros before the first other
    value of a count: then nothing was recorded yet.
    """
    known = [one for one in readings if one is not None and one.value is not None]
    enough = [one for one in known if one.denominator is None or one.n >= min_sample]
    counts = dropwhile(lambda one: one.denominator is None and one.numerator == 0, enough)
    values = [value for one in counts if (value := one.value) is not None]
    if len(values) < max(least, 1):
        return None
    return Usual(median=median(values), spread=_spread(values, unit), weeks=len(values))


def _spread(values: Sequence[float], unit: Unit) -> float:
    """The floor of a count is that of Poisson: √λ."""
    middle = median(values)
    spread = _NORMAL * median(abs(value - middle) for value in values)
    chance = sqrt(abs(middle)) if unit is Unit.COUNT else 0.0
    return max(spread, _LEAST_PART * abs(middle), chance, _LEAST[unit])
