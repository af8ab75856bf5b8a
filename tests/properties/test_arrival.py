"""A fortnight's deliveries in any order, repeated and cut anyhow, on both databases: the same facts, cells and reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from plugin.contract.request import WebhookRequest
from plugin.database import open_engine, reading, writing
from plugin.demo.deliveries import fortnight
from plugin.demo.policy import policy_for
from plugin.drain import Reader, drain
from plugin.inbox.store import delivery_row, insert_deliveries, replay
from plugin.kpi.answer import STANDARD_KPIS, Ask, answer
from plugin.kpi.cells import refresh_cells
from plugin.kpi.period import Grain
from plugin.kpi.terms import terms_of
from plugin.normalise.registry import adapters
from plugin.policy.document import Document
from plugin.report.render_json import report_json

LAST_DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FACTS = {
    "contact": "subject_key",
    "queue_visit": "subject_key, ordinal",
    "agent_leg": "subject_key, ordinal",
    "ring_attempt": "subject_key, ordinal",
    "evaluation": "subject_key, ordinal",
    "agent_state": "subject_key, track, started_at",
    "ticket": "subject_key",
    "ticket_span": "subject_key, ordinal",
    "ticket_reply": "subject_key, ordinal",
    "ticket_timer": "subject_key, ordinal",
    "survey": "subject_key",
    "roster_shift": "subject_key",
    "headcount": "subject_key",
    "customer_count": "subject_key",
    "cost_entry": "subject_key",
    "survey_answer": "subject_key, ordinal",
    "agent_time": "agent, started_at, lasting",
    "link": "ticket_key",
    "cell": "grain, start, source, channel, direction, queue, agent",
    "sketch": "sketch, start, source, channel, direction, queue, bucket",
}
#: what the demo has nothing of
EMPTY = ("link", "evaluation", "roster_shift", "headcount", "ticket_timer", "customer_count", "cost_entry")
AFTER_THE_INBOX = (*FACTS, "event", "customer", "dirty_slot", "dirty_agent_day", "cell_basis")
#: how many orders of arrival each database sees: both run the same folds, and any order meets all the SQL
EXAMPLES = {"sqlite": 4, "postgresql": 2}
Delivered = tuple[str, WebhookRequest]


@cache
def policy() -> Document:
    return policy_for(LAST_DAY)


@cache
def readers() -> dict[str, Reader]:
    known = adapters()
    return {
        name: Reader(
            adapter=known[source.adapter], settings={key: str(value) for key, value in source.settings.items()}
        )
        for name, source in policy().sources.items()
    }


@cache
def deliveries() -> tuple[Delivered, ...]:
    """The small version of the demo's fortnight, as the inbox holds it; what a receiver would refuse is left out."""
    return tuple(
        (
            request.source,
            WebhookRequest(
                method=request.method, url=request.path, headers=request.headers, body=request.body, received_at=NOW
            ),
        )
        for request in fortnight(LAST_DAY, scale=0.05)
        if request.expected != "refused"
    )


def cut(delivered: Sequence[Delivered], random: Random) -> Iterator[Delivered]:
    """Batches of a queue_log are sent in other pieces; every line keeps the place that its forwarder gave it."""
    for source, request in delivered:
        body = json.loads(request.body) if source == "asterisk" else {}
        lines = body.get("lines", [])
        if len(lines) < 2 or random.random() < 0.3:
            yield source, request
            continue
        at = random.randrange(1, len(lines))
        for number, part in enumerate((lines[:at], lines[at:])):
            headers = {**request.headers, "webhook-id": f"{request.headers['webhook-id']}-{number}"}
            piece = json.dumps({**body, "lines": part}).encode()
            yield source, WebhookRequest(method="POST", url=request.url, headers=headers, body=piece, received_at=NOW)


def rows_of(delivered: Sequence[Delivered]) -> list[dict[str, object]]:
    found = []
    for source, request in delivered:
        reader = readers()[source]
        found.append(dict(delivery_row(source, request, reader.adapter.delivery_key(request, reader.settings))))
    return found


def drain_all(engine: Engine, sizes: Callable[[], int] = lambda: 500) -> None:
    while drain(engine, lambda source: readers().get(source), b"secret", sizes()):
        pass


def work_off(engine: Engine) -> None:
    drain_all(engine)
    while refresh_cells(engine, terms_of(policy())):
        pass


class State(dict[str, str]):
    """A digest of every fact table and of the cells, and reports; too long to be printed."""

    def __repr__(self) -> str:
        return f"<state of {len(self)} parts>"

    def differs_from(self, other: State) -> list[str]:
        return [part for part in other if self.get(part) != other[part]]


def state_of(engine: Engine) -> State:
    found = State()
    with reading(engine) as connection:
        for table, order in FACTS.items():
            rows = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))]
            assert rows or table in EMPTY, table
            found[table] = hashlib.sha256(repr([_plain(row) for row in rows]).encode()).hexdigest()
        for by in ((), ("queue",), ("agent",)):
            ask = Ask(
                kpis=(
                    *STANDARD_KPIS,
                    "asa.p90",
                    "backlog",
                    "reopen_rate",
                    "login_time",
                    "occupancy",
                    "transfer_rate",
                    "plan_attainment",
                ),
                start=datetime(2026, 11, 8, 22, tzinfo=UTC),
                end=datetime(2026, 11, 22, 22, tzinfo=UTC),
                grain=Grain.DAY,
                by=by,
            )
            known = {name: reader.adapter.facts for name, reader in readers().items()}
            found[f"report by {by}"] = json.dumps(
                report_json(answer(connection, policy(), ask, NOW, known)), sort_keys=True
            )
    return found


def _plain(row: tuple[object, ...]) -> tuple[object, ...]:
    """Both drivers' numbers in one spelling."""
    return tuple(int(value) if isinstance(value, float) and value.is_integer() else value for value in row)


@pytest.fixture(scope="module")
def expected(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> State:
    """What comes out when everything arrives once and in order."""
    path = tmp_path_factory.mktemp("in-order") / "deskgauge.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    insert_deliveries(engine, rows_of(deliveries()))
    work_off(engine)
    found = state_of(engine)
    engine.dispose()
    return found


@contextmanager
def emptied(engine: Engine) -> Iterator[Engine]:
    with writing(engine) as connection:
        for table in (*AFTER_THE_INBOX, "delivery", "source"):
            connection.execute(text(f"DELETE FROM {table}"))
    yield engine


def test_order_repetition_and_cutting_of_deliveries_change_nothing(engine: Engine, expected: State) -> None:
    @settings(max_examples=EXAMPLES[engine.dialect.name], deadline=None)
    @given(seed=st.integers(min_value=0, max_value=2**32))
    def holds(seed: int) -> None:
        random = Random(seed)
        arriving = list(cut(deliveries(), random))
        arriving += random.sample(arriving, len(arriving) // 5)
        random.shuffle(arriving)
        with emptied(engine):
            while arriving:
                part = [arriving.pop() for _ in range(min(len(arriving), random.randrange(1, 900)))]
                insert_deliveries(engine, rows_of(part))
                drain_all(engine, lambda: random.randrange(1, 400))
                if random.random() < 0.4:
                    work_off(engine)
            work_off(engine)
            assert state_of(engine).differs_from(expected) == []

    holds()


def test_dropping_all_after_the_inbox_and_replaying_gives_the_same_again(engine: Engine, expected: State) -> None:
    insert_deliveries(engine, rows_of(deliveries()))
    work_off(engine)
    with writing(engine) as connection:
        for table in AFTER_THE_INBOX:
            connection.execute(text(f"DELETE FROM {table}"))
    assert replay(engine) == len({(row["source"], row["key"]) for row in rows_of(deliveries())})
    work_off(engine)
    assert state_of(engine).differs_from(expected) == []
