"""Freshdesk: which proof passes, what rules mean without the API, and what readings of it add up to."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures

from adapters.freshdesk import ADAPTER, HEADER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.facts.fold import TicketFacts, fold_survey, fold_ticket, in_order

URL = "https://kpi.example.com/hooks/freshdesk"
AT = datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC)
MINUTE_MS = 60_000


def recorded(name: str) -> dict[str, Any]:
    """The body of a fixture."""
    [fixture] = [fixture for fixture in load_fixtures("freshdesk") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: object, minutes: int = 0, **settings: str) -> list[Event]:
    request = build_request(url=URL, body=json.dumps(body), received_at=AT + timedelta(minutes=minutes))
    return list(ADAPTER.parse(request, settings))


def kinds(body: object, **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


def folded(names: list[str]) -> TicketFacts:
    events = {event.dedupe_key: event for name in names for event in parse(recorded(name))}
    return fold_ticket(in_order(events.values()))


def test_only_the_token_of_the_header_proves_anything() -> None:
    settings = {"token": ["new", "old"]}
    for token in ("new", "old"):
        ADAPTER.verify(build_request(url=URL, body="{}", headers={HEADER: token}), settings)
    for headers in ({}, {HEADER: ""}, {HEADER: "newer"}, {"Authorization": "new"}):
        with pytest.raises(Rejected, match=HEADER):
            ADAPTER.verify(build_request(url=URL, body="{}", headers=headers), settings)


# -- rules


def test_the_template_is_json_and_its_word_is_known() -> None:
    assert ADAPTER.template is not None
    body = json.loads(ADAPTER.template)
    assert parse(body) == []
    assert kinds({**body, "ticket_id": "1"}) == ["ticket.opened"]


def test_a_word_that_no_rule_knows_is_named() -> None:
    with pytest.raises(BadPayload, match=r"\$\.event: none of created, assigned"):
        parse({**recorded("rule_created"), "event": "opened"})


def test_a_body_of_ones_own_gets_the_hint() -> None:
    with pytest.raises(BadPayload, match="deskgauge connect freshdesk"):
        parse({"ticket": "11"})


def test_a_status_without_its_change_is_named() -> None:
    with pytest.raises(BadPayload, match=r"\$\.change: .*triggered_event"):
        parse({**recorded("rule_solved"), "change": "{priority:{from:1,to:2}}"})


def test_a_meaning_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadPayload, match="'finished' is none of"):
        parse(recorded("rule_solved"), statuses="4 = finished")


def test_the_same_step_a_minute_later_is_another_and_at_once_the_same() -> None:
    body = recorded("rule_waits_for_customer")
    first, again, later = (parse(body, minutes)[0].dedupe_key for minutes in (0, 0, 1))
    assert first == again != later


def test_rules_alone_tell_a_whole_ticket() -> None:
    steps = {
        "rule_created": 0,
        "rule_agent_reply": 12,
        "rule_waits_for_customer": 13,
        "rule_goes_on": 73,
        "rule_solved": 90,
        "rule_reopened": 100,
        "rule_closed": 130,
    }
    events = [event for name, minutes in steps.items() for event in parse(recorded(name), minutes)]
    random.Random(4).shuffle(events)
    facts = fold_ticket(in_order(events))
    assert facts.first_response_ms == 12 * MINUTE_MS
    assert (facts.reopens, facts.status, facts.agent, facts.queue) == (1, "closed", "Ann Agent", "Second line")
    assert (
        facts.requester_wait_ms == (130 - 60 - 10) * MINUTE_MS
    )  # without the pause, and without the ten minutes it was solved


def test_where_there_is_an_api_key_a_rule_only_pokes() -> None:
    assert kinds(recorded("rule_solved")) == ["ticket.solved"]
    assert kinds(recorded("rule_solved"), api_key="test-key") == []
    assert ADAPTER.pull is not None
    assert ADAPTER.pull.poked


# -- what the API shows


READINGS = ["read_new", "read_waiting", "read_going_on", "read_solved", "read_reopened", "read_closed"]


def test_readings_add_up_to_the_ticket_in_any_order_and_twice() -> None:
    for seed in range(5):
        names = READINGS + READINGS[:3]
        random.Random(seed).shuffle(names)
        facts = folded(names)
        assert facts.created_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
        assert facts.first_response_ms == 12 * MINUTE_MS
        assert [pause.ended_at for pause in facts.pauses] == [datetime(2026, 11, 24, 9, tzinfo=UTC)]
        assert (facts.reopens, facts.status) == (1, "closed")
        assert facts.resolution_ms == 140 * MINUTE_MS
        assert (facts.agent_replies, facts.customer_replies) == (2, 2)  # neither the note nor the mail to a third party
        assert [reply.reply_ms for reply in facts.replies] == [10 * MINUTE_MS]
        assert (facts.agent, facts.queue, facts.customer) == ("Ann Agent", "Second line", "5483")


def test_a_single_late_reading_knows_the_last_solution_only() -> None:
    facts = folded(["read_closed"])
    assert facts.resolution_ms == 140 * MINUTE_MS
    assert facts.reopens == 0


def test_a_status_of_ones_own_pauses_as_the_administrator_says() -> None:
    body = recorded("read_waiting")
    body["ticket"]["status"] = 8
    assert "ticket.paused" not in kinds(body)
    paused = [event for event in parse(body, statuses="8 = other") if event.kind.value == "ticket.paused"]
    assert [event.data["on"] for event in paused] == ["other"]


def test_a_new_ticket_goes_on_from_nothing() -> None:
    assert kinds(recorded("read_new")) == ["ticket.opened", "ticket.assigned"]
    assert "ticket.resumed" not in kinds(recorded("read_reopened"))


def test_a_neutral_rating_is_neither_good_nor_bad() -> None:
    scores = [parse(recorded(f"rating_{name}"))[0].data["score"] for name in ("happy", "neutral", "unhappy")]
    assert scores == ["good", "ok", "bad"]


def test_spam_and_deleted_tickets_are_left_out() -> None:
    assert folded(["read_spam"]).excluded == "spam"


def test_an_outbound_mail_waits_for_no_first_response() -> None:
    assert folded(["read_outbound"]).first_response_from is None


def test_a_new_rating_replaces_the_earlier_one() -> None:
    answers = fold_survey([parse(recorded(name))[0] for name in ("rating_happy", "rating_unhappy")]).answers
    assert [answer.judged.positive for answer in answers] == [1, 0]


def test_a_missing_field_is_named_by_its_path() -> None:
    body = recorded("read_new")
    del body["ticket"]["created_at"]
    with pytest.raises(BadPayload, match=r"\$\.ticket\.created_at"):
        parse(body)
