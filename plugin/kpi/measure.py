"""Metrics measured over periods and groups: the one calculation behind report, pages, API, digests and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from plugin.facts.sketch import percentile_ms
from plugin.kpi.catalogue import METRICS, PERCENTILES, SERVICE_LEVELS
from plugin.kpi.decided import decided
from plugin.kpi.gather import Place, Sums, measure_sums, sketch_counts
from plugin.kpi.measures import MEASURES
from plugin.kpi.metric import Measurement, Metric
from plugin.kpi.period import Grain, period_of
from plugin.kpi.question import GROUPINGS, Group, Question
from plugin.kpi.terms import Terms
from plugin.kpi.whole import WHOLE, WHOLE_SKETCHES

__all__ = [
    "GROUPINGS",
    "Group",
    "Question",
    "Sums",
    "measure",
    "measure_sums",
    "measured_value",
    "metric_for",
    "variant_name",
]
#: a greatest value of nothing
NOTHING = Measurement(numerator=0, denominator=0)
#: adapters take no event from before it
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def measure(
    connection: Connection, kpis: Sequence[str], question: Question, terms: Terms
) -> dict[Place, dict[str, Measurement]]:
    """The measurements of every metric key (percentiles included), by (number of the period, group).

    Groups without any activity in a period are absent, except that a report without groups has every period.
    """
    metrics = {key: metric_for(key, terms) for key in kpis}
    needed = {name for metric in metrics.values() for name in _parts(metric)}
    found = all_sums(connection, needed, question, terms)
    if not question.by:
        for number in range(len(question.periods)):
            found.setdefault((number, ()), {})
    measured = {
        place: {key: measured_value(metric, totals) for key, metric in metrics.items()}
        for place, totals in found.items()
    }
    for key in kpis:
        if metrics[key].over_time == "last":
            _accumulate(connection, measured, key, question, terms)
        if key.rpartition(".")[2] in PERCENTILES:
            _percentiles(connection, measured, key, question, terms)
    return measured


def all_sums(connection: Connection, needed: Collection[str], question: Question, terms: Terms) -> dict[Place, Sums]:
    """The sums of these measures, of cells and of whole periods, by (number of the period, group)."""
    found = measure_sums(connection, sorted(set(needed) & MEASURES.keys()), question, terms)
    for counting, supplied in WHOLE.items():
        if set(needed) & set(supplied):
            _add(found, counting(connection, question, terms))
    return found


def metric_for(key: str, terms: Terms) -> Metric:
    """The metric behind a key, as the policy wants it: its variant for `service_level`, the base metric for a percentile."""
    if key == "service_level":
        return decided(METRICS[f"service_level.{terms.service_level}"], terms)
    base, _, last = key.rpartition(".")
    return decided(METRICS[base] if last in PERCENTILES else METRICS[key], terms)


def measured_value(metric: Metric, totals: Mapping[str, float]) -> Measurement:
    if metric.over_time == "max" and not totals.keys() & metric.numerator.keys():
        return NOTHING
    numerator = _weighted(metric.numerator, totals) * metric.scale
    denominator = None if metric.denominator is None else _weighted(metric.denominator, totals)
    return Measurement(numerator=numerator, denominator=denominator)


def _weighted(factors: Mapping[str, float], totals: Mapping[str, float]) -> float:
    amount: float = 0
    for name, factor in factors.items():
        amount += factor * totals.get(name, 0)
    return amount


def _parts(metric: Metric) -> set[str]:
    return {*metric.numerator, *(metric.denominator or {})}


# -- what is not a sum over cells


def _add(found: dict[Place, Sums], more: Mapping[Place, Sums]) -> None:
    for place, totals in more.items():
        known = found.setdefault(place, {})
        for key, value in totals.items():
            known[key] = known.get(key, 0) + value


def _accumulate(
    connection: Connection,
    measured: dict[Place, dict[str, Measurement]],
    key: str,
    question: Question,
    terms: Terms,
) -> None:
    """A stock is the stock before the report plus all that came and went since."""
    stock = _before(connection, METRICS[key], question, terms)
    flows: dict[Group, dict[int, float]] = defaultdict(dict)
    for (number, group), values in measured.items():
        flows[group][number] = values[key].numerator
    for group in {*stock, *flows}:
        level = stock.get(group, 0.0)
        for number in range(len(question.periods)):
            level += flows[group].get(number, 0)
            if level or (number, group) in measured:
                measured.setdefault((number, group), {})[key] = Measurement(numerator=level)


def _before(connection: Connection, metric: Metric, question: Question, terms: Terms) -> dict[Group, float]:
    """The stock when the report begins: all that ever came and went before."""
    first = period_of(Grain.MONTH, _FIRST_MOMENT, terms.timezone)
    whole = replace(first, end=question.periods[0].start)
    found = measure_sums(connection, sorted(_parts(metric)), replace(question, periods=(whole,)), terms)
    return {group: measured_value(metric, totals).numerator for (_, group), totals in found.items()}


def _percentiles(
    connection: Connection,
    measured: dict[Place, dict[str, Measurement]],
    key: str,
    question: Question,
    terms: Terms,
) -> None:
    base, _, name = key.rpartition(".")
    sketch = METRICS[base].sketch
    if sketch is None:
        return
    counts: Mapping[Place, Mapping[int, int]] = (
        WHOLE_SKETCHES[sketch](connection, question, terms)
        if sketch in WHOLE_SKETCHES
        else sketch_counts(connection, sketch, question, terms)
    )
    for place, values in measured.items():
        durations = counts.get(place, {})
        value = percentile_ms(durations, PERCENTILES[name])
        total = sum(durations.values())
        # A percentile is no sum over a sum: the numerator is what makes value = numerator / denominator hold.
        values[key] = Measurement(numerator=(value or 0) / 1000 * total, denominator=total)


def variant_name(terms: Terms) -> str:
    return f"SL-{list(SERVICE_LEVELS).index(terms.service_level) + 1}"
