"""From the inbox to facts: whether it keeps up with receiving, what history costs, a file beside a bare insert, and memory."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import throwaway_postgres
from acme_adapter import acme
from hooks_app import SECRET
from installed import imported, installed
from running_server import running
from sqlalchemy import Engine, text

from plugin.contract.request import WebhookRequest
from plugin.database import chunks, writing
from plugin.drain import Reader, drain
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.kpi.cells import rebuild_cells, refresh_cells
from plugin.kpi.terms import Terms
from tests.bench._clock import seconds_of
from tests.bench._databases import fresh
from tests.bench._demo import rows as demo_rows
from tests.bench._drainer import Drained, drain_elsewhere
from tests.bench._load import drive, requests_of
from tests.bench._report import Report
from tests.bench._year import END, fill

CONNECTIONS, SLICE_S, MOST = 32, 2.0, 12_000
WEB_PROCESSES = {"SQLite": 1, "PostgreSQL": 2}
STORED = (10_000, 100_000)
MILLION = 1_000_000
#: single deliveries beside each history
EVENTS = 60
FILE_ROWS = 20_000
WORKER_MB = 250
READER = Reader(adapter=acme(), settings={"secret": (SECRET,)})
MAPPING = """
time_format = "%Y-%m-%d %H:%M:%S"
timezone = "Europe/Riga"
id = "{call}"
[defaults]
at = "{start}"
subject = "{call}"
channel = "voice"
direction = "inbound"
queue = "{queue}"
customer = "{caller}"
[[events]]
kind = "contact.queued"
[[events]]
when = "{agent} == ''"
kind = "contact.abandoned"
plus = "{wait}"
data = { wait_s = "{wait}" }
[[events]]
when = "{agent} != ''"
kind = "contact.answered"
plus = "{wait}"
agent = "{agent}"
data = { wait_s = "{wait}" }
[[events]]
when = "{agent} != ''"
kind = "contact.ended"
plus = ["{wait}", "{talk}"]
agent = "{agent}"
data = { talk_s = "{talk}" }
"""
COLUMNS = ("call", "start", "queue", "caller", "agent", "wait", "talk")


def run(report: Report) -> None:
    server = throwaway_postgres.start(durable=True)
    deliveries = demo_rows(scale=0.3)
    with fresh(server) as engines:
        for database, engine in engines.items():
            _keeping_up(report, database, engine)
    with fresh(server) as engines:
        for database, engine in engines.items():
            for part in chunks(deliveries, 100):
                insert_deliveries(engine, part)
            drained = drain_elsewhere(_url(engine))
            _show(report, f"{database}: drain of five vendors' deliveries", drained)
            report.at_most(f"{database}: memory of a process that drained them", drained.memory_mb, WORKER_MB, "MB")
    _history(report, server)
    with fresh(server) as engines:
        for database, engine in engines.items():
            _file(report, database, engine)


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _keeping_up(report: Report, database: str, engine: Engine) -> None:
    """Receives for a while over HTTP, then drains what was received."""
    with running(
        _url(engine), workers=WEB_PROCESSES[database], factory="tests.bench._apps:group_commit", environ={}
    ) as web:
        drive(web.port, requests_of("warm", MOST), CONNECTIONS, 1.0)
        loads = [drive(web.port, requests_of(f"slice {number}", MOST), CONNECTIONS, SLICE_S) for number in range(3)]
    received = sorted(load.rate for load in loads)[1]
    drained = drain_elsewhere(_url(engine))
    report.figure(f"{database}: durable ingest over HTTP, 1 kB each", f"{received:.0f} deliveries/s")
    _show(report, f"{database}: drain of the same", drained)
    report.at_least(f"{database}: drain / durable ingest", drained.rate / received, 2)


def _show(report: Report, name: str, drained: Drained) -> None:
    report.figure(name, f"{drained.rate:.0f} deliveries/s, {drained.memory_mb:.0f} MB")


def _history(report: Report, server: str) -> None:
    """A delivery of one event, until its cells are there, beside a short and a long history."""
    sizes = (*STORED, MILLION) if report.full else STORED
    with ExitStack() as stack:
        engines = {contacts: stack.enter_context(fresh(server)) for contacts in sizes}
        for database in WEB_PROCESSES:
            took: dict[int, list[float]] = {contacts: [] for contacts in sizes}
            for contacts in sizes:
                _store(engines[contacts][database], database, contacts)
            # They take turns, so that a busy moment of the machine hits all of them.
            for number in range(EVENTS):
                for contacts in sizes:
                    took[contacts].append(seconds_of(partial(_one_event, engines[contacts][database], number), times=1))
            found = {contacts: median(times) for contacts, times in took.items()}
            figures = ", ".join(f"{1000 * seconds:.1f} ms at {contacts:,}" for contacts, seconds in found.items())
            report.figure(f"{database}: one event, to facts and cells, by stored contacts", figures)
            ratio = found[sizes[-1]] / found[sizes[0]]
            report.at_most(f"{database}: one event at {sizes[-1]:,} / {sizes[0]:,}", ratio, 1.2)


def _store(engine: Engine, database: str, contacts: int) -> None:
    fill(engine, contacts)
    _events_of_contacts(engine, database)
    rebuild_cells(engine, Terms())


def _events_of_contacts(engine: Engine, database: str) -> None:
    """Three events for every contact, so that the event store is as long as the facts tell."""
    names = "source, dedupe, subject_key, subject, kind, at, seq, data"
    for kind in ("queued", "answered", "ended"):
        word = f"subject || '-{kind}'"
        key = f"CAST({word} AS BLOB)" if database == "SQLite" else f"convert_to({word}, 'UTF8')"
        rows = f"SELECT source, {key}, subject_key, subject, 'contact.{kind}', started_at, 0, '{{}}' FROM contact"
        with writing(engine) as connection:
            connection.execute(text(f"INSERT INTO event ({names}) {rows}"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))


def _one_event(engine: Engine, number: int) -> None:
    # A day of its own, so that only history differs, not how busy the day is.
    at = END + timedelta(days=9, seconds=number)
    body = b'{"call":"new-%d"}' % number
    request = WebhookRequest(method="POST", url="https://desk.example.org/hooks/acme", body=body, received_at=at)
    insert_deliveries(engine, [delivery_row("acme", request, None)])
    drain(engine, {"acme": READER}.get, b"bench")
    refresh_cells(engine, Terms())


def _file(report: Report, database: str, engine: Engine) -> None:
    with tempfile.TemporaryDirectory(prefix="dg-bench-") as folder:
        path = Path(folder) / "calls.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *_calls(FILE_ROWS)])
        opened = installed(engine, Path(folder))
        took = seconds_of(partial(imported, opened, "csv", [path], {"mapping": MAPPING}), times=1)
    stored = _taken_out(engine)
    bare = seconds_of(partial(_put_back, engine, stored), times=1)
    number = sum(len(rows) for rows in stored.values())
    figures = f"{FILE_ROWS / took:.0f} rows/s of the file, {number / took:.0f} rows/s stored"
    report.figure(f"{database}: import of a file of calls, to facts and cells", figures)
    report.figure(f"{database}: a bare executemany of what it stored", f"{number / bare:.0f} rows/s stored")
    report.at_least(f"{database}: import / bare executemany of what it stored", bare / took, 0.5)


def _taken_out(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Events and facts of the import, which leave their tables empty."""
    found = {}
    with writing(engine) as connection:
        for table in ("event", "contact", "queue_visit", "agent_leg"):
            found[table] = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
            connection.execute(text(f"DELETE FROM {table}"))
    return found


def _put_back(engine: Engine, stored: Mapping[str, list[tuple[object, ...]]]) -> None:
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    for table, rows in stored.items():
        statement = f"INSERT INTO {table} VALUES ({', '.join([mark] * len(rows[0]))})"
        for part in chunks(rows, 4000):
            with writing(engine) as connection:
                connection.exec_driver_sql(statement, list(part))


def _calls(number: int) -> Iterator[tuple[str, ...]]:
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    for call in range(number):
        at = start + timedelta(days=call % 28, seconds=7919 * call % 36_000)
        agent = "" if call % 12 == 0 else f"Agent {call % 30}"
        yield (
            f"C{call}",
            at.strftime("%Y-%m-%d %H:%M:%S"),
            f"queue {call % 8}",
            f"+4930555{call % 10_000:04}",
            agent,
            str(call % 90),
            str(60 + call % 500) if agent else "",
        )
