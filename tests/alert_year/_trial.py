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
from tests.alert_year._watching import Alert, alerts, bare, farther, readings

BARE, DEFAULT = "bare limits", "default rules"
#: how far the bare limits are moved out to see which of them find as much as the rules
FACTORS = (1.5, 1.75, 2.0, 3.0)


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
    found: dict[str, list[Alert]] = {name: [] for name in (BARE, *map(moved, FACTORS), DEFAULT)}
    for name, rule in default_rules(queue):
        measured = readings(known, of.open_hours[queue.name], rule.kpi, int(rule.window_s // 60))
        limits = threshold(rule)
        found[DEFAULT] += alerts(of, queue, name, rule, limits, measured)
        found[BARE] += alerts(of, queue, name, rule, bare(limits), measured)
        for factor in FACTORS:
            found[moved(factor)] += alerts(of, queue, name, rule, farther(bare(limits), factor), measured)
    return Trial(task=task, alerts=found)


def moved(factor: float) -> str:
    return f"{BARE}, {factor:g} × farther out"


def scored(trials: Sequence[Trial]) -> dict[str, Score]:
    """Of one seed, from the trials of its queues: bare limits, the farthest of them that find as much as the rules, the rules."""
    task = trials[0].task
    found = {
        name: score(
            [alert for trial in trials for alert in trial.alerts[name]], incidents_of(task.seed, task.weeks), task.weeks
        )
        for name in trials[0].alerts
    }
    as_good = [name for name in found if name not in (BARE, DEFAULT) and found[name].found >= found[DEFAULT].found]
    return {name: found[name] for name in (BARE, *as_good[-1:], DEFAULT)}
