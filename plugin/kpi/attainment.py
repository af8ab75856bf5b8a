"""A value against its target: how much of the plan was reached, never capped (`docs/kpi/plan_attainment.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from plugin.kpi.business_days import business_days
from plugin.kpi.catalogue import PLAN_ATTAINMENT
from plugin.kpi.measure import Group, Question
from plugin.kpi.metric import Better, Measurement, Metric
from plugin.kpi.period import Period
from plugin.policy.document import Document
from plugin.policy.plan import Target

#: of a plan in which less is better
Form = Literal["linear", "ratio"]


def attained(value: float, target: Target, better: Better, share: float = 1.0, form: Form = "linear") -> float | None:
    """1.0 is the whole plan. Lower-is-better is linear, `2 - actual / target`, or the ratio `target / actual`, which at an actual
    value of 0 is None; a target of 0 is met or not.

    Below 0 there is no plan, and the result is None. `share` is the elapsed part of the period, for a target that is a sum over it.
    """
    direction = target.direction or (better.value if better in (Better.HIGHER, Better.LOWER) else "higher")
    if direction == "band" or target.value is None:
        return _in_band(value, target)
    goal = target.value * share if target.sum else target.value
    if goal < 0 or value < 0:
        return None
    if goal == 0:
        return 1.0 if (value >= 0 if direction == "higher" else value <= 0) else 0.0
    if direction == "higher":
        return value / goal
    if form == "linear":
        return 2 - value / goal
    return goal / value if value else None


def _in_band(value: float, target: Target) -> float | None:
    low, high = target.low, target.high
    if low is None or high is None:
        return None
    if low <= value <= high:
        return 1.0
    bound = low if value < low else high
    return None if bound == 0 else 1 - abs(value - bound) / abs(bound)


def target_for(document: Document, kpi: str, period: Period, group: Mapping[str, str]) -> Target | None:
    """The target of a KPI in a period for a group: the one with the narrowest matching scope, the last among equals."""
    best: tuple[int, Target] | None = None
    for target in document.targets:
        if target.kpi != kpi or (target.grain is not None and target.grain != period.grain):
            continue
        scope = {name: value for name, value in target.scope.model_dump().items() if value is not None}
        if any(group.get(name) != value for name, value in scope.items()):
            continue
        if target.sum and len(scope) != len(group):
            continue
        if best is None or len(scope) >= best[0]:
            best = (len(scope), target)
    return best[1] if best else None


def add_attainment(
    document: Document,
    measured: dict[tuple[int, Group], dict[str, Measurement]],
    question: Question,
    known: Mapping[str, Metric],
) -> None:
    """Adds `plan_attainment.<kpi>` for every target, and `plan_attainment` itself where there is exactly one."""
    for (number, group), values in measured.items():
        period = question.periods[number]
        named = {**question.only, **dict(zip(question.by, group, strict=True))}
        found: dict[str, Measurement] = {}
        for key, metric in known.items():
            target = target_for(document, key, period, named)
            value = values[key].value if key in values else None
            if target is None:
                continue
            share = elapsed_share(document, period, question.as_of)
            result = (
                None
                if value is None
                else attained(value, target, metric.better, share, document.definitions.attainment)
            )
            found[f"{PLAN_ATTAINMENT.key}.{key}"] = Measurement(
                numerator=result or 0, denominator=0 if result is None else 1
            )
        if len(found) == 1:
            found[PLAN_ATTAINMENT.key] = next(iter(found.values()))
        values.update(found)


def elapsed_share(document: Document, period: Period, now: datetime) -> float:
    """The part of the period that is over, from 0 to 1: in business days of the centre's calendar, in time where it has none."""
    if now >= period.end or now <= period.start:
        return float(now >= period.end)
    calendar = document.calendar()
    whole = 0.0 if calendar is None else business_days(calendar, period.start, period.end)
    if calendar is None or not whole:
        return (now - period.start) / (period.end - period.start)
    return business_days(calendar, period.start, now) / whole
