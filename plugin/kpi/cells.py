"""Cells recomputed from facts wherever facts changed: a late event and a changed definition take the same path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from plugin.database import execute_given, from_ms, to_ms, writing
from plugin.facts.agent_time import refresh_agent_time
from plugin.facts.dirty import DIRTY, DIRTY_DAY
from plugin.kpi.aggregate import SLOT_MS, Span, distribution, sums
from plugin.kpi.measures import DIMENSIONS, STORED, STORED_SKETCHES, STREAMS
from plugin.kpi.period import Grain, Period, period_of
from plugin.kpi.tables import CELL, CELL_BASIS, KEPT, NARROWER, SKETCH, CellGrain
from plugin.kpi.terms import Terms

#: how many dirty quarters one transaction settles; the lock of SQLite's writer is held that long
SLOTS_A_TURN = 96 * 7
#: from so many changed quarters on, a day's are computed together
_WHOLE_DAY_FROM = 30
_WITHOUT_AGENT = tuple(name for name in DIMENSIONS if name != "agent")
Progress = Callable[[int, int], None]


def refresh_cells(engine: Engine, terms: Terms, limit: int = SLOTS_A_TURN) -> int:
    """Makes stale timelines and then cells anew, at most `limit` quarters of an hour; returns how many it settled."""
    return refresh_timelines(engine) + len(refresh_sums(engine, terms, limit))


def refresh_timelines(engine: Engine) -> int:
    """The last facts that others are made of; returns how many days of agents it settled."""
    with writing(engine) as connection:
        return refresh_agent_time(connection)


def refresh_sums(engine: Engine, terms: Terms, limit: int = SLOTS_A_TURN) -> list[int]:
    """Cells of stale quarters of an hour, at most `limit`; returns the numbers of those that it settled."""
    if _basis_changed(engine, terms):
        mark_all_dirty(engine, terms)
    with writing(engine) as connection:
        query = select(DIRTY.c.slot).order_by(DIRTY.c.slot).limit(limit)
        slots = [slot for (slot,) in connection.execute(query.with_for_update())]
        if slots:
            connection.execute(delete(DIRTY).where(DIRTY.c.slot.in_(slots)))
            _recompute(connection, slots, terms)
    return slots


def reach_back(slots: Collection[int], now: datetime, terms: Terms) -> bool:
    """Whether any of these quarters lies before the day of `now`: of that day, windows that end now are told by facts alone."""
    return any(slot * SLOT_MS < to_ms(_period(Grain.DAY, now, terms).start) for slot in slots)


def rebuild_cells(engine: Engine, terms: Terms, progress: Progress = lambda done, total: None) -> int:
    """Drops all cells and computes them again from the facts."""
    total = mark_all_dirty(engine, terms)
    done = 0
    while settled := refresh_cells(engine, terms):
        done += settled
        progress(done, total)
    return done


def computed_with(engine: Engine) -> str | None:
    """The basis of the cells that are there; None before the first were computed."""
    with engine.connect() as connection:
        return connection.execute(select(CELL_BASIS.c.basis)).scalar()


def _basis_changed(engine: Engine, terms: Terms) -> bool:
    return computed_with(engine) != terms.cell_basis


def stale_quarters(connection: Connection, period: Period) -> int:
    """How many quarters of an hour of the period wait for their cells to be made anew."""
    low, high = to_ms(period.start) // SLOT_MS, to_ms(period.end) // SLOT_MS
    query = select(func.count()).select_from(DIRTY).where(DIRTY.c.slot >= low, DIRTY.c.slot < high)
    return int(connection.execute(query).scalar_one())


def mark_all_dirty(engine: Engine, terms: Terms) -> int:
    """Empties the cells and marks every quarter of an hour that has facts."""
    with writing(engine) as connection:
        for table in (CELL, SKETCH, DIRTY, CELL_BASIS):
            connection.execute(delete(table))
        selects = [
            f"SELECT {stream.at} / {SLOT_MS} FROM {stream.table} WHERE {stream.at} IS NOT NULL"
            for stream in STREAMS.values()
            if not stream.live
        ]
        connection.execute(text(f"INSERT INTO dirty_slot (slot) {' UNION '.join(selects)}"))
        _mark_long_intervals(connection)
        connection.execute(insert(CELL_BASIS), {"id": 1, "basis": terms.cell_basis})
        return int(connection.execute(text("SELECT COUNT(*) FROM dirty_slot")).scalar_one())


def _mark_long_intervals(connection: Connection) -> None:
    query = f"SELECT started_at, ended_at FROM agent_state WHERE ended_at / {SLOT_MS} > started_at / {SLOT_MS}"
    slots: set[int] = set()
    for started_at, ended_at in connection.execute(text(query)):
        slots.update(range(started_at // SLOT_MS, -(-ended_at // SLOT_MS)))
    known = {slot for (slot,) in connection.execute(select(DIRTY.c.slot))}
    rows = [{"slot": slot} for slot in sorted(slots - known)]
    if rows:
        connection.execute(insert(DIRTY), rows)


def _recompute(connection: Connection, slots: Iterable[int], terms: Terms) -> None:
    days: dict[Period, list[int]] = defaultdict(list)
    for slot in slots:
        days[_period(Grain.DAY, from_ms(slot * SLOT_MS), terms)].append(slot)
    for day, dirty in days.items():
        _recompute_day(connection, day, dirty, terms)
    for month in {_period(Grain.MONTH, day.start, terms) for day in days}:
        for grain in (CellGrain.MONTH, *NARROWER[CellGrain.MONTH]):
            _roll_up(connection, month, grain)


def _period(grain: Grain, moment: datetime, terms: Terms) -> Period:
    return period_of(grain, moment, terms.timezone, terms.week_start)


def _recompute_day(connection: Connection, day: Period, dirty: list[int], terms: Terms) -> None:
    low, high = to_ms(day.start), to_ms(day.end)
    whole = len(dirty) >= _WHOLE_DAY_FROM
    quarters = Span.of_slots(range(low // SLOT_MS, -(-high // SLOT_MS)) if whole else dirty)
    starts = [from_ms(start) for start, _ in quarters.buckets]
    connection.execute(delete(CELL).where(CELL.c.grain == CellGrain.QUARTER_HOUR, CELL.c.start.in_(starts)))
    _insert_cells(connection, CellGrain.QUARTER_HOUR, quarters, terms)
    connection.execute(delete(CELL).where(CELL.c.grain == CellGrain.DAY, CELL.c.start == day.start))
    whole_day = Span(buckets=[(low, high)])
    _insert_cells(connection, CellGrain.DAY, whole_day, terms)
    for grain in NARROWER[CellGrain.DAY]:
        _roll_up(connection, day, grain)
    _recompute_sketches(connection, day.start, whole_day, terms)


def _recompute_sketches(connection: Connection, start: datetime, whole_day: Span, terms: Terms) -> None:
    # All keys are named because the primary key begins with them.
    connection.execute(delete(SKETCH).where(SKETCH.c.sketch.in_(list(STORED_SKETCHES)), SKETCH.c.start == start))
    names = ", ".join(["sketch", "start", *_WITHOUT_AGENT, "bucket", "n"])
    for sketch in STORED_SKETCHES.values():
        rows = distribution(sketch, _WITHOUT_AGENT, whole_day, terms)
        columns = ", ".join(["start", *_WITHOUT_AGENT, "bucket", "n"])
        statement = f"INSERT INTO sketch ({names}) SELECT '{sketch.key}', {columns} FROM ({rows}) AS counted"
        execute_given(connection, statement, **whole_day.given)


def _insert_cells(connection: Connection, grain: CellGrain, span: Span, terms: Terms) -> None:
    keys, dimensions = list(STORED), KEPT[grain]
    names = ", ".join(["grain", "start", *DIMENSIONS, *keys])
    shown = ", ".join(["start", *(name if name in dimensions else f"'' AS {name}" for name in DIMENSIONS), *keys])
    query = sums(keys, dimensions, span, terms)
    statement = f"INSERT INTO cell ({names}) SELECT {int(grain)}, {shown} FROM ({query}) AS summed"
    execute_given(connection, statement, **span.given)


def _roll_up(connection: Connection, period: Period, grain: CellGrain) -> None:
    """Adds up a day's or a month's cells that keep everything."""
    connection.execute(delete(CELL).where(CELL.c.grain == grain, CELL.c.start == period.start))
    totals = [f"{'MAX' if measure.greatest else 'SUM'}({measure.key})" for measure in STORED.values()]
    names = ", ".join(["grain", "start", *DIMENSIONS, *STORED])
    shown = ", ".join([*(name if name in KEPT[grain] else "''" for name in DIMENSIONS), *totals])
    low, high = to_ms(period.start), to_ms(period.end)
    connection.execute(
        text(
            f"INSERT INTO cell ({names}) SELECT {int(grain)}, {low}, {shown} FROM cell "
            f"WHERE grain = {int(CellGrain.DAY)} AND start >= {low} AND start < {high} GROUP BY {', '.join(KEPT[grain])}"
        )
    )


def oldest_fact(connection: Connection) -> datetime | None:
    """The start of the oldest day that has cells."""
    return connection.execute(
        select(CELL.c.start).where(CELL.c.grain == CellGrain.DAY).order_by(CELL.c.start).limit(1)
    ).scalar()


def is_settled(connection: Connection) -> bool:
    return all(connection.execute(select(table).limit(1)).first() is None for table in (DIRTY, DIRTY_DAY))
