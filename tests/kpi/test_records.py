"""What is listed behind a number is what makes it: the records of every metric add up to its value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from busy_centre import DOCUMENT, NOW
from sqlalchemy import Engine

from plugin.database import reading
from plugin.kpi.catalogue import METRICS
from plugin.kpi.measure import measure
from plugin.kpi.measures import MEASURES
from plugin.kpi.period import Grain, Period
from plugin.kpi.question import Question
from plugin.kpi.records import Records, records
from plugin.kpi.terms import terms_of
from plugin.kpi.whole import LISTED

TERMS = terms_of(DOCUMENT)
#: a Monday in Riga
DAY = Period(
    grain=Grain.DAY,
    start=datetime(2026, 11, 22, 22, tzinfo=UTC),
    end=datetime(2026, 11, 23, 22, tzinfo=UTC),
    timezone="Europe/Riga",
)
#: those whose every sum is over facts that can be listed
SUMS = [
    key
    for key, metric in METRICS.items()
    if {*metric.numerator, *(metric.denominator or {})} <= MEASURES.keys() | LISTED.keys() and metric.numerator
]


def question(**changes: object) -> Question:
    return Question(periods=(DAY,), as_of=NOW, **changes)  # type: ignore[arg-type]


def listed(centre: Engine, key: str, asked: Question, **how: object) -> Records:
    with reading(centre) as connection:
        return records(connection, key, asked, TERMS, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", SUMS)
def test_records_add_up_to_the_value(centre: Engine, key: str) -> None:
    with reading(centre) as connection:
        value = measure(connection, [key], question(), TERMS)[0, ()][key]
    found = listed(centre, key, question())
    assert found.whole.numerator == pytest.approx(value.numerator)
    assert found.whole.denominator == value.denominator
    shown = [one.numerator for one in found.page if one.numerator is not None]
    expected = max(shown, default=0) if METRICS[key].over_time == "max" else sum(shown)
    assert expected == pytest.approx(value.numerator)
    assert found.total == len(found.page)


def test_the_measures_of_contacts_and_tickets_are_not_empty_here(centre: Engine) -> None:
    assert {key for key in ("abandonment_rate", "aht", "backlog", "longest_wait") if key not in SUMS} == set()
    assert all(listed(centre, key, question()).total for key in ("abandonment_rate", "aht", "backlog"))


def test_a_record_says_in_which_part_it_is_and_why(centre: Engine) -> None:
    page = listed(centre, "service_level", question()).page
    for one in page:
        in_time = one.fact["outcome"] == "answered" and one.fact["wait_ms"] <= 20_000
        assert (one.numerator, one.denominator) == (1 if in_time else None, 1)
    assert {one.fact["outcome"] for one in page} == {"answered", "abandoned"}


def test_a_ticket_that_came_and_was_solved_is_one_record(centre: Engine) -> None:
    page = listed(centre, "resolution_rate", question()).page
    both = [one for one in page if one.numerator and one.denominator]
    assert both
    assert len({one.fact["subject"] for one in page}) == len(page)


def test_records_are_those_of_the_groups_that_were_asked_for(centre: Engine) -> None:
    found = listed(centre, "offered", question(by=("team",), only={"queue": "Sales"}))
    assert {one.group for one in found.page} == {("Shop",)}
    assert {one.fact["queue"] for one in found.page} == {"Sales"}


def test_pages_follow_each_other_without_gap_or_repeat(centre: Engine) -> None:
    whole = listed(centre, "offered", question())
    parts = [listed(centre, "offered", question(), skip=skip, most=40) for skip in range(0, whole.total, 40)]
    assert [one for part in parts for one in part.page] == list(whole.page)
    assert all(part.whole == whole.whole and part.total == whole.total for part in parts)


def test_sums_that_no_record_shows_are_named(centre: Engine) -> None:
    reached = listed(centre, "missed_call_return_rate", question())
    assert reached.elsewhere == ("missed_callers_reached", "missed_callers")


def test_without_leave_there_is_no_trace_of_customers(centre: Engine) -> None:
    assert all("customer" not in one.fact for one in listed(centre, "fcr", question()).page)
