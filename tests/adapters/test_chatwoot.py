"""Chatwoot: signed and unsigned versions, what messages and statuses mean, whole conversations."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_survey_of, fold_ticket_of, seconds

from adapters.chatwoot import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected, Settings
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/chatwoot/made-up"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LIFE = (
    "conversation_created",
    "first_message",
    "greeting",
    "bot_reply",
    "reply_of_a_rule",
    "assigned",
    "private_note",
    "agent_reply",
    "snoozed",
    "customer_reply",
    "opened_again_after_snooze",
    "second_reply",
    "resolved",
    "resolved_told_twice",
    "reopened",
    "resolved_again",
)


def sent(body: object, age_s: int = 1, secret: str = "test-secret", separator: str = ".") -> WebhookRequest:
    raw, stamp = json.dumps(body).encode(), str(int(NOW.timestamp()) - age_s)
    digest = hmac.new(secret.encode(), f"{stamp}{separator}".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"X-Chatwoot-Signature": f"sha256={digest}", "X-Chatwoot-Timestamp": stamp}
    return build_request(url=URL, body=raw, headers=headers, received_at=NOW)


def passes(request: WebhookRequest, settings: Settings) -> bool:
    try:
        ADAPTER.verify(request, settings)
    except Rejected:
        return False
    return True


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("chatwoot") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def kinds(body: dict[str, Any], **settings: str) -> list[str]:
    return [event.kind.value.removeprefix("ticket.") for event in parse(body, **settings)]


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=UTC)


def test_a_signed_request_passes_for_five_minutes() -> None:
    settings = {"secret": "test-secret"}
    assert [passes(sent({}, age_s=age), settings) for age in (-301, -299, 0, 299, 301)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not passes(sent({}, secret="other"), settings)
    assert not passes(sent({}, separator=""), settings)
    assert not passes(sent({}).with_body(b"[]"), settings)


def test_an_unsigned_request_needs_an_address_with_a_secret_part() -> None:
    bare = build_request(url=URL, body=b"{}")
    assert passes(bare, {"path_secret": "made-up-and-long"})
    assert not passes(bare, {})
    assert not passes(bare, {"path_secret": "made-up-and-long", "secret": "test-secret"})


def test_a_conversation_from_its_beginning_to_its_second_solution() -> None:
    facts = fold_ticket_of("chatwoot", *LIFE)
    assert facts.created_at == at("10:00:00")
    assert facts.first_response_at == at("10:10:00"), "neither greeting, bot, rule nor note"
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (2, 1, 1)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600]
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00:00"), at("10:45:00.500")),
        (at("11:00:00.500"), at("11:30:00.500")),
    ]
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in facts.pauses] == [
        ("customer", at("10:11:00.500"), at("10:30:00"))
    ]
    assert (facts.queue, facts.agent, facts.channel, facts.priority) == ("5", "Agent One", "chat", "high")
    assert facts.customer == "+37120000001"


def test_a_message_makes_up_for_a_change_of_status_that_was_not_sent() -> None:
    facts = fold_ticket_of("chatwoot", *(name for name in LIFE if name != "opened_again_after_snooze"))
    assert facts.pauses[0].ended_at == at("10:30:00")


def test_a_rating_is_of_the_message_that_asked_for_it() -> None:
    survey = fold_survey_of("chatwoot", "csat_sent", "csat_answered")
    [answer] = survey.answers
    assert (survey.sent_at, survey.ticket, survey.agent) == (at("10:45:02"), "42", "Agent One")
    assert (answer.answered_at, answer.judged.score) == (at("10:50:00"), 5)


def test_an_agents_own_conversation_waits_for_the_customer_first() -> None:
    facts = fold_ticket_of("chatwoot", "opened_by_agent")
    assert (facts.opened_by_agent, facts.agent_replies, facts.channel) == (True, 0, "messaging")


def test_an_older_version_without_times_and_signatures_is_read_as_well() -> None:
    facts = fold_ticket_of("chatwoot", "old_message", "old_status")
    assert facts.customer_replies == 1
    assert facts.solved_at == at("12:00:03"), "two seconds before its arrival it was signed"


@pytest.mark.parametrize(
    ("status", "settings", "expected"),
    [
        ("open", {}, ["reopened", "resumed"]),
        ("resolved", {}, ["solved"]),
        ("snoozed", {}, ["reopened", "paused"]),
        ("snoozed", {"snoozed": "ignore"}, ["reopened", "resumed"]),
        ("pending", {}, ["reopened", "resumed"]),
        ("pending", {"pending": "customer"}, ["reopened", "paused"]),
        ("a new one", {}, []),
    ],
)
def test_what_a_status_means(status: str, settings: dict[str, str], expected: list[str]) -> None:
    assert kinds({**body_of("resolved"), "status": status}, **settings)[1:] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"message_type": 1}, ["agent_replied"]),
        ({"message_type": "outgoing", "private": True}, ["noted"]),
        ({"message_type": "outgoing", "sender": {"id": 3, "name": "Bot", "type": "agent_bot"}}, ["agent_replied"]),
        ({"message_type": "incoming", "sender": {"id": 77}}, ["customer_replied", "reopened", "resumed"]),
        ({"message_type": "activity"}, []),
        ({"message_type": "a new one"}, []),
    ],
)
def test_what_a_message_means(changes: dict[str, Any], expected: list[str]) -> None:
    assert kinds({**body_of("agent_reply"), **changes}) == expected


def test_only_an_agent_is_human() -> None:
    actors = [parse({**body_of("agent_reply"), "sender": sender})[0].data["actor"] for sender in SENDERS]
    assert actors == ["human", "bot", "bot"]


SENDERS: list[dict[str, Any] | None] = [
    {"id": 1, "name": "Agent One", "type": "user"},
    {"id": 3, "name": "Bot", "type": "agent_bot"},
    None,
]


def test_a_queue_is_an_inbox_or_a_team() -> None:
    assert [fold_ticket_of("chatwoot", "assigned", **settings).queue for settings in QUEUES] == [
        "5",
        "Website",
        "billing",
    ]


QUEUES: list[dict[str, str]] = [{}, {"inboxes": "5 = Website"}, {"queue_from": "team"}]


def test_a_missing_field_and_a_time_that_is_none_are_named_by_their_paths() -> None:
    for field, value, path in (("conversation", None, "$.conversation"), ("created_at", "soon", "$.created_at")):
        with pytest.raises(BadPayload) as caught:
            parse({**body_of("agent_reply"), field: value})
        assert caught.value.path == path
