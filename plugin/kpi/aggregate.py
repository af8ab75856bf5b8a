"""SQL that adds facts up: one statement for any set of measures, the same on both databases and for cells and reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from plugin.kpi.measures import MEASURES, STREAMS, Measure, Sketch, Stream
from plugin.kpi.terms import Terms

SLOT_MS = 900_000
_STOPPED = "(CASE WHEN {until} < stop THEN {until} ELSE stop END)"
_STARTED = "(CASE WHEN {at} > start THEN {at} ELSE start END)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """What to add up: the facts in [low, high), in milliseconds since 1970.

    `by_slot` keeps quarters of an hour apart, else everything is one bucket that starts at `low`; `slots` restricts to
    these quarters. `open_until`: an interval without an end is taken to last until then; None leaves such intervals out.
    `only_open` keeps nothing else.
    """

    low: int
    high: int
    by_slot: bool
    slots: Collection[int] | None = None
    open_until: int | None = None
    only_open: bool = False

    def buckets(self) -> list[tuple[int, int]]:
        if not self.by_slot:
            return [(self.low, self.high)]
        numbers = sorted(self.slots) if self.slots is not None else range(self.low // SLOT_MS, -(-self.high // SLOT_MS))
        return [(number * SLOT_MS, (number + 1) * SLOT_MS) for number in numbers]


def sums(measures: Sequence[str], dimensions: Sequence[str], span: Span, terms: Terms) -> str:
    """A SELECT of (start, *dimensions, *measures); every argument that enters the text is a number or a name of ours."""
    wanted = [MEASURES[key] for key in measures]
    streams = [stream for stream in STREAMS.values() if any(measure.stream == stream.key for measure in wanted)]
    parts = [_stream_sums(stream, wanted, dimensions, span, terms) for stream in streams]
    columns = ["start", *dimensions]
    totals = [f"{'MAX' if m.greatest else 'SUM'}({m.key}) AS {m.key}" for m in wanted]
    grouped = f"SELECT {', '.join([*columns, *totals])} FROM ({' UNION ALL '.join(parts)}) AS part GROUP BY {', '.join(columns)}"
    if any(stream.until for stream in streams):
        values = ", ".join(f"({low}, {high})" for low, high in span.buckets())
        return f"WITH bucket(start, stop) AS (VALUES {values}) {grouped}"
    return grouped


def _stream_sums(stream: Stream, wanted: Iterable[Measure], dimensions: Sequence[str], span: Span, terms: Terms) -> str:
    columns = [f"{_bucket(stream, span)} AS start", *(f"{_dimension(stream, name)} AS {name}" for name in dimensions)]
    columns += [
        _total(measure, stream, span, terms)
        if measure.stream == stream.key
        else f"CAST(NULL AS BIGINT) AS {measure.key}"
        for measure in wanted
    ]
    group = ", ".join(str(number + 1) for number in range(len(dimensions) + 1))
    return f"SELECT {', '.join(columns)} FROM {_from(stream)} WHERE {_where(stream, span)} GROUP BY {group}"


def _from(stream: Stream) -> str:
    return f"{stream.table} CROSS JOIN bucket" if stream.until else stream.table


def _bucket(stream: Stream, span: Span) -> str:
    if stream.until:
        return "start"
    return f"({stream.at} / {SLOT_MS}) * {SLOT_MS}" if span.by_slot else f"{span.low}"


def _dimension(stream: Stream, name: str) -> str:
    return str(getattr(stream, name)) if name in ("channel", "direction", "queue") else name


def _until(stream: Stream, span: Span) -> str:
    return f"COALESCE({stream.until}, {span.open_until})" if span.open_until is not None else f"{stream.until}"


def _where(stream: Stream, span: Span) -> str:
    conditions = [stream.where]
    if stream.until:
        until = _until(stream, span)
        conditions += [f"{stream.at} < {span.high}", f"{stream.at} < stop", f"{until} > start", f"{until} > {span.low}"]
        if span.only_open:
            conditions.append(f"{stream.until} IS NULL")
    else:
        conditions += [f"{stream.at} >= {span.low}", f"{stream.at} < {span.high}"]
        if span.slots is not None:
            conditions.append(f"{stream.at} / {SLOT_MS} IN ({', '.join(map(str, sorted(span.slots)))})")
    return " AND ".join(conditions)


def _total(measure: Measure, stream: Stream, span: Span, terms: Terms) -> str:
    sql = measure.sql.replace("$threshold", str(terms.threshold_ms)).replace("$short", str(terms.short_ms))
    if stream.until:
        stopped, started = _STOPPED.format(until=_until(stream, span)), _STARTED.format(at=stream.at)
        sql = sql.replace("overlap", f"({stopped} - {started})")
    return f"{'MAX' if measure.greatest else 'SUM'}({sql}) AS {measure.key}"


def distribution(sketch: Sketch, dimensions: Sequence[str], span: Span) -> str:
    """A SELECT of (start, *dimensions, bucket, n): how many durations fell into each bucket."""
    stream = STREAMS[sketch.stream]
    columns = [f"{_bucket(stream, span)} AS start", *(f"{_dimension(stream, name)} AS {name}" for name in dimensions)]
    where = f"{_where(stream, span)} AND {sketch.where} AND {sketch.bucket} IS NOT NULL"
    group = ", ".join(str(number + 1) for number in range(len(dimensions) + 2))
    counted = f"{sketch.bucket} AS bucket, COUNT(*) AS n"
    return f"SELECT {', '.join(columns)}, {counted} FROM {stream.table} WHERE {where} GROUP BY {group}"
