"""One seed and one source: its alerts by the default rules and by the bare limits of the same rules.

The product's own incident of a silent source stands beside both; only the rules are muted by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from plugin.alert.rule import threshold
from tests.alert_year._centre import QUEUES, Centre, Queue, centre
from tests.alert_year._incidents import Incident
from tests.alert_year._line import Year, year
from tests.alert_year._readings import minutes_of, readings
from tests.alert_year._rules import default_rules
from tests.alert_year._score import Score, score
from tests.alert_year._silence import muted, silent
from tests.alert_year._watching import Alert, Watched, bare, farther

BARE, DEFAULT = "bare limits", "default rules"
#: how far the bare limits are moved out to see which of them find as much as the rules
FACTORS = (1.1, 1.2, 1.3, 1.5, 1.75, 2.0)


@dataclass(frozen=True, kw_only=True)
class Task:
    """`queues` are those of one source."""

    seed: int
    weeks: int
    queues: tuple[Queue, ...]


@dataclass(frozen=True, kw_only=True)
class Trial:
    task: Task
    alerts: dict[str, list[Alert]]


def tasks(seeds: Iterable[int], weeks: int) -> list[Task]:
    """Those that take longest first."""
    sources = dict.fromkeys(queue.source for queue in QUEUES)
    of = [tuple(queue for queue in QUEUES if queue.source == source) for source in sources]
    return [Task(seed=seed, weeks=weeks, queues=queues) for queues in of for seed in seeds]


@lru_cache(maxsize=4)
def _centre(seed: int, weeks: int) -> Centre:
    return centre(seed, weeks)


def incidents_of(seed: int, weeks: int) -> tuple[Incident, ...]:
    return _centre(seed, weeks).incidents


def tried(task: Task) -> Trial:
    of = _centre(task.seed, task.weeks)
    years = {queue: year(of, queue) for queue in task.queues}
    silences = list(silent(of, tuple(queue.name for queue in task.queues), [one.told for one in years.values()]))
    found = {name: [*silences] for name in (BARE, *map(moved, FACTORS), DEFAULT)}
    for queue, known in years.items():
        for name, alerts in _of_queue(of, queue, known, silences):
            found[name] += alerts
    return Trial(task=task, alerts=found)


def _of_queue(
    of: Centre, queue: Queue, known: Year, silences: Sequence[Alert]
) -> Iterator[tuple[str, Iterator[Alert]]]:
    for name, rule in default_rules(queue):
        limits, window = threshold(rule), int(rule.window_s // 60)
        measured = readings(known.told, of.open_hours[queue.name], rule.kpi, window)
        minutes = minutes_of(measured, window, limits.relative)
        watched = Watched(centre=of, queue=queue, name=name, rule=rule, served=known.served)
        yield DEFAULT, watched.alerts(minutes.muted(muted(silences, timedelta(minutes=window))), limits)
        yield BARE, watched.alerts(minutes, bare(limits))
        for factor in FACTORS:
            yield moved(factor), watched.alerts(minutes, farther(bare(limits), factor))


def moved(factor: float) -> str:
    return f"{BARE}, {factor:g} × farther out"


def scored(trials: Sequence[Trial]) -> Mapping[str, Score]:
    """Of one seed, from the trials of its sources: bare limits, the farthest of them that find as much as the rules, the rules."""
    task = trials[0].task
    found = {
        name: score(
            [alert for trial in trials for alert in trial.alerts[name]], incidents_of(task.seed, task.weeks), task.weeks
        )
        for name in trials[0].alerts
    }
    as_good = [name for name in found if name not in (BARE, DEFAULT) and found[name].found >= found[DEFAULT].found]
    return {name: found[name] for name in (BARE, *as_good[-1:], DEFAULT)}
