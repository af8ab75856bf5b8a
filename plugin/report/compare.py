"""Two measurements of one KPI go in, the change between them comes out: points for ratios, per cent for everything else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from plugin.kpi.metric import Better, Measurement, Unit
from plugin.report import figures
from plugin.report.figures import signed
from plugin.report.wording import text


class ChangeKind(StrEnum):
    #: percentage points, as a fraction: 0.042 is 4.2 points
    POINTS = "points"
    #: a share of the value before
    RELATIVE = "relative"
    #: the plain difference, for scales such as NPS
    DIFFERENCE = "difference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    kind: ChangeKind
    amount: float
    before: float
    now: float


class Direction(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


#: Below this many items on either side a change of a ratio or mean is not spoken of.
ENOUGH = 20
#: Standard errors beyond which a change is more than chance (5 in 100 would be beyond 1.96).
BEYOND_CHANCE = 2.0


def kind_for(unit: Unit) -> ChangeKind:
    if unit == Unit.RATIO:
        return ChangeKind.POINTS
    return ChangeKind.DIFFERENCE if unit == Unit.POINTS else ChangeKind.RELATIVE


def change(now: Measurement | None, before: Measurement | None, unit: Unit) -> Change | None:
    """None when either side was not measured, or when there is nothing to relate the change to."""
    if now is None or before is None or now.value is None or before.value is None:
        return None
    difference, kind = now.value - before.value, kind_for(unit)
    if kind != ChangeKind.RELATIVE:
        return Change(kind=kind, amount=difference, before=before.value, now=now.value)
    if before.value == 0:
        return None
    relative = difference / abs(before.value)
    return Change(kind=kind, amount=relative, before=before.value, now=now.value)


def change_text(found: Change | None, language: str = "en") -> str:
    """`+4.2 pp`, `−12.4%`; what cannot be compared is said, never a zero."""
    return amount_text(found.amount, found.kind, language) if found else text("not_applicable", language)


def amount_text(amount: float, kind: ChangeKind, language: str = "en") -> str:
    if kind == ChangeKind.POINTS:
        return text("points", language, amount=points(amount, language))
    if kind == ChangeKind.DIFFERENCE:
        return signed(figures.number(amount, language, 1), figures.half_up(amount, 1))
    return signed(figures.percent(amount, language), figures.half_up(amount, 3))


def points(fraction: float, language: str = "en") -> str:
    """0.042 as `+4.2`."""
    amount = figures.half_up(fraction, 3) * 100
    return signed(figures.number(amount, language, 1), amount)


def direction(found: Change | None, better: Better) -> Direction:
    """Whether the change is good news. A KPI without a better side, or in a band, has none, nor a change that reads as none."""
    if found is None or figures.half_up(found.amount, 3) == 0 or better not in (Better.HIGHER, Better.LOWER):
        return Direction.NEITHER
    return Direction.BETTER if (found.amount > 0) == (better == Better.HIGHER) else Direction.WORSE


def surprise(now: Measurement | None, before: Measurement | None, unit: Unit) -> float:
    """By how many standard errors the value moved; 0 when it rests on too little to tell.

    Counts vary like a Poisson count, shares like a binomial one, mean durations about as much as their mean.
    """
    found = change(now, before, unit)
    if found is None or now is None or before is None:
        return 0.0
    if now.denominator is None or before.denominator is None:
        return _of_counts(found) if unit == Unit.COUNT else 0.0
    if min(now.n, before.n) < ENOUGH:
        return 0.0
    pooled = (now.numerator + before.numerator) / (now.n + before.n)
    spread = _spread(pooled, unit) * math.sqrt(1 / now.n + 1 / before.n)
    return (found.now - found.before) / spread if spread else 0.0


def _of_counts(found: Change) -> float:
    total = found.now + found.before
    return (found.now - found.before) / math.sqrt(total) if total >= ENOUGH else 0.0


def _spread(mean: float, unit: Unit) -> float:
    if unit == Unit.RATIO:
        return math.sqrt(mean * (1 - mean)) if 0 <= mean < 1 else math.sqrt(abs(mean))
    return abs(mean)
