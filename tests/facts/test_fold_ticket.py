"""Whole tickets and surveys, with the facts that follow written as literals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.contract.event import Event, Kind
from plugin.facts.fold import TicketFacts, fold_survey, fold_ticket, in_order

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(kind: Kind, minute: float, **more: Any) -> Event:
    named = {name: more.pop(name) for name in ("queue", "agent") if name in more}
    at = NINE + timedelta(minutes=minute)
    return Event(kind=kind, at=at, subject="7", dedupe_key=f"{kind}:{minute}:{named}:{more}", data=more, **named)


def fold(*events: Event) -> TicketFacts:
    return fold_ticket(in_order(events))


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


OPENED = event(Kind.TICKET_OPENED, 0, queue="Billing")
REPLIED = event(Kind.TICKET_AGENT_REPLIED, 20, agent="Ann", actor="human")
SOLVED = event(Kind.TICKET_SOLVED, 60)


def test_a_ticket_solved_with_one_reply_was_solved_at_first_contact() -> None:
    facts = fold(OPENED, REPLIED, SOLVED)
    assert (facts.first_response_at, facts.solved_at, facts.at_first_contact) == (at(20), at(60), True)
    assert (facts.status, facts.queue, facts.agent, facts.reopens) == ("solved", "Billing", "Ann", 0)


@pytest.mark.parametrize(
    "spoiler",
    [
        event(Kind.TICKET_AGENT_REPLIED, 30, agent="Ann", actor="human"),
        event(Kind.TICKET_ASSIGNED, 30, queue="Technology"),
    ],
)
def test_a_second_reply_or_another_group_is_no_first_contact_solution(spoiler: Event) -> None:
    assert not fold(OPENED, REPLIED, spoiler, SOLVED).at_first_contact


def test_notes_and_bots_are_no_first_response() -> None:
    facts = fold(
        OPENED, event(Kind.TICKET_NOTED, 1, agent="Ann"), event(Kind.TICKET_AGENT_REPLIED, 2, actor="bot"), REPLIED
    )
    assert facts.first_response_at == at(20)
    assert facts.agent_replies == 1


def test_a_reopened_ticket_is_open_again_and_solved_when_it_is_last_solved() -> None:
    reopened = event(Kind.TICKET_REOPENED, 90)
    assert fold(OPENED, SOLVED, reopened).solved_at is None
    facts = fold(OPENED, SOLVED, reopened, event(Kind.TICKET_SOLVED, 120))
    assert (facts.first_solved_at, facts.solved_at, facts.reopens) == (at(60), at(120), 1)
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [(at(0), at(60)), (at(90), at(120))]


def test_after_a_bots_solution_the_first_response_is_measured_from_the_reopening() -> None:
    facts = fold(
        OPENED,
        SOLVED,
        event(Kind.TICKET_REOPENED, 7000),
        event(Kind.TICKET_AGENT_REPLIED, 7010, agent="Ann", actor="human"),
    )
    assert facts.first_response_from == at(7000)
    assert facts.first_response_at == at(7010)


def test_closing_four_days_later_does_not_move_the_solution() -> None:
    facts = fold(OPENED, SOLVED, event(Kind.TICKET_CLOSED, 5820))
    assert (facts.solved_at, facts.closed_at, facts.status) == (at(60), at(5820), "closed")
    assert fold(OPENED, event(Kind.TICKET_CLOSED, 30)).solved_at == at(30)


def test_being_told_twice_that_it_is_solved_changes_nothing() -> None:
    assert fold(OPENED, SOLVED, event(Kind.TICKET_SOLVED, 61)).solved_at == at(60)


def test_a_ticket_whose_opening_was_not_seen_has_its_stated_age() -> None:
    facts = fold(event(Kind.TICKET_SOLVED, 60, created_at="2026-03-02T08:00:00+00:00"))
    assert facts.created_at == at(-60)


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        (Kind.TICKET_DELETED, {"reason": "spam"}, "spam"),
        (Kind.TICKET_DELETED, {}, "deleted"),
        (Kind.TICKET_MERGED, {}, "merged"),
    ],
)
def test_spam_deleted_and_merged_tickets_are_left_out_by_name(kind: Kind, data: dict[str, Any], reason: str) -> None:
    assert fold(OPENED, event(kind, 5, **data)).excluded == reason


TICKET = (
    OPENED,
    REPLIED,
    SOLVED,
    event(Kind.TICKET_REOPENED, 90),
    event(Kind.TICKET_SOLVED, 120),
    event(Kind.TICKET_CLOSED, 900),
)


@given(st.permutations(TICKET))
def test_the_order_of_arrival_has_no_say(arrived: list[Event]) -> None:
    assert fold(*arrived) == fold(*TICKET)


@pytest.mark.parametrize(
    ("type_", "scale", "score", "positive", "negative"),
    [
        ("csat", "1-5", 4, 1, 0),
        ("csat", "1-5", 3, 0, 1),
        ("csat", "1-7", 6, 1, 0),
        ("csat", "1-7", 5, 0, 1),
        ("csat", "1-10", 8, 1, 0),
        ("csat", "1-10", 7, 0, 1),
        ("csat", "1-10", 0, None, None),
        ("csat", "0-10", 8, 1, 0),
        ("nps", "0-10", 0, 0, 1),
        ("nps", "0-10", 6, 0, 1),
        ("nps", "0-10", 7, 0, 0),
        ("nps", "0-10", 8, 0, 0),
        ("nps", "0-10", 9, 1, 0),
        ("nps", "1-5", 5, None, None),
        ("ces", "1-7", 5, 1, 0),
        ("ces", "1-7", 4, 0, 1),
        ("fcr", "yes_no", "yes", 1, 0),
        ("fcr", "yes_no", "no", 0, 1),
        ("fcr", "1-5", 5, None, None),
        ("csat", "good_bad", "good", 1, 0),
        ("csat", "good_ok_bad", "ok", 0, 0),
        ("csat", "good_bad", "ok", None, None),
        ("csat", "yes_no", "no", 0, 1),
        ("csat", "1-5", "5", 1, 0),
        ("csat", "1-5", None, None, None),
        ("csat", "1-5", "", None, None),
        ("csat", "1-5", 6, None, None),
        ("csat", "1-5", float("nan"), None, None),
    ],
)
def test_an_answer_is_positive_by_its_scale_and_a_blank_is_no_answer(
    type_: str, scale: str, score: Any, positive: int | None, negative: int | None
) -> None:
    facts = fold_survey([event(Kind.SURVEY_ANSWERED, 5, type=type_, scale=scale, score=score)])
    judged = facts.last.judged if facts.last else None
    assert (judged and judged.positive, judged and judged.negative) == (positive, negative)


def test_an_effort_score_of_the_first_kind_has_a_mean_and_no_share() -> None:
    (answer,) = fold_survey([event(Kind.SURVEY_ANSWERED, 5, type="ces", scale="1-5", score=2)]).answers
    assert (answer.judged.score, answer.judged.positive, answer.judged.negative) == (2, None, None)


def test_a_changed_rating_keeps_what_was_given_before() -> None:
    bad, good = (
        event(Kind.SURVEY_ANSWERED, m, type="csat", scale="good_bad", score=s) for m, s in ((5, "bad"), (9, "good"))
    )
    facts = fold_survey(in_order([good, bad]))
    assert [(each.answered_at, each.judged.positive) for each in facts.answers] == [(at(5), 0), (at(9), 1)]
