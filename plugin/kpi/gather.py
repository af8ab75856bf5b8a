"""Sums and durations for a question, from the coarsest cells that can tell each part of it, else from the facts."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from plugin.database import execute_given, to_ms
from plugin.facts.sketch import bin_of
from plugin.kpi.aggregate import BUCKETS, SLOT_MS, Span, dimension, distribution, sums
from plugin.kpi.hours import parts_of
from plugin.kpi.measures import MEASURES, SKETCHES, STORED, STORED_SKETCHES, STREAMS, Stream
from plugin.kpi.period import Grain, Period, period_of
from plugin.kpi.question import Group, Question, grouping
from plugin.kpi.tables import KEPT, NARROWER, CellGrain
from plugin.kpi.terms import Terms

#: measure --> its sum, for one group in one period
Sums = dict[str, float]
Place = tuple[int, Group]
GroupOf = Callable[[tuple[str, ...]], Group | None]
#: cells of the centre's calendar, the coarsest first
LADDER = ((CellGrain.MONTH, Grain.MONTH), (CellGrain.DAY, Grain.DAY))
#: from more stretches of time on, they are asked about in one statement
_MOST_RUNS = 4
DAILY = (CellGrain.DAY, CellGrain.MONTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of the period of this number, in milliseconds."""

    number: int
    low: int
    high: int


def pieces_of(question: Question, terms: Terms) -> dict[CellGrain | None, list[Piece]]:
    """The periods, cut so that each part is told by the coarsest cells that can; None for what only the facts can tell."""
    found: dict[CellGrain | None, list[Piece]] = defaultdict(list)
    for number, period in enumerate(question.periods):
        for grain, start, end in _cut(period.start, period.end, terms, "agent" in question.dimensions):
            found[grain].append(Piece(number=number, low=to_ms(start), high=to_ms(end)))
    return found


def _cut(
    start: datetime, end: datetime, terms: Terms, by_agent: bool, ladder: Sequence[tuple[CellGrain, Grain]] = LADDER
) -> Iterator[tuple[CellGrain | None, datetime, datetime]]:
    """Whole months in the middle, on either side of them whole days, on either side of those what is left."""
    if start >= end:
        return
    if not ladder:
        yield _finest(start, end, by_agent), start, end
        return
    (cells, grain), *finer = ladder
    first, last = _next_border(grain, start, terms), _last_border(grain, end, terms)
    if first >= last:
        yield from _cut(start, end, terms, by_agent, finer)
        return
    yield from _cut(start, first, terms, by_agent, finer)
    yield cells, first, last
    yield from _cut(last, end, terms, by_agent, finer)


def _finest(start: datetime, end: datetime, by_agent: bool) -> CellGrain | None:
    whole = not by_agent and to_ms(start) % SLOT_MS == 0 and to_ms(end) % SLOT_MS == 0
    return CellGrain.QUARTER_HOUR if whole else None


def _next_border(grain: Grain, moment: datetime, terms: Terms) -> datetime:
    period = _period(grain, moment, terms.timezone)
    return moment if period.start == moment else period.end


def _last_border(grain: Grain, moment: datetime, terms: Terms) -> datetime:
    return _period(grain, moment, terms.timezone).start


@lru_cache(maxsize=8192)
def _period(grain: Grain, moment: datetime, timezone: str) -> Period:
    """Remembered, because reports have the same borders over and over."""
    return period_of(grain, moment, timezone)


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces, those together that follow each other without a gap."""
    run: list[Piece] = []
    for piece in pieces:
        if run and run[-1].high != piece.low:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def measure_sums(connection: Connection, wanted: Sequence[str], question: Question, terms: Terms) -> dict[Place, Sums]:
    """The sums of these measures by (number of the period, group); what had no activity is absent.

    Time is counted up to the question's moment: a plan reaches beyond it.
    """
    found: dict[Place, Sums] = {}
    if question.tells_hours:
        for part in parts_of(question, terms) if wanted else ():
            for place, totals in measure_sums(connection, wanted, part.question, terms).items():
                if (whole := part.place(place)) is not None:
                    add_up(found.setdefault(whole, {}), totals)
        return found
    times = [key for key in wanted if STREAMS[MEASURES[key].stream].until]
    passed = _until_now(question)
    if times and passed is not question:
        _gather(connection, found, times, passed, terms)
        wanted = [key for key in wanted if key not in times]
    _gather(connection, found, wanted, question, terms)
    return found


def _until_now(question: Question) -> Question:
    """The question with its periods cut at its moment; the same one when all of them are over."""
    now = question.as_of
    if all(period.end <= now for period in question.periods):
        return question
    periods = (replace(period, end=max(period.start, min(period.end, now))) for period in question.periods)
    return replace(question, periods=tuple(periods))


def _gather(
    connection: Connection, found: dict[Place, Sums], wanted: Sequence[str], question: Question, terms: Terms
) -> None:
    if not wanted:
        return
    group_of = grouping(question, terms)
    stored, live = _told_apart(wanted, question)
    if live:
        rows = _from_facts(connection, live, whole_pieces(question), question, terms)
        _merge(found, rows, live, question, group_of)
    for grain, pieces in pieces_of(question, terms).items() if stored else ():
        if grain is None:
            rows = _from_facts(connection, stored, pieces, question, terms)
            _merge(found, rows, stored, question, group_of)
            continue
        for rows in _from_all_cells(connection, stored, grain, pieces, question):
            _merge(found, rows, stored, question, group_of)
        # Cells hold what is over; a login or a pause that still lasts runs on to the end of the report, or to now.
        lasting = [key for key in stored if STREAMS[MEASURES[key].stream].until]
        rows = _from_facts(connection, lasting, pieces, question, terms, only_open=True) if lasting else ()
        _merge(found, rows, lasting, question, group_of)


def _told_apart(wanted: Sequence[str], question: Question) -> tuple[list[str], list[str]]:
    """The measures that cells hold, and those that only the facts can tell."""
    held = {key for key in wanted if key in STORED and not _is_moved(MEASURES[key].stream, question)}
    held = set() if question.from_facts else held
    return [key for key in wanted if key in held], [key for key in wanted if key not in held]


def _is_moved(stream: str, question: Question) -> bool:
    """Whether the question may put the stream's rows in other periods than the cells do."""
    return question.attribution is not None and STREAMS[stream].entry is not None


def whole_pieces(question: Question) -> list[Piece]:
    """The periods as they are."""
    return [
        Piece(number=number, low=to_ms(period.start), high=to_ms(period.end))
        for number, period in enumerate(question.periods)
    ]


Rows = Iterable[tuple[int, Sequence[Any]]]


def _from_all_cells(
    connection: Connection, wanted: Sequence[str], grain: CellGrain, pieces: Sequence[Piece], question: Question
) -> Iterator[Rows]:
    """One statement for each stretch of time without a gap, or one for all where there are many."""
    runs = list(_runs(pieces))
    if len(runs) > _MOST_RUNS:
        yield _from_scattered_cells(connection, wanted, grain, pieces, question)
        return
    for run in runs:
        yield _from_cells(connection, wanted, grain, run, question)


def _from_scattered_cells(
    connection: Connection, wanted: Sequence[str], grain: CellGrain, pieces: Sequence[Piece], question: Question
) -> Rows:
    span = _span(pieces)
    totals = [f"{'MAX' if MEASURES[key].greatest else 'SUM'}({key})" for key in wanted]
    query = (
        "WITH piece(low, high) AS MATERIALIZED (SELECT start, stop FROM :given) "
        f"SELECT {', '.join(['low', *question.dimensions, *totals])} FROM piece CROSS JOIN cell "
        f"WHERE grain = {int(_narrowest(grain, question))} AND start >= low AND start < high "
        f"GROUP BY {', '.join(['low', *question.dimensions])}"
    )
    return _numbered(execute_given(connection, query, **span.given), pieces)


def _from_cells(
    connection: Connection, wanted: Sequence[str], grain: CellGrain, run: Sequence[Piece], question: Question
) -> Rows:
    """(number of the period, its row): start, dimensions, sums."""
    low, high, alone = run[0].low, run[-1].high, len(run) == 1
    totals = [f"{'MAX' if MEASURES[key].greatest else 'SUM'}({key})" for key in wanted]
    group = [*question.dimensions] if alone else ["start", *question.dimensions]
    query = (
        f"SELECT {', '.join([str(low) if alone else 'start', *question.dimensions, *totals])} FROM cell "
        f"WHERE grain = {int(_narrowest(grain, question))} AND start >= {low} AND start < {high}"
    )
    return _numbered(execute_given(connection, f"{query} GROUP BY {', '.join(group)}" if group else query), run)


def _narrowest(grain: CellGrain, question: Question) -> CellGrain:
    """The cells of this length that are fewest and still tell apart what is asked."""
    enough = (one for one in NARROWER.get(grain, ()) if set(KEPT[one]) >= set(question.dimensions))
    return next(enough, grain)


def _from_facts(
    connection: Connection,
    wanted: Sequence[str],
    pieces: Sequence[Piece],
    question: Question,
    terms: Terms,
    *,
    only_open: bool = False,
) -> Rows:
    span = replace(
        _span(pieces), open_until=to_ms(question.as_of), only_open=only_open, attribution=question.attribution
    )
    query = sums(wanted, question.dimensions, span, terms)
    return _numbered(execute_given(connection, query, **span.given), pieces)


def _span(pieces: Sequence[Piece]) -> Span:
    return Span(buckets=[(piece.low, piece.high) for piece in pieces])


def _numbered(rows: Iterable[Sequence[Any]], pieces: Sequence[Piece]) -> Rows:
    """Every row with the number of the period that its start lies in."""
    starts = [piece.low for piece in pieces]
    return ((pieces[bisect_right(starts, row[0]) - 1].number, row) for row in rows)


def _merge(found: dict[Place, Sums], rows: Rows, wanted: Sequence[str], question: Question, group_of: GroupOf) -> None:
    values_from = 1 + len(question.dimensions)
    for number, row in rows:
        group = group_of(tuple(row[1:values_from]))
        if group is None:
            continue
        totals = found.setdefault((number, group), {})
        for key, value in zip(wanted, row[values_from:], strict=True):
            if value is not None:
                add_up(totals, {key: int(value)})


def add_up(totals: Sums, more: Mapping[str, float]) -> None:
    """Adds sums to sums; of greatest values the greater one stays."""
    for key, amount in more.items():
        known = totals.get(key)
        if known is None:
            totals[key] = amount
        else:
            totals[key] = max(known, amount) if key in MEASURES and MEASURES[key].greatest else known + amount


def sketch_counts(
    connection: Connection, key: str, question: Question, terms: Terms
) -> Mapping[Place, Mapping[int, int]]:
    """How many durations fell into each bucket, from the days' sketches where they can tell, else from the facts."""
    found: dict[Place, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    if question.tells_hours:
        for part in parts_of(question, terms):
            for place, counts in sketch_counts(connection, key, part.question, terms).items():
                if (whole := part.place(place)) is not None:
                    for bucket, number in counts.items():
                        found[whole][bucket] += number
        return found
    group_of = grouping(question, terms)
    for number, row in _durations(connection, key, question, terms):
        group = group_of(tuple(row[1:-2]))
        if group is not None:
            found[number, group][int(row[-2])] += int(row[-1])
    return found


def _durations(connection: Connection, key: str, question: Question, terms: Terms) -> Rows:
    """(number of the period, its row): start, dimensions, bucket, count."""
    if key not in STORED_SKETCHES:
        yield from _measured(connection, key, question, terms)
        return
    moved = _is_moved(SKETCHES[key].stream, question)
    for grain, pieces in pieces_of(question, terms).items():
        if grain in DAILY and "agent" not in question.dimensions and not moved:
            for run in _runs(pieces):
                yield from _numbered(_sketched(connection, key, run, question), run)
        else:
            span = replace(_span(pieces), attribution=question.attribution)
            query = distribution(SKETCHES[key], question.dimensions, span, terms)
            yield from _numbered(execute_given(connection, query, **span.given), pieces)


def _measured(connection: Connection, key: str, question: Question, terms: Terms) -> Rows:
    """The same from the durations themselves."""
    pieces = whole_pieces(question)
    span = replace(_span(pieces), attribution=question.attribution)
    query = distribution(SKETCHES[key], question.dimensions, span, terms)
    for number, row in _numbered(execute_given(connection, query, **span.given), pieces):
        yield number, (*row[:-2], bin_of(int(row[-2])), row[-1])


def _sketched(connection: Connection, key: str, run: Sequence[Piece], question: Question) -> Iterable[Sequence[Any]]:
    low, high = run[0].low, run[-1].high
    start = str(low) if len(run) == 1 else "start"
    group = [*(() if len(run) == 1 else ("start",)), *question.dimensions, "bucket"]
    query = (
        f"SELECT {', '.join([start, *question.dimensions, 'bucket'])}, SUM(n) FROM sketch "
        f"WHERE sketch = '{key}' AND start >= {low} AND start < {high} GROUP BY {', '.join(group)}"
    )
    return execute_given(connection, query)


def counted_rows(
    connection: Connection, query: str, stream: Stream, measures: Sequence[str], question: Question, terms: Terms
) -> dict[Place, Sums]:
    """What a query over `bucket(start, stop)`, one bucket for each period, counts for the groups of a question.

    The query selects `start`, `{dimensions}` (those of the question as the stream has them, with a comma after each), and a column
    for each measure; it groups by `{group}`. Counts of different groups that fall together in the question are added.
    """
    found: dict[Place, Sums] = {}
    rows = _of_buckets(connection, query, stream, question)
    _merge(found, rows, measures, question, grouping(question, terms))
    return found


def counted_durations(
    connection: Connection, query: str, stream: Stream, question: Question, terms: Terms
) -> dict[Place, dict[int, int]]:
    """The same for a query whose last two columns are a duration in milliseconds, by which it groups, and how many have it."""
    found: dict[Place, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    group_of = grouping(question, terms)
    for number, row in _of_buckets(connection, query, stream, question, grouped=1):
        group = group_of(tuple(row[1:-2]))
        if group is not None:
            found[number, group][bin_of(int(row[-2]))] += int(row[-1])
    return found


def counted_members(
    connection: Connection, query: str, stream: Stream, question: Question, terms: Terms
) -> dict[Place, dict[str, int]]:
    """The same for a query whose last two columns are a member, by which it groups, and 1 when something holds of it, else 0.

    A member of several groups that fall together in the question is there once, with 1 when it holds in any of them.
    """
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    group_of = grouping(question, terms)
    for number, row in _of_buckets(connection, query, stream, question, grouped=1):
        group = group_of(tuple(row[1:-2]))
        if group is not None:
            members = found[number, group]
            members[row[-2]] = max(members.get(row[-2], 0), int(row[-1]))
    return found


def _of_buckets(connection: Connection, query: str, stream: Stream, question: Question, grouped: int = 0) -> Rows:
    """`grouped`: columns after the dimensions by which it groups, too."""
    shown = [f"{dimension(stream, name)} AS {name}" for name in question.dimensions]
    group = ", ".join(str(place + 1) for place in range(len(shown) + 1 + grouped))
    written = query.format(dimensions="".join(f"{each}, " for each in shown), group=group)
    pieces = whole_pieces(question)
    span = _span(pieces)
    return _numbered(execute_given(connection, f"{BUCKETS} {written}", **span.given), pieces)
