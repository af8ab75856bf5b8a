"""A KPI's formula in words: each sum that it is made of, with its sign and its value in a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.kpi.measure import Question, measure_sums
from plugin.kpi.measures import MEASURES
from plugin.kpi.metric import Metric, Unit
from plugin.kpi.names import measure_name
from plugin.kpi.period import Period
from plugin.kpi.terms import Terms, terms_of
from plugin.report import figures
from plugin.web.overview import Reading

_MS = 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """`minus` when it is taken away; `value` is empty when it is not a sum over facts."""

    minus: bool
    words: str
    value: str


def parts_of(
    metric: Metric, sums: Mapping[str, float], reading: Reading, period: Period, language: str
) -> tuple[Part, ...]:
    terms = terms_of(reading.document)
    values = _values(sums, reading, period, terms)
    return tuple(
        Part(
            minus=factor < 0, words=_words(key, terms, language), value=_written(key, values.get(key), metric, language)
        )
        for key, factor in sums.items()
    )


def _values(sums: Mapping[str, float], reading: Reading, period: Period, terms: Terms) -> Mapping[str, float]:
    question = Question(periods=(period,), as_of=reading.now)
    wanted = [key for key in sums if key in MEASURES]
    found = measure_sums(reading.connection, wanted, question, terms).get((0, ()), {})
    return {key: found.get(key, 0) for key in wanted}


def _words(key: str, terms: Terms, language: str) -> str:
    return measure_name(key, language).format(
        threshold=figures.span(terms.threshold_ms * _MS, language),
        short=figures.span(terms.short_ms * _MS, language),
    )


def _written(key: str, value: float | None, metric: Metric, language: str) -> str:
    if value is None:
        return ""
    if key.endswith("_ms"):
        return figures.figure(value * _MS, Unit.SECONDS, language)
    return figures.figure(value, Unit.COUNT, language)
