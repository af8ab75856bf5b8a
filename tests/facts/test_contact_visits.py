"""A contact's stays in queues: how they begin, how they are left, and what is told of them later."""

from __future__ import annotations

import pytest
from contact_events import event, fold, moment

from plugin.contract.event import Kind

QUEUED = event(Kind.CONTACT_QUEUED, 0, "support")


def test_who_is_queued_elsewhere_while_he_waits_has_flowed_out() -> None:
    first, second = fold(QUEUED, event(Kind.CONTACT_QUEUED, 20, "sales")).visits
    assert (first.outcome, first.left_at, first.wait_ms) == ("flow_out", moment(20), 20_000)
    assert (second.queue, second.outcome, second.left_at) == ("sales", "open", None)


def test_who_goes_on_to_another_queue_has_not_abandoned_the_first() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ABANDONED, 20, "support"), event(Kind.CONTACT_QUEUED, 21, "sales"))
    assert [visit.outcome for visit in facts.visits] == ["flow_out", "open"]


def test_a_queue_without_a_name_is_a_queue() -> None:
    assert [visit.queue for visit in fold(event(Kind.CONTACT_QUEUED, 0)).visits] == [""]


@pytest.mark.parametrize(("by", "outcome"), [("system", "error"), ("customer", "abandoned"), (None, "abandoned")])
def test_an_end_while_waiting_is_abandoning_unless_the_system_made_it(by: str | None, outcome: str) -> None:
    (visit,) = fold(QUEUED, event(Kind.CONTACT_ENDED, 30, by=by)).visits
    assert (visit.outcome, visit.left_at, visit.wait_ms) == (outcome, moment(30), 30_000)


def test_an_event_of_another_queue_does_not_end_the_wait() -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ANSWERED, 12, "sales", "Bob"))
    assert [(visit.queue, visit.outcome) for visit in facts.visits] == [("support", "open"), ("sales", "answered")]


@pytest.mark.parametrize(
    ("kind", "outcome"), [(Kind.CONTACT_ANSWERED, "answered"), (Kind.CONTACT_VOICEMAIL, "voicemail")]
)
def test_an_entry_that_was_not_seen_was_as_long_ago_as_the_wait_that_is_stated(kind: Kind, outcome: str) -> None:
    (stated,) = fold(event(kind, 60, "support", wait_s=11.5)).visits
    assert (stated.outcome, stated.entered_at, stated.wait_ms) == (outcome, moment(48.5), 11_500)
    (unstated,) = fold(event(kind, 60, "support")).visits
    assert (unstated.outcome, unstated.entered_at, unstated.wait_ms) == (outcome, moment(60), None)


def test_a_contact_starts_no_later_than_its_first_entry_into_a_queue() -> None:
    assert fold(event(Kind.CONTACT_ANSWERED, 60, "support", wait_s=15)).started_at == moment(45)
    assert fold(event(Kind.CONTACT_OFFERED, -5), QUEUED).started_at == moment(-5)


@pytest.mark.parametrize(("wait_s", "wait_ms"), [(11.5, 11_500), (None, None)])
def test_a_wait_that_is_told_with_the_entry_holds_whatever_ends_it(wait_s: float | None, wait_ms: int | None) -> None:
    entered = event(Kind.CONTACT_QUEUED, 0, "support", wait_s=wait_s)
    for left in (event(Kind.CONTACT_ANSWERED, 60, agent="Ann"), event(Kind.CONTACT_ENDED, 60)):
        (visit,) = fold(entered, left).visits
        assert (visit.wait_ms, visit.left_at) == (wait_ms, moment(60))
    (visit,) = fold(entered, event(Kind.CONTACT_ABANDONED, 60, "support", wait_s=40)).visits
    assert visit.wait_ms == 40_000


def test_a_message_left_while_waiting_ends_the_wait() -> None:
    (visit,) = fold(QUEUED, event(Kind.CONTACT_CALLBACK_REQUESTED, 25)).visits
    assert (visit.outcome, visit.left_at, visit.wait_ms) == ("callback_requested", moment(25), 25_000)


def test_a_message_explains_the_last_visit_to_the_queue_that_it_names() -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_OVERFLOWED, 20, "support", reason="timeout"),
        event(Kind.CONTACT_QUEUED, 21, "sales"),
        event(Kind.CONTACT_OVERFLOWED, 40, "sales", reason="timeout"),
        event(Kind.CONTACT_VOICEMAIL, 45, "support"),
    )
    assert [visit.outcome for visit in facts.visits] == ["voicemail", "timeout"]


@pytest.mark.parametrize("wish", [Kind.CONTACT_CALLBACK_REQUESTED, Kind.CONTACT_VOICEMAIL])
def test_the_way_out_of_a_queue_may_be_told_after_the_wish_with_which_it_was_left(wish: Kind) -> None:
    left = event(Kind.CONTACT_OVERFLOWED, 41, "support", reason="flow_out", wait_s=40)
    (visit,) = fold(QUEUED, event(wish, 38), left).visits
    assert (visit.outcome, visit.wait_ms) == (wish.value.partition(".")[2], 38_000)
    # one that waited for another time is another visit
    again = event(Kind.CONTACT_OVERFLOWED, 90, "support", reason="flow_out", wait_s=20)
    assert [visit.outcome for visit in fold(QUEUED, event(wish, 38), again).visits] == [visit.outcome, "flow_out"]


def test_a_message_changes_nothing_about_a_visit_that_was_answered() -> None:
    answered = event(Kind.CONTACT_ANSWERED, 12, "support", "Ann")
    facts = fold(QUEUED, answered, event(Kind.CONTACT_ENDED, 30), event(Kind.CONTACT_VOICEMAIL, 33))
    assert [visit.outcome for visit in facts.visits] == ["answered"]


def test_a_message_without_any_queue_is_no_visit() -> None:
    assert fold(event(Kind.CONTACT_VOICEMAIL, 3)).visits == []


def test_what_happens_in_the_moment_of_a_restart_comes_after_it() -> None:
    (visit,) = fold(QUEUED, event(Kind.CONTACT_ENDED, 60), restarts=(60,)).visits
    assert (visit.outcome, visit.left_at) == ("error", moment(60))


def test_a_restart_ends_a_visit_then_and_not_at_the_next_event() -> None:
    (visit,) = fold(QUEUED, event(Kind.CONTACT_ENDED, 90), restarts=(60, 80)).visits
    assert (visit.outcome, visit.left_at) == ("error", moment(60))


def test_an_exit_that_was_logged_before_its_entry_is_a_visit_whose_entry_was_seen() -> None:
    (visit,) = fold(
        event(Kind.CONTACT_ABANDONED, 3, "support", wait_s=3), event(Kind.CONTACT_QUEUED, 60, "support")
    ).visits
    assert (visit.entered_at, visit.left_at, visit.inferred) == (moment(60), moment(60), False)
