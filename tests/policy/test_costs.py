from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.contract.event import Channel
from plugin.policy.costs import CostLine, MixedCurrencies, costs_between
from plugin.policy.plan import Category
from plugin.policy.problems import PolicyError
from plugin.policy.text import parse

WAGES = parse(
    """
    currency = "USD"
    [[costs]]
    category = "wages"
    amount = 3100
    month = "2026-10"
    [[costs]]
    category = "telephony"
    amount = "70.70"
    from = 2026-10-26
    to = 2026-11-01
    channel = "voice"
    """
)


def test_a_month_taken_whole_is_not_pro_rated() -> None:
    costs = costs_between(WAGES, date(2026, 10, 1), date(2026, 11, 2))
    assert costs.total() == Decimal("3170.70")
    assert not costs.pro_rated


def test_a_monthly_cost_is_spread_over_its_calendar_days() -> None:
    # 3100 / 31 days = 100 a day
    costs = costs_between(WAGES, date(2026, 10, 5), date(2026, 10, 12))
    assert costs.total() == Decimal(700)
    assert costs.pro_rated


def test_a_dated_cost_includes_its_last_day() -> None:
    # 70.70 / 7 days = 10.10 a day; only 1 November is in the range
    costs = costs_between(WAGES, date(2026, 11, 1), date(2026, 12, 1))
    assert costs.lines == (
        CostLine(
            category=Category.TELEPHONY, channel=Channel.VOICE, team=None, currency="USD", amount=Decimal("10.10")
        ),
    )
    assert costs.pro_rated


def test_february_has_its_own_number_of_days() -> None:
    leap = parse('[[costs]]\ncategory = "rent"\namount = 2900\nmonth = "2028-02"')
    assert costs_between(leap, date(2028, 2, 29), date(2028, 3, 1)).total() == Decimal(100)


def test_costs_of_one_kind_are_added() -> None:
    entry = '[[costs]]\ncategory = "it"\namount = 0.1\nmonth = "2026-10"\n'
    costs = costs_between(parse(entry * 3), date(2026, 10, 1), date(2026, 11, 1))
    assert [line.amount for line in costs.lines] == [Decimal("0.3")]


def test_currencies_are_never_added_up() -> None:
    mixed = parse(
        '[[costs]]\ncategory = "it"\namount = 1\nmonth = "2026-10"\n'
        '[[costs]]\ncategory = "it"\namount = 2\nmonth = "2026-10"\ncurrency = "CHF"'
    )
    costs = costs_between(mixed, date(2026, 10, 1), date(2026, 11, 1))
    assert [(line.currency, line.amount) for line in costs.lines] == [("EUR", Decimal(1)), ("CHF", Decimal(2))]
    with pytest.raises(MixedCurrencies, match="CHF and EUR"):
        costs.total()


def test_a_rate_holds_until_the_next_one_and_not_before_the_first() -> None:
    document = parse(
        '[[costs]]\ncategory = "it"\namount = 31\nmonth = "2026-10"\ncurrency = "CHF"\n'
        '[[rates]]\ncurrency = "CHF"\nrate = 2\nvalid_from = 2026-10-11\n'
        '[[rates]]\ncurrency = "USD"\nrate = 9\n'
        '[[rates]]\ncurrency = "CHF"\nrate = 3\nvalid_from = 2026-10-21\n'
    )
    costs = costs_between(document, date(2026, 10, 1), date(2026, 11, 1))
    assert {line.currency: line.amount for line in costs.lines} == {"CHF": 10, "EUR": 10 * 2 + 11 * 3}
    assert costs.converted == ("CHF",)
    (line,) = costs_between(document, date(2026, 10, 20), date(2026, 10, 22)).lines
    assert (line.currency, line.amount) == ("EUR", 5)
    (early,) = costs_between(document, date(2026, 10, 1), date(2026, 10, 11)).lines
    assert (early.currency, early.amount) == ("CHF", 10)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('currency = "EUR"\nrate = 1', "EUR is the document's own currency"),
        ('currency = "USD"\nrate = 0', "rate"),
        ('currency = "USD"\nrate = 1\n[[rates]]\ncurrency = "USD"\nrate = 2', "each valid_from of USD must be later"),
    ],
)
def test_a_rate_that_says_nothing_is_refused(text: str, problem: str) -> None:
    with pytest.raises(PolicyError, match=problem):
        parse(f"[[rates]]\n{text}")


def test_without_costs_the_total_is_nothing() -> None:
    costs = costs_between(WAGES, date(2025, 1, 1), date(2026, 1, 1))
    assert (costs.lines, costs.pro_rated, costs.total()) == ((), False, Decimal(0))


@given(cuts=st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_the_parts_of_a_range_cost_as_much_as_the_whole(cuts: list[int]) -> None:
    first = date(2026, 10, 1)
    borders = [first, *(first + timedelta(days=cut) for cut in sorted(cuts)), first + timedelta(days=40)]
    parts = sum((costs_between(WAGES, one, two).total() for one, two in pairwise(borders)), Decimal(0))
    assert round(parts, 15) == Decimal("3170.70")
