"""The policy's targets for one period and scope as goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from plugin.kpi.attainment import attained, elapsed_share, target_for
from plugin.kpi.metric import Better, Measurement
from plugin.kpi.period import Period
from plugin.policy.document import Document
from plugin.policy.fields import Scope
from plugin.policy.plan import Target
from plugin.report import subject
from plugin.report.goal import Goal


def goals_for(
    document: Document, kpis: Iterable[str], period: Period, only: dict[str, str], now: datetime
) -> dict[str, Goal]:
    """A target that is a sum over the period counts with the share of it that is over."""
    share = elapsed_share(document, period, now)
    targets = {kpi: target_for(document, kpi, period, only) for kpi in kpis}
    return {kpi: goal(target, subject.better(kpi), share) for kpi, target in targets.items() if target is not None}


def attained_for(
    document: Document, values: Mapping[str, Measurement], period: Period, only: dict[str, str], now: datetime
) -> dict[str, float]:
    """KPI with a target and a value --> how much of the target was reached, as `plan_attainment` counts it."""
    share, form = elapsed_share(document, period, now), document.definitions.attainment
    found = {}
    for kpi, one in values.items():
        target = target_for(document, kpi, period, only)
        if target is not None and one.value is not None:
            found[kpi] = attained(one.value, target, subject.better(kpi), share, form)
    return {kpi: reached for kpi, reached in found.items() if reached is not None}


def goal(target: Target, better: Better, share: float = 1.0) -> Goal:
    if target.value is None:
        return Goal(at_least=target.low, at_most=target.high)
    value = target.value * share if target.sum else target.value
    lower = target.direction == "lower" or (target.direction is None and better == Better.LOWER)
    return Goal(at_most=value) if lower else Goal(at_least=value)


def only_of(scope: Scope) -> dict[str, str]:
    """A scope as the restriction of a question."""
    return {name: str(value) for name, value in scope.model_dump().items() if value is not None}
