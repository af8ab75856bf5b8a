"""Salesforce: who is believed, what XML may not do, and whole cases from snapshots and mail."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded as deliveries
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._salesforce_replay import FIELDS, TRACKED, states_of
from adapters._salesforce_soap import read_message
from adapters.salesforce import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected, Settings
from plugin.contract.api import ApiResponse
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/salesforce"
LIFE = (
    "case_created",
    "case_taken",
    "mail_sent",
    "case_waits",
    "mail_received",
    "case_goes_on",
    "case_closed",
    "case_touched_after_closing",
    "case_reopened",
    "case_closed_again",
)
ACK = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
)


def recorded(name: str) -> tuple[WebhookRequest, Settings]:
    [fixture] = [fixture for fixture in load_fixtures("salesforce") if fixture.name == name]
    return fixture.request, fixture.settings


def settings() -> dict[str, str]:
    found = recorded("case_created")[1]
    return {"names": str(found["names"]), "statuses": str(found["statuses"])}


# Proof


def test_a_message_of_another_organisation_is_refused() -> None:
    request, _ = recorded("case_created")
    ADAPTER.verify(request, {"organization": "00D240000000001"})
    ADAPTER.verify(request, {"organization": "00D240000000001AAA"})
    for organization in ("00D240000000002AAA", "00D24"):
        with pytest.raises(Rejected, match="Enter the id of your organisation"):
            ADAPTER.verify(request, {"organization": organization})


def test_the_way_of_one_is_no_way_around_the_proof_of_the_other() -> None:
    soap, flow = recorded("case_created")[0], recorded("flow_case")[0]
    with pytest.raises(Rejected):
        ADAPTER.verify(soap, {"secret": "test-secret"})
    with pytest.raises(Rejected):
        ADAPTER.verify(flow, {"organization": "00D240000000001AAA"})


@pytest.mark.parametrize(
    "trick",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        '<!DOCTYPE x SYSTEM "https://elsewhere.example/x.dtd"><x/>',
    ],
)
def test_what_xml_can_do_to_its_reader_is_refused(trick: str) -> None:
    request = build_request(url=URL, body=trick)
    with pytest.raises(Rejected):
        ADAPTER.verify(request, {"organization": "00D240000000001AAA"})
    with pytest.raises(BadPayload, match="not plain XML"):
        ADAPTER.parse(request, {})


def test_a_message_is_acknowledged_in_soap_and_known_again() -> None:
    request, given = recorded("two_in_one")
    answer = ADAPTER.acknowledge(request, given)
    assert (answer.status, answer.body.decode()) == (200, ACK)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert ADAPTER.acknowledge(recorded("flow_case")[0], given).status == 204
    keys = {ADAPTER.delivery_key(recorded(name)[0], given) for name in LIFE}
    assert len(keys) == len(LIFE)


# Cases


def test_a_case_from_its_creation_to_its_second_closing_has_its_times() -> None:
    facts = fold_ticket_of("salesforce", *LIFE, **settings())
    assert (facts.status, facts.agent, facts.queue, facts.priority) == ("closed", "Bob", "Second line", "high")
    assert (facts.agent_replies, facts.customer_replies, facts.reopens, facts.regroups) == (1, 1, 1, 1)
    assert seconds(facts.first_response_ms) == 30 * 60
    assert seconds(facts.first_resolution_ms) == 60 * 60
    assert facts.solved_at == datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1200)


def test_a_change_after_closing_neither_moves_the_solution_nor_reopens() -> None:
    facts = fold_ticket_of("salesforce", "case_created", "case_closed", "case_touched_after_closing", **settings())
    assert (facts.solved_at, facts.reopens) == (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), 0)


def test_a_case_whose_creation_was_not_told_is_as_old_as_it_is() -> None:
    facts = fold_ticket_of("salesforce", "case_closed", **settings())
    assert facts.created_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_an_unknown_status_is_open_until_the_settings_say_more() -> None:
    facts = fold_ticket_of("salesforce", "case_created", "case_waits", names="")
    assert (facts.status, facts.pauses) == ("open", [])


def test_a_user_whose_mail_is_automatic_answers_nobody() -> None:
    facts = fold_ticket_of("salesforce", "case_created", "mail_sent", bots="005000000000009AAA, 005000000000001AAA")
    assert (facts.first_response_at, facts.agent_replies) == (None, 0)


def test_a_flow_tells_the_same_and_what_mail_does_not() -> None:
    facts = fold_ticket_of(
        "salesforce", "flow_case", "flow_customer_reply", "flow_agent_reply", "flow_note", "flow_escalated"
    )
    assert (facts.channel, facts.customer_replies, facts.agent_replies, facts.escalations) == ("web", 1, 1, 1)
    assert seconds(facts.first_response_ms) == 25 * 60


@pytest.mark.parametrize(
    ("left_out", "path"),
    [
        ("CreatedDate", "Notification[0].sObject.CreatedDate"),
        ("LastModifiedDate", "Notification[0].sObject.LastModifiedDate"),
        ("Status", "Notification[0].sObject.Status"),
    ],
)
def test_a_field_that_was_not_chosen_is_named(left_out: str, path: str) -> None:
    request, given = recorded("case_created")
    body = request.body.replace(f"sf:{left_out}>".encode(), b"sf:Other>")
    with pytest.raises(BadPayload) as caught:
        ADAPTER.parse(request.with_body(body), given)
    assert caught.value.path == path


def test_a_flow_without_the_sample_body_is_told_so() -> None:
    with pytest.raises(BadPayload, match="sample body"):
        ADAPTER.parse(build_request(url=URL, body='{"Id": "00Q1"}'), {})


# The API


def cases_told() -> list[dict[str, Any]]:
    """The case of `LIFE` after each change, and what its e-mails are left out of."""
    records = [read_message(recorded(name)[0].body).records for name in LIFE if name.startswith("case_")]
    return [{name: record[name].raw for name in FIELDS} for [record] in records]


def history_of(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row is made when the case is saved, which is when it is closed; messages of this fixture were made seconds later."""
    rows = [
        {
            "Field": name,
            "OldValue": old[field],
            "NewValue": new[field],
            "CreatedDate": new["ClosedDate"] or new["LastModifiedDate"],
        }
        for old, new in pairwise(states)
        for name, field in TRACKED.items()
        if old[field] != new[field]
    ]
    named = {"Field": "Owner", "OldValue": "Support", "NewValue": "Ann", "CreatedDate": states[1]["LastModifiedDate"]}
    return [{**row, "Id": f"017{place}"} for place, row in enumerate([*rows, named])][::-1]


def read_by_api(**changed: Any) -> WebhookRequest:
    states = cases_told()
    closed = frozenset(state["Status"] for state in states if state["IsClosed"] in (True, "true"))
    history = [Payload(row) for row in history_of(states)]
    told: dict[str, Json] = {
        "deskgauge": 1,
        "event": "read",
        "cases": states_of(Payload({**states[-1], **changed}), history, closed),
        "emails": [
            {name: record[name].raw for name in ("Id", "ParentId", "Incoming", "Status", "MessageDate", "CreatedById")}
            for name in ("mail_sent", "mail_received")
            for record in read_message(recorded(name)[0].body).records
        ],
    }
    return build_request(url="api:desk", method="PULL", body=json.dumps(told))


def test_the_history_tells_each_state_as_a_message_told_it_and_counts_nothing_twice() -> None:
    hooks, facts = deliveries("salesforce", *LIFE), fold_ticket_of("salesforce", *LIFE, **settings())
    alone = fold_requests("salesforce", [read_by_api()], **settings())
    assert replace(alone, priorities=facts.priorities) == facts
    both = fold_requests("salesforce", [*hooks, read_by_api()], **settings())
    assert replace(both, priorities=facts.priorities) == facts
    told = {event.dedupe_key for hook in hooks for event in ADAPTER.parse(hook, settings())}
    read = {event.dedupe_key for event in ADAPTER.parse(read_by_api(), settings()) if "assigned" not in event.kind}
    assert {key for key in read - told if "closed" not in key} == set()


def test_a_case_without_a_history_of_its_status_is_told_as_it_is() -> None:
    case = {**cases_told()[-1]}
    assert states_of(Payload(case), [], frozenset()) == [case]


def test_kinds_of_records_that_an_organisation_lacks_are_none_and_refusals_are_told_of() -> None:
    assert ADAPTER.pull is not None
    given = {"base_url": "https://acme.my.salesforce.com", "client_id": "made", "client_secret": "up"}
    for code, is_refused in (("INVALID_TYPE", False), ("INVALID_FIELD", True)):
        steps = ADAPTER.pull.steps(given, datetime(2026, 11, 1, tzinfo=UTC), None)
        next(steps)
        steps.send(ApiResponse(status=200, headers={}, body=b'{"access_token": "made-up"}'))
        answer = ApiResponse(status=400, headers={}, body=json.dumps([{"errorCode": code}]).encode())
        if is_refused:
            with pytest.raises(BadPayload, match=code):
                steps.send(answer)
        else:
            assert getattr(steps.send(answer), "bodies", None) == []
