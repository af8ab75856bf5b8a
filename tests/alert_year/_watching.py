"""A rule over the made-up year: its readings through the product's own limits and state machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from plugin.alert.state import NoticeKind, State, is_open, step
from plugin.alert.threshold import BEYOND, Threshold, Unjudged, Verdict
from plugin.policy.calendar import next_opening
from plugin.policy.sending import Rule
from tests.alert_year._centre import START, Centre, Queue, moment
from tests.alert_year._incidents import DAY, HOUR, LEAD_DAYS
from tests.alert_year._readings import Minutes
from tests.alert_year._served import Served

NONE = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Alert:
    """In minutes. `over` None: still open at the end. `handed_over`: it came and went while the desk was closed.

    `badly_served`: it fired after a half hour in which callers were truly badly served.
    """

    rule: str
    queues: tuple[str, ...]
    fired: int
    told: int
    over: int | None
    handed_over: bool = False
    badly_served: bool = False


def bare(limits: Threshold) -> Threshold:
    """The same limits without any guard."""
    relative = limits.relative
    return replace(
        limits,
        hold=NONE,
        clear_hold=NONE,
        cooldown=NONE,
        clear_at=None,
        clear_by=0,
        min_sample=0,
        confidence=0,
        relative=replace(relative, clear_deviation=relative.deviation) if relative else None,
    )


def farther(limits: Threshold, factor: float) -> Threshold:
    """The same limits moved away from what is good: the room that is left beyond a limit shrinks by the factor."""
    above, below, relative = limits.fire_above, limits.fire_below, limits.relative
    spreads = relative.deviation * factor if relative else 0.0
    return replace(
        limits,
        fire_above=None if above is None else 1 - (1 - above) / factor,
        fire_below=None if below is None else below / factor,
        relative=replace(relative, deviation=spreads, clear_deviation=spreads) if relative else None,
    )


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One rule at one queue."""

    centre: Centre
    queue: Queue
    name: str
    rule: Rule
    served: Served

    def alerts(self, minutes: Minutes, limits: Threshold) -> Iterator[Alert]:
        """After the lead."""
        fired = 0
        for kind, minute in notices(minutes, limits, LEAD_DAYS * DAY):
            if kind is NoticeKind.RECOVERED:
                yield self._alert(fired, minute)
            fired = minute if kind is NoticeKind.FIRED else 0
        if fired:
            yield self._alert(fired, None)

    def _alert(self, fired: int, over: int | None) -> Alert:
        told = fired if self.rule.calendar is None else opening(self.centre, self.queue, fired)
        return Alert(
            rule=self.name,
            queues=(self.queue.name,),
            fired=fired,
            told=told,
            over=over,
            handed_over=told > fired and over is not None and over <= told,
            badly_served=self.served.was_bad(fired),
        )


def notices(minutes: Minutes, limits: Threshold, start: int, *, each: bool = False) -> Iterator[tuple[NoticeKind, int]]:
    """What is told and when. A minute of which nothing can come is passed over, unless `each` is wanted."""
    state, verdicts = State(), minutes.verdicts(limits)
    for minute in range(start, len(minutes.codes)):
        code = minutes.codes[minute]
        if not each and _is_idle(state, verdicts[code]):
            continue
        seen = minutes.seen(minute) if code < 0 else minutes.different[code]
        state, notice = step(state, seen.reading, seen.limits(limits), moment(minute + 1))
        if notice is not None:
            yield notice.kind, minute + 1


def _is_idle(state: State, verdict: Verdict | Unjudged) -> bool:
    """Quiet and stays so, or open and not on its way to its end: a step would note time and worst value and no more."""
    if state.episode is None:
        return verdict not in BEYOND
    return is_open(state) and state.clear_since is None and verdict != "clear"


def opening(centre: Centre, queue: Queue, minute: int) -> int:
    """The minute itself while the queue is open."""
    if centre.open_hours[queue.name][min(minute, centre.minutes - 1) // HOUR]:
        return minute
    opens = next_opening(centre.calendars[queue.name], moment(minute))
    return centre.minutes if opens is None else int((opens - START).total_seconds()) // 60
