"""LiveAgent: which proof passes, and what its history and messages become."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures

from adapters.liveagent import ADAPTER, HEADER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.facts.fold import TicketFacts, fold_survey, fold_ticket, in_order

URL = "https://kpi.example.com/hooks/liveagent"
SETTINGS = {"token": "test-secret", "timezone": "Europe/Riga"}
MINUTE_MS = 60_000


def recorded(name: str) -> dict[str, Any]:
    """The body of a fixture."""
    [fixture] = [fixture for fixture in load_fixtures("liveagent") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), {**SETTINGS, **settings}))


def folded(*bodies: dict[str, Any], **settings: str) -> TicketFacts:
    events = {event.dedupe_key: event for body in bodies for event in parse(body, **settings)}
    return fold_ticket(in_order(event for event in events.values() if event.kind.about == "ticket"))


def test_only_the_token_of_the_header_proves_anything() -> None:
    settings = {"token": ["new", "old"]}
    for token in ("new", "old"):
        ADAPTER.verify(build_request(url=URL, headers={HEADER: token}), settings)
    for headers in ({}, {HEADER: "newer"}, {"apikey": "new"}):
        with pytest.raises(Rejected, match=HEADER):
            ADAPTER.verify(build_request(url=URL, headers=headers), settings)


def test_any_request_of_a_rule_pokes_and_means_nothing_else() -> None:
    for body in (ADAPTER.template or "", "", "ticket={$conv_code}", "<xml/>", "[1]"):
        assert ADAPTER.parse(build_request(url=URL, body=body), SETTINGS) == []


def test_pokes_of_different_minutes_are_kept_apart() -> None:
    at = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    first, again, later = (
        ADAPTER.delivery_key(build_request(url=URL, body="{}", received_at=at + timedelta(seconds=seconds)), SETTINGS)
        for seconds in (0, 30, 60)
    )
    assert first == again != later


def test_a_solved_ticket_has_its_times_however_often_and_in_which_order_it_is_read() -> None:
    bodies = [recorded(name) for name in ("new", "answered_and_waiting", "solved", "new")]
    for seed in range(5):
        random.Random(seed).shuffle(bodies)
        facts = folded(*bodies)
        assert facts.created_at == datetime(2026, 11, 24, 8, tzinfo=UTC)  # ten o'clock in Riga
        assert facts.first_response_ms == 12 * MINUTE_MS
        assert facts.resolution_ms == 90 * MINUTE_MS
        assert facts.requester_wait_ms == 42 * MINUTE_MS  # it waited for the customer for 48 minutes
        assert [reply.reply_ms for reply in facts.replies] == [10 * MINUTE_MS]
        assert (facts.agent_replies, facts.customer_replies) == (2, 1)  # the opening mail and the note are no replies
        assert (facts.agent, facts.queue, facts.status, facts.customer) == ("Ann Agent", "Support", "solved", "cont77")


def test_a_reopened_ticket_has_both_solutions() -> None:
    facts = folded(recorded("reopened_and_closed"))
    assert (facts.reopens, facts.status) == (1, "closed")
    assert facts.first_resolution_ms == 90 * MINUTE_MS
    assert facts.resolution_ms == 210 * MINUTE_MS


def test_a_transfer_changes_agent_and_department() -> None:
    facts = folded(recorded("transferred_and_postponed"))
    assert (facts.agent, facts.queue, facts.regroups) == ("Ben Backoffice", "Back office", 1)
    assert [pause.on for pause in facts.pauses] == ["other"]


@pytest.mark.parametrize(("name", "reason"), [("spam", "spam"), ("deleted", "deleted")])
def test_spam_and_deleted_tickets_are_left_out(name: str, reason: str) -> None:
    assert folded(recorded(name)).excluded == reason


def test_each_message_of_a_chat_is_by_one_side() -> None:
    facts = folded(recorded("chat"))
    assert facts.first_response_ms == 40_000
    assert (facts.agent_replies, facts.customer_replies, facts.channel) == (1, 1, "chat")


def test_an_automatic_mail_is_no_first_response() -> None:
    facts = folded(recorded("automatic_mail"))
    assert (facts.first_response_at, facts.agent_replies) == (None, 0)


def test_a_mail_of_an_agent_waits_for_the_customers_first_message() -> None:
    assert folded(recorded("mail_of_an_agent")).first_response_from == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(("name", "positive"), [("solved_and_rated", 1), ("punished", 0)])
def test_a_thumb_is_a_rating_of_the_agent_who_had_the_ticket(name: str, positive: int) -> None:
    events = [event for event in parse(recorded(name)) if event.kind.about == "survey"]
    answer = fold_survey(events).last
    assert answer is not None
    assert (answer.judged.positive, answer.agent) == (positive, "Ann Agent")


def test_a_status_means_what_the_administrator_says() -> None:
    assert folded(recorded("own_meaning_of_a_status"), statuses="A = open").pauses == []


def test_a_letter_that_nobody_knows_is_named() -> None:
    body = recorded("new")
    body["history"][0]["status"] = "Ž"
    with pytest.raises(BadPayload, match=r"\$\.history\[0\]\.status: the status 'Ž' is not known"):
        parse(body)


def test_without_its_zone_no_time_is_guessed() -> None:
    with pytest.raises(BadPayload, match=r"settings\.timezone"):
        parse(recorded("new"), timezone="")
    body = recorded("new")
    body["ticket"]["date_created"] = "2026-11-24T10:00:00+01:00"
    assert parse(body)[0].at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_missing_field_is_named_by_its_path() -> None:
    body = recorded("new")
    del body["history"][0]["date_from"]
    with pytest.raises(BadPayload, match=r"\$\.history\[0\]\.date_from"):
        parse(body)
