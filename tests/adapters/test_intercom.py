"""Intercom: which proof passes, what parts mean, and whole conversations and tickets."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded
from whole_tickets import fold_requests, fold_survey_of, fold_ticket_of, seconds

from adapters._intercom_pull import body_of_item, steps
from adapters._intercom_words import state_change
from adapters.intercom import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiResponse
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.pull import Page
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/intercom"
LIFE = (
    "conversation_created",
    "bot_reply",
    "assigned_team",
    "assigned_teammate",
    "unassigned",
    "note",
    "first_reply_while_assigning",
    "snoozed",
    "unsnoozed",
    "customer_reply",
    "second_reply",
    "closed",
    "reopened_by_customer",
    "closed_with_a_reply",
)


def sent(body: dict[str, Any], secret: str = "test-secret", digest: str = "sha1") -> WebhookRequest:
    raw = json.dumps(body).encode()
    signature = hmac.new(secret.encode(), raw, digest).hexdigest()
    return build_request(url=URL, body=raw, headers={"X-Hub-Signature": f"{digest}={signature}"})


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("intercom") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def with_part(**values: object) -> list[Event]:
    """The events of a reply whose part is changed."""
    body = body_of("second_reply")
    body["data"]["item"]["conversation_parts"]["conversation_parts"][0] |= values
    return list(ADAPTER.parse(sent(body), {}))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}:00").replace(tzinfo=UTC)


def test_the_signature_is_sha1_over_the_raw_body() -> None:
    body = {"topic": "ping"}
    ADAPTER.verify(sent(body), {"secret": "test-secret"})
    for wrong in (sent(body, secret="other"), sent(body, digest="sha256"), sent(body).with_body(b'{"topic":"ping"}')):
        with pytest.raises(Rejected):
            ADAPTER.verify(wrong, {"secret": "test-secret"})


def test_a_signature_without_its_prefix_is_refused() -> None:
    bare = hmac.new(b"test-secret", b"{}", hashlib.sha1).hexdigest()
    request = build_request(url=URL, body=b"{}", headers={"X-Hub-Signature": bare})
    with pytest.raises(Rejected):
        ADAPTER.verify(request, {"secret": "test-secret"})


def test_only_head_is_a_check_of_the_address() -> None:
    answer = ADAPTER.handshake(build_request(url=URL, method="HEAD"), {})
    assert answer is not None
    assert answer.status == 200
    assert ADAPTER.handshake(build_request(url=URL, method="GET"), {}) is None


def test_a_conversation_from_its_beginning_to_its_second_closing() -> None:
    facts = fold_ticket_of("intercom", *LIFE)
    assert facts.created_at == at("10:00")
    assert facts.first_response_at == at("10:10"), (
        "neither the bot nor the note is a response, the assignment's text is"
    )
    assert seconds(facts.first_response_ms) == 600
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (3, 2, 1)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [300, 600]
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00"), at("10:40")),
        (at("11:00"), at("11:10")),
    ]
    assert seconds(facts.resolution_ms) == 70 * 60
    assert seconds(facts.requester_wait_ms) == 42 * 60, "40 minutes less 8 of snooze, and 10"
    assert (facts.queue, facts.agent, facts.channel, facts.status) == ("700", "9001", "chat", "solved")


def test_a_snooze_may_be_left_to_the_clocks() -> None:
    facts = fold_ticket_of("intercom", *LIFE, snoozed="ignore")
    assert not facts.pauses
    assert [pause.on for pause in fold_ticket_of("intercom", *LIFE, snoozed="other").pauses] == ["other"]


def test_a_ticket_tells_its_whole_history_and_repeats_none_of_it() -> None:
    told_once = fold_ticket_of("intercom", "ticket_created", "ticket_closed")
    told_often = fold_ticket_of("intercom", "ticket_created", "ticket_state", "ticket_closed", "ticket_resolved")
    assert told_once == told_often
    assert (told_once.agent_replies, told_once.customer_replies, told_once.reopens) == (2, 1, 0)
    assert seconds(told_once.first_response_ms) == 600
    assert seconds(told_once.resolution_ms) == 3000
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in told_once.pauses] == [
        ("customer", at("09:10"), at("09:30"))
    ]
    assert fold_ticket_of("intercom", "ticket_closed", "ticket_reopened").reopens == 1


def test_a_teammates_own_conversation_waits_for_the_customer_first() -> None:
    facts = fold_ticket_of("intercom", "conversation_of_a_teammate")
    assert facts.opened_by_agent
    assert facts.first_response_from is None
    assert facts.channel == "email"


def test_a_rating_is_of_the_notification_and_not_of_the_question() -> None:
    survey = fold_survey_of("intercom", "rated")
    [answer] = survey.answers
    assert (answer.answered_at.minute, answer.agent, answer.judged.score, survey.sent_at) == (50, "9001", 5, None)


def test_teams_and_teammates_get_their_names() -> None:
    facts = fold_ticket_of("intercom", *LIFE, names="700 = Billing\n9001 = Anna")
    assert (facts.queue, facts.agent) == ("Billing", "Anna")


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"part_type": "assignment", "body": None}, []),
        ({"part_type": "assignment", "body": "text"}, ["agent_replied"]),
        ({"part_type": "assignment", "assigned_to": {"type": "team", "id": "0"}, "body": None}, []),
        ({"part_type": "assign_and_unsnooze", "body": None}, ["resumed"]),
        ({"part_type": "note_and_reopen"}, ["noted", "reopened"]),
        (
            {"part_type": "quick_reply", "author": {"type": "lead", "id": "1"}},
            ["customer_replied", "reopened", "resumed"],
        ),
        ({"part_type": "title_changed", "body": "text"}, []),
        ({"part_type": "a_new_type"}, []),
    ],
)
def test_what_a_part_means(changes: dict[str, Any], kinds: list[str]) -> None:
    assert [event.kind.value for event in with_part(**changes)] == [f"ticket.{kind}" for kind in kinds]


def test_only_a_conversation_is_taken_up_again_by_the_customers_message() -> None:
    at_half_past_nine = [event for event in ADAPTER.parse(sent(body_of("ticket_closed")), {}) if event.order == 204]
    assert [event.kind.value for event in at_half_past_nine] == ["ticket.customer_replied", "ticket.resumed"]


@pytest.mark.parametrize(
    ("previous", "current", "kinds"),
    [
        ("submitted", "in_progress", []),
        ("resolved", "resolved", []),
        ("in_progress", "resolved", ["ticket.solved"]),
        ("resolved", "in_progress", ["ticket.reopened"]),
        ("resolved", "waiting_on_customer", ["ticket.reopened", "ticket.paused"]),
        ("waiting_on_customer", "in_progress", ["ticket.resumed"]),
        ("submitted", None, []),
    ],
)
def test_what_a_change_of_a_tickets_state_means(previous: str, current: str | None, kinds: list[str]) -> None:
    assert state_change(previous, current) == kinds


def test_a_bots_message_is_a_bots() -> None:
    [event] = with_part(author={"type": "bot", "id": "1"})
    assert (event.agent, event.data["actor"]) == (None, "bot")


def test_what_happened_in_one_second_is_ordered_by_the_ids_of_its_parts() -> None:
    orders = [event.order for name in LIFE for event in ADAPTER.parse(sent(body_of(name)), {}) if event.order]
    assert orders[:3] == [100, 101, 102]
    assert {event.order for event in with_part(id="not-a-number")} == {0}


def test_a_missing_field_is_named_by_its_path() -> None:
    body = body_of("closed")
    del body["data"]["item"]["id"]
    with pytest.raises(BadPayload) as caught:
        ADAPTER.parse(sent(body), {})
    assert caught.value.path == "$.data.item.id"
    with pytest.raises(BadPayload) as caught:
        with_part(created_at=None)
    assert caught.value.path == "$.data.item.conversation_parts.conversation_parts[0].created_at"


def read_by_api(*names: str) -> WebhookRequest:
    """What the API shows of a conversation after these notifications: it, with every part that they brought."""
    items = [body_of(name)["data"]["item"] for name in names]
    parts = [part for item in items for part in item["conversation_parts"]["conversation_parts"]]
    shown = items[0] | {"conversation_parts": {"conversation_parts": parts}, "conversation_rating": None}
    for item in items:
        shown["conversation_rating"] = item.get("conversation_rating") or shown["conversation_rating"]
    return build_request(url="api:desk", method="PULL", body=body_of_item("conversations", Payload(shown)))


def test_the_api_tells_what_the_webhooks_tell_and_counts_nothing_twice() -> None:
    hooks, read = recorded("intercom", *LIFE), read_by_api(*LIFE)
    facts = fold_ticket_of("intercom", *LIFE)
    assert fold_requests("intercom", [read]) == facts
    assert fold_requests("intercom", [*hooks, read]) == facts
    told = {event.dedupe_key for hook in hooks for event in ADAPTER.parse(hook, {})}
    assert {event.dedupe_key for event in ADAPTER.parse(read, {})} == told


def test_a_rating_that_a_webhook_told_is_the_one_that_the_api_shows() -> None:
    [hook] = recorded("intercom", "rated")
    [told] = ADAPTER.parse(hook, {})
    [*_, shown] = ADAPTER.parse(read_by_api("conversation_created", "rated"), {})
    assert (shown.dedupe_key, shown.subject, shown.data) == (told.dedupe_key, told.subject, told.data)


def test_in_the_api_a_rating_has_the_time_of_its_part() -> None:
    body = json.loads(read_by_api("conversation_created", "rated").body)
    question = body["item"]["conversation_rating"]["created_at"]
    author = {"type": "user", "id": "1"}
    part = {"id": "130", "part_type": "conversation_rating_changed", "created_at": question + 90, "author": author}
    body["item"]["conversation_parts"] = [part]
    [*_, answer] = ADAPTER.parse(build_request(url="api:desk", body=json.dumps(body)), {})
    assert answer.at.timestamp() == question + 90
    del body["item"]["conversation_parts"]
    body["item"]["conversation_rating"]["updated_at"] = question + 60
    [*_, answer] = ADAPTER.parse(build_request(url="api:desk", body=json.dumps(body)), {})
    assert answer.at.timestamp() == question + 60


def test_of_what_the_api_shows_no_text_and_no_name_is_kept() -> None:
    kept = read_by_api(*LIFE).body.decode()
    assert "made up" not in kept
    assert "Made Up" not in kept
    assert "Agent One" not in kept


def test_a_conversation_that_became_a_ticket_is_solved_by_its_state() -> None:
    shown = {**body_of("second_reply")["data"]["item"], "ticket": {"type": "ticket", "id": "1"}}
    assert json.loads(body_of_item("conversations", Payload(shown)))["deskgauge_read"] == "ticket"


def test_a_token_that_may_not_read_tickets_reads_conversations() -> None:
    reading = steps({"api_token": "test-token"}, datetime(2026, 11, 1, tzinfo=UTC), None)
    told = {"me": (200, b"{}"), "conversations/search": (200, b'{"conversations": []}'), "tickets/search": (401, b"")}
    asked = next(reading)
    pages = []
    while True:
        if isinstance(asked, Page):
            pages.append(asked)
        answer = None if isinstance(asked, Page) else told[asked.url.removeprefix("https://api.intercom.io/")]
        try:
            asked = reading.send(ApiResponse(status=answer[0], headers={}, body=answer[1])) if answer else next(reading)
        except StopIteration:
            break
    assert [page.cursor for page in pages] == ["tickets|2026-11-01T00:00:00+00:00|", "end"]
