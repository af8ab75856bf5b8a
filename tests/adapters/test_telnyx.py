"""Telnyx: its ed25519 signature against the SDK's verdicts, what single events mean, and whole calls up to their facts."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, load_fixture, shared, shared_payloads
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from whole_calls import fold_call, legs, recorded, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

TELNYX = find_adapters()["telnyx"]
URL = "https://kpi.example.com/hooks/telnyx"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SIGNER, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([first] * 32)) for first in (1, 2))
AGENTS = {"agents": load_fixture(FIXTURES / "telnyx" / "initiated.json").settings["agents"]}


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def post(body: object, signed_at: datetime = NOW, signer: Ed25519PrivateKey = SIGNER, **headers: str) -> WebhookRequest:
    text, stamp = json.dumps(body), str(int(signed_at.timestamp()))
    signature = base64.b64encode(signer.sign(f"{stamp}|{text}".encode())).decode()
    proof = {"Telnyx-Timestamp": stamp, "Telnyx-Signature-Ed25519": signature, **headers}
    return build_request(url=URL, body=text, headers=proof, received_at=NOW)


def event(kind: str, **payload: Any) -> dict[str, Any]:
    said = {"call_session_id": "s", "call_leg_id": "l", "from": "+49305550123", "to": "+49305550100", **payload}
    return {"data": {"event_type": kind, "id": "e", "occurred_at": "2026-11-24T10:00:00.000000Z", "payload": said}}


def told(kind: str, settings: dict[str, str] | None = None, **payload: Any) -> list[Event]:
    return list(TELNYX.parse(post(event(kind, **payload)), settings or {}))


# -- proof


def test_either_live_key_may_fit() -> None:
    for signer in (SIGNER, OTHER):
        TELNYX.verify(post({}, signer=signer), {"public_key": [public(OTHER), public(SIGNER)]})


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (post({}), public(OTHER)),
        (post({}).with_body(b"{ }"), public(SIGNER)),
        (post({}), "not base64!"),
        (post({}), base64.b64encode(b"short").decode()),
        (post({}, **{"Telnyx-Signature-Ed25519": "not base64!"}), public(SIGNER)),
        (post({}, **{"Telnyx-Timestamp": "1"}), public(SIGNER)),
        (post({}, **{"Telnyx-Timestamp": "soon"}), public(SIGNER)),
        (post({}, **{"Telnyx-Timestamp": "9" * 40}), public(SIGNER)),
        (post({}, **{"Telnyx-Timestamp": ""}), public(SIGNER)),
        (post({}, **{"Telnyx-Signature-Ed25519": ""}), public(SIGNER)),
        (post({}), ""),
    ],
)
def test_what_the_key_did_not_sign_is_refused(request_: WebhookRequest, key: str) -> None:
    with pytest.raises(Rejected):
        TELNYX.verify(request_, {"public_key": key})


@pytest.mark.parametrize(("seconds", "fresh"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_signature_holds_for_five_minutes(seconds: int, fresh: bool) -> None:
    request = post({}, NOW - timedelta(seconds=seconds))
    if fresh:
        TELNYX.verify(request, {"public_key": public(SIGNER)})
        return
    with pytest.raises(Rejected, match=r"signed time is 301 s (old|ahead)"):
        TELNYX.verify(request, {"public_key": public(SIGNER)})


def test_the_verdicts_are_those_of_the_vendors_own_code() -> None:
    cases = json.loads(shared("vendors", "signature-vectors-sdk.json").read_text())["cases"]
    ours = [case for case in cases if case["vendor"] == "telnyx"]
    assert len(ours) == 5
    when = datetime.fromtimestamp(1795311039, UTC)  # the moment at which the SDK was asked
    for case in ours:
        key = public(Ed25519PrivateKey.from_private_bytes(base64.b64decode(case["secret"])))
        body = base64.b64decode(case["body_b64"])
        request = build_request(url=case["url"], body=body, headers=case["headers"], received_at=when)
        try:
            TELNYX.verify(request, {"public_key": key})
            verdict = True
        except Rejected:
            verdict = False
        assert verdict is case["vendor_verdict"], case["case"]


def test_a_repeated_delivery_counts_its_attempts_and_is_the_same() -> None:
    first, again = recorded("telnyx", "agent_hangup", "agent_hangup_again")
    assert first.body != again.body
    assert TELNYX.delivery_key(first, {}) == TELNYX.delivery_key(again, {}) is not None
    assert list(TELNYX.parse(first, AGENTS)) == list(TELNYX.parse(again, AGENTS))


# -- single events


@pytest.mark.parametrize(
    ("to", "agent"),
    [
        ("sip:ada@sip.example.com", "Ada"),
        ("SIP:Ada@SIP.example.com;transport=tls", "Ada"),
        ("ada@sip.example.com", "Ada"),
        ("+49305550201", "Grace"),
        ("sip:bob@sip.example.com", None),
    ],
)
def test_agents_are_known_by_their_addresses(to: str, agent: str | None) -> None:
    settings = {"agents": "sip:ada@sip.example.com = Ada\n+49305550201 = Grace"}
    assert [event.agent for event in told("call.answered", settings, to=to)] == ([agent] if agent else [])


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        ("timeout", "missed"),
        ("no_answer", "missed"),
        ("not_found", "missed"),
        ("user_busy", "declined"),
        ("call_rejected", "declined"),
        ("originator_cancel", "cancelled"),
        ("normal_clearing", None),
        ("time_limit", None),
    ],
)
def test_the_cause_of_a_hangup_says_whether_an_agent_was_rung_in_vain(cause: str, result: str | None) -> None:
    (over,) = told("call.hangup", {"agents": "+49305550100 = Ada"}, hangup_cause=cause)
    assert (over.kind.value, over.data.get("result")) == ("contact.ringing" if result else "contact.ended", result)


def test_a_reason_that_nobody_knows_is_an_error() -> None:
    (left,) = told("call.dequeued", queue="support", reason="something new")
    assert left.data["reason"] == "error"


@pytest.mark.parametrize("number", ["anonymous", "sip:anonymous@anonymous.invalid", "unknown", ""])
def test_withheld_numbers_are_not_one_customer(number: str) -> None:
    assert told("call.initiated", direction="incoming", **{"from": number})[0].customer is None


@pytest.mark.parametrize("kind", ["call.speak.started", "call.recording.saved", "call.bridged", "call.new"])
def test_other_events_are_ignored(kind: str) -> None:
    assert told(kind) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$.data"),
        ({"data": {"event_type": "call.initiated"}}, "$.data.payload"),
        ({"data": {**event("call.answered")["data"], "id": None}}, "$.data.id"),
        ({"data": {**event("call.answered")["data"], "occurred_at": "now"}}, "$.data.occurred_at"),
        (event("call.enqueued", queue=None), "$.data.payload.queue"),
        (event("call.hangup", call_session_id=None), "$.data.payload.call_session_id"),
    ],
)
def test_what_cannot_be_read_is_named(body: object, path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        TELNYX.parse(post(body), {})
    assert problem.value.path == path


# -- whole calls

ANSWERED = (
    "initiated",
    "answered_by_program",
    "enqueued",
    "agent_rings",
    "agent_busy",
    "second_agent_rings",
    "agent_answered",
    "dequeued_bridged",
    "bridged",
    "hold",
    "unhold",
    "customer_hangup",
    "agent_hangup",
)


def test_an_answered_call_with_a_missed_ring_and_a_hold() -> None:
    facts = fold_call("telnyx", *ANSWERED, **AGENTS)
    assert visits(facts) == [("support", "answered", 14.75)]
    # taken at 25.25, over at 85.25, on hold from 40 to 52
    assert legs(facts) == [("Grace Example", 48.0, 12.0, None)]
    assert rings(facts) == [("Ada Example", "missed", 8.0), ("Grace Example", "answered", 5.25)]
    assert (facts.outcome, facts.direction, facts.customer) == ("answered", "inbound", "+49305550123")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("second_enqueued", "dequeued_hangup"), [("support", "abandoned", 42.0)]),
        (("third_enqueued", "dequeued_timeout"), [("support", "timeout", 60.0)]),
        (("fourth_enqueued", "dequeued_leave"), [("support", "flow_out", 20.0)]),
    ],
)
def test_a_queue_is_left_as_its_event_says(names: tuple[str, ...], expected: list[tuple[str, str, float]]) -> None:
    facts = fold_call("telnyx", *names, **AGENTS)
    assert (visits(facts), facts.legs) == (expected, [])


def test_an_outbound_call_has_its_agent_and_its_customer() -> None:
    facts = fold_call(
        "telnyx",
        "outbound_agent_rings",
        "outbound_agent_answered",
        "outbound_initiated",
        "outbound_answered",
        "outbound_hangup",
        "outbound_agent_hangup",
        **AGENTS,
    )
    assert (facts.direction, facts.customer, facts.visits) == ("outbound", "+49305550123", [])
    assert legs(facts) == [("Ada Example", 67.0, 0.0, None)]


def test_a_leg_to_a_number_outside_does_not_turn_a_call_around_nor_end_it() -> None:
    numbers = {**AGENTS, "numbers": "+49305550100, +49305550101"}
    alone = fold_call("telnyx", *ANSWERED, **numbers)
    assert fold_call("telnyx", *ANSWERED, "transfer_outside", "transfer_outside_busy", **numbers) == alone


PAYLOADS = {
    "call.answered__1": [],
    "call.initiated__1": ["contact.offered"],
    "call.speak.ended__1": [],
    "call.speak.started__1": [],
}


def test_every_recorded_payload_parses_or_is_knowingly_ignored() -> None:
    read = {
        name: [event.kind.value for event in TELNYX.parse(post(payload["body"]), {})]
        for name, payload in shared_payloads("telnyx")
    }
    assert read == PAYLOADS
