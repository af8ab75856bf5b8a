"""Other people's rules in, our sums by them out: whatever a rule makes of measures is measured as the catalogue is."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from plugin.kpi.measure import all_sums, measure, measured_value, metric_for
from plugin.kpi.metric import Measurement, Metric
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms

#: a key of the catalogue, or a metric that the catalogue does not have
Made = str | Metric


def measured_by(
    connection: Connection, rules: Mapping[str, Made], question: Question, terms: Terms
) -> list[dict[str, Measurement]]:
    """For each period of the question, which has no groups, the measurement of every rule by its name."""
    keys = sorted({made for made in rules.values() if isinstance(made, str)})
    own = [made for made in rules.values() if isinstance(made, Metric)]
    needed = {name for metric in own for name in (*metric.numerator, *(metric.denominator or {}))}
    known = measure(connection, keys, question, terms)
    sums = all_sums(connection, needed, question, terms) if needed else {}

    def one(number: int, made: Made) -> Measurement:
        place = (number, ())
        return known[place][made] if isinstance(made, str) else measured_value(made, sums.get(place, {}))

    return [{name: one(number, made) for name, made in rules.items()} for number in range(len(question.periods))]


def metric_of(made: Made, terms: Terms) -> Metric:
    return metric_for(made, terms) if isinstance(made, str) else made
