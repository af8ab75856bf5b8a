"""`python -m tests.alert_year [--weeks N] [seed …]`: a year of a made-up centre with planted incidents, and what alerts say of it.

The rules that the first policy shows, beside the bare limits of the same rules: no hold times, clear values, minimum samples,
intervals or cooldowns. Both have the same windows, limits and opening hours. Since bare limits find by firing all the time, they
also stand there moved out, as far as they still find as much as the rules. The rules were chosen on other seeds (1, 2 and 3).
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tests.alert_year._score import Score, first
from tests.alert_year._trial import BARE, DEFAULT, Trial, incidents_of, scored, tasks, tried
from tests.alert_year._watching import Alert

SEEDS = (11, 12, 13)
PROCESSES = 2
LEAST_WEEKS = 4
_HEAD = (
    "| seed | rules | found | by chance | alerts | planted | true, not planted | false | not false | planted only "
    "| first message, min (median, p95) | messages a week |"
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.alert_year")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("seeds", type=int, nargs="*", default=SEEDS)
    given = parser.parse_args(arguments)
    if given.weeks < LEAST_WEEKS:
        parser.error(f"--weeks must be at least {LEAST_WEEKS}: in fewer there is no room for what is planted")
    trials = _run(given.seeds, given.weeks)
    _print_scores(trials, given.weeks)
    _print_kinds(trials)
    return 0


def _run(seeds: Sequence[int], weeks: int) -> list[Trial]:
    waiting = tasks(seeds, weeks)
    with ProcessPoolExecutor(PROCESSES) as pool:
        found = pool.map(tried, waiting)
        with click.progressbar(found, length=len(waiting), label=f"{weeks} weeks of {len(seeds)} centres") as bar:
            return list(bar)


def _print_scores(trials: Sequence[Trial], weeks: int) -> None:
    print(f"\n{_HEAD}\n|{'---|' * 12}")
    for seed in dict.fromkeys(trial.task.seed for trial in trials):
        own = [trial for trial in trials if trial.task.seed == seed]
        for name, score in scored(own).items():
            print(f"| {seed} | {name} | {_figures(score)} |")


def _figures(score: Score) -> str:
    soon = f"{score.quantile(0.5)}, {score.quantile(0.95)}"
    found = f"{score.found} of {score.incidents} ({score.recall:.0%}) | {score.by_chance}"
    kinds = f"{score.alerts} | {score.planted} | {score.true} | {score.false}"
    return f"{found} | {kinds} | {score.precision:.0%} | {score.strict_precision:.0%} | {soon} | {score.a_week:.1f}"


def _print_kinds(trials: Sequence[Trial]) -> None:
    """By kind of incident, over all seeds."""
    rows: dict[str, dict[str, list[int | None]]] = {}
    for seed, weeks in dict.fromkeys((trial.task.seed, trial.task.weeks) for trial in trials):
        own = [trial for trial in trials if trial.task.seed == seed]
        for incident in incidents_of(seed, weeks):
            kinds = rows.setdefault(incident.kind.value, {BARE: [], DEFAULT: []})
            for name, times in kinds.items():
                told = first(_alerts(own, name), incident)
                times.append(None if told is None else told - incident.start)
    print(
        f"\n| incident | planted | found by {BARE} | by {DEFAULT} | median minutes, {BARE} | {DEFAULT} |\n|{'---|' * 6}"
    )
    for kind, kinds in rows.items():
        known = {name: sorted(one for one in times if one is not None) for name, times in kinds.items()}
        middle = {name: str(times[len(times) // 2]) if times else "" for name, times in known.items()}
        print(
            f"| {kind} | {len(kinds[BARE])} | {len(known[BARE])} | {len(known[DEFAULT])} "
            f"| {middle[BARE]} | {middle[DEFAULT]} |"
        )


def _alerts(trials: Sequence[Trial], name: str) -> list[Alert]:
    return list(chain.from_iterable(trial.alerts[name] for trial in trials))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
