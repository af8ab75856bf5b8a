"""Folds the state events of agents on from the last interval before the change, so that a long history costs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from plugin.contract.event import Event
from plugin.database import execute_given, from_ms, insert_rows, to_ms
from plugin.events.store import load_since
from plugin.facts import tables
from plugin.facts.dirty import Dirty, table_of
from plugin.facts.fold import Interval, fold_agent, in_order
from plugin.facts.fold.agent import TRACKS

STATE = table_of(tables.AgentState)
_MILLISECOND = timedelta(milliseconds=1)
_BEFORE_ALL = -(1 << 62)
_COLUMNS = "subject_key, track, state, started_at, ended_at, reason, keys"


@dataclass(kw_only=True, slots=True)
class _Resume:
    """Per track: the interval to go on from, and the moment after which events are read again (None: all of them)."""

    last: dict[str, Interval] = field(default_factory=dict)
    after: dict[str, datetime | None] = field(default_factory=dict)

    @property
    def read_after(self) -> datetime | None:
        moments = [moment for moment in self.after.values() if moment is not None]
        return min(moments) if len(moments) == len(self.after) else None


@dataclass(kw_only=True, slots=True)
class _Change:
    """The intervals of all agents that a fold takes away and adds, each with its agent's key."""

    gone: list[tuple[int, Interval]] = field(default_factory=list)
    come: list[tuple[int, Interval]] = field(default_factory=list)


def refold_agents(
    connection: Connection, changed: Mapping[int, datetime], names: Mapping[int, tuple[str, str]], dirty: Dirty
) -> None:
    """`changed`: the earliest new event of each agent's key; `names`: (source, agent) of each key."""
    plans = _resume(connection, changed)
    events = load_since(connection, {key: plan.read_after for key, plan in plans.items()})
    stored = _stored_since(connection, plans)
    change = _Change()
    for key, plan in plans.items():
        old, new = stored[key], _fold(plan, events.get(key, []))
        _mark(names[key][1], old, new, dirty)
        before, after = set(map(_content, old)), set(map(_content, new))
        change.gone += [(key, interval) for interval in old if _content(interval) not in after]
        change.come += [(key, interval) for interval in new if _content(interval) not in before]
    _replace(connection, change, names)


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


def _resume(connection: Connection, changed: Mapping[int, datetime]) -> dict[int, _Resume]:
    plans = {key: _Resume() for key in changed}
    for track in TRACKS:
        before = (
            f"SELECT {_COLUMNS} FROM :given CROSS JOIN agent_state WHERE subject_key = key AND track = '{track}' "  # noqa: S608
            "AND started_at = (SELECT MAX(earlier.started_at) FROM agent_state AS earlier "
            f"WHERE earlier.subject_key = key AND earlier.track = '{track}' AND earlier.started_at < first_at)"
        )
        first_at = [to_ms(moment) for moment in changed.values()]
        last = dict(_intervals(connection, before, key=list(changed), first_at=first_at))
        for key, earliest in changed.items():
            plans[key].after[track] = _read_after(last.get(key), earliest)
            if key in last and last[key].keys:
                plans[key].last[track] = last[key]
    return plans


def _read_after(last: Interval | None, earliest: datetime) -> datetime | None:
    if last is None:
        return earliest - _MILLISECOND
    # An interval that was made from its end alone carries no state to go on from.
    return last.started_at if last.keys else None


def _stored_since(connection: Connection, plans: Mapping[int, _Resume]) -> dict[int, list[Interval]]:
    """The intervals of each agent that its fold makes anew."""
    found: dict[int, list[Interval]] = {key: [] for key in plans}
    for track in TRACKS:
        query = (
            f"SELECT {_COLUMNS} FROM :given CROSS JOIN agent_state "  # noqa: S608
            f"WHERE subject_key = key AND track = '{track}' AND started_at >= since"
        )
        moments = [plan.after[track] for plan in plans.values()]
        since = [_BEFORE_ALL if moment is None else to_ms(moment) for moment in moments]
        for key, interval in _intervals(connection, query, key=list(plans), since=since):
            found[key].append(interval)
    return found


def _intervals(connection: Connection, query: str, **given: list[int]) -> Iterator[tuple[int, Interval]]:
    for key, track, state, started_at, ended_at, reason, keys in execute_given(connection, query, **given):
        yield (
            key,
            Interval(
                track=track,
                state=state,
                started_at=from_ms(started_at),
                ended_at=None if ended_at is None else from_ms(ended_at),
                reason=reason,
                keys=json.loads(keys),
            ),
        )


def _mark(agent: str, old: Iterable[Interval], new: Iterable[Interval], dirty: Dirty) -> None:
    before, after = {_signature(interval) for interval in old}, {_signature(interval) for interval in new}
    for _, _, started_at, ended_at in before ^ after:
        dirty.agent(agent, to_ms(started_at), None if ended_at is None else to_ms(ended_at))
        if ended_at is not None:
            dirty.between(started_at, ended_at)


def _signature(interval: Interval) -> tuple[str, str, datetime, datetime | None]:
    return interval.track, interval.state, interval.started_at, interval.ended_at


def _content(interval: Interval) -> tuple[Any, ...]:
    """Everything of it; the order of its keys counts."""
    return (*_signature(interval), interval.reason, *interval.keys.items())


def _replace(connection: Connection, change: _Change, names: Mapping[int, tuple[str, str]]) -> None:
    for track in TRACKS:
        gone = [(key, to_ms(interval.started_at)) for key, interval in change.gone if interval.track == track]
        statement = (
            f"DELETE FROM agent_state WHERE track = '{track}' "  # noqa: S608
            "AND (subject_key, started_at) IN (SELECT key, at FROM :given)"
        )
        execute_given(connection, statement, key=[key for key, _ in gone], at=[at for _, at in gone])
    insert_rows(connection, STATE, [_row(key, *names[key], interval) for key, interval in change.come])


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
