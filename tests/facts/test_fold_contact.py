"""Whole contacts, event by event, with the facts that follow written as literals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contact_events import NINE, event, fold
from hypothesis import given
from hypothesis import strategies as st

from plugin.contract.event import Event, Kind

QUEUED = event(Kind.CONTACT_QUEUED, 0, "support")
ANSWERED = event(Kind.CONTACT_ANSWERED, 12, "support", "Ann")


def test_an_answered_call_has_a_wait_and_a_talk_time() -> None:
    facts = fold(QUEUED, ANSWERED, event(Kind.CONTACT_ENDED, 72, agent="Ann"))
    (visit,), (leg,) = facts.visits, facts.legs
    assert (visit.outcome, visit.wait_ms, visit.agent) == ("answered", 12_000, "Ann")
    assert (leg.talk_ms, leg.hold_ms, leg.wrap_ms, leg.queue) == (60_000, None, None, "support")
    assert facts.outcome == "answered"
    assert facts.ended_at == NINE + timedelta(seconds=72)


def test_hold_is_taken_out_of_talk_and_is_zero_only_where_the_source_would_have_told() -> None:
    held = (event(Kind.CONTACT_HELD, 20, agent="Ann"), event(Kind.CONTACT_RESUMED, 30, agent="Ann"))
    ended = event(Kind.CONTACT_ENDED, 72, agent="Ann")
    assert [(leg.talk_ms, leg.hold_ms) for leg in fold(QUEUED, ANSWERED, *held, ended).legs] == [(50_000, 10_000)]
    assert fold(QUEUED, ANSWERED, ended, knows=("hold",)).legs[0].hold_ms == 0
    assert fold(QUEUED, ANSWERED, ended).legs[0].hold_ms is None


def test_a_stated_talk_time_that_includes_hold_loses_it() -> None:
    held = (event(Kind.CONTACT_HELD, 20, agent="Ann"), event(Kind.CONTACT_RESUMED, 30, agent="Ann"))
    ended = event(Kind.CONTACT_ENDED, 72, agent="Ann", talk_s=60, talk_includes_hold=True)
    assert fold(QUEUED, ANSWERED, *held, ended).legs[0].talk_ms == 50_000


def test_the_vendors_own_wait_wins_over_the_difference_of_two_times() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ANSWERED, 12, "support", "Ann", wait_s=11.5))
    assert facts.visits[0].wait_ms == 11_500


def test_a_caller_who_leaves_the_queue_has_abandoned_it() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ABANDONED, 8, "support"))
    assert [(visit.outcome, visit.wait_ms) for visit in facts.visits] == [("abandoned", 8_000)]
    assert facts.legs == []
    assert facts.outcome == "abandoned"


def test_a_caller_who_hangs_up_in_the_menu_never_entered_a_queue() -> None:
    facts = fold(event(Kind.CONTACT_OFFERED, 0, ivr=True), event(Kind.CONTACT_ABANDONED, 8, stage="ivr"))
    assert facts.visits == []
    assert facts.outcome == "ivr_abandoned"


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("timeout", "timeout"),
        ("key", "flow_out"),
        ("leave_empty", "leave_empty"),
        ("full", "full"),
        ("new word", "flow_out"),
    ],
)
def test_leaving_a_queue_without_an_agent_is_not_abandoning(reason: str, outcome: str) -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_OVERFLOWED, 30, "support", reason=reason))
    assert [visit.outcome for visit in facts.visits] == [outcome]


def test_a_refused_entry_is_a_visit_of_its_own() -> None:
    facts = fold(event(Kind.CONTACT_OVERFLOWED, 5, "support", reason="closed"))
    assert [(visit.queue, visit.outcome, visit.wait_ms) for visit in facts.visits] == [("support", "closed", 0)]


def test_a_blind_transfer_back_into_a_queue_gives_two_visits_and_two_legs() -> None:
    facts = fold(
        QUEUED,
        ANSWERED,
        event(Kind.CONTACT_TRANSFERRED, 20, "support", "Ann", mode="blind", talk_s=8),
        event(Kind.CONTACT_QUEUED, 20.5, "sales"),
        event(Kind.CONTACT_ANSWERED, 25, "sales", "Bob"),
        event(Kind.CONTACT_ENDED, 40, "sales", "Bob"),
    )
    assert [(visit.queue, visit.outcome) for visit in facts.visits] == [("support", "answered"), ("sales", "answered")]
    assert [(leg.agent, leg.talk_ms, leg.transferred) for leg in facts.legs] == [
        ("Ann", 8_000, True),
        ("Bob", 15_000, False),
    ]
    assert facts.transferred


def test_a_second_agent_of_the_same_queue_visit_is_a_second_leg_and_no_second_visit() -> None:
    facts = fold(
        QUEUED,
        ANSWERED,
        event(Kind.CONTACT_TRANSFERRED, 20, agent="Ann"),
        event(Kind.CONTACT_ANSWERED, 21, "support", "Bob"),
        event(Kind.CONTACT_ENDED, 40),
    )
    assert len(facts.visits) == 1
    assert [(leg.agent, leg.visit is facts.visits[0]) for leg in facts.legs] == [("Ann", True), ("Bob", True)]


def test_a_message_left_after_the_end_explains_what_looked_like_abandoning() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ENDED, 30), event(Kind.CONTACT_VOICEMAIL, 33))
    assert [visit.outcome for visit in facts.visits] == ["voicemail"]


def test_an_end_whose_beginning_was_never_seen_begins_at_the_end_less_talk_and_wait() -> None:
    facts = fold(event(Kind.CONTACT_ENDED, 100, "support", "Ann", talk_s=40, wait_s=15))
    assert facts.visits[0].entered_at == NINE + timedelta(seconds=45)
    assert (facts.visits[0].outcome, facts.visits[0].wait_ms) == ("answered", 15_000)
    assert (facts.legs[0].answered_at, facts.legs[0].talk_ms) == (NINE + timedelta(seconds=60), 40_000)


def test_an_answer_that_was_logged_before_its_entry_belongs_to_it() -> None:
    facts = fold(
        event(Kind.CONTACT_ANSWERED, 3, "support", "Ann", wait_s=3),
        event(Kind.CONTACT_ENDED, 6, "support", "Ann", talk_s=5, wait_s=3),
        event(Kind.CONTACT_QUEUED, 3599, "support"),
    )
    assert [(visit.entered_at, visit.outcome, visit.wait_ms) for visit in facts.visits] == [
        (NINE + timedelta(seconds=3599), "answered", 3_000)
    ]


def test_a_restart_ends_what_was_open_and_knows_no_talk_time() -> None:
    talking = fold(QUEUED, ANSWERED, restarts=(60,))
    assert (talking.legs[0].cut, talking.legs[0].talk_ms, talking.visits[0].wait_ms) == (True, None, 12_000)
    waiting = fold(QUEUED, restarts=(60,))
    assert [(visit.outcome, visit.wait_ms) for visit in waiting.visits] == [("error", None)]
    assert waiting.ended_at == NINE + timedelta(seconds=60)


def test_a_restart_changes_nothing_about_what_was_over() -> None:
    over = (QUEUED, ANSWERED, event(Kind.CONTACT_ENDED, 50, agent="Ann"))
    assert fold(*over, restarts=(60,)) == fold(*over)


def test_wrap_up_belongs_to_the_agents_last_leg() -> None:
    facts = fold(
        QUEUED, ANSWERED, event(Kind.CONTACT_ENDED, 72, agent="Ann"), event(Kind.CONTACT_WRAPPED_UP, 90, agent="Ann")
    )
    assert facts.legs[0].wrap_ms == 18_000
    assert facts.ended_at == NINE + timedelta(seconds=72)


def test_an_impossible_duration_is_unknown_and_named_not_cut_to_fit() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ANSWERED, 12, "support", "Ann", wait_s=-4))
    assert facts.visits[0].wait_ms is None
    assert facts.flaw == "wait below zero"


def test_several_rings_of_one_contact_are_attempts_not_calls() -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_RINGING, 8, "support", "Ann", result="missed", ring_s=8),
        event(Kind.CONTACT_ANSWERED, 12, "support", "Bob", ring_s=3),
    )
    assert [(ring.agent, ring.result, ring.ring_ms) for ring in facts.rings] == [
        ("Ann", "missed", 8_000),
        ("Bob", "answered", 3_000),
    ]
    assert len(facts.visits) == 1


CALL = (
    event(Kind.CONTACT_OFFERED, 0),
    QUEUED,
    event(Kind.CONTACT_RINGING, 2, "support", "Cy", result="missed", ring_s=2),
    ANSWERED,
    event(Kind.CONTACT_HELD, 20, agent="Ann"),
    event(Kind.CONTACT_RESUMED, 30, agent="Ann"),
    event(Kind.CONTACT_TRANSFERRED, 40, agent="Ann"),
    event(Kind.CONTACT_QUEUED, 40, "sales"),
    event(Kind.CONTACT_VOICEMAIL, 55, "sales"),
    event(Kind.CONTACT_ENDED, 60),
    event(Kind.CONTACT_WRAPPED_UP, 61, agent="Ann"),
)


@given(st.permutations(CALL))
def test_the_order_of_arrival_has_no_say(arrived: list[Event]) -> None:
    assert fold(*arrived) == fold(*CALL)
