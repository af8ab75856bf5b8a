"""Front: apps and rules prove themselves differently, events are the same; whole conversations."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._front_pull import body_of as read
from adapters._front_pull import steps as pull_steps
from adapters.front import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiResponse
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/front"
SETTINGS = {"secret": "test-secret"}
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LIFE = (
    "opened",
    "automatic_reply",
    "assigned",
    "unassigned_ignored",
    "comment",
    "moved",
    "agent_reply",
    "customer_reply",
    "second_reply",
    "archived",
    "reopened_by_rule_webhook",
    "assigned_by_rule_webhook",
    "archived_by_a_rule",
)


def by_app(body: bytes, age_s: float = 1, secret: str = "test-secret", **more: str) -> WebhookRequest:
    stamp = str(int((NOW.timestamp() - age_s) * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}:".encode() + body, hashlib.sha256).digest()
    signed = {"X-Front-Signature": base64.b64encode(digest).decode(), "X-Front-Request-Timestamp": stamp}
    return build_request(url=URL, body=body, headers={**signed, **more}, received_at=NOW)


def by_rule(body: bytes, secret: str = "test-secret") -> WebhookRequest:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha1).digest()).decode()
    return build_request(url=URL, body=body, headers={"X-Front-Signature": signature}, received_at=NOW)


def passes(request: WebhookRequest) -> bool:
    try:
        ADAPTER.verify(request, SETTINGS)
    except Rejected:
        return False
    return True


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("front") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any]) -> list[Event]:
    return list(ADAPTER.parse(by_app(json.dumps(body).encode()), SETTINGS))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=UTC)


def test_an_app_signs_its_time_and_a_rule_only_the_body() -> None:
    assert [passes(by_app(b"{}", age_s=age)) for age in (-301, -299, 0, 299, 301)] == [False, True, True, True, False]
    assert passes(by_rule(b"{}"))
    assert not passes(by_app(b"{}", secret="other"))
    assert not passes(by_rule(b"{}", secret="other"))
    assert not passes(by_app(b"{}").with_body(b"[]"))
    assert not passes(by_rule(b"{}").with_body(b"[]"))


def test_a_rules_signature_does_not_pass_for_an_apps() -> None:
    stale = by_rule(b"{}")
    request = build_request(
        url=URL, body=b"{}", headers={**stale.headers, "X-Front-Request-Timestamp": "1795514400000"}, received_at=NOW
    )
    assert not passes(request)


def test_a_challenge_is_repeated_only_when_it_is_signed() -> None:
    answer = ADAPTER.handshake(by_app(b"{}", **{"X-Front-Challenge": "made up"}), SETTINGS)
    assert answer is not None
    assert json.loads(answer.body) == {"challenge": "made up"}
    assert ADAPTER.handshake(by_app(b"{}", secret="other", **{"X-Front-Challenge": "made up"}), SETTINGS) is None


def test_a_conversation_from_its_beginning_to_its_second_archiving() -> None:
    facts = fold_ticket_of("front", *LIFE)
    assert facts.created_at == at("10:00:00")
    assert facts.first_response_at == at("10:20:00"), "neither the rule's answer nor the comment"
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (2, 1, 1)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600]
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00:00"), at("11:15:00")),
        (at("12:00:00"), at("12:30:00")),
    ]
    assert (facts.queue, facts.regroups, facts.agent) == ("Billing", 1, "bender")
    assert (facts.channel, facts.customer) == ("email", "made.up@example.com")


def test_a_teammates_own_message_waits_for_the_customer_first() -> None:
    facts = fold_ticket_of("front", "opened_by_agent")
    assert (facts.opened_by_agent, facts.agent_replies, facts.channel) == (True, 0, "messaging")
    assert facts.customer == "+37120000001"


def test_inboxes_and_teammates_get_their_names() -> None:
    facts = fold_ticket_of("front", *LIFE, names="inb_2 = Invoices\nbender = Bender")
    assert (facts.queue, facts.agent) == ("Invoices", "Bender")


def test_an_answer_without_an_author_is_no_persons() -> None:
    body = body_of("second_reply")
    del body["payload"]["target"]["data"]["author"]
    [event] = parse(body)
    assert (event.kind, event.agent, event.data["actor"]) == ("ticket.agent_replied", None, "system")


def test_what_a_rule_sends_in_a_teammates_name_is_no_persons() -> None:
    body = body_of("second_reply")
    body["payload"]["source"] = {"_meta": {"type": "rule"}, "data": {"id": "rul_1"}}
    [event] = parse(body)
    assert (event.kind, event.agent, event.data["actor"]) == ("ticket.agent_replied", None, "system")


def test_a_resource_of_the_api_is_no_delivery() -> None:
    assert parse({"_results": [], "_links": {}}) == []
    assert parse(body_of("opened")["payload"]["conversation"]) == []


def test_a_missing_field_is_named_by_its_path() -> None:
    body = body_of("archived")
    del body["payload"]["id"]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == "$.payload.id"


def read_by_api(*names: str) -> list[WebhookRequest]:
    """What the API shows of these deliveries' events."""
    bodies = [body_of(name) for name in names]
    events = [Payload(body["payload"] if "authorization" in body else body) for body in bodies]
    return [build_request(url="api:desk", method="PULL", body=read(event)) for event in events]


def test_the_api_tells_what_the_webhooks_tell_and_counts_nothing_twice() -> None:
    facts = fold_ticket_of("front", *LIFE)
    assert fold_requests("front", read_by_api(*LIFE)) == facts
    assert fold_requests("front", [*recorded("front", *LIFE), *read_by_api(*LIFE)]) == facts


@pytest.mark.parametrize("name", [*LIFE, "deleted", "moved", "opened_by_agent", "names"])
def test_an_event_of_the_api_is_that_of_its_webhook(name: str) -> None:
    [request] = read_by_api(name)
    assert list(ADAPTER.parse(request, {})) == parse(body_of(name))
    assert ADAPTER.delivery_key(request, {}) == ADAPTER.delivery_key(by_rule(json.dumps(body_of(name)).encode()), {})


def test_of_what_the_api_shows_no_text_is_kept() -> None:
    assert not [request for request in read_by_api(*LIFE) if b"made up" in request.body]


def test_a_next_page_elsewhere_is_not_asked_for() -> None:
    steps = pull_steps({"api_token": "test-token"}, NOW, None)
    next(steps)
    page = {"_results": [], "_pagination": {"next": "https://elsewhere.example.com/events"}}
    with pytest.raises(BadPayload, match="another place"):
        steps.send(ApiResponse(status=200, headers={}, body=json.dumps(page).encode()))
