"""Every metric, once, in chapters: adding a KPI is one entry here, its names, one worked example and one page of the docs."""

from plugin.kpi.catalogue import accessibility, cost, handling, outcome, resolution, workforce
from plugin.kpi.catalogue.accessibility import DEFAULT_SERVICE_LEVEL, SERVICE_LEVELS
from plugin.kpi.metric import Better, Metric, Unit

__all__ = [
    "CHAPTERS",
    "DEFAULT_SERVICE_LEVEL",
    "METRICS",
    "PERCENTILES",
    "PLAN_ATTAINMENT",
    "SERVICE_LEVELS",
    "chapter_of",
    "known_kpis",
]

CHAPTERS: dict[str, tuple[Metric, ...]] = {
    "accessibility": accessibility.METRICS,
    "handling": handling.METRICS,
    "workforce": workforce.METRICS,
    "resolution": resolution.METRICS,
    "outcome": outcome.METRICS,
    "cost": cost.METRICS,
}
METRICS: dict[str, Metric] = {metric.key: metric for metrics in CHAPTERS.values() for metric in metrics}

#: metrics whose value is worked out from other metrics and the policy, not from measures
PLAN_ATTAINMENT = Metric(
    key="plan_attainment", unit=Unit.RATIO, better=Better.HIGHER, numerator={}, denominator={}, needs=("target",)
)

PERCENTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}


def chapter_of(key: str) -> str:
    """The chapter of a metric."""
    return next(name for name, metrics in CHAPTERS.items() if any(metric.key == key for metric in metrics))


def known_kpis() -> frozenset[str]:
    """Every key that a report, a target, a rule or a digest may name."""
    keys = {*METRICS, PLAN_ATTAINMENT.key}
    keys.update(f"{metric.key}.{name}" for metric in METRICS.values() if metric.sketch for name in PERCENTILES)
    return frozenset(keys)
