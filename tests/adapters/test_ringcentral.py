"""RingCentral: tokens, the check of an address, states of parties, and whole calls, made up and recorded, up to their facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, shared_payloads
from whole_calls import fold_call, fold_states, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts, fold_contact, in_order

RC = find_adapters()["ringcentral"]
URL = "https://kpi.example.com/hooks/rc/0d1f2a3b"
NAMES = {"queues": "7001 = Support\n7002 = Back office", "agents": "101 = Ada Example\n102 = Grace Example"}
TOKENS = {"verification_token": ["new-token", "old-token"]}


def call(name: str) -> ContactFacts:
    """The facts of a made-up call of which every notification is a fixture `<name>_…`, in any order."""
    names = [path.stem for path in (FIXTURES / "ringcentral").glob(f"{name}_*.json")]
    return fold_call("ringcentral", *sorted(names), **NAMES)


def notification(**party: Any) -> WebhookRequest:
    full = {
        "id": "p-1",
        "direction": "Inbound",
        "extensionId": "101",
        "to": {"extensionId": "101"},
        "from": {},
        "status": {"code": "Proceeding"},
        "missedCall": False,
        **party,
    }
    body = {
        "sequence": 2,
        "telephonySessionId": "s-1",
        "eventTime": "2026-11-24T10:00:00.000Z",
        "parties": [full],
    }
    return build_request(
        url=URL, body=json.dumps({"event": "/restapi/v1.0/account/1/telephony/sessions", "body": body})
    )


def told(**party: Any) -> list[Event]:
    return list(RC.parse(notification(**party), NAMES))


# -- proof


@pytest.mark.parametrize("header", ["Verification-Token", "Validation-Token"])
@pytest.mark.parametrize("token", ["new-token", "old-token"])
def test_either_live_token_is_accepted_in_either_header(header: str, token: str) -> None:
    RC.verify(build_request(url=URL, body="{}", headers={header: token}), TOKENS)


@pytest.mark.parametrize("headers", [{}, {"Verification-Token": ""}, {"Verification-Token": "other"}])
def test_any_other_request_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Rejected, match="token"):
        RC.verify(build_request(url=URL, body="{}", headers=headers), TOKENS)


def test_the_check_of_an_address_is_answered_with_its_token() -> None:
    answer = RC.handshake(build_request(url=URL, body="", headers={"Validation-Token": "0a1b"}), TOKENS)
    assert answer is not None
    assert (answer.status, dict(answer.headers), answer.body) == (200, {"Validation-Token": "0a1b"}, b"")


def test_a_delivery_that_carries_its_token_in_the_old_header_is_no_check_of_the_address() -> None:
    request = build_request(url=URL, body='{"event": "x"}', headers={"Validation-Token": "new-token"})
    assert RC.handshake(request, TOKENS) is None


@pytest.mark.parametrize("token", ["a\r\nSet-Cookie: x", "", "x" * 513])
def test_nothing_but_a_token_is_sent_back(token: str) -> None:
    with pytest.raises(Rejected):
        RC.handshake(build_request(url=URL, body="", headers={"Validation-Token": token}), TOKENS)


# -- single notifications


@pytest.mark.parametrize(
    ("reason", "missed", "result"),
    [
        ("NoAnswer", False, "missed"),
        ("Timeout", False, "missed"),
        ("Rejected", False, "declined"),
        ("TargetBusy", False, "declined"),
        ("Cancelled", False, "cancelled"),
        (None, False, "cancelled"),
        (None, True, "missed"),
    ],
)
def test_the_end_of_an_agents_side_says_how_his_ring_ended(reason: str | None, missed: bool, result: str) -> None:
    (event,) = told(status={"code": "Disconnected", "reason": reason}, missedCall=missed)
    assert (event.kind, event.agent, event.data["result"]) == ("contact.ended", "Ada Example", result)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("NoAnswer", ["timeout"]),
        ("Timeout", ["timeout"]),
        ("CallerInputRedirect", ["key"]),
        ("CallRedirected", ["flow_out"]),
        ("AgentAnswered", []),
        ("CallFinished", []),
        (None, []),
    ],
)
def test_a_queue_is_left_without_an_agent_for_some_reasons_only(reason: str | None, expected: list[str]) -> None:
    events = told(extensionId="7001", to={"extensionId": "7001"}, status={"code": "Disconnected", "reason": reason})
    assert [event.data["reason"] for event in events] == expected


def test_a_queue_that_nobody_named_is_called_as_ringcentral_calls_it() -> None:
    request = notification(to={"extensionId": "7009", "name": "Sales"}, queueCall=True)
    assert [event.queue for event in RC.parse(request, {})] == ["Sales"]
    assert [event.agent for event in RC.parse(request, {})] == ["101"]


def test_a_call_that_comes_to_an_agent_by_another_extension_is_in_no_queue() -> None:
    assert [event.queue for event in told(to={"extensionId": "102", "name": "Grace Example"})] == [None]


def test_a_call_that_is_addressed_to_the_agent_himself_is_in_no_queue() -> None:
    assert [event.queue for event in told(queueCall=True)] == [None]


def test_notifications_of_one_moment_are_ordered_by_their_sequence() -> None:
    assert [event.order for event in told()] == [2]


def test_an_answer_on_the_customers_side_is_no_answer_by_an_agent() -> None:
    assert told(direction="Outbound", extensionId=None, to={}, status={"code": "Answered"}) == []


@pytest.mark.parametrize("event", ["/restapi/v1.0/account/~/extension/1/presence", "/x/message-store", "", None])
def test_other_notifications_are_ignored(event: str | None) -> None:
    assert RC.parse(build_request(url=URL, body=json.dumps({"event": event, "body": {}})), {}) == []


@pytest.mark.parametrize(
    ("party", "path"),
    [
        ({"id": None}, "$.body.parties[0].id"),
        ({"status": {}}, "$.body.parties[0].status.code"),
    ],
)
def test_what_cannot_be_read_is_named(party: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(**party)
    assert problem.value.path == path


# -- whole calls


def test_a_queue_call_through_a_menu_with_a_missed_ring_and_a_hold() -> None:
    facts = call("answered")
    # in the queue from 8 to 35.5
    assert visits(facts) == [("Support", "answered", 27.5)]
    # answered at 35.5, over at 155.5, on hold from 60 to 80
    assert legs(facts) == [("Grace Example", 100.0, 20.0, None)]
    assert rings(facts) == [("Ada Example", "missed", 20.0), ("Grace Example", "answered", 6.0)]
    assert (facts.direction, facts.customer, facts.entry_number) == ("inbound", "+493055501234", "+493055500000")


def test_who_hangs_up_in_the_queue_abandons() -> None:
    facts = call("abandoned")
    assert (visits(facts), legs(facts)) == ([("Support", "abandoned", 23.0)], [])
    assert rings(facts) == [("Ada Example", "cancelled", 21.0)]


def test_who_hangs_up_in_the_menu_was_in_no_queue() -> None:
    facts = call("menu_only")
    assert (facts.visits, facts.legs, facts.outcome) == ([], [], "ended")


def test_a_message_to_the_queue_ends_the_waiting() -> None:
    assert visits(call("voicemail")) == [("Support", "voicemail", 60.0)]


def test_each_queue_has_its_own_wait() -> None:
    facts = call("overflow")
    assert visits(facts) == [("Support", "timeout", 45.0), ("Back office", "answered", 7.0)]
    assert legs(facts) == [("Grace Example", 60.0, 0.0, None)]


def test_a_transfer_gives_each_agent_his_part() -> None:
    facts = call("transfer")
    assert visits(facts) == [("Support", "answered", 10.0)]
    assert legs(facts) == [("Ada Example", 60.0, 0.0, None), ("Grace Example", 60.0, 0.0, None)]
    assert [leg.transferred for leg in facts.legs] == [True, False]


def test_an_outbound_call_is_answered_by_the_customer() -> None:
    facts = fold_call(
        "ringcentral",
        *(
            f"outbound_{step}"
            for step in (
                "setup",
                "proceeding",
                "customer_answered",
                "answered",
                "hold",
                "answered_again",
                "disconnected",
            )
        ),
        **NAMES,
    )
    assert (facts.visits, facts.direction, facts.customer) == ([], "outbound", "+493055501234")
    # answered at 12.1, over at 72.1, on hold from 20 to 30
    assert legs(facts) == [("Ada Example", 50.0, 10.0, None)]
    unanswered = call("outbound_unanswered")
    assert (unanswered.legs, unanswered.outcome) == ([], "ended")


def test_a_call_between_two_extensions_is_internal_and_told_once() -> None:
    facts = call("internal")
    assert (facts.direction, facts.customer, facts.visits) == ("internal", None, [])
    assert legs(facts) == [("Grace Example", 14.0, 0.0, None)]


def test_an_agent_who_takes_calls_of_a_queue_is_logged_in() -> None:
    (interval,) = fold_states("ringcentral", "members_accept", "members_refuse", **NAMES)
    assert interval.ended_at is not None
    assert (interval.state, (interval.ended_at - interval.started_at).total_seconds()) == ("login", 3600.0)


# -- recorded calls


def recorded_call(name: str) -> ContactFacts:
    bodies = dict(shared_payloads("ringcentral"))[name]["body"]
    requests = [build_request(url=URL, body=json.dumps(body)) for body in bodies]
    return fold_contact(in_order([event for request in requests for event in RC.parse(request, {})]), knows=RC.facts)


def test_a_recorded_call_through_a_menu_to_a_person() -> None:
    facts = recorded_call("telephony_session_stream_pstn_inbound_via_ivr__1")
    # answered 01:06:00.001, over 01:06:14.808; on hold 01:06:04.601 to 01:06:06.994
    assert legs(facts) == [("809646016", 12.414, 2.393, None)]
    assert rings(facts) == [("809646016", "answered", 7.345)]
    assert (facts.direction, facts.customer, facts.visits) == ("inbound", "+14083850809", [])


def test_a_recorded_internal_call() -> None:
    facts = recorded_call("telephony_session_stream_internal_call__1")
    # answered 01:17:21.084; the caller's side ended at 01:17:35.051 (his hold is not the called agent's)
    assert legs(facts) == [("809646016", 13.967, 0.0, None)]
    assert (facts.direction, facts.visits) == ("internal", [])
