"""Stored readings go through the same state machine as live ones, and the incidents that a rule would have raised come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import pairwise
from operator import add

from plugin.alert.state import MAX_GAP, Notice, NoticeKind, State, is_open, step
from plugin.alert.threshold import Threshold, Unjudged, judge
from plugin.kpi.metric import Measurement
from plugin.policy.calendar import Calendar, next_opening
from plugin.policy.calendar import is_open as is_open_at
from plugin.report import subject

Readings = Sequence[tuple[datetime, Measurement | None]]
LimitsAt = Callable[[Measurement | None, datetime], Threshold]


@dataclass(frozen=True, kw_only=True, slots=True)
class PastIncident:
    """`ended_at` None: still open when the readings ended."""

    opened_at: datetime
    fired_at: datetime
    ended_at: datetime | None
    peak: Measurement

    def told_at(self, hours: Calendar | None) -> datetime | None:
        """When the alert goes out; None when it came and went while `hours` were closed, which is handed over at the opening."""
        if hours is None or is_open_at(hours, self.fired_at):
            return self.fired_at
        opening = next_opening(hours, self.fired_at)
        over = opening is None or (self.ended_at is not None and self.ended_at <= opening)
        return None if over else opening


@dataclass(frozen=True, kw_only=True, slots=True)
class Backtest:
    start: datetime | None
    end: datetime | None
    readings: int
    unjudged: int
    episodes: tuple[PastIncident, ...]

    def lasted(self, episode: PastIncident) -> timedelta:
        end = episode.ended_at or self.end or episode.fired_at
        return end - episode.opened_at


def backtest(rule: Threshold, readings: Readings, limits_at: LimitsAt | None = None) -> Backtest:
    """The readings in order of time, at any even distance. `limits_at`: the rule as it stands then, where that changes."""
    state, told, unjudged = State(), list[Notice](), 0
    gap = max([MAX_GAP, *(2 * (after - before) for (before, _), (after, _) in list(pairwise(readings))[:1])])
    for at, reading in readings:
        limits = limits_at(reading, at) if limits_at else rule
        state, notice = step(state, reading, limits, at, gap)
        told += [notice] if notice else []
        unjudged += isinstance(judge(reading, limits), Unjudged)
    return Backtest(
        start=readings[0][0] if readings else None,
        end=readings[-1][0] if readings else None,
        readings=len(readings),
        unjudged=unjudged,
        episodes=_episodes(told, state),
    )


def _episodes(told: Iterable[Notice], state: State) -> tuple[PastIncident, ...]:
    episodes = [
        PastIncident(
            opened_at=notice.episode.opened_at,
            fired_at=notice.episode.fired_at or notice.at,
            ended_at=notice.at,
            peak=notice.episode.peak,
        )
        for notice in told
        if notice.kind == NoticeKind.RECOVERED
    ]
    if is_open(state) and state.episode is not None and state.episode.fired_at is not None:
        last = state.episode
        episodes.append(
            PastIncident(opened_at=last.opened_at, fired_at=last.fired_at, ended_at=None, peak=last.peak)  # type: ignore[arg-type]
        )
    return tuple(episodes)


def rolling(
    slots: Readings, slot: timedelta, window: timedelta, kpi: str = ""
) -> list[tuple[datetime, Measurement | None]]:
    """Neighbouring slots put together as the rule would have seen them: each reading stands at the end of its last slot.

    A slot without a measurement leaves the windows over it unmeasured. A percentile becomes the mean of its slots' percentiles,
    weighted by n: near enough to try a limit, not to report.
    """
    count = max(1, -(-window // slot))
    combine = _COMBINE.get(found.over_time if (found := subject.metric(kpi)) else "", _added)
    rolled: list[tuple[datetime, Measurement | None]] = []
    for last in range(count - 1, len(slots)):
        parts = [reading for _, reading in slots[last - count + 1 : last + 1]]
        known = [part for part in parts if part is not None]
        rolled.append((slots[last][0] + slot, combine(known) if len(known) == len(parts) else None))
    return rolled


def _added(parts: Sequence[Measurement]) -> Measurement:
    return reduce(add, parts)


def _greatest(parts: Sequence[Measurement]) -> Measurement:
    return max(parts, key=lambda part: part.numerator)


def _newest(parts: Sequence[Measurement]) -> Measurement:
    return parts[-1]


#: how a metric goes over time --> how its slots make a window
_COMBINE: dict[str, Callable[[Sequence[Measurement]], Measurement]] = {
    "max": _greatest,
    "last": _newest,
    "end": _newest,
}
