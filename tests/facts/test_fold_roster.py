"""Planned shifts and counts of people: the last word of each decides, whatever the order of arrival."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from plugin.contract.event import Event, Kind
from plugin.facts.fold import HeadcountFacts, ShiftFacts, fold_headcount, fold_roster

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIVE = NINE + timedelta(hours=8)


def planned(*, at: datetime = NINE, order: int = 0, agent: str | None = "Ann", **data: Any) -> Event:
    data = {"until": "2026-03-02T19:00:00+02:00", **data}
    return Event(
        kind=Kind.ROSTER_PLANNED, at=at, subject="s1", dedupe_key=f"{at}{order}", order=order, agent=agent, data=data
    )


def cancelled(order: int = 0) -> Event:
    return Event(kind=Kind.ROSTER_CANCELLED, at=NINE - timedelta(days=7), subject="s1", dedupe_key="c", order=order)


def counted(order: int = 0, **data: Any) -> Event:
    data = {"from": "2026-03-01", "to": "2026-03-31", "headcount": 20, **data}
    return Event(kind=Kind.HEADCOUNT_COUNTED, at=NINE, subject="march", dedupe_key=str(order), order=order, data=data)


def test_a_shift_is_paid_work_until_its_end_unless_it_says_otherwise() -> None:
    assert fold_roster([planned()]) == ShiftFacts(
        agent="Ann", started_at=NINE, ended_at=FIVE, activity="work", productive=True, paid=True
    )


@pytest.mark.parametrize("activity", ["break", "meeting", "training", "leave", "sickness", "other"])
def test_what_is_not_work_is_not_productive(activity: str) -> None:
    shift = fold_roster([planned(activity=activity)])
    assert shift is not None
    assert (shift.activity, shift.productive, shift.paid) == (activity, False, True)


def test_a_plan_may_say_itself_what_is_productive_and_paid() -> None:
    shift = fold_roster([planned(activity="training", productive=True, paid=False)])
    assert shift is not None
    assert (shift.productive, shift.paid) == (True, False)


def test_an_activity_of_the_planner_that_nobody_knows_is_other() -> None:
    shift = fold_roster([planned(activity="yoga")])
    assert shift is not None
    assert (shift.activity, shift.productive) == ("other", False)


def test_the_highest_revision_decides_in_any_order_of_arrival() -> None:
    moved = planned(at=NINE - timedelta(hours=1), order=2)
    for events in permutations([planned(order=1), cancelled(order=1), moved]):
        shift = fold_roster(events)
        assert shift is not None
        assert shift.started_at == NINE - timedelta(hours=1)


def test_a_cancellation_of_the_same_revision_wins_though_it_was_told_days_before() -> None:
    for events in permutations([planned(), cancelled()]):
        assert fold_roster(events) is None


@pytest.mark.parametrize(
    ("event", "flaw"),
    [
        (planned(until="2026-03-02T09:00:00+00:00"), "ends before it starts"),
        (planned(until="2026-03-03T09:00:01+00:00"), "over 24 hours"),
        (planned(until="2026-03-02T17:00:00"), "no end"),  # no offset
        (planned(until="five"), "no end"),
        (planned(agent=None), "no agent"),
        (planned(until="2026-03-03T09:00:00+00:00"), None),
    ],
)
def test_a_shift_that_cannot_be_names_its_flaw_and_keeps_its_times(event: Event, flaw: str | None) -> None:
    shift = fold_roster([event])
    assert shift is not None
    assert shift.flaw == flaw


def test_the_latest_count_of_a_month_is_the_count() -> None:
    for events in permutations(
        [counted(order=1, leavers=1), counted(order=2, leavers=2, headcount=20.5, team="North")]
    ):
        assert fold_headcount(events) == HeadcountFacts(
            team="North", first_day=date(2026, 3, 1), last_day=date(2026, 3, 31), headcount=20.5, leavers=2
        )


def test_leavers_that_were_not_told_are_unknown_and_not_zero() -> None:
    facts = fold_headcount([counted()])
    assert facts is not None
    assert facts.leavers is None


@pytest.mark.parametrize(
    ("data", "headcount", "leavers"),
    [
        ({"headcount": 0, "leavers": 0}, 0, 0),
        ({"headcount": 0.5, "leavers": 3.0}, 0.5, 3),
        # who cannot have left is not known to have: half a person, fewer than nobody, a word
        ({"leavers": 1.5}, 20, None),
        ({"leavers": -1}, 20, None),
        ({"leavers": "two"}, 20, None),
    ],
)
def test_nobody_there_is_a_count_and_a_number_of_leavers_that_cannot_be_is_unknown(
    data: dict[str, Any], headcount: float, leavers: int | None
) -> None:
    assert fold_headcount([counted(**data)]) == HeadcountFacts(
        team="", first_day=date(2026, 3, 1), last_day=date(2026, 3, 31), headcount=headcount, leavers=leavers
    )


def test_a_count_may_be_of_one_day() -> None:
    facts = fold_headcount([counted(to="2026-03-01")])
    assert facts is not None
    assert facts.first_day == facts.last_day == date(2026, 3, 1)


def test_a_shift_that_does_not_say_when_it_ends_has_no_end_and_one_of_nobody_names_nobody() -> None:
    shift = fold_roster([planned(until=None, agent=None)])
    assert shift is not None
    assert (shift.agent, shift.ended_at, shift.flaw) == ("", None, "no agent")


@pytest.mark.parametrize(
    "data",
    [
        {"from": None},
        {"to": None},
        {"from": "March"},
        {"to": "2026-02-28"},
        {"headcount": -1},
        {"headcount": None},
        {"headcount": "many"},
    ],
)
def test_a_count_that_cannot_be_read_is_none(data: dict[str, Any]) -> None:
    assert fold_headcount([counted(**data)]) is None
