"""The facts behind a number: every row of a stream that adds to one of the metric's sums, with what it adds.

They come from the streams and conditions of the measures themselves, so what the records add up to is the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from plugin.database import chunks, execute_given, from_ms, to_ms
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
from plugin.kpi.whole import LISTED, listed_streams
from plugin.policy.document import Document

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: columns that say nothing to a reader
_INNER = ("subject_key", "keys", "start")
_ADDS = "adds_"
_AT_ONCE = 500
_IDENTITY = ("subject_key", "ordinal", "track", "started_at")
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


@dataclass(kw_only=True, slots=True)
class _Added:
    """A fact while it is put together: it may be in several streams of its table, such as created and solved tickets."""

    fact: Fact
    group: Group
    table: str
    numerator: float | None = None
    denominator: float | None = None


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
    found = [one for one in _collected(connection, metric, _from_the_start(metric, question), terms) if _counts(one)]
    chosen = found[skip : None if most is None else skip + most]
    masks = _masks(connection, chosen) if customers else None
    names = [*metric.numerator, *(metric.denominator or {})]
    return Records(
        metric=metric,
        by=question.by,
        total=len(found),
        page=tuple(_record(one, metric, masks) for one in chosen),
        whole=_whole(found, metric),
        elsewhere=tuple(name for name in dict.fromkeys(names) if name not in _MEASURES),
    )


def _left_out(key: str) -> Metric:
    return Metric(key=key, unit=Unit.COUNT, better=Better.NEUTRAL, numerator={key: 1})


def _from_the_start(metric: Metric, question: Question) -> Question:
    """A stock is made of all that ever came and did not go."""
    period = question.periods[0]
    first = replace(period, start=_EPOCH) if metric.over_time == "last" else period
    return replace(question, periods=(first,))


def _collected(connection: Connection, metric: Metric, question: Question, terms: Terms) -> list[_Added]:
    named = [_MEASURES[name] for name in {**metric.numerator, **(metric.denominator or {})} if name in _MEASURES]
    found: dict[tuple[object, ...], _Added] = {}
    for stream in {**STREAMS, **listed_streams(terms)}.values():
        measures = [measure for measure in named if measure.stream == stream.key]
        if measures:
            _collect(found, stream, measures, _rows(connection, stream, measures, question, terms), metric)
    return list(found.values())


def _rows(
    connection: Connection, stream: Stream, measures: Sequence[Measure], question: Question, terms: Terms
) -> Iterator[tuple[Group, Fact]]:
    """Each row of the stream with its group, in the order of its moments."""
    period = question.periods[0]
    end = min(period.end, question.as_of) if stream.until else period.end
    span = Span(buckets=[(to_ms(period.start), to_ms(end))], open_until=to_ms(question.as_of))
    query = f"{added(stream, measures, span, terms)} ORDER BY {stream.at}, subject_key"
    group_of = grouping(question, terms)
    places = [DIMENSIONS.index(name) for name in question.dimensions]
    for row in execute_given(connection, query, **span.given):
        group = group_of(tuple(row[1 + place] for place in places))
        if group is not None:
            yield group, _named(row)


def _named(row: Any) -> Fact:
    """The dimensions of the stream stand before the columns of the table, and win over those of the same name."""
    pairs = list(zip(row._fields, row, strict=True))
    return {**dict(pairs), **dict(pairs[: 1 + len(DIMENSIONS)])}


def _collect(
    found: dict[tuple[object, ...], _Added],
    stream: Stream,
    measures: Sequence[Measure],
    rows: Iterator[tuple[Group, Fact]],
    metric: Metric,
) -> None:
    table = stream.table.rpartition(" ")[2]
    own = {measure.key for measure in measures}
    for group, fact in rows:
        key = (table, *(fact.get(name) for name in _IDENTITY))
        one = found.setdefault(key, _Added(fact=fact, group=group, table=table))
        one.numerator = _more(one.numerator, metric.numerator, own, fact)
        one.denominator = _more(one.denominator, metric.denominator or {}, own, fact)


def _more(known: float | None, factors: Mapping[str, float], own: set[str], fact: Fact) -> float | None:
    parts = [factor * int(fact[_ADDS + name]) for name, factor in factors.items() if name in own]
    amount = sum(parts)
    return (known or 0) + amount if any(parts) else known


def _counts(one: _Added) -> bool:
    """What came and went again is not in a stock, and what is taken away again is not in a share."""
    return bool(one.numerator) or bool(one.denominator)


def _whole(found: Sequence[_Added], metric: Metric) -> Measurement:
    values = [one.numerator for one in found if one.numerator is not None]
    total = max(values, default=0) if metric.over_time == "max" else sum(values)
    under = sum(one.denominator for one in found if one.denominator is not None)
    return Measurement(numerator=total * metric.scale, denominator=None if metric.denominator is None else under)


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
