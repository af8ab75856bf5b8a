from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from inbox_rows import NOON, row
from sqlalchemy import Engine, text

from plugin.database import open_engine, reading
from plugin.inbox.group_commit import Overloaded
from plugin.inbox.intake import Intake
from plugin.inbox.sources import known_sources
from plugin.inbox.store import counts
from plugin.inbox.tally import NO_SOURCE, refusals


@pytest.fixture
def intake(engine: Engine) -> Iterator[Intake]:
    intake = Intake(engine)
    yield intake
    intake.stop()


def test_an_accepted_delivery_is_in_the_table(engine: Engine, intake: Intake) -> None:
    intake.accept(row(1), "acme")
    assert counts(engine).pending == 1


def test_whoever_finds_a_delivery_finds_its_source(engine: Engine, intake: Intake) -> None:
    intake.accept(row(1), "acme_adapter")
    with reading(engine) as connection:
        assert known_sources(connection)["acme"].adapter == "acme_adapter"


def test_concurrent_deliveries_are_all_there_and_duplicates_are_counted(engine: Engine, intake: Intake) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: intake.accept(row(number % 100, at=NOON), "acme"), range(300)))
    intake.stop()
    assert counts(engine).pending == 100
    with reading(engine) as connection:
        source = known_sources(connection)["acme"]
    assert (source.received, source.duplicates, source.refused) == (300, 200, 0)
    assert (source.created_at, source.last_received_at) == (NOON, NOON)


def test_the_last_receipt_never_goes_back(engine: Engine) -> None:
    for moment in (NOON, NOON - timedelta(hours=1)):
        intake = Intake(engine)
        intake.accept(row(1, at=moment), "acme")
        intake.stop()
    with reading(engine) as connection:
        assert known_sources(connection)["acme"].last_received_at == NOON


def test_only_the_last_twenty_refusals_of_a_source_are_kept_and_all_are_counted(engine: Engine) -> None:
    for start in (0, 15, 30):
        intake = Intake(engine)
        for number in range(start, start + 15):
            at = NOON + timedelta(seconds=number)
            intake.refuse("acme", "acme", at, status=401, reason=f"reason {number}", url="https://desk.example.org/x")
        intake.stop()
    kept = refusals(engine, "acme")
    assert [item.reason for item in kept] == [f"reason {number}" for number in range(44, 24, -1)]
    assert (kept[0].status, kept[0].at, kept[0].url) == (
        401,
        NOON + timedelta(seconds=44),
        "https://desk.example.org/x",
    )
    with reading(engine) as connection:
        assert known_sources(connection)["acme"].refused == 45


def test_a_flood_of_refusals_of_one_source_leaves_the_other_sources_alone(engine: Engine) -> None:
    intake = Intake(engine)
    intake.refuse("other", "acme", NOON, status=401, reason="kept", url="u")
    for _ in range(100):
        intake.refuse("acme", "acme", NOON, status=401, reason="flood", url="u")
    intake.stop()
    assert [item.reason for item in refusals(engine, "other")] == ["kept"]
    assert len(refusals(engine)) == 21


def test_requests_to_no_source_are_kept_without_making_one(engine: Engine) -> None:
    intake = Intake(engine)
    intake.refuse(NO_SOURCE, "", NOON, status=404, reason="no such source", url="u")
    intake.stop()
    assert [item.status for item in refusals(engine, NO_SOURCE)] == [404]
    with reading(engine) as connection:
        assert known_sources(connection) == {}


def test_nothing_is_accepted_after_the_stop(engine: Engine) -> None:
    intake = Intake(engine)
    intake.stop()
    with pytest.raises(Overloaded):
        intake.accept(row(1), "acme")
    assert counts(engine).pending == 0


def test_connections_that_the_server_cut_are_replaced(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    intake = Intake(engine)
    intake.accept(row(1), "acme")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        connection.execute(text(cut))
    with pytest.raises(Overloaded):
        intake.accept(row(2), "acme")
    intake.accept(row(2), "acme")
    intake.stop()
    assert counts(engine).pending == 2
    engine.dispose()
