"""One seed and one queue: its alerts by the default rules and by the bare limits of the same rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from plugin.alert.rule import threshold
from tests.alert_year._centre import QUEUES, Centre, Queue, centre, told
from tests.alert_year._incidents import Incident
from tests.alert_year._rules import default_rules
from tests.alert_year._score import Score, score
from tests.alert_year._watching import Alert, alerts, bare, readings

BARE, DEFAULT = "bare limits", "default rules"


@dataclass(frozen=True, kw_only=True)
class Task:
    seed: int
    weeks: int
    queue: Queue


@dataclass(frozen=True, kw_only=True)
class Trial:
    task: Task
    alerts: dict[str, list[Alert]]


def tasks(seeds: Iterable[int], weeks: int) -> list[Task]:
    return [Task(seed=seed, weeks=weeks, queue=queue) for seed in seeds for queue in QUEUES]


@lru_cache(maxsize=4)
def _centre(seed: int, weeks: int) -> Centre:
    return centre(seed, weeks)


def incidents_of(seed: int, weeks: int) -> tuple[Incident, ...]:
    return _centre(seed, weeks).incidents


def tried(task: Task) -> Trial:
    of, queue = _centre(task.seed, task.weeks), task.queue
    known = told(of, queue)
    found: dict[str, list[Alert]] = {BARE: [], DEFAULT: []}
    for name, rule in default_rules(queue):
        measured = readings(known, of.open_hours[queue.name], rule.kpi, int(rule.window_s // 60))
        limits = threshold(rule)
        found[DEFAULT] += alerts(of, queue, name, rule, limits, measured)
        found[BARE] += alerts(of, queue, name, rule, bare(limits), measured)
    return Trial(task=task, alerts=found)


def scored(trials: Sequence[Trial]) -> dict[str, Score]:
    """Of one seed, from the trials of its queues."""
    task = trials[0].task
    found = {name: [alert for trial in trials for alert in trial.alerts[name]] for name in (BARE, DEFAULT)}
    return {name: score(each, incidents_of(task.seed, task.weeks), task.weeks) for name, each in found.items()}
