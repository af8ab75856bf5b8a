"""The limits of one rule, and what one reading means under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from plugin.kpi.metric import Measurement

Verdict = Literal["breach", "between", "clear"]
NONE = timedelta(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """Exactly one of `fire_above` and `fire_below`; the limit itself is still good. `clear_at` lies on the good side of it."""

    fire_above: float | None = None
    fire_below: float | None = None
    clear_at: float | None = None
    hold: timedelta = NONE
    clear_hold: timedelta = NONE
    cooldown: timedelta = NONE
    min_sample: float = 0

    def __post_init__(self) -> None:
        if (self.fire_above is None) == (self.fire_below is None):
            raise ValueError("a rule needs either fire_above or fire_below")
        if self.clear_at is not None and self._beyond(self.clear_at):
            raise ValueError(f"clear_at {self.clear_at:g} lies on the wrong side of the limit {self.limit:g}")

    @property
    def limit(self) -> float:
        limit = self.fire_above if self.fire_above is not None else self.fire_below
        assert limit is not None
        return limit

    @property
    def above(self) -> bool:
        return self.fire_above is not None

    def _beyond(self, value: float) -> bool:
        return value > self.limit if self.above else value < self.limit

    def verdict(self, value: float) -> Verdict:
        if self._beyond(value):
            return "breach"
        clear_at = self.limit if self.clear_at is None else self.clear_at
        cleared = value <= clear_at if self.above else value >= clear_at
        return "clear" if cleared else "between"

    def worse(self, one: Measurement, other: Measurement) -> Measurement:
        """Of two readings that have values; the earlier one when they are equal."""
        first, second = one.value or 0.0, other.value or 0.0
        return other if (second > first if self.above else second < first) else one


def judge(reading: Measurement | None, rule: Threshold) -> Verdict | None:
    """None when the reading does not allow a verdict: nothing measured, or a ratio over fewer than `min_sample` items."""
    if reading is None or reading.value is None:
        return None
    if reading.denominator is not None and reading.n < rule.min_sample:
        return None
    return rule.verdict(reading.value)
