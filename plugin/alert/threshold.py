"""The limits of one rule, and what one reading means under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from plugin.alert.interval import wilson
from plugin.alert.usual import Usual
from plugin.kpi.metric import Measurement

#: `unsure`: beyond the limit, by so few items that chance may have done it
Verdict = Literal["breach", "unsure", "between", "clear"]
Side = Literal["above", "below", "both"]
BEYOND: tuple[Verdict, ...] = ("breach", "unsure")
NONE = timedelta(0)


class Unjudged(StrEnum):
    """Why a reading allows no verdict."""

    NO_DATA = "no_data"
    #: a share or mean over too few items
    FEW = "few"
    #: too few weeks to know what is usual
    HISTORY = "history"
    #: nothing can be expected, because the centre was closed
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Values from `low` to `high`, both of which belong to it; None: it does not end on that side."""

    low: float | None = None
    high: float | None = None

    def excess(self, value: float) -> float:
        """How far outside the value lies; 0 within."""
        above = value - self.high if self.high is not None else 0.0
        below = self.low - value if self.low is not None else 0.0
        return max(above, below, 0.0)

    def __contains__(self, value: float) -> bool:
        return self.excess(value) == 0

    def passed(self, value: float) -> float:
        """The end that the value lies beyond, else the one that it is nearest to. Raises ValueError for a range without ends."""
        return min((end for end in (self.low, self.high) if end is not None), key=lambda end: abs(end - value))

    def within(self, margin: float) -> Range:
        low = None if self.low is None else self.low + margin
        return Range(low=low, high=None if self.high is None else self.high - margin)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relative:
    """Fires `deviation` spreads off what is usual at this hour of this weekday, and is over at `clear_deviation` spreads.

    What is usual comes from the last `weeks`, of which at least `weeks_min` must have been measured.
    """

    deviation: float
    clear_deviation: float
    side: Side = "both"
    weeks: int = 8
    weeks_min: int = 4

    def off(self, usual: Usual, value: float) -> float:
        """How many spreads the value lies off the usual on the bad side, negative on the good one."""
        spreads = (value - usual.median) / usual.spread
        return {"above": spreads, "below": -spreads, "both": abs(spreads)}[self.side]

    def around(self, usual: Usual, spreads: float) -> Range:
        low, high = usual.median - spreads * usual.spread, usual.median + spreads * usual.spread
        return Range(low=None if self.side == "above" else low, high=None if self.side == "below" else high)


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """`fire_above`, `fire_below`, or both for a band that is good; a limit itself is still good. Or `relative` to what is usual.

    It is over at `clear_at`, which lies on the good side of the one limit; with a band, within it by `clear_by`. A share of
    counted items fires only when its interval of `confidence` lies beyond the limit as a whole; 0: the value alone decides.
    `absent` waits for nothing: it fires at 0. `usual` and `closed` are of the minute that is judged, unlike all else: what is usual
    then, and whether its window reaches into closed hours.
    """

    fire_above: float | None = None
    fire_below: float | None = None
    clear_at: float | None = None
    clear_by: float = 0
    hold: timedelta = NONE
    clear_hold: timedelta = NONE
    cooldown: timedelta = NONE
    min_sample: float = 0
    confidence: float = 0
    relative: Relative | None = None
    absent: bool = False
    usual: Usual | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        if (self.relative is not None) == (self.fire_above is not None or self.fire_below is not None):
            raise ValueError("a rule needs fire_above or fire_below, or what is usual")
        if self.is_band and self.clear_at is not None:
            raise ValueError("a band is cleared by clear_by, not at one value")
        if self.clear_at is not None and self.clear_at not in self.good:
            raise ValueError(f"clear_at {self.clear_at:g} lies on the wrong side of the limit")
        if self.is_band and (self.fire_below or 0) + self.clear_by > (self.fire_above or 0) - self.clear_by:
            raise ValueError("no value lies within the band")

    @property
    def is_band(self) -> bool:
        return self.fire_above is not None and self.fire_below is not None

    @property
    def good(self) -> Range:
        """Within it nothing fires; without an end while it is not known what is usual."""
        if self.relative is not None:
            return self.relative.around(self.usual, self.relative.deviation) if self.usual else Range()
        return Range(low=self.fire_below, high=self.fire_above)

    @property
    def calm(self) -> Range:
        """Within it an incident is over."""
        if self.relative is not None:
            return self.relative.around(self.usual, self.relative.clear_deviation) if self.usual else Range()
        if self.clear_at is None:
            return self.good.within(self.clear_by)
        return Range(low=self.clear_at) if self.fire_above is None else Range(high=self.clear_at)

    def worse(self, one: Measurement, other: Measurement) -> Measurement:
        """Of two readings that have values, the one farther beyond the limit; the earlier one when they are equal."""
        first, second = self.good.excess(one.value or 0.0), self.good.excess(other.value or 0.0)
        return other if second > first else one


def judge(reading: Measurement | None, rule: Threshold) -> Verdict | Unjudged:
    """`rule` as it stands at the minute of the reading."""
    if reading is None:
        return Unjudged.NO_DATA
    value = reading.value
    if value is None or (reading.denominator is not None and reading.n < rule.min_sample):
        return Unjudged.FEW
    # What came is there at any hour; that nothing came says something only while it could have come.
    if rule.closed and (rule.relative is not None or (rule.absent and value == 0)):
        return Unjudged.CLOSED
    if rule.relative is not None and rule.usual is None:
        return Unjudged.HISTORY
    if value in rule.good:
        return "clear" if value in rule.calm else "between"
    return "breach" if _beyond_chance(reading, rule) else "unsure"


def _beyond_chance(reading: Measurement, rule: Threshold) -> bool:
    """Whether both ends of the interval lie outside, on the side of the value."""
    n, good = reading.denominator, rule.good
    if not rule.confidence or n is None or not 0 <= reading.numerator <= n:
        return True
    low, high = wilson(reading.numerator, n, rule.confidence)
    return (good.high is not None and low > good.high) or (good.low is not None and high < good.low)
