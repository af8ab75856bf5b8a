"""A changed module and a selection of tests in, whether one failed out: each trial is a fork that has not imported the KPIs yet."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import tempfile
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
OPTIONS = (
    "-x",
    "-q",
    "--hypothesis-profile=mutation",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-k",
    "not postgresql and not real_month",
)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
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
    """Imports what trials have in common, and makes the empty database that they begin with."""
    for name in PRELOADED:
        importlib.import_module(name)
    known = [name for name in sys.modules if name.startswith("plugin.kpi")]
    assert not known, f"a trial could not change what is imported already: {known}"
    path = Path(tempfile.mkdtemp(prefix="mutation-")) / "template.db"
    assert _forked(lambda: _migrated(path)) == 0
    return path


def _migrated(path: Path) -> int:
    from plugin.database import migrate, open_engine

    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return 0


def tried(module: str, tree: ast.Module | None, path: Path, tests: Sequence[str], template: Path) -> str:
    """killed, survived or timeout; without a tree the module stays as it is."""

    def run() -> int:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
        said = os.open(said_by(template), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        if tree is not None:
            sys.meta_path.insert(0, _Changed(module, tree, path))
        return int(pytest.main([*OPTIONS, *tests], plugins=[_Template(template)]))

    ended = _forked(run)
    return {0: "survived", -signal.SIGXCPU: "timeout", -signal.SIGKILL: "timeout"}.get(ended, "killed")


def said_by(template: Path) -> Path:
    """What the last trial printed."""
    return template.with_suffix(".log")


def _forked(work: Callable[[], int]) -> int:
    """Its exit code, the negative number of the signal that ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        code = work()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
