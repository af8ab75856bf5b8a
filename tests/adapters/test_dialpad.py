"""Dialpad: tokens, snapshots of legs, and whole calls up to their facts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from adapter_fixtures import build_request, find_adapters, shared_payloads
from whole_calls import fold_call, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

DIALPAD = find_adapters()["dialpad"]
URL = "https://kpi.example.com/hooks/dialpad"
START = 1795514400000  # 2026-11-24 10:00:00 UTC
SECRETS = {"secret": ["new-secret", "old-secret"]}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(claims: object, secret: str = "new-secret", algorithm: str = "HS256") -> WebhookRequest:
    message = f"{encoded(json.dumps({'alg': algorithm, 'typ': 'JWT'}).encode())}.{encoded(json.dumps(claims).encode())}"
    signature = encoded(hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest())
    return build_request(url=URL, body=f"{message}.{signature}", headers={"Content-Type": "application/jwt"})


def told(**leg: Any) -> list[Event]:
    full = {
        "call_id": 1,
        "state": "hangup",
        "direction": "inbound",
        "date_started": START,
        "event_timestamp": START,
        "target": {"type": "callcenter", "name": "Support"},
        **leg,
    }
    return list(DIALPAD.parse(token(full), {}))


# -- proof


@pytest.mark.parametrize("secret", ["new-secret", "old-secret"])
def test_a_token_of_either_live_secret_is_accepted(secret: str) -> None:
    DIALPAD.verify(token({"call_id": 1}, secret), SECRETS)


@pytest.mark.parametrize("algorithm", ["none", "HS384", "RS256", "hs256"])
def test_no_other_algorithm_is_accepted(algorithm: str) -> None:
    with pytest.raises(Rejected):
        DIALPAD.verify(token({}, algorithm=algorithm), SECRETS)


@pytest.mark.parametrize("body", ["", "{}", "a.b", "a.b.c", "ä.b.c"])
def test_what_is_no_token_is_refused(body: str) -> None:
    with pytest.raises(Rejected):
        DIALPAD.verify(build_request(url=URL, body=body), SECRETS)


def test_a_changed_claim_is_refused() -> None:
    header, _, signature = token({"call_id": 1}).body.decode().split(".")
    body = f"{header}.{encoded(json.dumps({'call_id': 2}).encode())}.{signature}"
    with pytest.raises(Rejected):
        DIALPAD.verify(build_request(url=URL, body=body), SECRETS)


# -- single snapshots


def test_durations_are_milliseconds_with_decimals() -> None:
    events = told(
        target={"type": "user", "name": "Ada Example"},
        date_connected=START,
        date_ended=START + 60000,
        talk_time=8951.029999999999,
        hold_time=500,
    )
    assert [dict(event.data) for event in events if event.agent and event.kind == "contact.ended"] == [
        {"talk_s": 8.951, "hold_s": 0.5}
    ]


@pytest.mark.parametrize(("value", "kind"), [(True, 1), ("TRUE", 1), (START, 1), (None, 0), ("FALSE", 0), (False, 0)])
def test_a_wish_to_be_called_back_may_be_a_flag_a_text_or_a_moment(value: object, kind: int) -> None:
    events = told(date_queued=START, date_ended=START + 9000, callback_requested=value)
    assert len([event for event in events if event.kind == "contact.callback_requested"]) == kind


@pytest.mark.parametrize(
    ("leg", "path"),
    [
        ({"call_id": None}, "$.call_id"),
        ({"date_started": None}, "$.date_started"),
        ({"date_ended": "soon"}, "$.date_ended"),
    ],
)
def test_what_cannot_be_read_is_named(leg: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(**leg)
    assert problem.value.path == path


# -- whole calls

ANSWERED = (
    "answered_calling",
    "answered_queued",
    "answered_first_ringing",
    "answered_first_missed",
    "answered_second_ringing",
    "answered_second_connected",
    "answered_second_hangup",
    "answered_hangup",
)


def test_a_call_of_a_call_centre_is_one_contact_with_its_operators() -> None:
    facts = fold_call("dialpad", *ANSWERED, "answered_csat")
    assert visits(facts) == [("Support", "answered", 30.0)]
    assert legs(facts) == [("Grace Example", 100.0, 20.0, None)]
    assert rings(facts) == [("Ada Example", "missed", 20.0), ("Grace Example", "answered", 7.5)]
    assert (facts.customer, facts.entry_number, facts.direction) == ("+493055501234", "+493055500000", "inbound")


def test_the_two_last_snapshots_alone_tell_the_call() -> None:
    facts = fold_call("dialpad", "answered_second_hangup", "answered_hangup")
    assert visits(facts) == [("Support", "answered", 30.0)]
    assert legs(facts) == [("Grace Example", 100.0, 20.0, None)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("abandoned_queued", "abandoned_operator_hangup", "abandoned_hangup"), [("Support", "abandoned", 26.0)]),
        (("voicemail_hangup",), [("Support", "voicemail", None)]),
        (("callback_hangup",), [("Support", "callback_requested", 40.0)]),
        (("not_queued_hangup",), []),
    ],
)
def test_calls_without_an_answer_end_as_dialpad_says(
    names: tuple[str, ...], expected: list[tuple[str, str, float | None]]
) -> None:
    facts = fold_call("dialpad", *names)
    assert (visits(facts), facts.legs) == (expected, [])


def test_a_leg_that_was_sent_on_ends_nothing() -> None:
    facts = fold_call("dialpad", "sent_on_hangup")
    assert (facts.visits, facts.legs, facts.outcome) == ([], [], "open")


def test_a_queued_leg_that_was_sent_on_is_not_abandoned() -> None:
    events = told(date_queued=START, date_ended=START + 9000, is_transferred=True)
    assert [event.kind for event in events] == ["contact.offered", "contact.queued"]


def test_direct_and_outbound_calls_wait_in_no_queue() -> None:
    facts = fold_call("dialpad", "direct_connected", "direct_hangup")
    assert (facts.visits, legs(facts)) == ([], [("Ada Example", 60.0, 0.0, None)])
    facts = fold_call("dialpad", "outbound_hangup")
    assert (facts.visits, legs(facts), facts.direction) == ([], [("Ada Example", 60.0, 0.0, None)], "outbound")
    facts = fold_call("dialpad", "outbound_unanswered_hangup")
    assert (facts.visits, facts.legs, facts.outcome) == ([], [], "ended")


def test_a_rating_belongs_to_the_call() -> None:
    (survey,) = [event for event in told(csat_score=4) if event.kind == "survey.answered"]
    assert (survey.subject, survey.data["score"], survey.data["contact"]) == ("csat:1", 4.0, "1")


# -- recorded material


def test_a_recorded_leg_that_an_operator_missed() -> None:
    body = dict(shared_payloads("dialpad"))["call_rest.missed_leg__1"]["body"]
    events = DIALPAD.parse(build_request(url=URL, body=json.dumps(body)), {})
    assert {event.subject for event in events} == {"6443115512905728"}
    assert [event.kind.value for event in events if event.agent] == []
