"""One rule in one scope as a state machine: a state and a reading go in, the next state and perhaps one notice come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.alert.threshold import BEYOND, Threshold, Unjudged, Verdict, judge
from plugin.alert.usual import Usual
from plugin.kpi.metric import Measurement

#: After a longer silence of the evaluation itself (a restart, say), a hold time that had begun proves nothing and begins anew.
MAX_GAP = timedelta(minutes=10)


class Status(StrEnum):
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    INSUFFICIENT = "insufficient"
    NO_DATA = "no_data"


class NoticeKind(StrEnum):
    FIRED = "fired"
    RECOVERED = "recovered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """A breach from its first reading on. `fired_at` None: the hold time is still running, nobody was told.

    `unjudged_s` is for how long nothing could be said: too few contacts, no data, or no evaluation at all.
    """

    opened_at: datetime
    peak: Measurement
    fired_at: datetime | None = None
    unjudged_s: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What must survive a restart. `status` tells of the last reading, `episode` whether a breach is open all the same.

    `why` the reading allowed no verdict, and what was `usual` then.
    """

    status: Status = Status.OK
    since: datetime | None = None
    read_at: datetime | None = None
    reading: Measurement | None = None
    why: Unjudged | None = None
    usual: Usual | None = None
    episode: Episode | None = None
    clear_since: datetime | None = None
    recovered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    kind: NoticeKind
    at: datetime
    reading: Measurement
    episode: Episode


Step = tuple[State, Notice | None]


def is_open(state: State) -> bool:
    """Somebody was told of the breach and has not been told of its end."""
    return state.episode is not None and state.episode.fired_at is not None


def step(
    state: State, reading: Measurement | None, rule: Threshold, now: datetime, max_gap: timedelta = MAX_GAP
) -> Step:
    """`reading` None: nothing could be measured. A moment that was already read changes nothing."""
    if state.read_at is not None and now <= state.read_at:
        return state, None
    verdict = judge(reading, rule)
    late = state.read_at is not None and now - state.read_at > max_gap
    why = verdict if isinstance(verdict, Unjudged) else None
    if late or why is not None:
        state = _interrupted(state, now)
    state = replace(state, why=why, usual=rule.usual)
    if reading is None or isinstance(verdict, Unjudged):
        status = Status.NO_DATA if reading is None else Status.INSUFFICIENT
        return _moved(state, status, reading, now), None
    follow = _while_firing if is_open(state) else _while_quiet
    return follow(state, reading, verdict, rule, now)


def dated(before: State, stepped: Step, since: datetime | None) -> Step:
    """The step with a breach that began earlier than its first reading, where that is known."""
    after, notice = stepped
    if since is None or before.episode is not None or after.episode is None:
        return stepped
    after = replace(after, episode=replace(after.episode, opened_at=since))
    return after, notice and replace(notice, episode=replace(notice.episode, opened_at=since))


def _interrupted(state: State, now: datetime) -> State:
    """A hold needs unbroken evidence, so both holds begin anew; an incident stays open."""
    if not is_open(state) or state.episode is None or state.read_at is None:
        return replace(state, clear_since=None, episode=None)
    unjudged_s = state.episode.unjudged_s + (now - state.read_at).total_seconds()
    return replace(state, clear_since=None, episode=replace(state.episode, unjudged_s=unjudged_s))


def _moved(state: State, status: Status, reading: Measurement | None, now: datetime) -> State:
    since = now if status != state.status or state.since is None else state.since
    return replace(state, status=status, since=since, read_at=now, reading=reading)


def _while_quiet(state: State, reading: Measurement, verdict: Verdict, rule: Threshold, now: datetime) -> Step:
    if verdict not in BEYOND:
        return _moved(replace(state, episode=None), Status.OK, reading, now), None
    episode = _extended(state.episode, reading, rule, now)
    held = now - episode.opened_at >= rule.hold
    cooled = state.recovered_at is None or now - state.recovered_at >= rule.cooldown
    # What chance may have done holds, but is not told before it is sure.
    if not (held and cooled and verdict == "breach"):
        return _moved(replace(state, episode=episode), Status.PENDING, reading, now), None
    episode = replace(episode, fired_at=now)
    fired = _moved(replace(state, episode=episode, clear_since=None), Status.FIRING, reading, now)
    return fired, Notice(kind=NoticeKind.FIRED, at=now, reading=reading, episode=episode)


def _extended(episode: Episode | None, reading: Measurement, rule: Threshold, now: datetime) -> Episode:
    if episode is None:
        return Episode(opened_at=now, peak=reading)
    return replace(episode, peak=rule.worse(episode.peak, reading))


def _while_firing(state: State, reading: Measurement, verdict: Verdict, rule: Threshold, now: datetime) -> Step:
    episode = state.episode
    assert episode is not None
    if verdict in BEYOND:
        episode = _extended(episode, reading, rule, now)
    if verdict != "clear":
        return _moved(replace(state, episode=episode, clear_since=None), Status.FIRING, reading, now), None
    clear_since = state.clear_since or now
    if now - clear_since < rule.clear_hold:
        return _moved(replace(state, clear_since=clear_since), Status.FIRING, reading, now), None
    ended = replace(state, episode=None, clear_since=None, recovered_at=now)
    notice = Notice(kind=NoticeKind.RECOVERED, at=now, reading=reading, episode=episode)
    return _moved(ended, Status.OK, reading, now), notice
