"""What the centre cost in a period, from the policy and from what was entered, beside what it did for it.

Defined in `docs/kpi/total_cost.md`. Parts are added with `fsum`, whose result does not depend on the order in which a database
returns them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import fsum

from sqlalchemy import Connection

from plugin.kpi.allocation import WEIGHTS, Cost, Sharing, spread
from plugin.kpi.catalogue import METRICS
from plugin.kpi.measure import Group, Question, Sums, measure_sums, measured_value
from plugin.kpi.measures import MEASURES
from plugin.kpi.metric import Measurement
from plugin.kpi.terms import Terms
from plugin.policy.costs import costs_between
from plugin.policy.document import Document
from plugin.policy.localtime import midnight, zone

_MINUTE_MS = 60_000


class CostError(ValueError):
    """The costs cannot be given as one number; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodCosts:
    """`pro_rated`: of at least one entry only a part lies in the period. `converted`: currencies that were taken at a rate."""

    costs: tuple[Cost, ...]
    pro_rated: bool
    converted: frozenset[str] = frozenset()

    def sums(self) -> Sums:
        """Of the whole centre, which bears everything, also in a period in which nobody called."""
        amounts: dict[str, list[float]] = defaultdict(list)
        for cost in self.costs:
            for key in ("cost", f"cost_{cost.category}"):
                amounts[key].append(cost.amount)
        return {key: fsum(found) for key, found in amounts.items()}


def costs_of(document: Document, start: datetime, end: datetime) -> PeriodCosts:
    """The costs of [start, end) in the centre's days; a part of a day bears that part of its costs. Raises `CostError`."""
    amounts: defaultdict[tuple[str, str | None, str | None], list[float]] = defaultdict(list)
    pro_rated, converted = False, set[str]()
    for first, after, share in _days(document, start, end):
        found = costs_between(document, first, after)
        _check_currency(found.currencies, document.currency)
        pro_rated = pro_rated or found.pro_rated or share < 1
        converted.update(found.converted)
        for line in found.lines:
            key = (line.category.value, line.channel.value if line.channel else None, line.team)
            amounts[key].append(float(line.amount) * share)
    costs = [
        Cost(category=category, channel=channel, team=team, amount=fsum(parts))
        for (category, channel, team), parts in amounts.items()
    ]
    return PeriodCosts(costs=tuple(costs), pro_rated=pro_rated, converted=frozenset(converted))


def _check_currency(found: Sequence[str], wanted: str) -> None:
    if len(found) > 1:
        raise CostError(
            f"costs are in {' and '.join(found)}; enter them in one currency, or add [[rates]] to the policy"
        )
    if found and found[0] != wanted:
        raise CostError(
            f"costs are in {found[0]}, but the policy says {wanted}; write `currency` there, enter {wanted}, or add [[rates]]"
        )


def has_costs(document: Document, start: datetime, end: datetime) -> bool:
    return any(costs_between(document, first, after).lines for first, after, _ in _days(document, start, end))


def _days(document: Document, start: datetime, end: datetime) -> Iterator[tuple[date, date, float]]:
    """(first date, date after the last, share of them): a cut day at either side, and the whole days between together."""
    tz = zone(document.timezone)
    first, last = start.astimezone(tz).date(), (end - timedelta(microseconds=1)).astimezone(tz).date()
    whole_from = first if midnight(first, tz) == start else first + timedelta(days=1)
    whole_to = last + timedelta(days=1) if midnight(last + timedelta(days=1), tz) == end else last
    if whole_from < whole_to:
        yield whole_from, whole_to, 1.0
    for day in sorted({day for day in (first, last) if not whole_from <= day < whole_to}):
        opens, closes = midnight(day, tz), midnight(day + timedelta(days=1), tz)
        yield day, day + timedelta(days=1), (min(closes, end) - max(opens, start)) / (closes - opens)


def add_costs(
    connection: Connection,
    document: Document,
    measured: dict[tuple[int, Group], dict[str, Measurement]],
    keys: Sequence[str],
    question: Question,
    terms: Terms,
) -> tuple[str, ...]:
    """Adds the cost metrics to every row; returns notes on how they came about. Raises `CostError`."""
    costs = [costs_of(document, period.start, period.end) for period in question.periods]
    names = _names(question, (cost for each in costs for cost in each.costs))
    counts = _counts(keys)
    parts = _parts(connection, names, counts, question, terms)
    for number, each in enumerate(costs):
        sharing = Sharing(names=names, rule=document.allocation, parts=parts.get(number, {}))
        borne = spread(each.costs, sharing)
        for group in _groups(measured, (*sharing.parts, *borne), number, names, question):
            sums = _added(_matching((sharing.parts, borne), names, group, question))
            if not question.by and not question.only:
                sums |= each.sums()
            sums["worked_minutes"] = sums.get("worked_ms", 0) / _MINUTE_MS
            values = measured.setdefault((number, group), {})
            values.update({key: measured_value(METRICS[key], sums) for key in keys})
    return tuple(_notes(costs))


def _notes(costs: Sequence[PeriodCosts]) -> Iterator[str]:
    if any(each.pro_rated for each in costs):
        yield "Costs are pro-rated by calendar days."
    if converted := sorted({currency for each in costs for currency in each.converted}):
        yield f"Costs in {' and '.join(converted)} are taken at the rates of the policy."


def _names(question: Question, costs: Iterable[Cost]) -> tuple[str, ...]:
    """The groupings of a part: the channel, what the report asks about, and the team where one bears costs of its own."""
    team = ["team"] if any(cost.team for cost in costs) else []
    return tuple(dict.fromkeys(["channel", *question.by, *question.only, *team]))


def _counts(keys: Sequence[str]) -> list[str]:
    """The sums over facts that the metrics and the allocation need."""
    needed = {name for key in keys for name in (*METRICS[key].numerator, *(METRICS[key].denominator or {}))}
    return sorted({*needed & MEASURES.keys(), *(key for weights in WEIGHTS.values() for key in weights)})


def _parts(
    connection: Connection, names: tuple[str, ...], counts: Sequence[str], question: Question, terms: Terms
) -> dict[int, dict[Group, Sums]]:
    """Per period, the sums of every group of the whole centre, whatever the report is restricted to."""
    everything = replace(question, by=names, only={})
    found: dict[int, dict[Group, Sums]] = defaultdict(dict)
    for (number, group), sums in measure_sums(connection, counts, everything, terms).items():
        found[number][group] = sums
    return found


def _groups(
    measured: Mapping[tuple[int, Group], object],
    parts: Iterable[Group],
    number: int,
    names: tuple[str, ...],
    question: Question,
) -> list[Group]:
    """Those of the report and those that bear costs, where the report is about no other number."""
    if not question.by:
        return [()]
    bearing = {
        tuple(part[names.index(name)] for name in question.by)
        for part in parts
        if all(part[names.index(name)] == value for name, value in question.only.items())
    }
    return sorted({group for place, group in measured if place == number} | bearing)


def _matching(
    tables: Iterable[Mapping[Group, Sums]], names: tuple[str, ...], group: Group, question: Question
) -> Iterator[Sums]:
    """The sums of the parts that belong to one row of the report."""
    wanted = {**question.only, **dict(zip(question.by, group, strict=True))}
    places = [(names.index(name), value) for name, value in wanted.items()]
    for table in tables:
        yield from (sums for part, sums in table.items() if all(part[place] == value for place, value in places))


def _added(found: Iterable[Sums]) -> Sums:
    amounts: dict[str, list[float]] = defaultdict(list)
    for sums in found:
        for key, value in sums.items():
            amounts[key].append(value)
    return {key: _sum(values) for key, values in amounts.items()}


def _sum(values: Sequence[float]) -> float:
    """Counts stay whole numbers."""
    return sum(values) if all(isinstance(value, int) for value in values) else fsum(values)
