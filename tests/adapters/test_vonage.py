"""Vonage: its signed token against the SDK's verdicts, what single statuses mean, and whole calls up to their facts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, load_fixture, shared, shared_payloads
from whole_calls import fold_call, legs, recorded, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.jwt import verify_jwt
from plugin.contract.request import WebhookRequest

VONAGE = find_adapters()["vonage"]
URL = "https://kpi.example.com/hooks/vonage"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SECRET = "a-signature-secret-of-the-tests-0123456789"
SETTINGS = load_fixture(FIXTURES / "vonage" / "started.json").settings
CENTRE = {key: str(SETTINGS[key]) for key in ("agents", "queues")}


def coded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(claims: object, secret: str = SECRET, algorithm: str = "HS256") -> str:
    signed = f"{coded({'alg': algorithm, 'typ': 'JWT'})}.{coded(claims)}"
    return f"{signed}.{coded(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def post(body: object, secret: str = SECRET, **claims: Any) -> WebhookRequest:
    text = json.dumps(body)
    said = {"iat": int(NOW.timestamp()), "payload_hash": hashlib.sha256(text.encode()).hexdigest(), **claims}
    said = {name: value for name, value in said.items() if value is not None}
    headers = {"Authorization": f"Bearer {token(said, secret)}"}
    return build_request(url=URL, body=text, headers=headers, received_at=NOW)


def told(settings: dict[str, str] | None = None, **fields: Any) -> list[Event]:
    said = {"uuid": "u", "conversation_uuid": "c", "from": "447700900123", "to": "442079460000", "direction": "inbound"}
    return list(VONAGE.parse(post({**said, "timestamp": "2026-11-24T10:00:00.000Z", **fields}), settings or {}))


# -- proof


def test_either_live_secret_may_have_signed() -> None:
    for secret in ("new-secret", "old-secret"):
        VONAGE.verify(post({}, secret), {"secret": ["new-secret", "old-secret"]})


@pytest.mark.parametrize(
    "request_",
    [
        post({}, "another"),
        post({}).with_body(b"{ }"),
        post({}, payload_hash=None),
        post({}, payload_hash=7),
        post({}, payload_hash=hashlib.sha256(b"").hexdigest()),
        post({}, iat=None),
        post({}, iat="now"),
        build_request(url=URL, body="{}", received_at=NOW),
        build_request(url=URL, body="{}", headers={"Authorization": "Basic eA=="}, received_at=NOW),
        build_request(url=URL, body="{}", headers={"Authorization": "Bearer x.y.z"}, received_at=NOW),
    ],
)
def test_what_is_not_proven_is_refused(request_: WebhookRequest) -> None:
    with pytest.raises(Rejected):
        VONAGE.verify(request_, {"secret": SECRET})


@pytest.mark.parametrize(("seconds", "fresh"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_token_holds_for_five_minutes(seconds: int, fresh: bool) -> None:
    request = post({}, iat=int((NOW - timedelta(seconds=seconds)).timestamp()))
    if fresh:
        VONAGE.verify(request, {"secret": SECRET})
        return
    with pytest.raises(Rejected, match="301 s"):
        VONAGE.verify(request, {"secret": SECRET})


def test_a_get_is_proven_by_its_query() -> None:
    (request,) = recorded("vonage", "by_get")
    VONAGE.verify(request, SETTINGS)
    changed = build_request(
        url=request.url.replace("ringing", "answered"),
        method="GET",
        headers=request.headers,
        received_at=request.received_at,
    )
    with pytest.raises(Rejected, match="payload_hash"):
        VONAGE.verify(changed, SETTINGS)


def test_the_verdicts_are_those_of_the_vendors_own_code_but_for_a_changed_body_which_it_lets_pass() -> None:
    cases = json.loads(shared("vendors", "signature-vectors-sdk.json").read_text())["cases"]
    ours = [case for case in cases if case["vendor"] == "vonage"]
    assert len(ours) == 5
    when = datetime.fromtimestamp(1795311040, UTC)  # the moment at which the SDK was asked
    for case in ours:
        body = base64.b64decode(case["body_b64"])
        request = build_request(url=case["url"], body=body, headers=case["headers"], received_at=when)
        try:
            VONAGE.verify(request, {"secret": case["secret"]})
            verdict = True
        except Rejected:
            verdict = False
        assert verdict is (case["vendor_verdict"] and case["case"] != "tampered_body"), case["case"]


def test_the_published_token_fits_its_secret_and_no_other() -> None:
    vector = dict(shared_payloads("vonage"))["jwt_vector__1"]["body"]
    claims = verify_jwt(vector["token"], [vector["signature_secret"]], NOW, "")
    assert claims["iss"].text() == "Online JWT Builder"
    with pytest.raises(Rejected):
        verify_jwt(vector["token"], [vector["wrong_secret"]], NOW, "")


# -- single statuses


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("busy", "declined"),
        ("rejected", "declined"),
        ("cancelled", "cancelled"),
        ("timeout", "missed"),
        ("unanswered", "missed"),
        ("failed", "missed"),
    ],
)
def test_a_leg_that_no_agent_took_is_a_ring_in_vain(status: str, result: str) -> None:
    (ring,) = told({"agents": "442079460000 = Ada"}, status=status, direction="outbound")
    assert (ring.kind.value, ring.agent, dict(ring.data)) == ("contact.ringing", "Ada", {"result": result})


@pytest.mark.parametrize(
    ("to", "agent"),
    [
        ("447700900001", "Ada"),
        ("+447700900001", "Ada"),
        ("sip:Grace@sip.example.com;transport=tls", "Grace"),
        ("447700900002", None),
    ],
)
def test_agents_are_known_by_their_addresses(to: str, agent: str | None) -> None:
    settings = {"agents": "+447700900001 = Ada\nsip:grace@sip.example.com = Grace"}
    (event,) = told(settings, status="ringing", direction="outbound", to=to)
    assert (event.kind.value, event.agent) == ("contact.ringing" if agent else "contact.offered", agent)


def test_a_number_is_a_queue_only_where_the_settings_say_so() -> None:
    assert [event.kind.value for event in told(status="answered")] == ["contact.offered"]
    _, queued = told({"queues": "+442079460000 = Support"}, status="answered")
    assert (queued.kind.value, queued.queue) == ("contact.queued", "Support")
    assert len(told({"queues": "442079460000 = Support"}, status="ringing")) == 1


def test_an_early_event_without_a_time_counts_from_its_arrival() -> None:
    (event,) = told(status="started", timestamp=None)
    assert event.at == NOW


@pytest.mark.parametrize("status", ["human", "machine", "record", "input", "transfer", "disconnected", "dtmf", None])
def test_other_statuses_are_ignored(status: str | None) -> None:
    assert told(status=status) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"uuid": None}, "$.uuid"),
        ({"conversation_uuid": ""}, "$.conversation_uuid"),
        ({"timestamp": "today"}, "$.timestamp"),
        ({"to": []}, "$.to"),
    ],
)
def test_what_cannot_be_read_is_named(fields: dict[str, object], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(status="ringing", **fields)
    assert problem.value.path == path


def test_leg_status_and_time_are_the_key_of_a_delivery() -> None:
    (request,) = recorded("vonage", "agent_timeout")
    assert VONAGE.delivery_key(request, {}) == "l-2:timeout:2026-11-24T10:00:12.500Z"
    assert VONAGE.delivery_key(recorded("vonage", "without_time")[0], {}) is None


# -- whole calls

ANSWERED = (
    "started",
    "ringing",
    "answered",
    "agent_started",
    "agent_ringing",
    "agent_timeout",
    "second_agent_ringing",
    "second_agent_answered",
    "agent_completed",
    "caller_completed",
)


def test_an_answered_call_with_a_missed_ring() -> None:
    facts = fold_call("vonage", *ANSWERED, **CENTRE)
    # he waited from the program's answer at 1.5 to the agent's at 16.5
    assert visits(facts) == [("Support", "answered", 15.0)]
    assert [(leg.agent, leg.talk_ms) for leg in facts.legs] == [("Grace Example", 60_000)]
    assert rings(facts) == [("Ada Example", "missed", 10.0), ("Grace Example", "answered", 3.5)]
    assert (facts.outcome, facts.direction, facts.customer) == ("answered", "inbound", "+447700900123")


def test_holds_are_unknown_and_not_none() -> None:
    assert legs(fold_call("vonage", *ANSWERED, **CENTRE)) == [("Grace Example", 60.0, None, None)]


def test_who_hangs_up_while_he_waits_has_abandoned() -> None:
    facts = fold_call(
        "vonage", "abandoned_answered", "abandoned_ringing", "abandoned_completed", "abandoned_cancelled", **CENTRE
    )
    assert visits(facts) == [("Support", "abandoned", 30.0)]
    assert rings(facts) == [("Ada Example", "cancelled", 29.25)]


def test_a_busy_agent_did_not_talk() -> None:
    facts = fold_call("vonage", "agent_busy", "agent_completed_unanswered", **CENTRE)
    assert (facts.legs, [ring.result for ring in facts.rings]) == ([], ["declined"])


def test_an_outbound_call_has_its_agent_and_its_customer() -> None:
    facts = fold_call(
        "vonage",
        "outbound_started",
        "outbound_answered",
        "outbound_agent_answered",
        "outbound_agent_completed",
        "outbound_completed",
        **CENTRE,
    )
    assert (facts.direction, facts.customer, facts.visits) == ("outbound", "+447700900123", [])
    assert [(leg.agent, leg.talk_ms) for leg in facts.legs] == [("Ada Example", 50_000)]


def test_a_leg_to_somebody_outside_is_no_call_of_its_own_where_it_is_a_hand_over() -> None:
    settings = {**CENTRE, "outside": "transfers"}
    alone = fold_call("vonage", *ANSWERED, **settings)
    assert fold_call("vonage", *ANSWERED, "transfer_answered", "transfer_completed", **settings) == alone


PAYLOADS = {
    "answer_real__1": [],
    "answer_webhook_get__1": None,
    "answer_webhook_post__1": [],
    "event.ringing__1": ["contact.offered"],
    "event.started_outbound_leg__1": ["contact.offered"],
    "event_doc.busy__1": ["contact.ended"],
    "event_doc.cancelled__1": ["contact.ended"],
    "event_doc.failed__1": ["contact.ended"],
    "event_doc.rejected__1": ["contact.ended"],
    "event_doc.ringing__1": ["contact.offered"],
    "event_doc.started__1": ["contact.offered"],
    "event_doc.timeout__1": ["contact.ended"],
    "jwt_vector__1": [],
}


def test_every_recorded_payload_parses_or_is_knowingly_ignored() -> None:
    """None: an address as text, which is no body."""
    read: dict[str, list[str] | None] = {}
    for name, payload in shared_payloads("vonage"):
        try:
            read[name] = [event.kind.value for event in VONAGE.parse(post(payload["body"]), {})]
        except BadPayload:
            read[name] = None
    assert read == PAYLOADS
