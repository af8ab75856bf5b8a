"""Cost entries, as events state them, to the one row that counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from plugin.contract.event import Event, Kind
from plugin.facts.fold import CostEntryFacts, fold_cost_entry, in_order

NOVEMBER = datetime(2026, 11, 2, 8, tzinfo=UTC)
WAGES: dict[str, Any] = {"category": "wages", "amount": 3000.5, "currency": "EUR", "month": "2026-02"}


def entered(hours: int = 0, kind: Kind = Kind.COST_ENTERED, channel: str | None = None, **data: Any) -> Event:
    at = NOVEMBER + timedelta(hours=hours)
    return Event(kind=kind, at=at, subject="wages-02", dedupe_key=f"{at}", channel=channel, data=data)


def test_a_month_is_all_its_days_and_amounts_are_thousandths() -> None:
    assert fold_cost_entry([entered(**WAGES, channel="voice", team="Support", note="with bonus")]) == CostEntryFacts(
        category="wages",
        first_on=date(2026, 2, 1),
        last_on=date(2026, 2, 28),
        amount_milli=3_000_500,
        currency="EUR",
        channel="voice",
        team="Support",
        note="with bonus",
    )


def test_days_are_taken_as_stated() -> None:
    facts = fold_cost_entry([entered(**{"amount": 70, "from": "2026-10-26", "to": "2026-11-01"})])
    assert facts is not None
    assert (facts.category, facts.first_on, facts.last_on) == ("other", date(2026, 10, 26), date(2026, 11, 1))


def test_a_single_day_and_an_amount_of_nothing_are_an_entry() -> None:
    facts = fold_cost_entry([entered(**{"amount": 0, "from": "2026-10-26", "to": "2026-10-26"})])
    assert facts is not None
    assert (facts.amount_milli, facts.first_on, facts.last_on) == (0, date(2026, 10, 26), date(2026, 10, 26))


def test_the_last_event_is_the_whole_entry_in_any_order_of_arrival() -> None:
    events = [
        entered(**WAGES, team="Support"),
        entered(1, kind=Kind.COST_REMOVED),
        entered(2, amount=1, month="2026-03"),
    ]
    for arrived in permutations(events):
        facts = fold_cost_entry(in_order(arrived))
        assert facts is not None
        assert (facts.amount_milli, facts.first_on, facts.team, facts.currency) == (1000, date(2026, 3, 1), None, None)


def test_a_removed_entry_is_none() -> None:
    assert fold_cost_entry([entered(**WAGES), entered(1, kind=Kind.COST_REMOVED)]) is None


@pytest.mark.parametrize(
    "spoiled",
    [
        {"amount": None},
        {"amount": -1},
        {"amount": True},
        {"amount": float("nan")},
        {"amount": 1e300},
        {"amount": 4_611_686_018_427_388},
        {"month": "2026-13"},
        {"month": "0000-01"},
        {"month": None},
        {"month": None, "from": "2026-03-01"},
        {"month": None, "from": "2026-03-02", "to": "2026-03-01"},
        {"currency": "euro"},
    ],
)
def test_an_entry_without_amount_days_or_currency_that_make_sense_is_none(spoiled: dict[str, Any]) -> None:
    assert fold_cost_entry([entered(**{**WAGES, **spoiled})]) is None
