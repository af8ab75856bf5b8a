"""Zadarma: signatures over a few fields, the check of the address, and whole calls up to their facts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from adapter_fixtures import build_request, find_adapters
from whole_calls import fold_call, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.request import WebhookRequest

ZADARMA = find_adapters()["zadarma"]
URL = "https://kpi.example.com/hooks/zadarma/0d1f2a3b"
NAMES = {"queues": "493055500000 = Support", "agents": "101 = Ada Example\n102 = Grace Example"}
SECRETS = {"api_secret": ["new-secret", "old-secret"]}
FIELDS = {
    "caller_id": "+493055501234",
    "called_did": "493055500000",
    "destination": "101",
    "internal": "102",
    "call_start": "2026-11-24 13:00:00",
    "pbx_call_id": "in_1",
    "call_id_with_rec": "1.2",
    "disposition": "cancel",
}


def request(form: Mapping[str, str], signature: str | None = None) -> WebhookRequest:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return build_request(
        url=URL, body=urlencode(form), headers=headers if signature is None else {**headers, "Signature": signature}
    )


def sign(text: str, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest().encode()).decode()


# -- proof


@pytest.mark.parametrize("secret", ["new-secret", "old-secret"])
@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("NOTIFY_START", "+4930555012344930555000002026-11-24 13:00:00"),
        ("NOTIFY_INTERNAL", "+4930555012344930555000002026-11-24 13:00:00"),
        ("NOTIFY_IVR", "+4930555012344930555000002026-11-24 13:00:00"),
        ("NOTIFY_END", "+4930555012344930555000002026-11-24 13:00:00"),
        ("NOTIFY_ANSWER", "+4930555012341012026-11-24 13:00:00"),
        ("NOTIFY_OUT_START", "1021012026-11-24 13:00:00"),
        ("NOTIFY_OUT_END", "1021012026-11-24 13:00:00"),
        ("NOTIFY_RECORD", "in_11.2"),
    ],
)
def test_each_notification_signs_its_own_fields(event: str, text: str, secret: str) -> None:
    form = {**FIELDS, "event": event}
    ZADARMA.verify(request(form, sign(text, secret)), SECRETS)
    with pytest.raises(Rejected, match="signature"):
        ZADARMA.verify(request(form, sign(text + " ", secret)), SECRETS)


def test_the_signature_is_that_of_the_raw_digest_nowhere() -> None:
    text = "+4930555012344930555000002026-11-24 13:00:00"
    raw = base64.b64encode(hmac.new(b"new-secret", text.encode(), hashlib.sha1).digest()).decode()
    with pytest.raises(Rejected):
        ZADARMA.verify(request({**FIELDS, "event": "NOTIFY_START"}, raw), SECRETS)


@pytest.mark.parametrize("event", ["SMS", "SPEECH_RECOGNITION", ""])
def test_what_cannot_be_checked_is_refused_with_what_to_do(event: str) -> None:
    with pytest.raises(Rejected, match="switch it off"):
        ZADARMA.verify(request({**FIELDS, "event": event}, "x"), SECRETS)


def test_the_check_of_the_address_is_answered_with_its_word_only() -> None:
    answer = ZADARMA.handshake(build_request(method="GET", url=f"{URL}?zd_echo=0a1b"), SECRETS)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"0a1b")
    with pytest.raises(Rejected):
        ZADARMA.handshake(build_request(method="GET", url=f"{URL}?zd_echo=%3Cscript%3E"), SECRETS)
    assert ZADARMA.handshake(build_request(method="GET", url=URL), SECRETS) is None
    assert ZADARMA.handshake(build_request(url=f"{URL}?zd_echo=0a1b"), SECRETS) is None


# -- single notifications


def test_a_notification_without_a_call_is_named() -> None:
    with pytest.raises(BadPayload) as problem:
        ZADARMA.parse(request({"event": "NOTIFY_END", "disposition": "cancel"}), {})
    assert problem.value.path == "pbx_call_id"


def test_a_number_without_a_name_is_the_queue_and_a_withheld_one_nobody() -> None:
    (offered, queued) = ZADARMA.parse(request({**FIELDS, "event": "NOTIFY_START", "caller_id": "anonymous"}), {})
    assert (offered.customer, queued.queue) == (None, "493055500000")


# -- whole calls


def test_an_answered_call() -> None:
    steps = ("start", "ivr", "internal_first", "internal_second", "answer", "end", "record")
    facts = fold_call("zadarma", *(f"answered_{step}" for step in steps), **NAMES)
    assert visits(facts) == [("Support", "answered", 20.0)]
    # answered at 20, over at 140; holds are not told
    assert legs(facts) == [("Grace Example", 120.0, None, None)]
    assert ("Grace Example", "answered", 12.0) in rings(facts)
    assert (facts.direction, facts.customer, facts.entry_number) == ("inbound", "+493055501234", "493055500000")


@pytest.mark.parametrize(
    ("name", "outcome", "wait"),
    [
        ("cancel", "abandoned", 33.0),
        ("no_answer", "abandoned", 33.0),
        ("no_answer_multipart", "abandoned", 33.0),
        ("busy", "full", 33.0),
        ("failed", "error", 33.0),
    ],
)
def test_an_unanswered_call_ends_as_its_disposition_says(name: str, outcome: str, wait: float) -> None:
    facts = fold_call("zadarma", f"{name}_start", f"{name}_end", **NAMES)
    assert (visits(facts), facts.legs) == ([("Support", outcome, wait)], [])


def test_an_answer_that_was_not_told_leaves_talk_and_wait_unknown() -> None:
    facts = fold_call("zadarma", "unseen_answer_start", "unseen_answer_end", **NAMES)
    assert visits(facts) == [("Support", "answered", None)]
    assert legs(facts) == [("Ada Example", None, None, None)]


def test_outbound_calls_wait_in_no_queue() -> None:
    facts = fold_call("zadarma", "outbound_start", "outbound_answer", "outbound_end", **NAMES)
    assert (facts.visits, legs(facts)) == ([], [("Ada Example", 60.0, None, None)])
    assert (facts.direction, facts.customer) == ("outbound", "+493055501234")
    unanswered = fold_call("zadarma", "outbound_unanswered_start", "outbound_unanswered_end", **NAMES)
    assert (unanswered.visits, unanswered.legs, unanswered.outcome) == ([], [], "ended")
