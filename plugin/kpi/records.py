"""The facts behind a number: every row of a stream that adds to one of the metric's sums, with what it adds.

They come from the streams and conditions of the measures themselves, so what the records add up to is the number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from plugin.database import chunks, from_ms, stream_given, to_ms
from plugin.events.tables import Customer
from plugin.kpi.aggregate import Span, added
from plugin.kpi.answer import EXCLUDED, Ask, AskError, check
from plugin.kpi.catalogue import PLAN_ATTAINMENT
from plugin.kpi.measure import metric_for
from plugin.kpi.measures import DIMENSIONS, MEASURES, STREAMS, Measure, Stream
from plugin.kpi.metric import Better, Measurement, Metric, Unit
from plugin.kpi.period import Grain, Period
from plugin.kpi.question import Group, Question, grouping
from plugin.kpi.terms import Terms, terms_of
from plugin.kpi.whole import LISTED, LISTED_ROWS, listed_streams
from plugin.kpi.whole.answers import SCORED, mean_scores
from plugin.policy.document import Document

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: columns that say nothing to a reader
_INNER = ("subject_key", "keys", "start")
_ADDS = "adds_"
_AT_ONCE = 500
CUSTOMER = "customer"
_MEASURES = {**MEASURES, **LISTED}
Fact = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One fact. `numerator` and `denominator` are what it adds to the value, in the metric's unit; None: it is not in that part.

    `fact` has the columns of its table: moments as aware UTC, durations in milliseconds.
    """

    table: str
    group: Group
    numerator: float | None
    denominator: float | None
    fact: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """One page of `total` records. `whole` is what all of them add up to, `elsewhere` the sums that no record can show."""

    metric: Metric
    by: tuple[str, ...]
    total: int
    page: tuple[Record, ...]
    whole: Measurement
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Added:
    """A fact with what it adds, before it is shown."""

    fact: Fact
    group: Group
    table: str
    numerator: float | None
    denominator: float | None


@dataclass(kw_only=True, slots=True)
class _Tally:
    """What the records so far add up to."""

    total: int = 0
    numerator: float = 0
    denominator: float = 0

    def add(self, one: _Added, metric: Metric) -> None:
        self.total += 1
        mine = one.numerator or 0
        self.numerator = max(self.numerator, mine) if metric.over_time == "max" else self.numerator + mine
        self.denominator += one.denominator or 0

    def whole(self, metric: Metric) -> Measurement:
        under = None if metric.denominator is None else self.denominator
        return Measurement(numerator=self.numerator * metric.scale, denominator=under)


def asked_records(
    connection: Connection,
    document: Document,
    ask: Ask,
    now: datetime,
    *,
    page: int = 1,
    per_page: int = 100,
    customers: bool = False,
) -> Records:
    """One page of what is behind the first KPI that is asked for, or of what a report leaves out (a key of `EXCLUDED`).

    Raises `AskError`.
    """
    check(replace(ask, kpis=tuple(key for key in ask.kpis if key not in EXCLUDED)))
    if ask.kpis[0] == PLAN_ATTAINMENT.key:
        raise AskError("kpi", "an attainment is worked out from a value; ask for the records of its KPI")
    terms = terms_of(document)
    period = Period(grain=Grain.DAY, start=ask.start, end=ask.end, timezone=ask.timezone or terms.timezone)
    question = Question(periods=(period,), by=ask.by, only=ask.only, as_of=now)
    if question.tells_hours:
        raise AskError("only", "records are not told apart by opening hours; ask for them without hours")
    skip = (page - 1) * per_page
    return records(connection, ask.kpis[0], question, terms, skip=skip, most=per_page, customers=customers)


def records(
    connection: Connection,
    key: str,
    question: Question,
    terms: Terms,
    *,
    skip: int = 0,
    most: int | None = None,
    customers: bool = False,
) -> Records:
    """Those of the first period of the question. `customers`: with the masked form of each; else without any trace of them."""
    metric = _left_out(key) if key in EXCLUDED else metric_for(key, terms)
    tally, chosen = _Tally(), list[_Added]()
    for one in _found(connection, metric, _from_the_start(metric, question), terms):
        if skip <= tally.total and (most is None or tally.total < skip + most):
            chosen.append(one)
        tally.add(one, metric)
    masks = _masks(connection, chosen) if customers else None
    return Records(
        metric=metric,
        by=question.by,
        total=tally.total,
        page=tuple(_record(one, metric, masks) for one in chosen),
        whole=tally.whole(metric),
        elsewhere=tuple(name for name in _names(metric) if name not in _MEASURES and name not in LISTED_ROWS),
    )


def _left_out(key: str) -> Metric:
    return Metric(key=key, unit=Unit.COUNT, better=Better.NEUTRAL, numerator={key: 1})


def _from_the_start(metric: Metric, question: Question) -> Question:
    """A stock is made of all that ever came and did not go."""
    period = question.periods[0]
    first = replace(period, start=_EPOCH) if metric.over_time == "last" else period
    return replace(question, periods=(first,))


def _names(metric: Metric) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*metric.numerator, *(metric.denominator or {})]))


def _found(connection: Connection, metric: Metric, question: Question, terms: Terms) -> Iterator[_Added]:
    """One after the other. What came and went again is not in a stock, and what is taken away again is not in a share."""
    names, told = _names(metric), _told(connection, metric, question, terms)
    for streams in _by_table(names, terms):
        keys = {stream.key for stream in streams}
        measures = [_MEASURES[name] for name in names if name in _MEASURES and _MEASURES[name].stream in keys]
        table = streams[0].table.rpartition(" ")[2]
        for group, fact in _rows(connection, streams, measures, question, terms):
            one = _added(table, group, fact, metric)
            if (one.numerator or one.denominator) and told(group):
                yield one
    for table, listed in {LISTED_ROWS[name] for name in names if name in LISTED_ROWS}:
        for group, fact in listed(connection, question, terms):
            yield _added(table, group, fact, metric)


def _told(connection: Connection, metric: Metric, question: Question, terms: Terms) -> Callable[[Group], bool]:
    """Whether a group has a number: a mean score only where all answers are on one scale."""
    scored = set(SCORED) & set(_names(metric))
    if not scored:
        return lambda group: True
    sums = mean_scores(connection, question, terms)
    groups = {group for (_, group), found in sums.items() if scored <= found.keys()}
    return lambda group: group in groups


def _by_table(names: Sequence[str], terms: Terms) -> list[list[Stream]]:
    """The streams of these measures, those over one table together: a fact that is in several of them is one record."""
    wanted = {_MEASURES[name].stream for name in names if name in _MEASURES}
    tables: dict[str, list[Stream]] = defaultdict(list)
    for stream in {**STREAMS, **listed_streams(terms)}.values():
        if stream.key in wanted:
            tables[stream.table].append(stream)
    return list(tables.values())


def _rows(
    connection: Connection, streams: Sequence[Stream], measures: Sequence[Measure], question: Question, terms: Terms
) -> Iterator[tuple[Group, Fact]]:
    """Each fact of the streams with its group, in the order of its moments."""
    period = question.periods[0]
    end = min(period.end, question.as_of) if streams[0].until else period.end
    span = Span(buckets=[(to_ms(period.start), to_ms(end))], open_until=to_ms(question.as_of))
    group_of = grouping(question, terms)
    places = [DIMENSIONS.index(name) for name in question.dimensions]
    for row in stream_given(connection, added(streams, measures, span, terms), **span.given):
        group = group_of(tuple(row[1 + place] for place in places))
        if group is not None:
            yield group, _named(row)


def _named(row: Any) -> Fact:
    """The dimensions of the stream stand before the columns of the table, and win over those of the same name."""
    pairs = list(zip(row._fields, row, strict=True))
    return {**dict(pairs), **dict(pairs[: 1 + len(DIMENSIONS)])}


def _added(table: str, group: Group, fact: Fact, metric: Metric) -> _Added:
    parts = (_amount(metric.numerator, fact), _amount(metric.denominator or {}, fact))
    return _Added(fact=fact, group=group, table=table, numerator=parts[0], denominator=parts[1])


def _amount(factors: Mapping[str, float], fact: Fact) -> float | None:
    parts = [factor * int(fact.get(_ADDS + name) or 0) for name, factor in factors.items()]
    return sum(parts) if any(parts) else None


def _record(one: _Added, metric: Metric, masks: Mapping[str, str] | None) -> Record:
    return Record(
        table=one.table,
        group=one.group,
        numerator=None if one.numerator is None else one.numerator * metric.scale,
        denominator=one.denominator,
        fact={name: _shown(name, value, masks or {}) for name, value in one.fact.items() if _is_told(name, masks)},
    )


def _is_told(name: str, masks: Mapping[str, str] | None) -> bool:
    inner = name in _INNER or name.startswith(_ADDS) or name.endswith("_bin")
    return not inner and (name != CUSTOMER or masks is not None)


def _shown(name: str, value: Any, masks: Mapping[str, str]) -> Any:
    if name == CUSTOMER:
        return masks.get(value, "")
    return from_ms(value) if name.endswith("_at") and isinstance(value, int) else value


def _masks(connection: Connection, found: Sequence[_Added]) -> Mapping[str, str]:
    """The masked forms by the keys of the customers; a key itself is never shown, as it tells the same person everywhere."""
    keys = sorted({one.fact[CUSTOMER] for one in found if one.fact.get(CUSTOMER)})
    rows = [
        connection.execute(select(Customer.key, Customer.mask).where(col(Customer.key).in_(some)))  # type: ignore[call-overload]
        for some in chunks(keys, _AT_ONCE)
    ]
    return {row.key: row.mask for part in rows for row in part}
