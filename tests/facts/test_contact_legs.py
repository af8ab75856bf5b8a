"""The agents' parts of a contact: whose they are, what they add up to, and what is told of them twice."""

from __future__ import annotations

from datetime import datetime

from contact_events import event, fold, moment

from plugin.contract.event import Event, Kind
from plugin.facts.fold import Leg

QUEUED = event(Kind.CONTACT_QUEUED, 0, "support")
ANSWERED = event(Kind.CONTACT_ANSWERED, 10, "support", "Ann")
ENDED = event(Kind.CONTACT_ENDED, 70, agent="Ann")
#: Bob is asked to join and talks at the same time
CONFERENCE = (QUEUED, ANSWERED, event(Kind.CONTACT_ANSWERED, 20, "support", "Bob"))
#: Ann answers a second time and ends that part, the first goes on
TWICE = (
    QUEUED,
    ANSWERED,
    event(Kind.CONTACT_ANSWERED, 20, "support", "Ann"),
    event(Kind.CONTACT_ENDED, 30, agent="Ann"),
)


def test_an_agent_without_a_name_has_a_visit_a_leg_and_an_end() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ANSWERED, 10, "support"), event(Kind.CONTACT_ENDED, 70))
    assert [visit.agent for visit in facts.visits] == [""]
    assert [(leg.agent, leg.talk_ms) for leg in facts.legs] == [("", 60_000)]


def test_an_unseen_leg_of_an_agent_without_a_name_is_made_from_its_end() -> None:
    facts = fold(event(Kind.CONTACT_TRANSFERRED, 70, "support", talk_s=60))
    assert [visit.agent for visit in facts.visits] == [""]
    assert [(leg.agent, leg.answered_at, leg.transferred) for leg in facts.legs] == [("", moment(10), True)]


def test_who_answers_without_naming_a_queue_takes_part_in_the_last_visit() -> None:
    facts = fold(QUEUED, ANSWERED, event(Kind.CONTACT_ANSWERED, 20, agent="Bob"))
    assert [(leg.queue, leg.visit is facts.visits[0]) for leg in facts.legs] == [("support", True), ("support", True)]


def test_who_answers_for_an_earlier_queue_takes_part_in_the_visit_to_it() -> None:
    facts = fold(
        QUEUED,
        ANSWERED,
        event(Kind.CONTACT_QUEUED, 20, "sales"),
        event(Kind.CONTACT_ANSWERED, 30, "sales", "Bob"),
        event(Kind.CONTACT_ANSWERED, 40, "support", "Cy"),
    )
    assert [leg.visit.queue if leg.visit else None for leg in facts.legs] == ["support", "sales", "support"]


def test_an_agents_events_are_about_his_own_leg() -> None:
    facts = fold(
        *CONFERENCE,
        event(Kind.CONTACT_HELD, 30, agent="Ann"),
        event(Kind.CONTACT_RESUMED, 40, agent="Ann"),
        ENDED,
        event(Kind.CONTACT_WRAPPED_UP, 75, agent="Ann"),
        event(Kind.CONTACT_ENDED, 80, agent="Bob"),
    )
    assert [times(leg) for leg in facts.legs] == [(50_000, 10_000, 5_000), (60_000, None, None)]


def test_who_is_in_a_contact_twice_ends_the_later_part_and_then_the_earlier() -> None:
    facts = fold(*TWICE, event(Kind.CONTACT_ENDED, 50, agent="Ann"))
    assert [leg.ended_at for leg in facts.legs] == [moment(50), moment(30)]


def test_hold_is_of_the_part_that_still_runs() -> None:
    held = (event(Kind.CONTACT_HELD, 35, agent="Ann"), event(Kind.CONTACT_RESUMED, 40, agent="Ann"))
    facts = fold(*TWICE, *held, event(Kind.CONTACT_ENDED, 50, agent="Ann"))
    assert [times(leg) for leg in facts.legs] == [(35_000, 5_000, None), (10_000, None, None)]


def test_a_hold_begins_once_and_what_is_not_held_is_not_resumed() -> None:
    held = (event(Kind.CONTACT_HELD, 20, agent="Ann"), event(Kind.CONTACT_HELD, 25, agent="Ann"))
    resumed = (event(Kind.CONTACT_RESUMED, 30, agent="Ann"), event(Kind.CONTACT_RESUMED, 40, agent="Ann"))
    assert [times(leg) for leg in fold(QUEUED, ANSWERED, *held, *resumed, ENDED).legs] == [(50_000, 10_000, None)]


def test_a_hold_that_nobody_took_back_lasts_until_the_end() -> None:
    (leg,) = fold(QUEUED, ANSWERED, event(Kind.CONTACT_HELD, 50, agent="Ann"), ENDED).legs
    assert (times(leg), leg.held_at) == ((40_000, 20_000, None), None)


def test_hold_without_a_conversation_is_nothing() -> None:
    assert fold(QUEUED, event(Kind.CONTACT_HELD, 5), event(Kind.CONTACT_RESUMED, 6)).legs == []


def test_a_talk_time_that_includes_hold_says_that_there_was_none_when_none_was_told_of() -> None:
    (leg,) = fold(QUEUED, ANSWERED, event(Kind.CONTACT_ENDED, 70, agent="Ann", talk_s=60, talk_includes_hold=True)).legs
    assert times(leg) == (60_000, 0, None)


def test_a_talk_time_stated_as_unknown_is_not_counted_from_two_times() -> None:
    (leg,) = fold(QUEUED, ANSWERED, event(Kind.CONTACT_ENDED, 70, agent="Ann", talk_s=None)).legs
    assert times(leg) == (None, None, None)


def test_an_end_that_is_told_again_only_adds_a_talk_time() -> None:
    call = (QUEUED, ANSWERED, ENDED)
    assert told_again(*call) == (60_000, moment(70))
    assert told_again(*call, talk_s=55) == (55_000, moment(70))
    assert told_again(*call, talk_s=55, talk_includes_hold=True) == (60_000, moment(70))


def test_the_customer_may_be_gone_a_moment_before_the_agents_part_is_told_with_its_hold() -> None:
    call = (QUEUED, ANSWERED, event(Kind.CONTACT_ENDED, 70))
    (leg,) = fold(*call, event(Kind.CONTACT_ENDED, 71, agent="Ann", talk_s=45, hold_s=15)).legs
    assert (times(leg), leg.ended_at) == ((45_000, 15_000, None), moment(70))
    # a hold alone would be counted twice: the difference of the times has it already
    (leg,) = fold(*call, event(Kind.CONTACT_ENDED, 71, agent="Ann", hold_s=15)).legs
    assert times(leg) == (60_000, None, None)


def test_a_wrap_up_that_is_stated_wins_over_the_difference_of_two_times() -> None:
    (leg,) = fold(QUEUED, ANSWERED, ENDED, event(Kind.CONTACT_WRAPPED_UP, 90, agent="Ann", wrap_s=18)).legs
    assert times(leg) == (60_000, None, 18_000)


def test_a_wrap_up_ends_a_leg_whose_end_was_not_seen() -> None:
    (known,) = fold(QUEUED, ANSWERED, event(Kind.CONTACT_WRAPPED_UP, 90, agent="Ann", talk_s=60, wrap_s=20)).legs
    assert (times(known), known.ended_at) == ((60_000, None, 20_000), moment(70))
    # when talk went over into wrap-up nobody knows
    (unknown,) = fold(QUEUED, ANSWERED, event(Kind.CONTACT_WRAPPED_UP, 90, agent="Ann")).legs
    assert (unknown.talk_ms, unknown.ended_at) == (None, moment(90))


def times(leg: Leg) -> tuple[int | None, int | None, int | None]:
    return leg.talk_ms, leg.hold_ms, leg.wrap_ms


def told_again(*call: Event, **data: object) -> tuple[int | None, datetime | None]:
    (leg,) = fold(*call, event(Kind.CONTACT_ENDED, 71, agent="Ann", **data)).legs
    return leg.talk_ms, leg.ended_at


def test_a_wrap_up_whose_talk_was_not_seen_to_end_began_when_the_talk_ended() -> None:
    (leg,) = fold(QUEUED, ANSWERED, event(Kind.CONTACT_WRAPPED_UP, 90, agent="Ann", wrap_s=20)).legs
    assert (leg.ended_at, leg.talk_ms, leg.wrap_ms) == (moment(70), 60_000, 20_000)


# -- a source that tells states


def test_an_answer_told_again_as_a_state_ends_the_hold_and_begins_no_leg() -> None:
    held = event(Kind.CONTACT_HELD, 20, agent="Ann")
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_ANSWERED, 10, agent="Ann", is_state=True),
        held,
        event(Kind.CONTACT_ANSWERED, 25, agent="Ann", is_state=True),
        event(Kind.CONTACT_ENDED, 40, agent="Ann", is_state=True),
    )
    (leg,) = facts.legs
    assert (leg.talk_ms, leg.hold_ms) == (25_000, 5_000)


def test_an_answer_after_the_end_of_the_leg_is_a_new_leg_for_a_source_of_states_too() -> None:
    told = [
        (Kind.CONTACT_ANSWERED, 10),
        (Kind.CONTACT_ENDED, 20),
        (Kind.CONTACT_ANSWERED, 30),
        (Kind.CONTACT_ENDED, 45),
    ]
    legs = fold(QUEUED, *(event(kind, second, agent="Ann", is_state=True) for kind, second in told)).legs
    assert [leg.talk_ms for leg in legs] == [10_000, 15_000]


def test_the_end_of_a_side_that_only_rang_ends_its_ring() -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_RINGING, 5, agent="Ann"),
        event(Kind.CONTACT_RINGING, 5, agent="Ben"),
        event(Kind.CONTACT_ENDED, 15, agent="Ann", is_state=True, result="missed"),
        event(Kind.CONTACT_ENDED, 16, agent="Ben", is_state=True),
        event(Kind.CONTACT_ENDED, 17, agent="Cid", is_state=True),
    )
    assert [(ring.agent, ring.result, ring.ring_ms) for ring in facts.rings] == [
        ("Ann", "missed", 10_000),
        ("Ben", "cancelled", 11_000),
    ]
    assert (facts.legs, facts.visits[0].outcome) == ([], "open")
