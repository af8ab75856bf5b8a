"""Mutation testing of the catalogue and the measures: `python -m tests.mutation [--sample N] [--seed S] [chapter …]`.

A chapter is `measures/queues` or `catalogue/cost`; without one all are tried. The order is random, so that what was tried until
an interruption is a sample.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from tests.mutation.changes import Change, changes
from tests.mutation.trial import Changed, by_tests, by_the_day, said_by, warm_up

Tests = tuple[str, ...]

ROOT = Path(__file__).parents[2]
KPI = ROOT / "plugin" / "kpi"
CONTACTS, TICKETS = "tests/kpi/test_contact_metrics.py", "tests/kpi/test_ticket_metrics.py"
ATTRIBUTION = "tests/kpi/test_attribution.py"
EXAMPLES, VOICE, COST = (f"tests/kpi/test_{name}.py" for name in ("worked_examples", "customer_voice", "cost"))
#: chapter --> the tests of its behaviour, for what the made-up day does not notice. Those that only hold pages of the documentation
#: against the catalogue are none.
TESTS: dict[str, Tests] = {
    "measures/shape": (CONTACTS, TICKETS, ATTRIBUTION),
    "measures/queues": (CONTACTS,),
    "measures/contacts": (CONTACTS,),
    "measures/again": (CONTACTS,),
    "measures/workforce": (),
    "measures/tickets": (TICKETS,),
    "measures/surveys": (VOICE,),
    "measures/cost": (COST,),
    "catalogue/__init__": (CONTACTS,),
    "catalogue/shape": (EXAMPLES,),
    "catalogue/accessibility": (EXAMPLES, CONTACTS),
    "catalogue/handling": (EXAMPLES, CONTACTS),
    "catalogue/workforce": (EXAMPLES,),
    "catalogue/resolution": (TICKETS, CONTACTS),
    "catalogue/outcome": (EXAMPLES, VOICE),
    "catalogue/cost": (EXAMPLES, COST),
}
_MEASURE = re.compile(r'(?:\bcount|\btotal|_time|Measure)\(\s*(?:key=)?"(\w+)"')


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("chapters", nargs="*", metavar="chapter", help=f"one of {', '.join(TESTS)}")
    parser.add_argument("--sample", type=int, help="how many changes are tried, chosen at random; else all")
    parser.add_argument("--seed", type=int, default=1, help="of that choice")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.chapters) - TESTS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: no chapter; choose from {', '.join(TESTS)}")
    chosen = _chosen(asked.chapters or list(TESTS), asked.sample, asked.seed)
    return _try(chosen)


def _chosen(chapters: list[str], sample: int | None, seed: int) -> list[tuple[str, Change]]:
    measures = [name for path in sorted(KPI.glob("measures/*.py")) for name in _MEASURE.findall(path.read_text())]
    found = []
    for chapter in chapters:
        replaced_by = measures if chapter.startswith("catalogue/") else ()
        found += [(chapter, change) for change in changes(_path(chapter).read_text(), replaced_by)]
    return random.Random(seed).sample(found, len(found) if sample is None else min(sample, len(found)))


def _path(chapter: str) -> Path:
    return KPI / f"{chapter}.py"


def _try(chosen: list[tuple[str, Change]]) -> int:
    place = warm_up()
    if by_the_day(None, place) != "survived":
        raise _unsound(place, "the made-up day")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sound: set[Tests] = set()
    try:
        for number, (chapter, change) in enumerate(chosen, 1):
            what = _tried(chapter, change, place, sound)
            counts[chapter][what] += 1
            if what != "killed":
                print(f"{what}: {chapter} {change}", flush=True)
            if number % 50 == 0:
                print(f"... {number} of {len(chosen)}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print(f"\ninterrupted; there are {len(chosen)}")
    _print({chapter: counts[chapter] for chapter in TESTS if chapter in counts})
    return 0


def _tried(chapter: str, change: Change, place: Path, sound: set[Tests]) -> str:
    """`sound`: the tests that are known to pass without any change."""
    what, tests = by_the_day(_changed(chapter, change), place), TESTS[chapter]
    if what != "survived":
        return what
    if tests not in sound and by_tests(None, place, tests) != "survived":
        raise _unsound(place, " ".join(tests))
    sound.add(tests)
    return by_tests(_changed(chapter, change), place, tests)


def _changed(chapter: str, change: Change) -> Changed:
    module = f"plugin.kpi.{chapter.replace('/', '.').removesuffix('.__init__')}"
    return Changed(module, change.tree, _path(chapter))


def _unsound(place: Path, what: str) -> RuntimeError:
    return RuntimeError(f"{said_by(place).read_text()}\n{what}: fails without any change")


def _print(counts: dict[str, Counter[str]]) -> None:
    print("\n| chapter | killed | survived | timeout |\n|---|---|---|---|")
    for chapter, count in [*counts.items(), ("all", sum(counts.values(), Counter[str]()))]:
        print(f"| `{chapter}` | {count['killed']} | {count['survived']} | {count['timeout']} |")
    together = sum(counts.values(), Counter[str]())
    print(
        f"\n{(together['killed'] + together['timeout']) / max(1, together.total()):.1%} of {together.total()} noticed"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
