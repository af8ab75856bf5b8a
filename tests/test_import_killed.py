"""An import of rows that is killed without a warning, as a real process over a real database of either kind, and repeated."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from adapter_fixtures import ROOT
from click.testing import CliRunner
from sqlalchemy import Engine, text

from plugin.cli import main
from plugin.database import open_engine, reading

#: kind --> its rows, and what shows how far the import came: just entered, half of it taken, all of it taken
ROWS = {
    "cost": ["id,category,amount,month", *(f"{number},wages,{number},2026-11" for number in range(2100))],
    "roster": ["id,agent,from,until", *(f"{day},Ann,2026-11-{day:02} 08:00,16:00" for day in range(1, 21))],
}
MARKS = {
    "cost": ("FROM delivery", "FROM cost_entry", "FROM delivery WHERE id > 2"),
    "roster": ("FROM delivery", "FROM roster_shift", "FROM cell"),
}
FACTS = {
    "cost": ("SELECT subject, category, amount_milli, first_on, last_on FROM cost_entry",),
    "roster": (
        "SELECT subject, agent, started_at, ended_at, activity, productive, paid FROM roster_shift",
        "SELECT * FROM agent_time",
        "SELECT * FROM cell",
    ),
}


def environ(url: str, folder: Path) -> dict[str, str]:
    return {"DESKGAUGE_DATABASE_URL": url, "DESKGAUGE_DATA_DIR": str(folder), "DESKGAUGE_SECRET_KEY": "of the tests"}


@contextmanager
def importing(url: str, kind: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [sys.executable, "-m", "plugin.cli", "import", kind, str(folder / f"{kind}.csv")]
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        env={**os.environ, **environ(url, folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def completed(url: str, kind: str, folder: Path) -> str:
    """What the same command says that nobody kills."""
    arguments = ["import", kind, str(folder / f"{kind}.csv")]
    result = CliRunner(env=environ(url, folder)).invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def facts(engine: Engine, kind: str) -> list[list[Any]]:
    with reading(engine) as connection:
        return [sorted(map(repr, connection.execute(text(query)))) for query in FACTS[kind]]


def has_come_to(engine: Engine, mark: str) -> bool:
    with reading(engine) as connection:
        return connection.execute(text(f"SELECT 1 {mark} LIMIT 1")).first() is not None


@pytest.mark.parametrize("kind", list(ROWS))
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_import_that_was_killed_and_repeated_is_one_import(
    database: str, kind: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    (tmp_path / f"{kind}.csv").write_text("\n".join(ROWS[kind]))
    clean, killed = new_database(database), new_database(database)
    completed(clean, kind, tmp_path)
    engine, other = open_engine(clean), open_engine(killed)
    kills = 0
    for mark in MARKS[kind]:
        with importing(killed, kind, tmp_path) as process:
            while process.poll() is None and not has_come_to(other, mark):
                time.sleep(0.002)
            kills += process.poll() is None
    assert kills > 0
    completed(killed, kind, tmp_path)
    assert len(facts(engine, kind)[0]) == len(ROWS[kind]) - 1
    assert facts(other, kind) == facts(engine, kind)
    assert f"0 rows accepted, {len(ROWS[kind]) - 1} unchanged, 0 bad" in completed(killed, kind, tmp_path)
    engine.dispose()
    other.dispose()
