"""The drain against the rate at which deliveries are stored, one event in a small and a large store, and a file's import."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import Engine, text

from plugin.contract.request import WebhookRequest
from plugin.database import migrate, open_engine, writing
from plugin.demo.deliveries import fortnight
from plugin.demo.policy import policy_for
from plugin.drain import Reader, drain
from plugin.inbox.store import DeliveryRow, delivery_row, insert_deliveries
from plugin.kpi.cells import refresh_cells
from plugin.kpi.terms import Terms
from plugin.normalise.registry import adapters
from tests.bench._report import Report

LAST_DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
#: requests that one transaction stores together under load, as the group commit does
TOGETHER = 32


def run(report: Report) -> None:
    readers, rows = _readers(), _rows()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/drain.db")
        migrate(engine)
        stored = _rate(lambda: _store(engine, rows), len(rows))
        drained = _rate(lambda: _drain(engine, readers), len(rows))
        report.figure("deliveries stored durably, 32 together", f"{stored:,.0f} a second")
        report.figure("deliveries drained to events, facts and cells", f"{drained:,.0f} a second")
        report.figure(
            "drained / stored (the goal of 2 is held against the rate over HTTP, see `ingest`)",
            f"{drained / stored:.2f} x",
        )
        few = _one_event(engine, readers, 1)
        _grow(engine, 200_000)
        many = _one_event(engine, readers, 1000)
        report.figure(
            "one event drained", f"{few * 1000:.2f} ms, with 200,000 more contacts stored {many * 1000:.2f} ms"
        )
        report.at_most("one event with many contacts stored / with few", many / few, 1.2)
        report.figure(
            "memory of this process at its most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        )
        engine.dispose()


def _readers() -> dict[str, Reader]:
    known = adapters()
    return {
        name: Reader(
            adapter=known[source.adapter], settings={key: str(value) for key, value in source.settings.items()}
        )
        for name, source in policy_for(LAST_DAY).sources.items()
    }


def _rows() -> list[DeliveryRow]:
    return [
        delivery_row(
            request.source,
            WebhookRequest(
                method="POST", url=request.path, headers=request.headers, body=request.body, received_at=NOW
            ),
            f"{number}",
        )
        for number, request in enumerate(fortnight(LAST_DAY, scale=0.3))
        if request.expected != "refused"
    ]


def _store(engine: Engine, rows: list[DeliveryRow]) -> None:
    for start in range(0, len(rows), TOGETHER):
        insert_deliveries(engine, rows[start : start + TOGETHER])


def _drain(engine: Engine, readers: dict[str, Reader]) -> None:
    while drain(engine, readers.get, b"secret"):
        pass
    while refresh_cells(engine, Terms()):
        pass


def _one_event(engine: Engine, readers: dict[str, Reader], first: int) -> float:
    """Seconds, the median of many single deliveries."""
    found = []
    for number in range(first, first + 60):
        at = int(NOW.timestamp()) + number
        line = f"{at}|{at}.{number}|Billing|NONE|ENTERQUEUE||+37155500000|1"
        body = f'{{"host": "bench", "lines": ["{line}"]}}'.encode()
        request = WebhookRequest(method="POST", url="/hooks/asterisk", headers={}, body=body, received_at=NOW)
        insert_deliveries(engine, [delivery_row("asterisk", request, f"one {number}")])
        began = time.perf_counter()
        _drain(engine, readers)
        found.append(time.perf_counter() - began)
    return sorted(found)[len(found) // 2]


def _grow(engine: Engine, contacts: int) -> None:
    """Older contacts and their events, set-wise."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {contacts})"
    at = "1700000000000 + i * 60000"
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO event (source, dedupe, subject_key, subject, kind, at, seq, queue, data) "
                f"{numbers} SELECT 'old', CAST('old' || i AS BLOB), i, 'old' || i, 'contact.queued', {at}, 0, 'Old', '{{}}' FROM n"
            )
        )
        connection.execute(
            text(
                "INSERT INTO queue_visit (subject_key, ordinal, source, subject, channel, direction, queue, agent, entered_at, "
                f"outcome) {numbers} SELECT i, 0, 'old', 'old' || i, 'voice', 'inbound', 'Old', '', {at}, 'error' FROM n"
            )
        )


def _rate(work: Callable[[], None], number: int) -> float:
    began = time.perf_counter()
    work()
    return number / (time.perf_counter() - began)
