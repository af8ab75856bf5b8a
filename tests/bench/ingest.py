"""Receiving: what durability costs beside verification alone, and what group commit saves (PostgreSQL and SQLite)."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import throwaway_postgres
from running_server import Server, running
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from plugin.database import migrate, open_engine
from tests.bench._load import Load, drive, requests_of
from tests.bench._report import Report

CONNECTIONS = 32
SLICE_S = 1.5
SLICES = 7
#: requests that are made ready for a slice; more than any server here answers in it
MOST = 12_000
WAYS = ("verification_only", "group_commit", "one_commit_per_request")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One database on one disk; `fresh` makes an empty, migrated database."""

    name: str
    fresh: Callable[[], str]
    workers: int
    environ: Mapping[str, str]
    ways: tuple[str, ...] = WAYS


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="dg-bench-") as folder:
        place = Path(folder)
        fsync_ms = _fsync_ms(place)
        report.figure("one fsync of this disk (median)", f"{fsync_ms:.2f} ms")
        _sqlite(report, place, fsync_ms)
        _slow_disk(report, place)
        _postgres(report)


def _sqlite(report: Report, place: Path, fsync_ms: float) -> None:
    loads = _measure(report, Setting(name="SQLite", fresh=lambda: _new_sqlite(place), workers=1, environ={}))
    durable, p50, p99 = (
        _rate(loads["group_commit"]),
        _quantile(loads["group_commit"], 0.5),
        _quantile(loads["group_commit"], 0.99),
    )
    report.at_least("SQLite: durable ingest / verification only", durable / _rate(loads["verification_only"]), 0.80)
    report.figure(
        "SQLite: durable ingest / one commit per request", f"{durable / _rate(loads['one_commit_per_request']):.2f} x"
    )
    report.at_most("SQLite: p99 of durable ingest / (2 p50 + fsync)", p99 / (2 * p50 + fsync_ms), 1.0)


def _slow_disk(report: Report, place: Path) -> None:
    library = _slow_fsync(place)
    if library is None:
        report.skip("SQLite with a 2 ms fsync", "no C compiler (cc) here")
        return
    ways = ("group_commit", "one_commit_per_request")
    environ = {"LD_PRELOAD": str(library)}
    setting = Setting(
        name="SQLite, fsync 2 ms", fresh=lambda: _new_sqlite(place), workers=1, environ=environ, ways=ways
    )
    loads = _measure(report, setting)
    ratio = _rate(loads["group_commit"]) / _rate(loads["one_commit_per_request"])
    report.at_least("SQLite, fsync 2 ms: durable ingest / one commit per request", ratio, 6.0)
    report.at_most("SQLite, fsync 2 ms: p99 of durable ingest", _quantile(loads["group_commit"], 0.99), 40.0, "ms")


def _postgres(report: Report) -> None:
    server = throwaway_postgres.start(durable=True)
    setting = Setting(name="PostgreSQL", fresh=lambda: _new_postgres(server), workers=2, environ={})
    loads = _measure(report, setting)
    durable = _rate(loads["group_commit"])
    report.at_least("PostgreSQL: durable ingest / verification only", durable / _rate(loads["verification_only"]), 0.60)
    report.figure(
        "PostgreSQL: durable ingest / one commit per request",
        f"{durable / _rate(loads['one_commit_per_request']):.2f} x",
    )


def _measure(report: Report, setting: Setting) -> dict[str, list[Load]]:
    """All servers run, and take turns in short slices, so that a busy moment of the machine hits all ways alike."""
    loads: dict[str, list[Load]] = {way: [] for way in setting.ways}
    with ExitStack() as stack:
        servers = {way: stack.enter_context(_serving(setting, way)) for way in setting.ways}
        for number in range(-1, SLICES):
            for way, server in servers.items():
                load = drive(server.port, requests_of(f"{number}-{way}", MOST), CONNECTIONS, SLICE_S)
                if set(load.statuses) != {204}:
                    raise RuntimeError(f"{setting.name}, {way}: answers {load.statuses}")
                # The first slice warms up.
                loads[way] += [load] if number >= 0 else []
    for way, found in loads.items():
        figures = f"{_rate(found):6.0f}/s  p50 {_quantile(found, 0.5):6.1f} ms  p99 {_quantile(found, 0.99):6.1f} ms"
        report.figure(f"{setting.name}: {way.replace('_', ' ')}", figures)
    return loads


def _serving(setting: Setting, way: str) -> AbstractContextManager[Server]:
    factory = f"tests.bench._apps:{way}"
    return running(setting.fresh(), workers=setting.workers, factory=factory, environ=setting.environ)


def _rate(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)


def _quantile(loads: list[Load], share: float) -> float:
    return statistics.median(load.quantile_ms(share) for load in loads)


def _new_sqlite(place: Path) -> str:
    url = f"sqlite:///{place / f'{time.monotonic_ns()}.db'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def _new_postgres(server: str) -> str:
    name = f"bench_{time.monotonic_ns()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def _fsync_ms(place: Path) -> float:
    times = []
    with (place / "probe").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _slow_fsync(place: Path) -> Path | None:
    if shutil.which("cc") is None:
        return None
    library = place / "slow_fsync.so"
    source = Path(__file__).parent / "_slow_fsync.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library
