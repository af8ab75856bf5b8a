"""The window of a rule is found by an index: no statement reads all that ever happened, so an alert is as fast after years."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlmodel import SQLModel

from plugin.database import reading
from plugin.kpi.answer import Ask, value
from plugin.kpi.catalogue import METRICS
from plugin.policy.document import Document

NOW = datetime(2026, 11, 23, 14, 3, 7, tzinfo=UTC)
KPIS = (
    "abandoned",
    "abandonment_rate",
    "service_level",
    "asa",
    "asa.p90",
    "longest_wait",
    "aht",
    "occupancy",
    "pause_time",
    "received",
    "solved",
    "first_response_time",
    "resolution_time",
    "backlog",
    "csat",
)
FACTS = {"desk": frozenset(fact for metric in METRICS.values() for fact in metric.needs)}


def asked(engine: Engine, kpi: str) -> list[tuple[str, Any]]:
    """What measuring half an hour asks, and with which values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with reading(engine) as connection:
        ask = Ask(kpis=(kpi,), start=NOW - timedelta(minutes=30), end=NOW, only={"queue": "Support"})
        assert value(connection, Document(), ask, NOW, FACTS) is not None
    event.remove(engine, "before_cursor_execute", note)
    return [each for each in found if not each[0].startswith("BEGIN")]


def read_in_full(connection: Connection, statement: str, values: Any) -> set[str]:
    """The tables whose rows are all looked at, because no index leads to those that are wanted."""
    if connection.dialect.name == "postgresql":
        # Of a table with few rows it would take all, if it could.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
        scanned = re.findall(r"Seq Scan on (\w+)", "\n".join(plan))
    else:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        scanned = [match[1] for line in plan if (match := re.match(r"SCAN (\w+)$", line))]
    return set(scanned) & SQLModel.metadata.tables.keys()


@pytest.mark.parametrize("kpi", KPIS)
def test_a_window_is_found_by_an_index(engine: Engine, kpi: str) -> None:
    statements = asked(engine, kpi)
    assert statements
    with reading(engine) as connection:
        for statement, values in statements:
            assert read_in_full(connection, statement, values) == set(), statement
