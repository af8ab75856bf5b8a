"""The state events of one agent in, the intervals of his two tracks out; folding can go on from any interval's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plugin.contract.event import Event
from plugin.facts.fold.order import stated_ms, text

TRACKS = ("session", "activity")
LOGGED_IN = "login"
#: values that close a key instead of opening it
CLOSING = {"session": "logout", "activity": "available"}


@dataclass(kw_only=True, slots=True)
class Interval:
    """`keys` are the open keys and their states when it began; `ended_at` None while it lasts."""

    track: str
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    reason: str | None = None
    keys: dict[str, str] = field(default_factory=dict)


def fold_agent(events: Sequence[Event], last: Mapping[str, Interval] | None = None) -> list[Interval]:
    """The intervals of an agent.

    `events` are sorted by `in_order`. `last` holds, per track, the interval to go on from: only events after its start count.
    Opening what is open changes nothing, so a nested pause is ignored.
    """
    intervals: list[Interval] = []
    for track in TRACKS:
        began = (last or {}).get(track)
        after = began.started_at if began is not None else None
        intervals += _fold_track(track, [event for event in events if after is None or event.at > after], began)
    return intervals


def _fold_track(track: str, events: Sequence[Event], began: Interval | None) -> list[Interval]:
    done: list[Interval] = []
    current = None if began is None else replace(began, ended_at=None, keys=dict(began.keys))
    keys = {} if began is None else dict(began.keys)
    for event in events:
        value = text(event, track)
        if value is None:
            continue
        if value == "logout" and not keys and (length := stated_ms(event, "session_s")):
            _add_unseen_session(done, event, length)
        _change(keys, value, text(event, "of") or "", CLOSING[track])
        current = _advance(done, current, track, event, keys)
    return [*done, current] if current is not None else done


def _advance(
    done: list[Interval], current: Interval | None, track: str, event: Event, keys: dict[str, str]
) -> Interval | None:
    """The interval that runs after an event; the one before it is done when the state changed."""
    state = _state(keys)
    if current is not None:
        if current.started_at == event.at:
            current.keys = dict(keys)
        if current.state == state:
            return current
        current.ended_at = event.at
        if current.ended_at > current.started_at:
            done.append(current)
    if state is None:
        return None
    return Interval(track=track, state=state, started_at=event.at, reason=text(event, "reason"), keys=dict(keys))


def _change(keys: dict[str, str], value: str, of: str, closing: str) -> None:
    if value != closing:
        keys.pop(of, None)  # the newest key goes last
        keys[of] = value
    elif of:
        keys.pop(of, None)
    else:
        keys.clear()


def _state(keys: dict[str, str]) -> str | None:
    """The state of the key that was opened last; None when none is open."""
    return keys[next(reversed(keys))] if keys else None


def _add_unseen_session(done: list[Interval], event: Event, length_ms: int) -> None:
    started_at = event.at - timedelta(milliseconds=length_ms)
    if done and done[-1].ended_at is not None and done[-1].ended_at > started_at:
        return
    done.append(Interval(track="session", state=LOGGED_IN, started_at=started_at, ended_at=event.at))
