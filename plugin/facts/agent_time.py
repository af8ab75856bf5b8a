"""Keeps `agent_time`, one timeline per agent over all sources, in step with legs, states and shifts: changed days are made anew.

A state without an end is laid beside the plan up to the end of the day after the last one on which something is known of the
agent, so that whoever works past midnight without a word is there; from then on a row without an end goes on. So a day is a
function of the facts alone, whatever came first, and a change makes a few days anew however long the past is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

from plugin.database import from_ms, insert_rows
from plugin.events.store import subject_key
from plugin.facts import tables
from plugin.facts.dirty import Dirty, mark_dirty, table_of
from plugin.facts.fold.roster import LONGEST
from plugin.facts.fold.timeline import BUSY, DAY_MS, Segment, Stretch, segment_of, sweep
from plugin.facts.store import BUSY_UNTIL

AGENT_TIME = table_of(tables.AgentTime)
#: how many days of agents one transaction settles
DAYS_A_TURN = 400
#: a leg's talk, hold and wrap-up are at most 24 hours each
_LONGEST_LEG_MS = 3 * DAY_MS
_LONGEST_SHIFT_MS = round(LONGEST.total_seconds() * 1000)
_COLUMNS = "started_at, ended_at, state, logged_in, talking, scheduled, productive, paid"


def refresh_agent_time(connection: Connection, limit: int = DAYS_A_TURN) -> int:
    """Makes the timelines of changed days anew and marks the quarters that this changes; returns how many days it settled."""
    marks = _taken(connection, limit)
    dirty = Dirty()
    for agent, days in sorted(marks.items()):
        _renew(connection, agent, days, dirty)
    mark_dirty(connection, dirty)
    return sum(map(len, marks.values()))


def _taken(connection: Connection, limit: int) -> dict[str, list[tuple[int, int]]]:
    """(day, whether also all after it) of each agent, taken off the list."""
    lock = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    statement = (
        "DELETE FROM dirty_agent_day WHERE (agent, day, onwards) IN (SELECT agent, day, onwards FROM dirty_agent_day "  # noqa: S608
        f"ORDER BY agent, day, onwards LIMIT :limit{lock}) RETURNING agent, day, onwards"
    )
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for agent, day, onwards in connection.execute(text(statement), {"limit": limit}):
        found[agent].append((day, onwards))
    return found


def _renew(connection: Connection, agent: str, marks: Iterable[tuple[int, int]], dirty: Dirty) -> None:
    """Replaces the marked days of an agent and his lasting state."""
    last_day = _last_day(connection, agent)
    lasting = _lasting(connection, agent)
    before = _tail(connection, agent)
    after = segment_of(lasting, (last_day + 1) * DAY_MS, None) if last_day is not None else None
    reach = max(-1 if last_day is None else last_day, -1 if before is None else before.start // DAY_MS - 1)
    days = {day for day, _ in marks}
    days |= {later for day, onwards in marks if onwards for later in range(day, reach + 1)}
    if before is not None and after is not None:
        first, end = sorted((before.start // DAY_MS, after.start // DAY_MS))
        days |= set(range(first, end))
    for low, high in _runs(days):
        old = set(_stored(connection, agent, low, high))
        new = set(sweep(_stretches(connection, agent, low, high, last_day), low, high))
        _replace(connection, agent, old - new, new - old)
        for segment in old ^ new:
            dirty.at_ms(segment.start)
    if before != after:
        _replace(connection, agent, [before] if before else [], [after] if after else [])


def _last_day(connection: Connection, agent: str) -> int | None:
    """The day after the last one on which something is known of the agent; what is only planned does not count."""
    newest = "(SELECT MAX(answered_at) FROM agent_leg WHERE agent = :agent)"
    query = (
        "SELECT MAX(at) FROM (SELECT MAX(started_at) AS at FROM agent_state WHERE agent = :agent "  # noqa: S608
        "UNION ALL SELECT MAX(ended_at) FROM agent_state WHERE agent = :agent "
        f"UNION ALL SELECT MAX({BUSY_UNTIL}) FROM agent_leg "
        f"WHERE agent = :agent AND answered_at >= {newest} - {_LONGEST_LEG_MS}) AS known"
    )
    moment = connection.execute(text(query), {"agent": agent}).scalar()
    return None if moment is None else moment // DAY_MS + 1


def _lasting(connection: Connection, agent: str) -> list[Stretch]:
    query = "SELECT source, track, state, started_at FROM agent_state WHERE agent = :agent AND ended_at IS NULL"
    rows = connection.execute(text(query), {"agent": agent})
    return [_of_state(source, track, state, start, start) for source, track, state, start in rows]


def _tail(connection: Connection, agent: str) -> Segment | None:
    query = f"SELECT {_COLUMNS} FROM agent_time WHERE agent = :agent AND ended_at IS NULL"  # noqa: S608
    row = connection.execute(text(query), {"agent": agent}).first()
    return None if row is None else _segment(row)


def _runs(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(low, high) of days that follow each other."""
    run: list[int] = []
    for day in sorted(days):
        if run and day > run[-1] + 1:
            yield run[0] * DAY_MS, (run[-1] + 1) * DAY_MS
            run = []
        run.append(day)
    if run:
        yield run[0] * DAY_MS, (run[-1] + 1) * DAY_MS


def _stored(connection: Connection, agent: str, low: int, high: int) -> Iterator[Segment]:
    query = (
        f"SELECT {_COLUMNS} FROM agent_time WHERE agent = :agent AND started_at >= :low AND started_at < :high "  # noqa: S608
        "AND ended_at IS NOT NULL"
    )
    return map(_segment, connection.execute(text(query), {"agent": agent, "low": low, "high": high}))


def _segment(row: Sequence[Any]) -> Segment:
    start, end, state, logged_in, talking, scheduled, productive, paid = row
    return Segment(
        start=start,
        end=end,
        state=state,
        logged_in=bool(logged_in),
        talking=bool(talking),
        scheduled=scheduled,
        productive=bool(productive),
        paid=bool(paid),
    )


def _stretches(connection: Connection, agent: str, low: int, high: int, last_day: int | None) -> list[Stretch]:
    """All that overlaps [low, high)."""
    known_until = low if last_day is None else (last_day + 1) * DAY_MS
    states = list(_states(connection, agent, low, high, known_until))
    return [*states, *_legs(connection, agent, low, high, states), *_shifts(connection, agent, low, high)]


def _states(connection: Connection, agent: str, low: int, high: int, known_until: int) -> Iterator[Stretch]:
    query = (
        "SELECT source, track, state, started_at, ended_at FROM agent_state "
        "WHERE agent = :agent AND (ended_at > :low OR ended_at IS NULL) AND started_at < :high"
    )
    rows = connection.execute(text(query), {"agent": agent, "low": low, "high": high})
    for source, track, state, start, end in rows:
        yield _of_state(source, track, state, start, known_until if end is None else end)


def _of_state(source: str, track: str, state: str, start: int, end: int) -> Stretch:
    if track == "session":
        return Stretch(start=start, end=end, role="session", of=source)
    role = "busy" if state in BUSY else "activity"
    return Stretch(start=start, end=end, role=role, state=state, of=source)


def _legs(connection: Connection, agent: str, low: int, high: int, states: Sequence[Stretch]) -> Iterator[Stretch]:
    """A leg lasts as long as its talk, hold and wrap-up; one whose talk time is unknown is left out."""
    query = (
        "SELECT answered_at, ended_at, talk_ms, COALESCE(hold_ms, 0), COALESCE(wrap_ms, 0) FROM agent_leg "  # noqa: S608
        f"WHERE agent = :agent AND answered_at > :low - {_LONGEST_LEG_MS} AND answered_at < :high"
    )
    rows = connection.execute(text(query), {"agent": agent, "low": low, "high": high})
    for start, ended_at, talk, hold, wrap in rows:
        if ended_at is None:
            yield Stretch(start=start, end=_latest_end(start, states), role="talk")
        elif talk is not None:
            yield Stretch(start=start, end=start + talk + hold, role="talk")
            yield Stretch(start=start, end=start + talk + hold + wrap, role="busy")


def _latest_end(start: int, states: Iterable[Stretch]) -> int:
    """A conversation whose end was never told is taken to last until the agent logged out, and not beyond its day."""
    logouts = [one.end for one in states if one.role == "session" and one.start <= start < one.end]
    return min([(start // DAY_MS + 1) * DAY_MS, *([max(logouts)] if logouts else [])])


def _shifts(connection: Connection, agent: str, low: int, high: int) -> Iterator[Stretch]:
    query = (
        "SELECT started_at, ended_at, activity, productive, paid FROM roster_shift WHERE agent = :agent AND flaw IS NULL "  # noqa: S608
        f"AND started_at > :low - {_LONGEST_SHIFT_MS} AND started_at < :high"
    )
    rows = connection.execute(text(query), {"agent": agent, "low": low, "high": high})
    for start, end, activity, productive, paid in rows:
        yield Stretch(start=start, end=end, role="shift", state=activity, productive=bool(productive), paid=bool(paid))


def _replace(connection: Connection, agent: str, gone: Iterable[Segment], come: Iterable[Segment]) -> None:
    statement = "DELETE FROM agent_time WHERE agent = :agent AND started_at = :at AND lasting = :lasting"
    keys = [{"agent": agent, "at": one.start, "lasting": int(one.end is None)} for one in gone]
    if keys:
        connection.execute(text(statement), keys)
    insert_rows(connection, AGENT_TIME, [_row(agent, segment) for segment in come])


def _row(agent: str, segment: Segment) -> dict[str, Any]:
    return {
        "agent": agent,
        "subject_key": subject_key("", "agent", agent),
        "started_at": from_ms(segment.start),
        "lasting": int(segment.end is None),
        "ended_at": None if segment.end is None else from_ms(segment.end),
        "state": segment.state,
        "logged_in": int(segment.logged_in),
        "talking": int(segment.talking),
        "scheduled": segment.scheduled,
        "productive": int(segment.productive),
        "paid": int(segment.paid),
    }
