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
from plugin.facts.reckoning import PLAIN, Reckoning

STATE = table_of(tables.AgentState)
_MILLISECOND = timedelta(milliseconds=1)
_BEFORE_ALL = -(1 << 62)
_COLUMNS = "subject_key, agent, track, state, started_at, ended_at, reason, keys"


@dataclass(kw_only=True, slots=True)
class _Resume:
    """Per track: the interval to go on from, and the moment after which events are read again (None: all of them)."""

    last: dict[str, Interval] = field(default_factory=dict)
    after: dict[str, datetime | None] = field(default_factory=dict)

    @property
    def read_after(self) -> datetime | None:
        moments = [moment for moment in self.after.values() if moment is not None]
        return min(moments) if len(moments) == len(self.after) else None


#: key, the agent's name, one of his intervals
_Named = tuple[int, str, Interval]


@dataclass(kw_only=True, slots=True)
class _Change:
    """The intervals that a fold takes away and adds, each with its key and the agent's name."""

    gone: list[_Named] = field(default_factory=list)
    come: list[_Named] = field(default_factory=list)


def refold_agents(
    connection: Connection,
    changed: Mapping[int, datetime],
    names: Mapping[int, tuple[str, str]],
    dirty: Dirty,
    reckoning: Reckoning = PLAIN,
) -> None:
    """`changed`: the earliest new event of each agent's key; `names`: (source, what it calls the agent) of each key."""
    plans = _resume(connection, changed)
    events = load_since(connection, {key: plan.read_after for key, plan in plans.items()})
    stored = _stored_since(connection, plans)
    change = _Change()
    for key, plan in plans.items():
        source, called = names[key]
        agent = reckoning.names_of(source).agent(called)
        old, new = stored[key], [(agent, interval) for interval in _fold(plan, events.get(key, []))]
        _mark(old, new, dirty)
        before, after = {_content(*each) for each in old}, {_content(*each) for each in new}
        change.gone += [(key, *each) for each in old if _content(*each) not in after]
        change.come += [(key, *each) for each in new if _content(*each) not in before]
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
        last = {
            key: interval for key, _, interval in _intervals(connection, before, key=list(changed), first_at=first_at)
        }
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


def _stored_since(connection: Connection, plans: Mapping[int, _Resume]) -> dict[int, list[tuple[str, Interval]]]:
    """The intervals of each agent that its fold makes anew, with the names that they were stored under."""
    found: dict[int, list[tuple[str, Interval]]] = {key: [] for key in plans}
    for track in TRACKS:
        query = (
            f"SELECT {_COLUMNS} FROM :given CROSS JOIN agent_state "  # noqa: S608
            f"WHERE subject_key = key AND track = '{track}' AND started_at >= since"
        )
        moments = [plan.after[track] for plan in plans.values()]
        since = [_BEFORE_ALL if moment is None else to_ms(moment) for moment in moments]
        for key, agent, interval in _intervals(connection, query, key=list(plans), since=since):
            found[key].append((agent, interval))
    return found


def _intervals(connection: Connection, query: str, **given: list[int]) -> Iterator[_Named]:
    for key, agent, track, state, started_at, ended_at, reason, keys in execute_given(connection, query, **given):
        yield (
            key,
            agent,
            Interval(
                track=track,
                state=state,
                started_at=from_ms(started_at),
                ended_at=None if ended_at is None else from_ms(ended_at),
                reason=reason,
                keys=json.loads(keys),
            ),
        )


def _mark(old: Iterable[tuple[str, Interval]], new: Iterable[tuple[str, Interval]], dirty: Dirty) -> None:
    before, after = {_signature(*each) for each in old}, {_signature(*each) for each in new}
    for agent, _, _, started_at, ended_at in before ^ after:
        dirty.agent(agent, to_ms(started_at), None if ended_at is None else to_ms(ended_at))
        if ended_at is not None:
            dirty.between(started_at, ended_at)


def _signature(agent: str, interval: Interval) -> tuple[str, str, str, datetime, datetime | None]:
    return agent, interval.track, interval.state, interval.started_at, interval.ended_at


def _content(agent: str, interval: Interval) -> tuple[Any, ...]:
    """Everything of it; the order of its keys counts."""
    return (*_signature(agent, interval), interval.reason, *interval.keys.items())


def _replace(connection: Connection, change: _Change, names: Mapping[int, tuple[str, str]]) -> None:
    for track in TRACKS:
        gone = [(key, to_ms(interval.started_at)) for key, _, interval in change.gone if interval.track == track]
        statement = (
            f"DELETE FROM agent_state WHERE track = '{track}' "  # noqa: S608
            "AND (subject_key, started_at) IN (SELECT key, at FROM :given)"
        )
        execute_given(connection, statement, key=[key for key, _ in gone], at=[at for _, at in gone])
    insert_rows(connection, STATE, [_row(key, names[key][0], agent, interval) for key, agent, interval in change.come])


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
