"""A target and a value go in; whether it was met, by how much it was missed and its attainment come out (unrounded values)."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.kpi.metric import Better


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """The good range, its ends included: only `at_least`, only `at_most`, or both (a band)."""

    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a target needs at_least, at_most or both")


def goal_of(value: float, better: Better) -> Goal:
    """The target of a KPI that has one better side."""
    return Goal(at_most=value) if better == Better.LOWER else Goal(at_least=value)


def distance(value: float | None, goal: Goal) -> float | None:
    """How far outside the good range, as a share of the bound that was missed: 0 when met, None when not measured."""
    if value is None:
        return None
    short = _missed(goal.at_least, value, 1)
    over = _missed(goal.at_most, value, -1)
    return max(short, over)


def _missed(bound: float | None, value: float, sign: int) -> float:
    if bound is None or (bound - value) * sign <= 0:
        return 0.0
    return abs(bound - value) / (abs(bound) or 1.0)


def met(value: float | None, goal: Goal) -> bool | None:
    missed = distance(value, goal)
    return None if missed is None else missed == 0


def margin(value: float | None, goal: Goal) -> float | None:
    """How far inside the good range, as a share of the nearer bound; negative when missed."""
    missed = distance(value, goal)
    if value is None or missed is None or missed > 0:
        return None if missed is None else -missed
    bounds = [bound for bound in (goal.at_least, goal.at_most) if bound is not None]
    return min(abs(value - bound) / (abs(bound) or 1.0) for bound in bounds)
