from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.drain import Parsed, _prepared, _store
from plugin.facts.called import Called, look_alikes, names_in_use
from plugin.inbox.sources import add_source

NINE, TEN = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10))


def called(**names: str) -> list[Called]:
    return [
        Called(name=name, source=source.rstrip("_"), facts=1, last_at=None)
        for source, given in names.items()
        for name in given.split("|")
    ]


@pytest.mark.parametrize(
    "spelling",
    ["laura zarina", "laura.zarina@example.org", "Zariņa, Laura", "LAURA_ZARINA", "Laura-Zariņa"],
)
def test_spellings_of_one_name_are_alike_and_the_one_that_reads_best_is_proposed(spelling: str) -> None:
    assert look_alikes(called(phone=spelling, desk="Laura Zariņa")) == {"Laura Zariņa": {"phone": [spelling]}}


@pytest.mark.parametrize(
    ("phone", "desk"),
    [("Laura Zariņa", "Laura Zariņa"), ("Laura", "Laura Zariņa"), ("17", "0017"), ("1-7", "17"), ("1.7", "7 1")],
)
def test_the_same_name_another_name_and_numbers_are_not_proposed(phone: str, desk: str) -> None:
    assert look_alikes(called(phone=phone, desk=desk)) == {}


def test_two_names_of_one_source_are_two_agents() -> None:
    assert look_alikes(called(phone="ann.example|Ann Example", desk="Ann Example")) == {}


def test_names_are_listed_by_source_with_their_facts(engine: Engine) -> None:
    told = [
        Event(kind=Kind.CONTACT_QUEUED, at=NINE, subject="c", dedupe_key="1", queue="Help"),
        Event(kind=Kind.CONTACT_ANSWERED, at=TEN, subject="c", dedupe_key="2", queue="Help", agent="Ann"),
        Event(kind=Kind.TICKET_OPENED, at=NINE, subject="t", dedupe_key="3", queue="Help"),
    ]
    with writing(engine) as connection:
        for source, events in {"phone": told[:2], "desk": told[2:]}.items():
            add_source(connection, source, "generic", NINE)
            _store(connection, _prepared(Parsed(events=[(source, 1, event) for event in events]), b"secret"))
    with reading(engine) as connection:
        assert names_in_use(connection, "queues") == [
            Called(name="Help", source="desk", facts=1, last_at=NINE),
            Called(name="Help", source="phone", facts=1, last_at=NINE),
        ]
        assert names_in_use(connection, "agents") == [Called(name="Ann", source="phone", facts=1, last_at=TEN)]
