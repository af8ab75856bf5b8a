"""A changed module in, whether a test notices out: each trial is a fork that has not imported the KPIs yet.

The made-up day of `tests/kpi/test_every_metric.py` is tried first: its facts lie ready, only cells that the change makes stale
are filled again, and its hand-worked sums are compared without pytest. What that does not notice goes to the tests.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest

#: imported before the first fork; none of them may know `plugin.kpi`
PRELOADED = (
    "hypothesis",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "sqlmodel",
    "plugin.drain",
    "plugin.facts.timers",
    "plugin.policy.document",
)
#: of the processor
LIMIT_S = 60
#: files: a database without facts, and one that is filled with the made-up day
EMPTY, DAY = "empty.db", "day.db"
OPTIONS = (
    "-x",
    "-q",
    "--hypothesis-profile=mutation",
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-k",
    "not postgresql and not real_month",
)


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives out the changed module under the name of the real one."""

    def __init__(self, name: str, tree: ast.Module, path: Path) -> None:
        self.name, self.tree, self.path = name, tree, path

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        places = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self.path, loader=self, submodule_search_locations=places)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


class _Template:
    """Stands in for the fixture that makes an empty database: it is made once for all trials."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Path], request: pytest.FixtureRequest) -> Path | None:
        if fixturedef.argname != "sqlite_template":
            return None
        fixturedef.cached_result = (self.path, fixturedef.cache_key(request), None)  # type: ignore[arg-type]
        return self.path


def warm_up() -> Path:
    """Imports what trials have in common, and makes the databases that they begin with, in a directory of their own."""
    for name in PRELOADED:
        importlib.import_module(name)
    known = [name for name in sys.modules if name.startswith("plugin.kpi")]
    assert not known, f"a trial could not change what is imported already: {known}"
    place = Path(tempfile.mkdtemp(prefix="mutation-"))
    assert _forked(lambda: _make_databases(place)) == 0
    return place


def _make_databases(place: Path) -> int:
    from plugin.database import migrate, open_engine
    from tests.kpi import test_every_metric as every

    engine = open_engine(f"sqlite:///{place / EMPTY}")
    migrate(engine)
    engine.dispose()
    shutil.copy(place / EMPTY, place / DAY)
    engine = open_engine(f"sqlite:///{place / DAY}")
    every.tell(engine)
    every.fill_cells(engine)
    engine.dispose()
    return 0


def by_the_day(changed: Changed | None, place: Path) -> str:
    """Whether the made-up day notices: killed, survived or timeout."""
    return _tried(changed, place, lambda: _day(place))


def by_tests(changed: Changed | None, place: Path, tests: Sequence[str]) -> str:
    """Whether one of these files of tests does."""
    empty = _Template(place / EMPTY)
    return _tried(changed, place, lambda: int(pytest.main([*OPTIONS, *tests], plugins=[empty])) if tests else 0)


def _tried(changed: Changed | None, place: Path, trial: Callable[[], int]) -> str:
    def run() -> int:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
        said = os.open(said_by(place), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        if changed is not None:
            sys.meta_path.insert(0, changed)
        return trial()

    return {0: "survived", -signal.SIGXCPU: "timeout", -signal.SIGKILL: "timeout"}.get(_forked(run), "killed")


def _day(place: Path) -> int:
    """Raises what the first failed test raises. Cells are filled anew when the program takes them for stale."""
    from plugin.database import open_engine
    from tests.kpi import test_every_metric as every

    engine = open_engine(f"sqlite:///{shutil.copy(place / DAY, place / 'tried.db')}")
    every.fill_cells(engine)
    report = every.reported(engine)
    for kpi in every.EXPECTED:
        every.test_a_metric_is_the_sums_that_are_worked_out_by_hand(report, kpi)
    for kpi in every.MEDIANS:
        every.test_a_median_is_the_middle_of_the_durations(report, kpi)
    for kpi in every.LISTED:
        every.test_answers_of_customers_are_listed_and_add_up(engine, kpi)
    for kpi in every.PERCENTILES:
        every.test_a_percentile_lies_between_the_durations(engine, kpi)
    for kpi in every.NEEDS:
        every.test_a_metric_needs_each_of_its_facts(kpi)
    every.test_every_metric_and_every_median_is_there()
    every.test_sums_of_rules_of_vendors_are_those_that_are_worked_out_by_hand(engine)
    for kpi, by in every.GROUPS:
        every.test_groups_are_those_of_the_facts(engine, kpi, by)
    every.test_what_is_left_out_is_counted(report)
    return 0


def said_by(place: Path) -> Path:
    """What the last trial printed."""
    return place / "said.log"


def _forked(work: Callable[[], int]) -> int:
    """Its exit code, the negative number of the signal that ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
