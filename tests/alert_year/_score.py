"""Alerts beside what was planted: which were right, what was found, and how soon it was told.

An alert is about an incident when it fires for a queue of it while that lasts or within an hour after its end, whatever its rule is
about. An incident is found when there is an alert about it. Of the other alerts those are true that fired when callers were badly
served although nothing was planted; the rest is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from tests.alert_year._incidents import DAY, HOUR, LEAD_DAYS, Incident, Kind
from tests.alert_year._readings import WEEK
from tests.alert_year._watching import Alert

AFTER_MIN = HOUR


@dataclass(frozen=True, kw_only=True)
class Score:
    """`minutes` to the first message of each incident that was found, those of slow drifts apart.

    `by_chance` is how many would have been found a week later, where nothing was planted: what fires all the time finds everything.
    """

    incidents: int
    found: int
    by_chance: int
    planted: int
    true: int
    false: int
    minutes: tuple[int, ...]
    messages: int
    weeks: int

    @property
    def recall(self) -> float:
        return self.found / self.incidents

    @property
    def alerts(self) -> int:
        return self.planted + self.true + self.false

    @property
    def strict_precision(self) -> float:
        """As if all that was not planted were false."""
        return self.planted / self.alerts if self.alerts else 1.0

    @property
    def precision(self) -> float:
        return 1 - self.false / self.alerts if self.alerts else 1.0

    @property
    def a_week(self) -> float:
        return self.messages / self.weeks

    def quantile(self, share: float) -> int | None:
        ordered = sorted(self.minutes)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def score(alerts: Sequence[Alert], incidents: Sequence[Incident], weeks: int) -> Score:
    others = [alert for alert in alerts if not any(_about(alert, incident) for incident in incidents)]
    true = sum(alert.badly_served for alert in others)
    firsts = {incident: first(alerts, incident) for incident in incidents}
    return Score(
        incidents=len(incidents),
        found=sum(told is not None for told in firsts.values()),
        by_chance=sum(first(alerts, _moved(incident, incidents)) is not None for incident in incidents),
        planted=len(alerts) - len(others),
        true=true,
        false=len(others) - true,
        minutes=tuple(
            told - incident.start
            for incident, told in firsts.items()
            if told is not None and incident.kind is not Kind.DRIFT
        ),
        messages=_messages(alerts),
        weeks=weeks,
    )


def first(alerts: Iterable[Alert], incident: Incident) -> int | None:
    """The minute of the first message about the incident."""
    return min((alert.told for alert in alerts if _about(alert, incident)), default=None)


def _moved(incident: Incident, others: Sequence[Incident]) -> Incident:
    """As long, in the same hours of the week, where nothing else was planted at these queues: in the nearest such week."""
    for weeks in chain.from_iterable((number, -number) for number in range(1, 12)):
        away = replace(incident, start=incident.start + weeks * WEEK, end=incident.end + weeks * WEEK)
        if away.start > LEAD_DAYS * DAY and not any(_meet(away, other) for other in others):
            return away
    return replace(incident, queues=())


def _meet(one: Incident, other: Incident) -> bool:
    return bool(set(one.queues) & set(other.queues)) and one.start < other.end + HOUR and other.start < one.end + HOUR


def _about(alert: Alert, incident: Incident) -> bool:
    return bool(set(alert.queues) & set(incident.queues)) and incident.start <= alert.fired <= incident.end + AFTER_MIN


def _messages(alerts: Sequence[Alert]) -> int:
    """Alerts, their ends, and one hand-over of each rule at an opening."""
    handed = {(alert.rule, alert.queues, alert.told) for alert in alerts if alert.handed_over}
    told = [alert for alert in alerts if not alert.handed_over]
    return len(handed) + len(told) + sum(alert.over is not None for alert in told)
