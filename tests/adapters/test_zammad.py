"""Zammad: which proof passes, and whole tickets out of snapshots."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.zammad import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/zammad"
LIFE = (
    "created",
    "automatic_reply",
    "assigned",
    "internal_note",
    "public_note",
    "moved",
    "agent_reply_and_pending",
    "customer_reply",
    "reply_and_close",
    "tagged_after_closing",
    "reopened_by_customer",
    "closed_again",
)


def sent(body: dict[str, Any], secret: str = "test-secret", **headers: str) -> WebhookRequest:
    raw = json.dumps(body).encode()
    signature = "sha1=" + hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()
    return build_request(url=URL, body=raw, headers={"X-Hub-Signature": signature, **headers})


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("zammad") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def changed(name: str, part: str, settings: dict[str, str] | None = None, **values: object) -> list[Event]:
    body = body_of(name)
    body[part] |= values
    return list(ADAPTER.parse(sent(body), settings or {}))


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.value.removeprefix("ticket.") for event in events]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=UTC)


def test_the_signature_is_sha1_over_the_raw_body() -> None:
    ADAPTER.verify(sent({"ticket": {}}), {"secret": "test-secret"})
    for wrong in (sent({"ticket": {}}, secret="other"), sent({"ticket": {}}).with_body(b'{"ticket":{}}')):
        with pytest.raises(Rejected):
            ADAPTER.verify(wrong, {"secret": "test-secret"})


def test_a_webhook_without_a_token_is_refused_and_told_what_is_missing() -> None:
    with pytest.raises(Rejected, match="no signature token"):
        ADAPTER.verify(build_request(url=URL, body=b"{}"), {"secret": "test-secret"})


def test_a_ticket_from_its_beginning_to_its_second_closing() -> None:
    facts = fold_ticket_of("zammad", *LIFE)
    assert facts.created_at == at("10:00:00")
    assert facts.first_response_at == at("10:29:59.900"), "neither the automatic reply nor a note"
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (2, 2, 1)
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00:00"), at("11:20:00.030")),
        (at("12:00:00.020"), at("12:15:00")),
    ]
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in facts.pauses] == [
        ("customer", at("10:30:00"), at("11:00:00.020"))
    ]
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [1200]
    assert (facts.queue, facts.regroups, facts.agent, facts.channel) == ("Second Line", 1, "one@example.org", "email")
    assert [priority for _, priority in facts.priorities][-1] == "3 high"
    assert facts.customer == "+37120000001"


def test_a_closing_that_no_delivery_told_of_is_told_by_close_at() -> None:
    facts = fold_ticket_of(
        "zammad", *(name for name in LIFE if name not in ("reply_and_close", "tagged_after_closing"))
    )
    assert facts.reopens == 1
    assert facts.spans[0].solved_at == at("11:20:00.030")


def test_a_ticket_of_an_agent_waits_for_the_customer_first() -> None:
    facts = fold_ticket_of("zammad", "opened_by_agent")
    assert (facts.opened_by_agent, facts.agent_replies, facts.channel) == (True, 0, "voice")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("new", ["reopened", "resumed"]),
        ("Pending Close", ["reopened", "paused"]),
        ("closed", ["solved"]),
        ("merged", ["merged"]),
        ("removed", ["deleted"]),
        ("somewhere else", []),
    ],
)
def test_what_a_state_means(state: str, expected: list[str]) -> None:
    assert kinds(changed("assigned", "ticket", state=state)) == ["opened", "assigned", *expected]


def test_states_of_their_own_are_explained_by_the_administrator() -> None:
    own = {"states": "Done = solved\nclosed = open"}
    assert kinds(changed("assigned", "ticket", own, state="done"))[2:] == ["solved"]
    assert kinds(changed("assigned", "ticket", own, state="closed"))[2:] == ["reopened", "resumed"]


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ({"sender": "Agent", "type": "email", "internal": False}, ["agent_replied"]),
        ({"sender": "Agent", "type": "email", "internal": True}, ["noted"]),
        ({"sender": "Agent", "type": "note", "internal": False}, ["noted"]),
        ({"sender": "Customer", "type": "note", "internal": False}, ["customer_replied"]),
        ({"sender": "Somebody", "type": "email", "internal": False}, []),
    ],
)
def test_what_an_article_is(article: dict[str, Any], expected: list[str]) -> None:
    assert kinds(changed("customer_reply", "article", **article))[4:] == expected


def test_nobody_owns_what_the_user_minus_owns() -> None:
    [_, placed, *_] = changed("created", "ticket")
    assert (placed.agent, placed.queue) == (None, "Service Desk")


def test_a_custom_payload_is_told_in_words() -> None:
    with pytest.raises(BadPayload, match="custom payload off"):
        ADAPTER.parse(sent({"ticket": "10081"}, **{"X-Zammad-Trigger": "any"}), {})
    assert ADAPTER.parse(sent({"ticket": "10081"}), {}) == []


def test_a_missing_field_is_named_by_its_path() -> None:
    body = body_of("created")
    del body["ticket"]["updated_at"]
    with pytest.raises(BadPayload) as caught:
        ADAPTER.parse(sent(body), {})
    assert caught.value.path == "$.ticket.updated_at"
