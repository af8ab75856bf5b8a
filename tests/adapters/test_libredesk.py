"""Libredesk: which proof passes, and whole conversations."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_survey_of, fold_ticket_of, seconds

from adapters.libredesk import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/libredesk"
LIFE = (
    "created",
    "automatic_reply",
    "assigned",
    "private_note",
    "agent_reply",
    "replied",
    "customer_reply",
    "opened_by_reply",
    "second_reply",
    "resolved",
    "closed_with_a_rating",
    "reopened",
    "resolved_again",
)


def sent(body: bytes, secret: str = "test-secret") -> WebhookRequest:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return build_request(url=URL, body=body, headers={"X-Libredesk-Signature": signature})


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("libredesk") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def changed(name: str, settings: dict[str, str] | None = None, **values: object) -> list[Event]:
    body = body_of(name)
    body["payload"] |= values
    return list(ADAPTER.parse(sent(json.dumps(body).encode()), settings or {}))


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.value.removeprefix("ticket.") for event in events]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=UTC)


def test_the_signature_is_sha256_over_the_raw_body() -> None:
    ADAPTER.verify(sent(b"{}"), {"secret": "test-secret"})
    for wrong in (sent(b"{}", secret="other"), sent(b"{}").with_body(b"[]")):
        with pytest.raises(Rejected):
            ADAPTER.verify(wrong, {"secret": "test-secret"})


def test_a_webhook_without_a_secret_is_refused_and_told_what_is_missing() -> None:
    with pytest.raises(Rejected, match="no secret"):
        ADAPTER.verify(build_request(url=URL, body=b"{}"), {"secret": "test-secret"})


def test_a_conversation_from_its_beginning_to_its_second_solution() -> None:
    facts = fold_ticket_of("libredesk", *LIFE)
    assert facts.created_at == at("10:00:00")
    assert facts.first_response_at == at("10:20:00"), "neither the automatic message nor the note"
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (2, 1, 1)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600]
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00:00"), at("11:15:00")),
        (at("12:00:00"), at("12:30:00")),
    ]
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in facts.pauses] == [
        ("customer", at("10:20:00.500"), at("11:00:00"))
    ]
    assert (facts.queue, facts.agent, facts.channel, facts.priority) == ("3", "7", "email", "Medium")
    assert facts.customer == "made.up@example.com"


def test_a_rating_is_told_with_whatever_comes_next_and_counts_once() -> None:
    survey = fold_survey_of("libredesk", "csat_asked", "closed_with_a_rating", "reopened", "resolved_again")
    [answer] = survey.answers
    assert (survey.sent_at, answer.answered_at, answer.judged.score) == (at("11:15:01"), at("11:30:00"), 5)
    assert answer.agent == "7"


def test_an_agents_own_conversation_waits_for_the_customer_first() -> None:
    facts = fold_ticket_of("libredesk", "created_by_agent", "older_version_assigned")
    assert (facts.opened_by_agent, facts.channel, facts.customer, facts.agent) == (
        True,
        "messaging",
        "+37120000001",
        "7",
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Open", ["reopened", "resumed"]),
        ("Replied", ["reopened", "paused"]),
        ("Snoozed", ["reopened", "paused"]),
        ("Resolved", ["solved"]),
        ("Closed", ["closed"]),
        ("Somewhere else", []),
    ],
)
def test_what_a_status_means(status: str, expected: list[str]) -> None:
    assert kinds(changed("resolved", new_status=status)) == expected


def test_statuses_of_their_own_are_explained_by_the_administrator() -> None:
    assert kinds(changed("resolved", {"statuses": "Replied = open"}, new_status="Replied")) == ["reopened", "resumed"]
    [reopened, paused] = changed("status_of_their_own", {"statuses": "at the supplier = on_hold"})
    assert (reopened.kind, paused.kind, paused.data["on"]) == ("ticket.reopened", "ticket.paused", "other")


def test_agents_and_teams_with_the_same_number_get_their_own_names() -> None:
    names = {"names": "agent 7 = Anna\nteam 7 = Billing"}
    body = body_of("assigned")
    body["payload"]["conversation"]["assigned_team_id"] = 7
    [event] = ADAPTER.parse(sent(json.dumps(body).encode()), names)
    assert (event.agent, event.queue) == ("Anna", "Billing")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"type": "activity"}, []),
        ({"private": True}, ["noted"]),
        ({"meta": '{"is_automated": true}'}, ["agent_replied"]),
        ({"meta": "no json"}, ["agent_replied"]),
        ({"type": "incoming"}, ["customer_replied", "reopened", "resumed"]),
    ],
)
def test_what_a_message_is(values: dict[str, Any], expected: list[str]) -> None:
    assert kinds(changed("second_reply", **values)) == expected


def test_an_automatic_message_is_a_bots() -> None:
    [event] = changed("second_reply", meta='{"is_automated": true}')
    assert (event.agent, event.data["actor"]) == (None, "bot")


def test_a_missing_field_is_named_by_its_path() -> None:
    with pytest.raises(BadPayload) as caught:
        changed("second_reply", conversation_uuid=None)
    assert caught.value.path == "$.payload.conversation_uuid"
