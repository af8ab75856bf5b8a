"""Contacts of which only a part was told: entries, answers and ends that nobody saw, and exits that are explained afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.contract.event import Event, Kind
from plugin.facts.fold import ContactFacts, fold_contact, in_order

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Visits = list[tuple[str, float, float | None, str, int | None]]


def event(kind: Kind, second: float, queue: str | None = None, agent: str | None = None, **data: Any) -> Event:
    key = f"{kind}:{second}:{queue}:{agent}:{sorted(data.items())}"
    return Event(kind=kind, at=at(second), subject="c1", dedupe_key=key, queue=queue, agent=agent, data=data)


def at(second: float) -> datetime:
    return NINE + timedelta(seconds=second)


def fold(*events: Event) -> ContactFacts:
    return fold_contact(in_order(events))


def visits(facts: ContactFacts) -> Visits:
    """Queue, second of entry and of exit, outcome, wait in milliseconds."""
    return [
        (
            visit.queue,
            (visit.entered_at - NINE).total_seconds(),
            None if visit.left_at is None else (visit.left_at - NINE).total_seconds(),
            visit.outcome,
            visit.wait_ms,
        )
        for visit in facts.visits
    ]


QUEUED = event(Kind.CONTACT_QUEUED, 0, "support")


# -- overflow: who left a queue without an agent and without giving up


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"reason": "timeout", "wait_s": 20}, ("support", 10, 30, "timeout", 20_000)),
        ({"reason": "timeout"}, ("support", 30, 30, "timeout", None)),
        ({"reason": "timeout", "wait_s": None}, ("support", 30, 30, "timeout", None)),
        ({}, ("support", 30, 30, "flow_out", None)),
        # Whom the queue did not let in waited for nothing, whatever is known.
        ({"reason": "full"}, ("support", 30, 30, "full", 0)),
        ({"reason": "join_empty"}, ("support", 30, 30, "join_empty", 0)),
        ({"reason": "divert"}, ("support", 30, 30, "divert", 0)),
        ({"reason": "closed"}, ("support", 30, 30, "closed", 0)),
    ],
)
def test_an_overflow_from_a_queue_that_was_not_seen_to_be_entered_makes_the_visit(
    data: dict[str, Any], expected: tuple[object, ...]
) -> None:
    facts = fold(event(Kind.CONTACT_OVERFLOWED, 30, "support", **data))
    assert visits(facts) == [expected]


def test_an_overflow_that_names_no_queue_ends_the_visit_that_is_open() -> None:
    assert visits(fold(QUEUED, event(Kind.CONTACT_OVERFLOWED, 30, reason="timeout"))) == [
        ("support", 0, 30, "timeout", 30_000)
    ]


def test_an_overflow_from_nowhere_is_a_visit_to_a_queue_without_a_name() -> None:
    assert visits(fold(event(Kind.CONTACT_OVERFLOWED, 30))) == [("", 30, 30, "flow_out", None)]


def test_an_overflow_from_another_queue_leaves_the_open_visit_alone() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_OVERFLOWED, 30, "sales", reason="timeout"))
    assert visits(facts) == [("support", 0, None, "open", None), ("sales", 30, 30, "timeout", None)]


@pytest.mark.parametrize("after_s", [0.5, 2])
def test_a_reason_told_a_moment_after_the_exit_explains_it(after_s: float) -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_ABANDONED, 30, "support"),
        event(Kind.CONTACT_OVERFLOWED, 30 + after_s, "support", reason="leave_empty"),
    )
    assert visits(facts) == [("support", 0, 30, "leave_empty", 30_000)]


@pytest.mark.parametrize(
    ("explained", "expected"),
    [
        # more than two seconds later it is something that happened, not something that is explained
        (event(Kind.CONTACT_OVERFLOWED, 32.001, "support", reason="timeout"), ("support", 32.001, "timeout")),
        # a stated wait is that of another visit
        (event(Kind.CONTACT_OVERFLOWED, 31, "support", reason="timeout", wait_s=0.5), ("support", 30.5, "timeout")),
        # whoever comes again and is refused has not been refused before
        (event(Kind.CONTACT_OVERFLOWED, 31, "support", reason="full"), ("support", 31, "full")),
        (event(Kind.CONTACT_OVERFLOWED, 31, "sales", reason="timeout"), ("sales", 31, "timeout")),
    ],
)
def test_what_happens_later_or_elsewhere_explains_nothing(explained: Event, expected: tuple[str, float, str]) -> None:
    first, second = visits(fold(QUEUED, event(Kind.CONTACT_ABANDONED, 30, "support"), explained))
    assert first == ("support", 0, 30, "abandoned", 30_000)
    assert (second[0], second[1], second[3]) == expected


def test_a_visit_that_was_answered_is_not_explained_away() -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_ANSWERED, 30, "support", "Ann"),
        event(Kind.CONTACT_OVERFLOWED, 31, "support", reason="timeout"),
    )
    assert [visit[3] for visit in visits(facts)] == ["answered", "timeout"]


# -- abandoning


def test_hanging_up_in_a_queue_that_was_not_seen_to_be_entered_makes_the_visit() -> None:
    assert visits(fold(event(Kind.CONTACT_ABANDONED, 30, "support", wait_s=20))) == [
        ("support", 10, 30, "abandoned", 20_000)
    ]
    assert visits(fold(event(Kind.CONTACT_ABANDONED, 30, "support"))) == [("support", 30, 30, "abandoned", None)]


def test_hanging_up_outside_of_any_queue_only_ends_the_contact() -> None:
    facts = fold(event(Kind.CONTACT_OFFERED, 0), event(Kind.CONTACT_ABANDONED, 30))
    assert (facts.visits, facts.outcome) == ([], "ended")
    # with a visit to go by, the end is that of the hanging up even if something is told of the queue only later
    assert fold(QUEUED, event(Kind.CONTACT_ABANDONED, 30)).ended_at == at(30)


def test_hanging_up_is_told_twice_and_is_one_visit() -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_ABANDONED, 30, "support"),
        event(Kind.CONTACT_ABANDONED, 31, "support", wait_s=31),
    )
    assert visits(facts) == [("support", 0, 30, "abandoned", 30_000)]
    assert facts.ended_at == at(31)


def test_hanging_up_in_the_menu_is_an_end_though_nothing_else_was_told_of_the_menu() -> None:
    facts = fold(event(Kind.CONTACT_OFFERED, 0), event(Kind.CONTACT_ABANDONED, 8, stage="ivr"))
    assert (facts.ivr, facts.outcome, facts.ended_at, facts.visits) == ("abandoned", "ivr_abandoned", at(8), [])


def test_hanging_up_in_the_menu_leaves_a_queue_that_was_entered_before_as_it_was() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ABANDONED, 8, "support", stage="ivr"))
    assert visits(facts) == [("support", 0, None, "open", None)]


def test_whoever_speaks_to_an_agent_straight_from_the_menu_was_routed() -> None:
    facts = fold(event(Kind.CONTACT_OFFERED, 0, ivr=True), event(Kind.CONTACT_ANSWERED, 9, agent="Ann"))
    assert (facts.ivr, facts.visits, facts.legs[0].queue) == ("routed", [], "")


# -- ends of talks whose beginning nobody saw


def test_an_agents_end_in_a_queue_that_still_waits_answers_it_at_the_beginning_of_the_talk() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ENDED, 100, agent="Ann", talk_s=40))
    (leg,) = facts.legs
    assert visits(facts) == [("support", 0, 60, "answered", 60_000)]
    assert facts.visits[0].agent == "Ann"
    assert leg.visit is facts.visits[0]
    assert (leg.agent, leg.queue, leg.answered_at, leg.ended_at) == ("Ann", "support", at(60), at(100))
    assert (leg.talk_ms, leg.transferred) == (40_000, False)


def test_a_hand_over_whose_talk_was_not_seen_is_a_transferred_leg() -> None:
    facts = fold(event(Kind.CONTACT_TRANSFERRED, 100, "support", "Ann", talk_s=40))
    (leg,) = facts.legs
    assert visits(facts) == [("support", 60, 60, "answered", None)]
    assert (leg.answered_at, leg.ended_at, leg.talk_ms, leg.transferred) == (at(60), at(100), 40_000, True)


def test_an_end_without_a_queue_is_a_leg_without_one() -> None:
    facts = fold(event(Kind.CONTACT_ENDED, 100, agent="Ann", talk_s=40, wait_s=10))
    (leg,) = facts.legs
    assert (facts.visits, leg.queue, leg.visit, leg.answered_at) == ([], "", None, at(60))


def test_how_long_a_talk_was_whose_beginning_was_not_seen_is_known_only_when_it_is_stated() -> None:
    facts = fold(event(Kind.CONTACT_ENDED, 100, "support", "Ann"))
    (leg,) = facts.legs
    assert (leg.answered_at, leg.ended_at, leg.talk_ms) == (at(100), at(100), None)
    assert visits(facts) == [("support", 100, 100, "answered", None)]


def test_another_agents_end_in_the_same_queue_is_a_leg_and_no_second_visit() -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_ANSWERED, 10, "support", "Ann"),
        event(Kind.CONTACT_TRANSFERRED, 40, agent="Ann"),
        event(Kind.CONTACT_ENDED, 100, "support", "Bob", talk_s=30),
    )
    assert [(leg.agent, leg.queue, leg.talk_ms) for leg in facts.legs] == [
        ("Ann", "support", 30_000),
        ("Bob", "support", 30_000),
    ]
    assert visits(facts) == [("support", 0, 10, "answered", 10_000)]


def test_a_restart_in_the_middle_of_a_talk_ends_the_contact() -> None:
    events = in_order([QUEUED, event(Kind.CONTACT_ANSWERED, 12, "support", "Ann")])
    facts = fold_contact(events, [at(60)])
    assert (facts.ended_at, facts.legs[0].ended_at, facts.legs[0].cut) == (at(60), at(60), True)
