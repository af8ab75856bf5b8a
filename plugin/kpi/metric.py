"""A number with its parts: what a metric is, and one measured value of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plugin.kpi.period import Period


class Unit(StrEnum):
    COUNT = "count"
    RATIO = "ratio"
    SECONDS = "seconds"
    MONEY = "money"
    POINTS = "points"
    #: a mean that is no share, no time and no money
    NUMBER = "number"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"
    BAND = "band"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """One value as a sum over a sum. A count has the denominator None; a ratio over nothing has the value None."""

    numerator: float
    denominator: float | None = None

    @property
    def value(self) -> float | None:
        if self.denominator is None:
            return self.numerator
        return None if self.denominator == 0 else self.numerator / self.denominator

    @property
    def n(self) -> float:
        """How many items the value rests on."""
        return self.numerator if self.denominator is None else self.denominator

    def __add__(self, other: Measurement) -> Measurement:
        if (self.denominator is None) != (other.denominator is None):
            raise ValueError("a count cannot be added to a ratio")
        denominator = None if self.denominator is None else self.denominator + (other.denominator or 0)
        return Measurement(numerator=self.numerator + other.numerator, denominator=denominator)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One entry of the catalogue: `numerator` over `denominator`, each a sum of measures (`{measure: factor}`).

    Without a denominator it is a count. `needs` names the facts without which it is not available; `version` rises when the
    definition changes, `doc` is its heading in `docs/kpi/`.
    """

    key: str
    unit: Unit
    better: Better
    numerator: Mapping[str, float]
    denominator: Mapping[str, float] | None = None
    needs: tuple[str, ...] = ()
    #: the histogram whose percentiles belong to this metric
    sketch: str | None = None
    #: "sum" over time, "max" (longest wait); a stock is "last" (from what came and went) or "end" (counted at the
    #: end of a period, or of its days)
    over_time: str = "sum"
    scale: float = 1.0
    version: int = 1
    doc: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """The measurements of one group in one period."""

    period: Period
    group: Mapping[str, str]
    values: Mapping[str, Measurement]
    #: the keys of the values that may still change by themselves: something is open, or late events may come
    unsettled: frozenset[str] = frozenset()
    #: the period of the values that it is compared with
    against: Period | None = None

    @property
    def provisional(self) -> bool:
        """Whether any of its numbers may still change."""
        return bool(self.unsettled)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What `report`, the pages, the API and the digests all show."""

    timezone: str
    definitions: Mapping[str, Mapping[str, object]]
    rows: tuple[Row, ...]
    unavailable: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
