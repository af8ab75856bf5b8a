"""Zoho Desk: whose events are believed, and whole tickets from snapshots, threads and comments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.zoho_desk import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event

URL = "https://kpi.example.com/hooks/zoho_desk"
SETTINGS = {
    "names": "1001 = Support\n1002 = Billing\n2001 = Ann",
    "statuses": "Waiting on customer = pending",
    "bots": "2009",
}
LIFE = (
    "ticket_add",
    "thread_description_ignored",
    "ticket_assigned",
    "comment_private",
    "thread_bot",
    "thread_draft_ignored",
    "thread_out",
    "ticket_waits",
    "thread_in",
    "ticket_goes_on",
    "ticket_moved",
    "ticket_closed",
    "ticket_closed_and_touched",
    "ticket_reopened",
    "ticket_closed_again",
)


def recorded(name: str) -> list[dict[str, Any]]:
    [fixture] = [fixture for fixture in load_fixtures("zoho_desk") if fixture.name == name]
    body: list[dict[str, Any]] = json.loads(fixture.request.body)
    return body


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


# Proof


def test_an_event_of_another_organisation_is_refused_also_behind_one_of_ours() -> None:
    ours, theirs = {"orgId": "1", "eventType": "Ticket_Add"}, {"orgId": "2", "eventType": "Ticket_Add"}
    ADAPTER.verify(build_request(url=URL, body=json.dumps([ours])), {"org_id": "1"})
    for body in ([theirs], [ours, theirs], theirs, [{"eventType": "Ticket_Add"}], "x"):
        with pytest.raises(Rejected):
            ADAPTER.verify(build_request(url=URL, body=json.dumps(body)), {"org_id": "1"})
    with pytest.raises(Rejected):
        ADAPTER.verify(build_request(url=URL, body=json.dumps([ours])), {})


@pytest.mark.parametrize("body", ["", " ", "{}", "[]", "[{}]"])
def test_the_trial_of_an_address_is_answered_and_says_nothing(body: str) -> None:
    request = build_request(url=URL, body=body)
    ADAPTER.verify(request, {"org_id": "1"})
    assert ADAPTER.parse(request, {}) == []
    assert ADAPTER.acknowledge(request, {}).status == 200
    looked = ADAPTER.handshake(build_request(url=URL, method="GET"), {})
    assert looked is not None
    assert (looked.status, looked.body) == (200, b"")


# Tickets


def test_a_ticket_from_its_mail_to_its_second_closing_has_its_times() -> None:
    facts = fold_ticket_of("zoho_desk", *LIFE, **SETTINGS)
    assert (facts.status, facts.agent, facts.queue, facts.priority) == ("closed", "Ann", "Billing", "high")
    assert (facts.channel, facts.agent_replies, facts.customer_replies) == ("email", 1, 1)
    assert (facts.reopens, facts.regroups, facts.customer) == (1, 1, "customer.one@example.com")
    assert seconds(facts.first_response_ms) == 20 * 60
    assert seconds(facts.first_resolution_ms) == 60 * 60
    assert facts.solved_at == datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1801)


def test_two_events_of_one_body_are_both_read() -> None:
    assert [event.kind.value for event in parse(recorded("two_in_one"))] == [
        "ticket.agent_replied",
        "ticket.customer_replied",
    ]


def test_a_status_counts_as_its_type_until_the_settings_say_more() -> None:
    facts = fold_ticket_of("zoho_desk", "ticket_on_hold_by_type")
    assert [pause.on for pause in facts.pauses] == ["other"]
    facts = fold_ticket_of("zoho_desk", "ticket_on_hold_by_type", statuses="Waiting for parts = open")
    assert facts.pauses == []


def test_a_public_comment_is_of_whoever_wrote_it() -> None:
    assert [event.kind.value for event in parse(recorded("comment_public"))] == ["ticket.customer_replied"]
    body = recorded("comment_public")
    body[0]["payload"]["commenter"]["type"] = "AGENT"
    assert [event.kind.value for event in parse(body)] == ["ticket.agent_replied"]


def test_a_bot_is_no_first_response() -> None:
    assert fold_ticket_of("zoho_desk", "ticket_add", "thread_bot", bots="2009").first_response_at is None
    assert fold_ticket_of("zoho_desk", "ticket_add", "thread_bot").first_response_at is not None


def test_a_ticket_of_a_call_is_linked_by_number_and_spam_and_deleted_ones_count_nowhere() -> None:
    facts = fold_ticket_of("zoho_desk", "ticket_by_phone")
    assert (facts.channel, facts.customer) == ("voice", "+37120000001")
    assert fold_ticket_of("zoho_desk", "ticket_by_phone", "ticket_spam").excluded == "spam"
    assert fold_ticket_of("zoho_desk", "ticket_by_phone", "ticket_deleted").excluded == "deleted"


@pytest.mark.parametrize(
    ("part", "path"),
    [("id", "$[0].payload.id"), ("createdTime", "$[0].payload.createdTime"), ("status", "$[0].payload.status")],
)
def test_a_missing_field_is_named(part: str, path: str) -> None:
    body = recorded("ticket_add")
    del body[0]["payload"][part]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == path
