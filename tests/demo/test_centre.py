"""The simulation repeats itself, and what it makes looks like a centre."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise

import pytest

from plugin.demo.centre import simulate
from plugin.demo.world import Centre, Contact, clock, moment

MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def centre() -> Centre:
    return simulate(MONDAY)


def in_queue(centre: Centre, day: date, queue: str = "Support") -> list[Contact]:
    found = next(one for one in centre.days if one.date == day)
    return [one for one in found.contacts if one.queue == queue and one.outcome in ("answered", "abandoned")]


def share(contacts: list[Contact], outcome: str = "abandoned") -> float:
    return sum(one.outcome == outcome for one in contacts) / len(contacts)


def between(contacts: list[Contact], day: date, start: str, end: str) -> list[Contact]:
    return [one for one in contacts if moment(day, clock(start)) <= one.entered_at < moment(day, clock(end))]


def test_the_same_day_is_always_the_same(centre: Centre) -> None:
    assert simulate(MONDAY) == centre


def test_a_day_does_not_depend_on_how_many_days_are_simulated(centre: Centre) -> None:
    assert simulate(MONDAY, days=2).days == centre.days[-2:]


def test_a_fortnight_has_fourteen_days_and_ends_at_local_midnight(centre: Centre) -> None:
    assert [day.date for day in centre.days][::13] == [date(2026, 11, 10), MONDAY]
    assert centre.until.isoformat() == "2026-11-23T22:00:00+00:00"


def test_weekdays_have_hundreds_of_calls_and_weekends_are_quiet(centre: Centre) -> None:
    calls = {
        day.date: len([one for one in day.contacts if one.queue != "Chat" and one.outcome != "outbound"])
        for day in centre.days
    }
    weekdays = [number for day, number in calls.items() if day.weekday() < 5]
    assert len(weekdays) == 10
    assert all(230 <= number <= 420 for number in weekdays)
    assert calls[date(2026, 11, 15)] < 60


def test_an_ordinary_day_is_answered_well(centre: Centre) -> None:
    for day in centre.days[:-1]:
        contacts = in_queue(centre, day.date)
        assert share(contacts) < (0.06 if day.date.weekday() < 5 else 0.12)
        assert sum(one.outcome == "answered" and one.wait_s <= 20 for one in contacts) / len(contacts) > 0.8


def test_mornings_are_busier_than_evenings(centre: Centre) -> None:
    weekdays = [day.date for day in centre.days[:-1] if day.date.weekday() < 5]
    late = sum(len(between(in_queue(centre, day), day, "18:00", "20:00")) for day in weekdays)
    early = sum(len(between(in_queue(centre, day), day, "10:00", "12:00")) for day in weekdays)
    assert early > 2 * late


def test_support_goes_wrong_in_the_last_afternoon_and_recovers(centre: Centre) -> None:
    contacts = in_queue(centre, MONDAY)
    assert share(between(contacts, MONDAY, "08:00", "14:00")) < 0.08
    assert share(between(contacts, MONDAY, "14:00", "15:00")) > 0.5
    assert share(between(contacts, MONDAY, "15:15", "16:30")) < 0.15
    others = [one for queue in ("Sales", "Billing") for one in in_queue(centre, MONDAY, queue)]
    assert share(between(others, MONDAY, "14:00", "15:00")) < 0.15


def test_three_calls_come_in_the_last_night_and_two_hang_up(centre: Centre) -> None:
    night = between(in_queue(centre, MONDAY), MONDAY, "00:00", "06:00")
    assert [one.outcome for one in night] == ["abandoned", "abandoned", "answered"]


def test_the_last_day_is_a_working_day_even_on_a_sunday() -> None:
    sunday = date(2026, 11, 22)
    assert len(in_queue(simulate(sunday, days=1), sunday)) > 150


def test_nobody_talks_to_two_customers_at_once(centre: Centre) -> None:
    for day in centre.days:
        talks: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for one in day.contacts:
            if one.outcome == "answered" and one.answered_at is not None:
                talks[one.agent].append((one.answered_at, one.left_agent_at))
        for of_agent in talks.values():
            assert all(before[1] <= after[0] for before, after in pairwise(sorted(of_agent)))


def test_fewer_agents_make_customers_wait(centre: Centre) -> None:
    """The queue is simulated, so that service follows from staffing: three times the calls with the same people."""
    crowded = in_queue(simulate(MONDAY, days=2, scale=1.49), date(2026, 11, 22))
    usual = in_queue(centre, date(2026, 11, 22))
    assert len(crowded) > len(usual)
    assert sum(one.wait_s for one in crowded) / len(crowded) > sum(one.wait_s for one in usual) / len(usual)


def test_a_larger_scale_brings_more_contacts_and_more_people() -> None:
    day = date(2026, 11, 18)
    usual, large = simulate(day, days=1), simulate(day, days=1, scale=3)
    assert 2.5 < len(large.days[0].contacts) / len(usual.days[0].contacts) < 3.5
    assert len({shift.agent for shift in large.days[0].shifts}) > len({shift.agent for shift in usual.days[0].shifts})


def test_names_of_people_and_numbers_are_made_up(centre: Centre) -> None:
    assert all(
        one.customer.startswith("+371555") and len(one.customer) == 12 for day in centre.days for one in day.contacts
    )
