"""Surveys event by event: what they are about, when they were sent, and every answer that can be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.contract.event import Event, Kind
from plugin.facts.fold import Answer, Judged, SurveyFacts, fold_survey, in_order, judge

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(kind: Kind, minute: float, **more: Any) -> Event:
    named = {name: more.pop(name) for name in ("queue", "agent", "channel") if name in more}
    key = f"{kind}:{minute}:{named}:{more}"
    return Event(kind=kind, at=at(minute), subject="s", dedupe_key=key, data=more, **named)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def fold(*events: Event) -> SurveyFacts:
    return fold_survey(in_order(events))


SENT = event(
    Kind.SURVEY_SENT, 0, type="nps", scale="0-10", channel="chat", queue="help", agent="Ann", ticket="7", contact="c1"
)


def test_what_was_said_at_the_sending_holds_for_the_answer() -> None:
    facts = fold(SENT, event(Kind.SURVEY_ANSWERED, 5, score=9))
    answer = Answer(answered_at=at(5), scale="0-10", agent="Ann", judged=Judged(score=9, positive=1, negative=0))
    assert facts == SurveyFacts(
        type="nps",
        scale="0-10",
        channel="chat",
        queue="help",
        agent="Ann",
        sent_at=at(0),
        ticket="7",
        contact="c1",
        answers=[answer],
    )
    assert facts.last == answer


def test_an_answer_may_say_more_and_belongs_to_the_agent_who_has_it_then() -> None:
    first = event(Kind.SURVEY_ANSWERED, 5, score=3)
    second = event(
        Kind.SURVEY_ANSWERED,
        9,
        type="csat",
        scale="1-5",
        score=4,
        channel="web",
        queue="sales",
        agent="Bob",
        ticket="8",
        contact="c2",
    )
    facts = fold(SENT, first, second)
    assert [(one.scale, one.agent, one.judged.score) for one in facts.answers] == [
        ("0-10", "Ann", 3),
        ("1-5", "Bob", 4),
    ]
    assert (facts.type, facts.scale, facts.channel, facts.queue) == ("csat", "1-5", "web", "sales")
    assert (facts.agent, facts.ticket, facts.contact) == ("Bob", "8", "c2")


def test_a_survey_that_was_sent_again_was_sent_the_first_time() -> None:
    assert fold(SENT, event(Kind.SURVEY_SENT, 60)).sent_at == at(0)
    assert fold(event(Kind.SURVEY_ANSWERED, 5, scale="1-5", score=4)).sent_at is None


def test_a_survey_that_says_nothing_about_itself_asks_for_satisfaction() -> None:
    facts = fold(event(Kind.SURVEY_SENT, 0))
    assert (facts.type, facts.scale, facts.channel, facts.queue, facts.agent) == ("csat", "", "", "", "")
    assert (facts.ticket, facts.contact, facts.answers, facts.last) == (None, None, [], None)


def test_an_answer_that_cannot_be_read_is_none_and_the_one_before_stays() -> None:
    facts = fold(SENT, event(Kind.SURVEY_ANSWERED, 5, score=9), event(Kind.SURVEY_ANSWERED, 6, score="great"))
    assert [one.answered_at for one in facts.answers] == [at(5)]


@pytest.mark.parametrize(
    ("type_", "scale", "score", "expected"),
    [
        ("csat", "1-5", 1, Judged(score=1, positive=0, negative=1)),
        ("csat", "1-5", 5, Judged(score=5, positive=1, negative=0)),
        ("csat", "1-5", 3.5, Judged(score=3.5, positive=0, negative=0)),
        ("csat", "1-5", "4.5", Judged(score=4.5, positive=1, negative=0)),
        ("csat", "1-5", 0.9, None),
        ("csat", "1-5", 5.1, None),
        ("csat", "1-5", True, None),
        ("csat", "1-5", [4], None),
        ("csat", "1-9", 4, None),
        ("csat", "yes_no", "yes", Judged(score=None, positive=1, negative=0)),
        ("csat", "yes_no", 1, None),
        ("nps", "yes_no", "yes", None),
        ("fcr", "good_bad", "good", None),
        ("ces", "1-5", 5, Judged(score=5, positive=None, negative=None)),
    ],
)
def test_an_answer_is_judged_on_its_scale(type_: str, scale: str, score: object, expected: Judged | None) -> None:
    assert judge(type_, scale, score) == expected
