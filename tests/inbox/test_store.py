from __future__ import annotations

from datetime import timedelta

import pytest
from inbox_rows import NOON, request, row
from sqlalchemy import Engine, func, select

from plugin.database import open_engine, writing
from plugin.inbox.redact import needles
from plugin.inbox.store import (
    DELIVERY,
    Outcome,
    Pending,
    counts,
    dead_deliveries,
    delivery_row,
    insert_deliveries,
    pending,
    prune,
    replay,
    settle,
)
from plugin.inbox.tables import State


def waiting(engine: Engine, limit: int = 100) -> list[Pending]:
    with writing(engine) as connection:
        return pending(connection, limit)


def finish(engine: Engine, *outcomes: Outcome) -> None:
    with writing(engine) as connection:
        settle(connection, outcomes)


def test_a_delivery_comes_back_as_it_was_received(engine: Engine) -> None:
    given = request(
        '{"name":"Zoë","text":"电话"}'.encode(),
        url="https://desk.example.org/hooks/acme?x=%20y",
        headers={"X-Acme-Event": "call.ended", "Content-Type": "application/json"},
    )
    insert_deliveries(engine, [delivery_row("acme", given, None)])
    [found] = waiting(engine)
    assert (found.source, found.attempts) == ("acme", 0)
    assert found.request.method == "POST"
    assert found.request.url == "https://desk.example.org/hooks/acme?x=%20y"
    assert found.request.body == given.body
    assert found.request.received_at == NOON
    assert dict(found.request.headers) == {"x-acme-event": "call.ended", "content-type": "application/json"}


def test_no_live_secret_reaches_the_table(engine: Engine) -> None:
    given = request(
        b'{"token":"sesame-1","id":5}',
        url="https://desk.example.org/hooks/acme/sesame-1?k=sesame-1",
        headers={"X-Event": "sesame-1", "Authorization": "Bearer sesame-1"},
    )
    insert_deliveries(engine, [delivery_row("acme", given, None, needles(("sesame-1",)))])
    [found] = waiting(engine)
    assert found.request.body == b'{"token":"[redacted]","id":5}'
    assert "sesame" not in f"{found.request.url}{dict(found.request.headers)}"


def test_the_same_content_is_stored_once(engine: Engine) -> None:
    assert insert_deliveries(engine, [row(1), row(2)]) == {"acme": 2}
    assert insert_deliveries(engine, [row(2), row(3), row(3)]) == {"acme": 1}
    assert sorted(item.request.body for item in waiting(engine)) == [b'{"n":1}', b'{"n":2}', b'{"n":3}']


def test_more_rows_than_one_statement_takes_are_stored(engine: Engine) -> None:
    rows = [row(number, source=f"acme-{number % 3}") for number in range(700)]
    assert insert_deliveries(engine, rows) == {"acme-0": 234, "acme-1": 233, "acme-2": 233}
    assert insert_deliveries(engine, rows) == {"acme-0": 0, "acme-1": 0, "acme-2": 0}
    assert counts(engine).pending == 700


def test_one_key_of_two_sources_is_two_deliveries(engine: Engine) -> None:
    rows = [delivery_row(source, request(), "msg_1") for source in ("acme", "other")]
    assert insert_deliveries(engine, rows) == {"acme": 1, "other": 1}


def test_the_vendors_key_decides_over_the_content(engine: Engine) -> None:
    first = delivery_row("acme", request(b'{"attempt":1}'), "msg_1")
    again = delivery_row("acme", request(b'{"attempt":2}'), "msg_1")
    assert insert_deliveries(engine, [first, again]) == {"acme": 1}


def test_a_different_query_is_a_different_delivery(engine: Engine) -> None:
    rows = [delivery_row("acme", request(url=f"https://desk.example.org/hooks/acme?i={i}"), None) for i in (1, 2)]
    assert insert_deliveries(engine, rows) == {"acme": 2}


def test_text_that_a_database_refuses_is_cleaned(engine: Engine) -> None:
    given = request(b"\x00\xff", url="https://desk.example.org/hooks/acme?x=\x00", headers={"X-Event": "a\x00\udc80"})
    assert insert_deliveries(engine, [delivery_row("acme", given, "k\x00\udc80")]) == {"acme": 1}
    assert waiting(engine)[0].request.body == b"\x00\xff"


def test_pending_gives_the_oldest_first_and_no_more_than_asked(engine: Engine) -> None:
    for number in range(5):
        insert_deliveries(engine, [row(number)])
    assert [item.request.body for item in waiting(engine, 2)] == [b'{"n":0}', b'{"n":1}']


def test_settled_deliveries_do_not_wait_any_more(engine: Engine) -> None:
    insert_deliveries(engine, [row(number) for number in range(4)])
    one, two, three, four = (item.id for item in waiting(engine))
    finish(
        engine,
        Outcome(id=one, state=State.DONE, adapter_version=3),
        Outcome(id=two, state=State.IGNORED, adapter_version=3),
        Outcome(id=three, state=State.DEAD, error="$.id: text expected"),
        Outcome(id=four, state=State.PENDING, error="the database was away"),
    )
    [again] = waiting(engine)
    assert (again.id, again.attempts) == (four, 1)
    found = counts(engine)
    assert (found.pending, found.dead, found.oldest_pending_at) == (1, 1, NOON)
    assert found.dead_by_source == {"acme": 1}
    assert [(item.id, item.error) for item in dead_deliveries(engine)] == [(three, "$.id: text expected")]


def test_an_empty_inbox_counts_nothing(engine: Engine) -> None:
    assert (counts(engine).pending, counts(engine).oldest_pending_at) == (0, None)


def test_replay_takes_what_it_is_asked_for(engine: Engine) -> None:
    rows = [row(hour, at=NOON + timedelta(hours=hour)) for hour in range(4)]
    insert_deliveries(engine, [*rows, row(9, source="other")])
    finish(engine, *(Outcome(id=item.id, state=State.DONE) for item in waiting(engine)))
    until = NOON + timedelta(hours=3)
    assert replay(engine, source="acme", since=NOON + timedelta(hours=1), until=until) == 2
    assert sorted(item.request.body for item in waiting(engine)) == [b'{"n":1}', b'{"n":2}']
    assert {item.attempts for item in waiting(engine)} == {0}
    assert replay(engine, states=[State.DEAD]) == 0
    assert replay(engine) == 3


def test_replay_and_prune_go_through_more_rows_than_one_transaction_takes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.inbox.store._ROWS_AT_ONCE", 7)
    insert_deliveries(engine, [row(number) for number in range(30)])
    finish(engine, *(Outcome(id=item.id, state=State.DONE) for item in waiting(engine)))
    assert replay(engine) == 30
    finish(engine, *(Outcome(id=item.id, state=State.DONE) for item in waiting(engine)))
    assert prune(engine, NOON + timedelta(days=30)) == 30


def test_prune_keeps_what_is_young_or_was_never_read(engine: Engine) -> None:
    old, young = NOON - timedelta(days=31), NOON
    insert_deliveries(engine, [row(1, at=old), row(2, at=young)])
    finish(engine, *(Outcome(id=item.id, state=State.DONE) for item in waiting(engine)))
    insert_deliveries(engine, [row(3, at=old)])
    assert prune(engine, NOON - timedelta(days=30)) == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(DELIVERY)) == 2


def test_two_workers_do_not_claim_the_same_deliveries(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    insert_deliveries(engine, [row(number) for number in range(4)])
    with writing(engine) as one, writing(engine) as two:
        first, second = pending(one, 2), pending(two, 10)
    assert {item.id for item in first} & {item.id for item in second} == set()
    assert len(first) + len(second) == 4
    engine.dispose()
