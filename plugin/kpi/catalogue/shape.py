"""The usual forms of a metric: a count, a share, a mean duration, a total duration, money."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.kpi.metric import Better, Metric, Unit

_SECONDS = 0.001

Sums = Mapping[str, float]
Needs = tuple[str, ...]


def count(key: str, *needs: str, better: Better = Better.NEUTRAL, of: str | None = None) -> Metric:
    """`of`: the measure that is counted, when it is not called like the metric."""
    return Metric(key=key, unit=Unit.COUNT, better=better, numerator={of or key: 1}, needs=needs)


def ratio(key: str, better: Better, numerator: Sums, denominator: Sums, *needs: str) -> Metric:
    return Metric(key=key, unit=Unit.RATIO, better=better, numerator=numerator, denominator=denominator, needs=needs)


def mean_time(
    key: str, better: Better, total_ms: str, number: str | Sums, *needs: str, sketch: str | None = None
) -> Metric:
    """A sum of milliseconds over a count, in seconds."""
    return Metric(
        key=key,
        unit=Unit.SECONDS,
        better=better,
        numerator={total_ms: 1},
        denominator={number: 1} if isinstance(number, str) else number,
        needs=needs,
        sketch=sketch,
        scale=_SECONDS,
    )


def mean_score(key: str, better: Better, survey: str, *needs: str) -> Metric:
    """A sum of thousandths over a count, on the survey's own scale."""
    return Metric(
        key=key,
        unit=Unit.POINTS,
        better=better,
        numerator={f"{survey}_score_milli": 1},
        denominator={f"{survey}_scored": 1},
        needs=needs,
        scale=0.001,
    )


def mean_number(key: str, better: Better, total: str, number: str, *needs: str) -> Metric:
    """A sum of counts over a count."""
    return Metric(key=key, unit=Unit.NUMBER, better=better, numerator={total: 1}, denominator={number: 1}, needs=needs)


def total_time(key: str, total_ms: str, *needs: str) -> Metric:
    return Metric(
        key=key, unit=Unit.SECONDS, better=Better.NEUTRAL, numerator={total_ms: 1}, needs=needs, scale=_SECONDS
    )


def money(key: str, numerator: Sums, denominator: Sums | None, *needs: str) -> Metric:
    return Metric(
        key=key, unit=Unit.MONEY, better=Better.LOWER, numerator=numerator, denominator=denominator, needs=needs
    )
