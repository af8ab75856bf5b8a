"""Counts of customers, as events state them, to the one row that retention and churn are worked out from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.facts.dirty import Dirty
from plugin.facts.fold import CustomerCountFacts, fold_customer_count, in_order
from plugin.facts.store import refold

APRIL = datetime(2026, 4, 1, 8, tzinfo=UTC)
MARCH: dict[str, Any] = {"from": "2026-03-01", "to": "2026-03-31", "at_start": 98, "at_end": 73, "new": 20, "lost": 45}


def counted(hours: int = 0, **data: Any) -> Event:
    at = APRIL + timedelta(hours=hours)
    return Event(kind=Kind.CUSTOMERS_COUNTED, at=at, subject="2026-03", dedupe_key=f"{at}", data=data)


def test_a_count_has_its_days_and_its_numbers() -> None:
    assert fold_customer_count([counted(**MARCH)]) == CustomerCountFacts(
        first_on=date(2026, 3, 1), last_on=date(2026, 3, 31), at_start=98, at_end=73, joined=20, lost=45
    )


def test_a_correction_replaces_what_it_states_in_any_order_of_arrival() -> None:
    corrected = counted(5, lost=44)
    for events in ([counted(**MARCH), corrected], [corrected, counted(**MARCH)]):
        facts = fold_customer_count(in_order(events))
        assert facts is not None
        assert (facts.at_start, facts.lost) == (98, 44)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"from": None},
        {"to": "31 March"},
        {"from": "2026-04-01"},
        {"at_start": None},
        {"at_start": -1},
        {"at_start": 97.5},
        {"at_start": True},
        {"at_start": float("nan")},
        {"at_start": float("inf")},
        {"at_start": "98"},
        {"at_start": 2**62},
    ],
)
def test_a_count_that_makes_no_sense_is_no_fact(spoiled: dict[str, Any]) -> None:
    assert fold_customer_count([counted(**{**MARCH, **spoiled})]) is None


def test_nobody_is_a_count_and_so_is_a_single_day() -> None:
    facts = fold_customer_count([counted(**{**MARCH, "to": "2026-03-01", "at_start": 0, "lost": 3.0, "new": True})])
    assert facts is not None
    assert (facts.first_on, facts.last_on, facts.at_start) == (date(2026, 3, 1), date(2026, 3, 1), 0)
    assert (facts.lost, facts.joined) == (3, None)


def test_a_count_may_be_as_large_as_can_be_stored() -> None:
    facts = fold_customer_count([counted(**{**MARCH, "at_start": 2**62 - 1})])
    assert facts is not None
    assert facts.at_start == 2**62 - 1


def test_what_was_not_counted_stays_unknown() -> None:
    facts = fold_customer_count([counted(**{**MARCH, "at_end": None, "new": ""})])
    assert facts is not None
    assert (facts.at_end, facts.joined, facts.lost) == (None, None, 45)


def test_a_count_is_one_row_however_often_it_is_folded(engine: Engine) -> None:
    for lost in (45, 44):
        with writing(engine) as connection:
            events = {7: [counted(**{**MARCH, "lost": lost})]}
            refold(connection, "customers", events, {7: ("crm", "2026-03")}, {}, {}, Dirty())
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT source, subject, first_on, at_start, lost FROM customer_count")).all()
    assert [tuple(row) for row in rows] == [("crm", "2026-03", "2026-03-01", 98, 44)]
