"""Kustomer: the signature, computed here by the documented rule, and whole conversations."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.kustomer import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event

URL = "https://kpi.example.com/hooks/kustomer"
TEAMS = "6100000000000000000000t1 = Support\n6100000000000000000000t2 = Second line\n6100000000000000000000u1 = Ann"
BOT = "6100000000000000000000b1"
LIFE = (
    "conversation_created",
    "first_message_ignored",
    "automatic_message",
    "bot_message",
    "assigned",
    "agent_message",
    "snoozed",
    "customer_message",
    "snooze_over",
    "moved",
    "done",
    "reopened",
    "done_again",
    "tagged_ignored",
)


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("kustomer") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def test_the_body_is_signed_as_the_vendor_says() -> None:
    body = '{"id":"6717c2b1e5b1f00012ab3511","name":"kustomer.conversation.update"}'
    signature = hmac.new(b"token", body.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Kustomer-Webhook-Signature": signature}
    ADAPTER.verify(build_request(url=URL, body=body, headers=headers), {"token": ["newer", "token"]})
    for broken, token in ((body + " ", "token"), (body, "another")):
        with pytest.raises(Rejected, match="does not match"):
            ADAPTER.verify(build_request(url=URL, body=broken, headers=headers), {"token": token})


def test_a_conversation_from_its_first_message_to_its_second_end_has_its_times() -> None:
    facts = fold_ticket_of("kustomer", *LIFE, names=TEAMS, bots=BOT)
    assert (facts.status, facts.agent, facts.queue, facts.priority) == ("solved", "Ann", "Second line", "5")
    assert (facts.channel, facts.agent_replies, facts.customer_replies) == ("email", 1, 1)
    assert (facts.reopens, facts.regroups) == (1, 1)
    assert seconds(facts.first_response_ms) == 20 * 60
    assert seconds(facts.first_resolution_ms) == 60 * 60 + 0.25
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1801)


def test_a_bot_that_is_not_named_would_be_the_first_response() -> None:
    facts = fold_ticket_of("kustomer", *LIFE, names=TEAMS)
    assert seconds(facts.first_response_ms) == 2 * 60


def test_a_snooze_may_wait_for_somebody_else() -> None:
    facts = fold_ticket_of("kustomer", *LIFE, names=TEAMS, snoozed="on_hold")
    assert [pause.on for pause in facts.pauses] == ["other"]
    with pytest.raises(BadPayload, match="snoozed: 'ever': write pending or on_hold"):
        parse(recorded("snoozed"), snoozed="ever")


def test_the_routing_queue_may_count_as_the_queue() -> None:
    body = recorded("assigned")
    body["data"]["attributes"]["queue"] = {"id": "6100000000000000000000q1"}
    names = "6100000000000000000000q1 = Mail"
    assert [event.queue for event in parse(body, names=names, queue_from="queue")] == ["Mail"]
    assert [event.queue for event in parse(body, names=names)] == ["6100000000000000000000t1"]


def test_a_conversation_that_the_team_began_and_finished_is_of_an_agent() -> None:
    facts = fold_ticket_of("kustomer", "outbound_done_at_once")
    assert (facts.opened_by_agent, facts.status) == (True, "solved")


def test_a_change_of_nothing_that_counts_is_ignored() -> None:
    for name in ("tagged_ignored", "customer_ignored", "first_message_ignored"):
        assert parse(recorded(name)) == []


@pytest.mark.parametrize(
    ("part", "path"),
    [("createdAt", "$.data.attributes.createdAt"), ("status", "$.data.attributes.status")],
)
def test_a_missing_field_is_named(part: str, path: str) -> None:
    body = recorded("conversation_created")
    del body["data"]["attributes"][part]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == path
