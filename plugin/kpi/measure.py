"""Metrics measured over periods and groups: the one calculation behind report, pages, API, digests and alerts."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from plugin.database import to_ms
from plugin.facts.sketch import percentile_ms
from plugin.kpi.aggregate import SLOT_MS, Span, distribution, sums
from plugin.kpi.catalogue import METRICS, PERCENTILES, SERVICE_LEVELS
from plugin.kpi.measures import DIMENSIONS, MEASURES, SKETCHES, STREAMS
from plugin.kpi.metric import Measurement, Metric
from plugin.kpi.period import Grain, Period, period_of
from plugin.kpi.tables import CellGrain
from plugin.kpi.terms import Terms

Group = tuple[str, ...]
#: measure --> its sum, for one group in one period
Sums = dict[str, float]
#: a dimension of a report --> the stored dimensions that it is worked out from
GROUPINGS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in DIMENSIONS},
    "team": ("queue", "agent"),
    "campaign": ("queue",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What to measure. `periods` tile a range; `by` are keys of GROUPINGS; `only` restricts them to one value each."""

    periods: tuple[Period, ...]
    by: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime


def measure(
    connection: Connection, kpis: Sequence[str], question: Question, terms: Terms
) -> dict[tuple[int, Group], dict[str, Measurement]]:
    """The measurements of every metric key (percentiles included), by (number of the period, group).

    Groups without any activity in a period are absent, except that a report without groups has every period.
    """
    metrics = {key: metric_for(key, terms) for key in kpis}
    wanted = sorted({name for metric in metrics.values() for name in _parts(metric) if name in MEASURES})
    found = measure_sums(connection, wanted, question, terms)
    if any("reopened_tickets" in _parts(metric) for metric in metrics.values()):
        _add(found, _reopened(connection, question, terms))
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


def metric_for(key: str, terms: Terms) -> Metric:
    """The metric behind a key: the policy's variant for `service_level`, the base metric for a percentile."""
    if key == "service_level":
        return METRICS[f"service_level.{terms.service_level}"]
    base, _, last = key.rpartition(".")
    return METRICS[base] if last in PERCENTILES else METRICS[key]


def measured_value(metric: Metric, totals: Mapping[str, float]) -> Measurement:
    numerator = sum(factor * totals.get(name, 0) for name, factor in metric.numerator.items()) * metric.scale
    if metric.denominator is None:
        return Measurement(numerator=numerator)
    return Measurement(
        numerator=numerator,
        denominator=sum(factor * totals.get(name, 0) for name, factor in metric.denominator.items()),
    )


def _parts(metric: Metric) -> set[str]:
    return {*metric.numerator, *(metric.denominator or {})}


# -- where the sums come from


def _stored_dimensions(question: Question) -> tuple[str, ...]:
    needed = {name for key in (*question.by, *question.only) for name in GROUPINGS[key]}
    return tuple(name for name in DIMENSIONS if name in needed)


def cell_grain(question: Question, dimensions: Collection[str], terms: Terms) -> CellGrain | None:
    """The coarsest cells whose borders are those of all periods; None when only the facts themselves can tell."""
    edges = {moment for period in question.periods for moment in (period.start, period.end)}
    if all(_is_border(Grain.MONTH, edge, terms) for edge in edges):
        return CellGrain.MONTH
    if all(_is_border(Grain.DAY, edge, terms) for edge in edges):
        return CellGrain.DAY
    if "agent" not in dimensions and all(to_ms(edge) % SLOT_MS == 0 for edge in edges):
        return CellGrain.QUARTER_HOUR
    return None


def _is_border(grain: Grain, moment: datetime, terms: Terms) -> bool:
    return period_of(grain, moment, terms.timezone, terms.week_start).start == moment


def measure_sums(
    connection: Connection, wanted: list[str], question: Question, terms: Terms
) -> dict[tuple[int, Group], Sums]:
    found: dict[tuple[int, Group], Sums] = {}
    if not wanted:
        return found
    dimensions = _stored_dimensions(question)
    grain = cell_grain(question, dimensions, terms)
    if grain is None:
        for number, rows in _from_facts(connection, wanted, dimensions, question, terms):
            _merge(found, number, rows, wanted, dimensions, question, terms)
        return found
    rows = _from_cells(connection, wanted, dimensions, grain, question)
    starts = [to_ms(period.start) for period in question.periods]
    for row in rows:
        number = bisect_right(starts, row[0]) - 1
        _merge(found, number, [row], wanted, dimensions, question, terms)
    _add_open_intervals(connection, found, wanted, dimensions, question, terms)
    return found


def _from_cells(
    connection: Connection, wanted: list[str], dimensions: tuple[str, ...], grain: CellGrain, question: Question
) -> Iterable[Sequence[Any]]:
    low, high = to_ms(question.periods[0].start), to_ms(question.periods[-1].end)
    one = len(question.periods) == 1
    totals = [f"{'MAX' if MEASURES[key].greatest else 'SUM'}({key})" for key in wanted]
    start = str(low) if one else "start"
    group = [*dimensions] if one else ["start", *dimensions]
    query = (
        f"SELECT {', '.join([start, *dimensions, *totals])} FROM cell "
        f"WHERE grain = {int(grain)} AND start >= {low} AND start < {high}"
    )
    return connection.execute(text(f"{query} GROUP BY {', '.join(group)}" if group else query)).all()


def _from_facts(
    connection: Connection, wanted: list[str], dimensions: tuple[str, ...], question: Question, terms: Terms
) -> Iterable[tuple[int, Iterable[Sequence[Any]]]]:
    now = to_ms(question.as_of)
    for number, period in enumerate(question.periods):
        span = Span(
            low=to_ms(period.start), high=to_ms(period.end), by_slot=False, open_until=min(now, to_ms(period.end))
        )
        yield number, connection.execute(text(sums(wanted, dimensions, span, terms))).all()


def _add_open_intervals(
    connection: Connection,
    found: dict[tuple[int, Group], Sums],
    wanted: list[str],
    dimensions: tuple[str, ...],
    question: Question,
    terms: Terms,
) -> None:
    """Cells hold what is over; a login or a pause that still lasts runs on to the end of the report, or to now."""
    lasting = [key for key in wanted if STREAMS[MEASURES[key].stream].until]
    if not lasting:
        return
    now = to_ms(question.as_of)
    for number, period in enumerate(question.periods):
        low, high = to_ms(period.start), to_ms(period.end)
        span = Span(low=low, high=high, by_slot=False, open_until=min(now, high), only_open=True)
        rows = connection.execute(text(sums(lasting, dimensions, span, terms))).all()
        _merge(found, number, rows, lasting, dimensions, question, terms)


def _merge(
    found: dict[tuple[int, Group], Sums],
    number: int,
    rows: Iterable[Sequence[Any]],
    wanted: Sequence[str],
    dimensions: tuple[str, ...],
    question: Question,
    terms: Terms,
) -> None:
    values_from = 1 + len(dimensions)
    for row in rows:
        stored = dict(zip(dimensions, row[1:values_from], strict=True))
        if any(_group_value(name, stored, terms) != value for name, value in question.only.items()):
            continue
        group = tuple(_group_value(name, stored, terms) for name in question.by)
        totals = found.setdefault((number, group), {})
        for key, value in zip(wanted, row[values_from:], strict=True):
            if value is None:
                continue
            known = totals.get(key)
            amount = int(value)
            if known is None:
                totals[key] = amount
            else:
                totals[key] = max(known, amount) if MEASURES[key].greatest else known + amount


def _group_value(name: str, stored: Mapping[str, str], terms: Terms) -> str:
    if name == "team":
        return terms.team_of_agent.get(stored["agent"]) or terms.team_of_queue.get(stored["queue"], "")
    if name == "campaign":
        return terms.campaign_of_queue.get(stored["queue"], "")
    return stored[name]


def _add(found: dict[tuple[int, Group], Sums], more: Mapping[tuple[int, Group], Sums]) -> None:
    for place, totals in more.items():
        known = found.setdefault(place, {})
        for key, value in totals.items():
            known[key] = known.get(key, 0) + value


# -- what is not a sum over cells


def _reopened(connection: Connection, question: Question, terms: Terms) -> dict[tuple[int, Group], Sums]:
    """Distinct tickets do not add up over periods, so they are counted from the spans themselves."""
    dimensions = _stored_dimensions(question)
    shown = ", ".join("'inbound'" if name == "direction" else name for name in dimensions)
    found: dict[tuple[int, Group], Sums] = {}
    for number, period in enumerate(question.periods):
        columns = ", ".join(["0", *([shown] if shown else []), "COUNT(DISTINCT subject_key)"])
        query = (
            f"SELECT {columns} FROM ticket_span WHERE reopened = 1 "
            f"AND opened_at >= {to_ms(period.start)} AND opened_at < {to_ms(period.end)}"
        )
        if dimensions:
            query += f" GROUP BY {', '.join(str(place + 2) for place in range(len(dimensions)))}"
        for row in connection.execute(text(query)):
            stored = dict(zip(dimensions, row[1:-1], strict=True))
            if all(_group_value(name, stored, terms) == value for name, value in question.only.items()):
                group = tuple(_group_value(name, stored, terms) for name in question.by)
                totals = found.setdefault((number, group), {"reopened_tickets": 0})
                totals["reopened_tickets"] += int(row[-1])
    return found


def _accumulate(
    connection: Connection,
    measured: dict[tuple[int, Group], dict[str, Measurement]],
    key: str,
    question: Question,
    terms: Terms,
) -> None:
    """A stock is the stock before the report plus all that came and went since."""
    stock = _open_tickets(connection, question, terms)
    flows: dict[Group, dict[int, float]] = defaultdict(dict)
    for (number, group), values in measured.items():
        flows[group][number] = values[key].numerator
    for group in {*stock, *flows}:
        level = float(stock.get(group, 0))
        for number in range(len(question.periods)):
            level += flows[group].get(number, 0)
            if level or (number, group) in measured:
                measured.setdefault((number, group), {})[key] = Measurement(numerator=level)


def _open_tickets(connection: Connection, question: Question, terms: Terms) -> dict[Group, int]:
    dimensions = _stored_dimensions(question)
    start = to_ms(question.periods[0].start)
    shown = ["'inbound'" if name == "direction" else name for name in dimensions]
    query = (
        f"SELECT {', '.join(['0', *shown, 'COUNT(*)'])} FROM ticket_span "
        f"WHERE opened_at < {start} AND (solved_at IS NULL OR solved_at >= {start})"
    )
    if dimensions:
        query += f" GROUP BY {', '.join(str(place + 2) for place in range(len(dimensions)))}"
    found: dict[Group, int] = defaultdict(int)
    for row in connection.execute(text(query)):
        stored = dict(zip(dimensions, row[1:-1], strict=True))
        if all(_group_value(name, stored, terms) == value for name, value in question.only.items()):
            found[tuple(_group_value(name, stored, terms) for name in question.by)] += int(row[-1])
    return found


def _percentiles(
    connection: Connection,
    measured: dict[tuple[int, Group], dict[str, Measurement]],
    key: str,
    question: Question,
    terms: Terms,
) -> None:
    base, _, name = key.rpartition(".")
    sketch = METRICS[base].sketch
    if sketch is None:
        return
    counts = sketch_counts(connection, sketch, question, terms)
    for place, values in measured.items():
        durations = counts.get(place, {})
        value = percentile_ms(durations, PERCENTILES[name])
        total = sum(durations.values())
        # A percentile is no sum over a sum: the numerator is what makes value = numerator / denominator hold.
        values[key] = Measurement(numerator=(value or 0) / 1000 * total, denominator=total)


def sketch_counts(
    connection: Connection, key: str, question: Question, terms: Terms
) -> dict[tuple[int, Group], dict[int, int]]:
    """How many durations fell into each bucket, from the days' sketches where they can tell, else from the facts."""
    dimensions = _stored_dimensions(question)
    grain = cell_grain(question, dimensions, terms)
    daily = grain in (CellGrain.DAY, CellGrain.MONTH) and "agent" not in dimensions
    found: dict[tuple[int, Group], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for number, period in enumerate(question.periods):
        low, high = to_ms(period.start), to_ms(period.end)
        if daily:
            columns = ", ".join([*dimensions, "bucket"])
            query = (
                f"SELECT 0, {columns}, SUM(n) FROM sketch WHERE sketch = '{key}' "
                f"AND start >= {low} AND start < {high} GROUP BY {columns}"
            )
        else:
            query = distribution(SKETCHES[key], dimensions, Span(low=low, high=high, by_slot=False))
        for row in connection.execute(text(query)):
            stored = dict(zip(dimensions, row[1:-2], strict=True))
            if all(_group_value(name, stored, terms) == value for name, value in question.only.items()):
                group = tuple(_group_value(name, stored, terms) for name in question.by)
                found[number, group][int(row[-2])] += int(row[-1])
    return found


def variant_name(terms: Terms) -> str:
    return f"SL-{list(SERVICE_LEVELS).index(terms.service_level) + 1}"
