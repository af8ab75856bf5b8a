"""Zammad: which proof passes, and whole tickets out of snapshots."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._zammad_pull import body_of as read
from adapters.zammad import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiResponse
from plugin.contract.event import Event
from plugin.contract.payload import Payload
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


USERS = {
    "8": {"login": "made.up@example.com", "email": "made.up@example.com", "phone": "+37120000001"},
    "1": {"login": "-"},
    "20": {"login": "one@example.org"},
}


def read_by_api() -> WebhookRequest:
    """What the API shows in the end of `LIFE`: the ticket, the changes between its deliveries, and their articles."""
    bodies = [body_of(name) for name in LIFE]
    shown = [flat(body["ticket"]) for body in bodies]
    changes = [
        change(*pair, name) for pair in itertools.pairwise(shown) for name in ("state", "group", "owner", "priority")
    ]
    articles = {body["article"]["id"]: body["article"] for body in bodies}
    kept = [{**article, "created_by": article["created_by"]["login"]} for article in articles.values()]
    history = {"history": [each for each in changes if each], "assets": {"User": USERS}}
    body = read(Payload(shown[-1]), Payload(history), Payload(kept))
    return build_request(url="api:desk", method="PULL", body=body)


def flat(ticket: dict[str, Any]) -> dict[str, Any]:
    named = {name: ticket[name]["name"] for name in ("group", "priority")}
    owner = "1" if ticket["owner"]["login"] == "-" else "20"
    return {**ticket, **named, "owner": ticket["owner"]["login"], "owner_id": owner, "customer": "made.up@example.com"}


def change(before: dict[str, Any], after: dict[str, Any], name: str) -> dict[str, Any]:
    if before[name] == after[name]:
        return {}
    ids = {"id_from": before["owner_id"], "id_to": after["owner_id"]} if name == "owner" else {}
    values = {"value_from": before[name], "value_to": after[name], "created_at": after["updated_at"]}
    return {"object": "Ticket", "type": "updated", "attribute": name, **values, **ids}


def test_the_api_tells_what_the_webhooks_tell_and_counts_nothing_twice() -> None:
    facts = fold_ticket_of("zammad", *LIFE)
    both = fold_requests("zammad", [*recorded("zammad", *LIFE), read_by_api()])
    assert replace(both, stays=facts.stays, priorities=facts.priorities) == facts
    assert [name for _, name in both.stays] == [name for _, name in facts.stays]
    alone = fold_requests("zammad", [read_by_api()])
    assert (alone.spans, alone.pauses, alone.replies) == (facts.spans, facts.pauses, facts.replies)
    assert (alone.queue, alone.regroups, alone.agent, alone.customer) == (
        "Second Line",
        1,
        "one@example.org",
        facts.customer,
    )
    assert (alone.first_response_at, alone.reopens, alone.channel) == (facts.first_response_at, 1, "email")
    assert [name for name, _ in itertools.groupby(name for _, name in alone.priorities)] == ["2 normal", "3 high"]


def test_what_the_api_shows_of_a_change_is_the_event_of_its_webhook() -> None:
    told = {event.dedupe_key: event for name in LIFE for event in ADAPTER.parse(sent(body_of(name)), {})}
    shown = {event.dedupe_key: event for event in ADAPTER.parse(read_by_api(), {})}
    both = told.keys() & shown.keys()
    assert {key: shown[key] for key in both} == {key: told[key] for key in both}
    assert {key for key in shown if "2026-11-24T10:00:00+00:00" not in key and key not in told} == set()


def test_of_what_the_api_shows_no_text_is_kept() -> None:
    assert "made up" not in read_by_api().body.decode()


def test_a_zammad_that_ignores_conditions_is_told_of_and_not_asked_for_ever() -> None:
    assert ADAPTER.pull is not None
    settings = {"base_url": "https://help.example.com", "api_token": "test-token"}
    steps = ADAPTER.pull.steps(settings, datetime(2026, 11, 1, tzinfo=UTC), None)
    next(steps)
    old = [{"id": 1, "created_at": "2026-10-01T00:00:00.000Z", "updated_at": "2026-10-02T00:00:00.000Z"}]
    with pytest.raises(BadPayload, match="ignores conditions"):
        steps.send(ApiResponse(status=200, headers={}, body=json.dumps(old).encode()))
