"""Folds the state events of agents on from the last interval before the change, so that a long history costs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select

from plugin.contract.event import Event
from plugin.events.store import load_since
from plugin.facts import tables
from plugin.facts.fold import Interval, fold_agent, in_order
from plugin.facts.fold.agent import TRACKS
from plugin.facts.store import Dirty, table_of

STATE = table_of(tables.AgentState)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(kw_only=True, slots=True)
class _Resume:
    """Per track: the interval to go on from, and the moment after which events are read again (None: all of them)."""

    last: dict[str, Interval]
    after: dict[str, datetime | None]

    @property
    def read_after(self) -> datetime | None:
        moments = [moment for moment in self.after.values() if moment is not None]
        return min(moments) if len(moments) == len(self.after) else None


def refold_agents(
    connection: Connection, changed: Mapping[int, datetime], names: Mapping[int, tuple[str, str]], dirty: Dirty
) -> None:
    """`changed`: the earliest new event of each agent's key; `names`: (source, agent) of each key."""
    plans = {key: _resume(connection, key, earliest) for key, earliest in changed.items()}
    events = load_since(connection, [(key, plan.read_after) for key, plan in plans.items()])
    for key, plan in plans.items():
        old = _rows_to_replace(connection, key, plan)
        new = _fold(plan, events.get(key, []))
        _replace(connection, key, names[key], old, new, dirty)


def _fold(plan: _Resume, events: Iterable[Event]) -> list[Interval]:
    ordered = in_order(events)
    intervals: list[Interval] = []
    for track in TRACKS:
        after = plan.after[track]
        began = plan.last.get(track)
        wanted = [event for event in ordered if after is None or event.at > after]
        folded = fold_agent(wanted, {track: began} if began else None)
        intervals += [interval for interval in folded if interval.track == track]
    return intervals


def _resume(connection: Connection, key: int, earliest: datetime) -> _Resume:
    plan = _Resume(last={}, after={})
    for track in TRACKS:
        query = select(STATE).where(STATE.c.subject_key == key, STATE.c.track == track, STATE.c.started_at < earliest)
        row = connection.execute(query.order_by(STATE.c.started_at.desc()).limit(1)).first()
        if row is None:
            plan.after[track] = earliest - _MILLISECOND
        elif row.keys == "{}":
            # An interval that was made from its end alone carries no state to go on from.
            plan.after[track] = None
        else:
            plan.last[track] = _interval(row)
            plan.after[track] = row.started_at
    return plan


def _interval(row: Any) -> Interval:
    return Interval(
        track=row.track,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        reason=row.reason,
        keys=json.loads(row.keys),
    )


def _rows_to_replace(connection: Connection, key: int, plan: _Resume) -> list[Interval]:
    conditions = [
        STATE.c.track == track if after is None else and_(STATE.c.track == track, STATE.c.started_at >= after)
        for track, after in plan.after.items()
    ]
    query = select(STATE).where(STATE.c.subject_key == key, or_(*conditions))
    return [_interval(row) for row in connection.execute(query)]


def _replace(
    connection: Connection, key: int, name: tuple[str, str], old: list[Interval], new: list[Interval], dirty: Dirty
) -> None:
    before, after = {_signature(interval) for interval in old}, {_signature(interval) for interval in new}
    for _, _, started_at, ended_at in before ^ after:
        if ended_at is not None:
            dirty.between(started_at, ended_at)
    source, agent = name
    for interval in old:
        where = (STATE.c.subject_key == key, STATE.c.track == interval.track, STATE.c.started_at == interval.started_at)
        connection.execute(delete(STATE).where(*where))
    if new:
        connection.execute(insert(STATE), [_row(key, source, agent, interval) for interval in new])


def _signature(interval: Interval) -> tuple[str, str, datetime, datetime | None]:
    return interval.track, interval.state, interval.started_at, interval.ended_at


def _row(key: int, source: str, agent: str, interval: Interval) -> dict[str, Any]:
    return {
        "subject_key": key,
        "track": interval.track,
        "started_at": interval.started_at,
        "source": source,
        "agent": agent,
        "state": interval.state,
        "reason": interval.reason,
        "ended_at": interval.ended_at,
        "keys": json.dumps(interval.keys, ensure_ascii=False),
    }
