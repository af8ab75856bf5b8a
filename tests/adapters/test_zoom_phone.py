"""Zoom Phone: proofs, the validation of a URL, what single events mean, and whole calls up to their facts."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, load_fixture, shared_payloads
from whole_calls import fold_call, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

ZOOM = find_adapters()["zoom_phone"]
URL = "https://kpi.example.com/hooks/zoom"
NOW = 1795514400  # 2026-11-24 10:00:00 UTC
SECRET = {"secret_token": "test-secret"}


def signed(body: str, stamp: int = NOW, secret: str = "test-secret", now: int = NOW) -> WebhookRequest:
    mac = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": str(stamp), "x-zm-signature": f"v0={mac}"}
    return build_request(url=URL, body=body, headers=headers, received_at=datetime.fromtimestamp(now, UTC))


def told(event: str, data: dict[str, Any]) -> list[Event]:
    body = json.dumps({"event": event, "event_ts": NOW * 1000, "payload": {"account_id": "a", "object": data}})
    return list(ZOOM.parse(signed(body), {}))


def leg(**more: Any) -> dict[str, Any]:
    """A leg of a call that began at 10:00:00; it rang an agent at 10:00:05."""
    return {
        "call_id": str(NOW << 32),
        "caller": {"phone_number": "+493055501234"},
        "callee": {"extension_type": "user", "extension_number": 1001, "user_id": "u"},
        "forwarded_by": {"name": "Support", "extension_type": "callQueue"},
        "ringing_start_time": "2026-11-24T10:00:05Z",
        **more,
    }


# -- proof


def vector() -> dict[str, str]:
    body: dict[str, str] = dict(shared_payloads("zoom_phone"))["signature_vectors__1"]["body"]
    return body


def test_the_published_vector_passes_at_its_time_and_fails_once_changed() -> None:
    given = vector()
    headers = {name: given[name] for name in ("x-zm-request-timestamp", "x-zm-signature")}
    at = datetime.fromtimestamp(int(given["x-zm-request-timestamp"]), UTC)
    request = build_request(url=URL, body=given["body"], headers=headers, received_at=at)
    ZOOM.verify(request, {"secret_token": given["secret"]})
    with pytest.raises(Rejected, match="signature"):
        ZOOM.verify(request.with_body(given["body"].encode() + b" "), {"secret_token": given["secret"]})


def test_the_published_answer_to_a_validation_is_given() -> None:
    given = vector()
    body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": given["plainToken"]}})
    answer = ZOOM.handshake(signed(body, secret=given["secret"]), {"secret_token": given["secret"]})
    assert answer is not None
    assert answer.status == 200
    assert json.loads(answer.body) == {name: given[name] for name in ("plainToken", "encryptedToken")}


def test_a_validation_is_answered_with_the_secret_that_signed_it() -> None:
    body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "made-up"}})
    answer = ZOOM.handshake(signed(body, secret="old-secret"), {"secret_token": ["new-secret", "old-secret"]})
    assert answer is not None
    assert json.loads(answer.body)["encryptedToken"] == hmac.new(b"old-secret", b"made-up", hashlib.sha256).hexdigest()


def test_a_validation_that_is_not_signed_gets_nothing_hashed() -> None:
    body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "made-up"}})
    with pytest.raises(Rejected):
        ZOOM.handshake(build_request(url=URL, body=body), SECRET)


def test_a_delivery_is_never_hashed_as_a_token() -> None:
    body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": 'v0:1795514400:{"event":"x"}'}})
    with pytest.raises(Rejected, match="token"):
        ZOOM.handshake(signed(body), SECRET)


@pytest.mark.parametrize("age", [-301, 301])
def test_a_signature_of_another_time_is_refused(age: int) -> None:
    with pytest.raises(Rejected, match="300 s"):
        ZOOM.verify(signed("{}", now=NOW + age), SECRET)


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1" * 12, "²"])
def test_a_time_that_is_no_number_is_refused(stamp: str) -> None:
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": "v0=0"}
    with pytest.raises(Rejected, match="timestamp"):
        ZOOM.verify(build_request(url=URL, body="{}", headers=headers), SECRET)


# -- single events


@pytest.mark.parametrize(
    ("event", "handup", "result"),
    [
        ("missed", "No Answer", "missed"),
        ("missed", None, "missed"),
        ("missed", "Call Cancel", "cancelled"),
        ("rejected", None, "declined"),
        ("ended", "Answered by Other Member", "cancelled"),
        ("ended", "Voicemail", "missed"),
        ("ended", "Something new", "cancelled"),
    ],
)
def test_a_ring_without_an_answer_ends_as_zoom_says(event: str, handup: str | None, result: str) -> None:
    events = told(f"phone.callee_{event}", leg(call_end_time="2026-11-24T10:00:25Z", handup_result=handup))
    (ring,) = [event for event in events if event.kind == "contact.ringing"]
    assert dict(ring.data) == {"result": result, "ring_s": 20.0}


def test_only_a_caller_who_hung_up_abandons() -> None:
    for handup, kinds in (("Call Cancel", 1), ("No Answer", 0), ("Answered by Other Member", 0)):
        events = told("phone.callee_ended", leg(call_end_time="2026-11-24T10:00:25Z", handup_result=handup))
        assert len([event for event in events if event.kind == "contact.abandoned"]) == kinds


@pytest.mark.parametrize("call", ["no-number", "1", str((NOW + 60) << 32), str((NOW - 5 * 3600) << 32)])
def test_an_id_that_tells_no_time_before_the_ring_makes_no_entry(call: str) -> None:
    assert [event.kind for event in told("phone.callee_ringing", leg(call_id=call))] == [
        "contact.offered",
        "contact.ringing",
    ]


@pytest.mark.parametrize(
    ("caller", "customer"),
    [
        ({"phone_number": "+493055501234"}, "+493055501234"),
        ({"phone_number": "+493055501234", "extension_type": "pstn"}, "+493055501234"),
        ({"phone_number": "+493055500000", "extension_type": "autoReceptionist"}, None),
        ({"phone_number": "anonymous"}, None),
        ({}, None),
    ],
)
def test_the_customer_is_who_calls_from_outside(caller: dict[str, str], customer: str | None) -> None:
    assert told("phone.callee_ringing", leg(caller=caller))[0].customer == customer


def test_agents_have_the_names_that_the_administrator_gave_them() -> None:
    body = json.dumps({"event": "phone.callee_ringing", "event_ts": 1, "payload": {"object": leg()}})
    names = {event.agent for event in ZOOM.parse(signed(body), {"agents": "1001 = Ada Example\n1002 = Grace Example"})}
    assert names == {None, "Ada Example"}


@pytest.mark.parametrize(
    "event", ["phone.sms_received", "phone.callee_mute", "phone.callee_call_log_completed", "meeting.started", ""]
)
def test_other_events_are_ignored(event: str) -> None:
    assert told(event, {}) == []


@pytest.mark.parametrize(
    ("event", "data", "path"),
    [
        ("callee_ringing", leg(call_id=None), "$.payload.object.call_id"),
        ("callee_ringing", leg(callee={}), "$.payload.object.callee.user_id"),
        ("callee_ringing", leg(ringing_start_time=None), "$.payload.object.ringing_start_time"),
        ("callee_answered", leg(answer_start_time="soon"), "$.payload.object.answer_start_time"),
        ("callee_hold", leg(), "$.payload.object.date_time"),
    ],
)
def test_what_cannot_be_read_is_named(event: str, data: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(f"phone.{event}", data)
    assert problem.value.path == path


# -- whole calls

ANSWERED = (
    "queue_ringing_first",
    "queue_missed_first",
    "queue_ringing_second",
    "queue_ringing_third",
    "queue_answered",
    "queue_answered_by_other",
    "queue_hold",
    "queue_unhold",
    "queue_ended",
    "member_record",
)


def test_an_answered_queue_call_with_a_hold() -> None:
    facts = fold_call("zoom_phone", *ANSWERED)
    assert visits(facts) == [("Support", "answered", 35.0)]
    # answered at 35, ended at 155, on hold from 60 to 80
    assert legs(facts) == [("1002", 100.0, 20.0, None)]
    assert sorted(rings(facts)) == [("1001", "missed", 20.0), ("1002", "answered", 7.0), ("1003", "cancelled", 7.0)]
    assert (facts.outcome, facts.direction, facts.customer) == ("answered", "inbound", "+493055501234")
    assert facts.ended_at == datetime(2026, 11, 24, 10, 2, 35, tzinfo=UTC)


def test_the_end_alone_tells_talk_and_wait() -> None:
    facts = fold_call("zoom_phone", "queue_ended")
    assert visits(facts) == [("Support", "answered", 35.0)]
    assert legs(facts) == [("1002", 120.0, 0.0, None)]


def test_a_caller_who_hangs_up_while_two_are_rung_abandons_once() -> None:
    names = (f"abandoned_{event}_{agent}" for event in ("ringing", "missed") for agent in (1001, 1002))
    facts = fold_call("zoom_phone", *names)
    assert visits(facts) == [("Support", "abandoned", 23.0)]
    assert [(ring[1], ring[2]) for ring in rings(facts)] == [("cancelled", 18.0)] * 2


def test_a_caller_who_hangs_up_while_all_are_busy_is_known_from_the_record() -> None:
    assert visits(fold_call("zoom_phone", "busy_abandoned_record")) == [("Support", "abandoned", 95.0)]


def test_an_overflow_ends_one_visit_and_a_further_queue_has_its_own() -> None:
    assert visits(fold_call("zoom_phone", "overflow_ringing", "overflow_missed", "overflow_record")) == [
        ("Support", "timeout", 66.0)
    ]
    facts = fold_call(
        "zoom_phone",
        "overflow_ringing",
        "overflow_missed",
        "overflow_record",
        "overflow_further_ringing",
        "overflow_further_answered",
        "overflow_further_ended",
    )
    assert visits(facts) == [("Support", "timeout", 66.0), ("Back office", "answered", None)]
    assert legs(facts) == [("1005", 60.0, 0.0, None)]


def test_a_message_to_the_queue_is_no_abandonment() -> None:
    facts = fold_call("zoom_phone", "voicemail_ringing", "voicemail_missed", "voicemail_received")
    assert visits(facts) == [("Support", "voicemail", None)]


def test_a_direct_call_is_in_no_queue() -> None:
    facts = fold_call("zoom_phone", "direct_ringing", "direct_rejected")
    assert (facts.visits, facts.legs, facts.outcome) == ([], [], "ended")
    assert rings(facts) == [("1001", "declined", 7.0)]


def test_the_leg_after_a_transfer_belongs_to_the_same_call() -> None:
    facts = fold_call("zoom_phone", "transfer_leg_answered", "transfer_leg_ended")
    assert legs(facts) == [("1004", 60.0, 0.0, None)]
    (first, *_) = ZOOM.parse(load_fixture(FIXTURES / "zoom_phone" / "transfer_leg_ended.json").request, {})
    assert first.subject == str((NOW << 32) + 17)


def test_outbound_calls_wait_in_no_queue() -> None:
    facts = fold_call(
        "zoom_phone", "outbound_ringing", "outbound_connected", "outbound_hold", "outbound_unhold", "outbound_ended"
    )
    assert (facts.visits, legs(facts), facts.direction) == ([], [("1001", 50.0, 10.0, None)], "outbound")
    unanswered = fold_call("zoom_phone", "outbound_unanswered")
    assert (unanswered.visits, unanswered.legs, unanswered.outcome) == ([], [], "ended")


def test_a_call_between_two_extensions_is_told_once_and_internal() -> None:
    facts = fold_call("zoom_phone", "internal_caller_ended", "internal_callee_answered", "internal_callee_ended")
    assert (legs(facts), facts.direction, facts.customer) == ([("1002", 20.0, 0.0, None)], "internal", None)
