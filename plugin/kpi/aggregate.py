"""SQL that adds facts up: one statement for any set of measures and buckets, the same on both databases and for cells and reports.

Every statement has a table `:given` of its buckets (`start`, `stop`), which `plugin.database.execute_given` puts in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from plugin.database import literal
from plugin.kpi.measures import DIMENSIONS, MEASURES, STREAMS, Measure, Sketch, Stream
from plugin.kpi.terms import Terms
from plugin.policy.document import Attribution

SLOT_MS = 900_000
BUCKETS = "WITH bucket(start, stop) AS MATERIALIZED (SELECT start, stop FROM :given)"
_STOPPED = "(CASE WHEN {until} < stop THEN {until} ELSE stop END)"
_STARTED = "(CASE WHEN {at} > start THEN {at} ELSE start END)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Which facts to add up into which buckets, all in milliseconds since 1970.

    The `buckets` do not overlap. With `slots`, each of them is the quarter of an hour of that number, and all lie in one day.
    `open_until`: an interval without an end is taken to last until then; None leaves such intervals out. `only_open` keeps
    nothing else.
    """

    buckets: Sequence[tuple[int, int]]
    slots: Collection[int] | None = None
    open_until: int | None = None
    only_open: bool = False
    #: rows in the periods of their entry or end; None: as the policy chose
    attribution: Attribution | None = None

    @classmethod
    def of_slots(cls, slots: Collection[int]) -> Span:
        buckets = [(number * SLOT_MS, (number + 1) * SLOT_MS) for number in sorted(slots)]
        return cls(buckets=buckets, slots=frozenset(slots))

    @property
    def low(self) -> int:
        return min(start for start, _ in self.buckets)

    @property
    def high(self) -> int:
        return max(stop for _, stop in self.buckets)

    @property
    def given(self) -> dict[str, list[int]]:
        """The values of the table `:given`."""
        return {"start": [start for start, _ in self.buckets], "stop": [stop for _, stop in self.buckets]}


def sums(measures: Sequence[str], dimensions: Sequence[str], span: Span, terms: Terms) -> str:
    """A SELECT of (start, *dimensions, *measures); what enters the text is a number, a name of ours or a quoted name."""
    wanted = [MEASURES[key] for key in measures]
    streams = [stream for stream in STREAMS.values() if any(measure.stream == stream.key for measure in wanted)]
    parts = [_stream_sums(stream.by(span.attribution), wanted, dimensions, span, terms) for stream in streams]
    columns = ["start", *dimensions]
    totals = [f"{'MAX' if m.greatest else 'SUM'}({m.key}) AS {m.key}" for m in wanted]
    return (
        f"{BUCKETS} SELECT {', '.join([*columns, *totals])} FROM ({' UNION ALL '.join(parts)}) AS part "
        f"GROUP BY {', '.join(columns)}"
    )


def _stream_sums(stream: Stream, wanted: Iterable[Measure], dimensions: Sequence[str], span: Span, terms: Terms) -> str:
    columns = [f"{_start(stream, span)} AS start", *(f"{dimension(stream, name)} AS {name}" for name in dimensions)]
    columns += [
        _total(measure, stream, span, terms)
        if measure.stream == stream.key
        else f"CAST(NULL AS BIGINT) AS {measure.key}"
        for measure in wanted
    ]
    group = ", ".join(str(number + 1) for number in range(len(dimensions) + 1))
    return (
        f"SELECT {', '.join(columns)} FROM {_from(stream, span, terms)} WHERE {_where(stream, span)} GROUP BY {group}"
    )


def _from(stream: Stream, span: Span, terms: Terms) -> str:
    """On SQLite the order of a CROSS JOIN is that of the loops: an interval meets its buckets, a bucket finds its facts."""
    table = limited(stream.table, terms)
    if _is_split(stream, span):
        return f"{table} CROSS JOIN bucket"
    return f"bucket CROSS JOIN {table}" if span.slots is None else table


def limited(sql: str, terms: Terms) -> str:
    """An expression with the policy's limits, in milliseconds, in place of their names."""
    for name, limit_ms in {**terms.limits, "threshold": _threshold(terms)}.items():
        sql = sql.replace(f"${name}", str(limit_ms))
    return sql


def _threshold(terms: Terms) -> str:
    """The queue's own one, else that of the channel, else the general one."""
    own = [("queue", terms.queue_threshold_ms), ("channel", terms.channel_threshold_ms)]
    cases = [f"WHEN {name} = {literal(value)} THEN {ms}" for name, limits in own for value, ms in limits.items()]
    return f"CASE {' '.join(cases)} ELSE {terms.threshold_ms} END" if cases else str(terms.threshold_ms)


def _is_split(stream: Stream, span: Span) -> bool:
    """Whether a row can belong to several buckets."""
    return stream.until is not None and not (stream.slotted and span.slots is not None)


def _start(stream: Stream, span: Span) -> str:
    return "start" if _is_split(stream, span) or span.slots is None else f"({stream.at} / {SLOT_MS}) * {SLOT_MS}"


def dimension(stream: Stream, name: str) -> str:
    return str(getattr(stream, name))


def _until(stream: Stream, span: Span) -> str:
    return f"COALESCE({stream.until}, {span.open_until})" if span.open_until is not None else f"{stream.until}"


def _where(stream: Stream, span: Span) -> str:
    where = stream.where.replace("$now", str(span.open_until))
    if _is_split(stream, span):
        return " AND ".join([where, *_intervals(stream, span)])
    ended = [f"{stream.until} IS NOT NULL"] if stream.until else []
    return " AND ".join([where, *ended, *_moments(stream, span)])


def _intervals(stream: Stream, span: Span) -> list[str]:
    until = _until(stream, span)
    # The first condition is what finds the rows by the index; without it, the whole history would be read.
    recent = f"{stream.at} > {span.low - SLOT_MS}" if stream.slotted else f"{stream.until} > {span.low}"
    found = recent if span.open_until is None else f"({recent} OR {stream.until} IS NULL)"
    conditions = [f"{stream.until} IS NULL" if span.only_open else found]
    return [*conditions, f"{stream.at} < {span.high}", f"{stream.at} < stop", f"{until} > start"]


def _moments(stream: Stream, span: Span) -> list[str]:
    if span.slots is None:
        return [f"{stream.at} >= start", f"{stream.at} < stop"]
    conditions = [f"{stream.at} >= {span.low}", f"{stream.at} < {span.high}"]
    if len(span.slots) * SLOT_MS < span.high - span.low:
        conditions.append(f"{stream.at} / {SLOT_MS} IN ({', '.join(map(str, sorted(span.slots)))})")
    return conditions


def _total(measure: Measure, stream: Stream, span: Span, terms: Terms) -> str:
    return f"{'MAX' if measure.greatest else 'SUM'}({_value(measure, stream, span, terms)}) AS {measure.key}"


def _value(measure: Measure, stream: Stream, span: Span, terms: Terms) -> str:
    """What one row adds to the measure."""
    sql = limited(measure.sql, terms)
    sql = sql.replace("$productive", ", ".join(repr(state) for state in terms.productive_activities) or "''")
    if stream.until and not _is_split(stream, span):
        sql = sql.replace("overlap", f"({stream.until} - {stream.at})")
    elif stream.until:
        stopped, started = _STOPPED.format(until=_until(stream, span)), _STARTED.format(at=stream.at)
        sql = sql.replace("overlap", f"({stopped} - {started})")
    return sql


def added(streams: Sequence[Stream], measures: Sequence[Measure], span: Span, terms: Terms) -> str:
    """A SELECT of (start, *dimensions, `adds_` and the key of each measure, *columns of the fact), one row for each fact that is in
    any of these streams of one table, in the order of its moments.
    """
    first, conditions = streams[0], {stream.key: _where(stream, span) for stream in streams}
    columns = ["start", *(f"{dimension(first, name)} AS {name}" for name in DIMENSIONS)]
    for measure in measures:
        (stream,) = (one for one in streams if one.key == measure.stream)
        value = _value(measure, stream, span, terms)
        columns.append(f"COALESCE(CASE WHEN {conditions[stream.key]} THEN {value} END, 0) AS adds_{measure.key}")
    moments = [f"CASE WHEN {conditions[stream.key]} THEN {stream.at} END" for stream in streams]
    order = first.at if len(streams) == 1 else f"COALESCE({', '.join(moments)})"
    fact = first.table.rpartition(" ")[2]
    where = " OR ".join(f"({condition})" for condition in conditions.values())
    return (
        f"{BUCKETS} SELECT {', '.join(columns)}, {fact}.* FROM {_from(first, span, terms)} WHERE {where} "
        f"ORDER BY {order}, {fact}.subject_key"
    )


def distribution(sketch: Sketch, dimensions: Sequence[str], span: Span, terms: Terms) -> str:
    """A SELECT of (start, *dimensions, bucket, n): how many durations fell into each bucket of the sketch."""
    stream = STREAMS[sketch.stream].by(span.attribution)
    columns = [f"{_start(stream, span)} AS start", *(f"{dimension(stream, name)} AS {name}" for name in dimensions)]
    where = f"{_where(stream, span)} AND {sketch.where} AND ({sketch.bucket}) IS NOT NULL"
    group = ", ".join(str(number + 1) for number in range(len(dimensions) + 2))
    counted = f"{sketch.bucket} AS bucket, COUNT(*) AS n"
    return f"{BUCKETS} SELECT {', '.join(columns)}, {counted} FROM {_from(stream, span, terms)} WHERE {where} GROUP BY {group}"
