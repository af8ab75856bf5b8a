"""The formula of a metric in the names of its sums, as reports, pages and the documentation write it."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.kpi.catalogue import METRICS, PERCENTILES, PLAN_ATTAINMENT
from plugin.kpi.metric import Metric


def formula(metric: Metric) -> str:
    """`aht = handle_ms / talks / 1000`: sums over sums; the last factor turns the stored unit into the shown one."""
    scaled = "" if metric.scale == 1 else _scaled(metric.scale)
    if metric.denominator is None:
        top = _group(metric.numerator) if scaled else _terms(metric.numerator)
        return f"{metric.key} = {top}{scaled}"
    return f"{metric.key} = {_group(metric.numerator)} / {_group(metric.denominator)}{scaled}"


def _scaled(scale: float) -> str:
    return f" * {scale:.0f}" if scale > 1 else f" / {1 / scale:g}"


def _terms(parts: Mapping[str, float]) -> str:
    signed = [f"{'-' if factor < 0 else '+'} {_factor(factor)}{name}" for name, factor in parts.items()]
    return " ".join(signed).removeprefix("+ ")


def _factor(factor: float) -> str:
    return "" if abs(factor) == 1 else f"{abs(factor):g} x "


def _group(parts: Mapping[str, float]) -> str:
    return f"({_terms(parts)})" if len(parts) > 1 else _terms(parts)


# -- keys that belong together


def base_of(key: str) -> str:
    """The key of the page that explains it."""
    return key.partition(".")[0]


def family(base: str) -> tuple[Metric, ...]:
    """The metrics on one page, the base first; none for what is not made of sums."""
    return tuple(metric for metric in METRICS.values() if base_of(metric.key) == base)


def pages() -> tuple[str, ...]:
    """Every base key, in the order of the catalogue."""
    return tuple(dict.fromkeys([*(base_of(key) for key in METRICS), PLAN_ATTAINMENT.key]))


def percentile_keys(metric: Metric) -> tuple[str, ...]:
    return tuple(f"{metric.key}.{name}" for name in PERCENTILES) if metric.sketch else ()
