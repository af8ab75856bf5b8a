"""Twilio: proofs, what single requests mean, and whole calls up to their facts."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, load_fixture, parse_all, shared, shared_payloads
from whole_calls import fold_call, fold_states, legs, recorded, rings, subjects, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page
from plugin.contract.request import WebhookRequest

TWILIO = find_adapters()["twilio"]
URL = "https://kpi.example.com/hooks/twilio"
#: published in the tests of twilio-python; the token is 12345
OFFICIAL_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
OFFICIAL_FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
TOKEN = {"auth_token": "12345"}


def form(fields: Any, url: str = URL, signature: str | None = None) -> WebhookRequest:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signature is not None:
        headers["X-Twilio-Signature"] = signature
    return build_request(url=url, body=fields if isinstance(fields, str) else urlencode(fields), headers=headers)


def of_json(body: str, url: str, signature: str) -> WebhookRequest:
    return build_request(
        url=url, body=body, headers={"Content-Type": "application/json", "X-Twilio-Signature": signature}
    )


def told(fields: dict[str, str], url: str = URL, **settings: str) -> list[Event]:
    return list(TWILIO.parse(form(fields, url), settings))


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.value for event in events]


# -- proof


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (OFFICIAL_URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (OFFICIAL_URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("http://mycompany.com/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_a_published_signature_is_accepted_with_and_without_the_port(url: str, signature: str) -> None:
    TWILIO.verify(form(OFFICIAL_FIELDS, url, signature), TOKEN)


@pytest.mark.parametrize(
    ("fields", "url", "settings"),
    [
        ({**OFFICIAL_FIELDS, "Digits": "1235"}, OFFICIAL_URL, TOKEN),
        ({**OFFICIAL_FIELDS, "More": ""}, OFFICIAL_URL, TOKEN),
        (OFFICIAL_FIELDS, OFFICIAL_URL + "&x=1", TOKEN),
        (OFFICIAL_FIELDS, OFFICIAL_URL.replace("https", "http"), TOKEN),
        (OFFICIAL_FIELDS, OFFICIAL_URL, {"auth_token": "12346"}),
        (OFFICIAL_FIELDS, OFFICIAL_URL, {}),
    ],
)
def test_a_published_signature_is_refused_for_anything_else(
    fields: dict[str, str], url: str, settings: dict[str, str]
) -> None:
    with pytest.raises(Rejected):
        TWILIO.verify(form(fields, url, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), settings)


def test_repeated_fields_are_signed_as_a_sorted_set() -> None:
    fields = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    TWILIO.verify(form(fields, OFFICIAL_URL, "IK+Dwps556ElfBT0I3Rgjkr1wJU="), TOKEN)


def test_a_json_body_is_proven_by_its_hash_in_the_url() -> None:
    body = '{"property": "value", "boolean": true}'
    url = f"{OFFICIAL_URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    TWILIO.verify(of_json(body, url, "a9nBmqA0ju/hNViExpshrM61xv4="), TOKEN)
    with pytest.raises(Rejected, match="bodySHA256"):
        TWILIO.verify(of_json(body + " ", url, "a9nBmqA0ju/hNViExpshrM61xv4="), TOKEN)


def test_a_json_body_without_a_hash_is_refused_although_its_url_is_signed() -> None:
    with pytest.raises(Rejected, match="not signed"):
        TWILIO.verify(of_json("[]", OFFICIAL_URL, "anything"), TOKEN)


def test_a_refusal_says_what_to_compare() -> None:
    with pytest.raises(Rejected, match=r"Auth Token.*base URL"):
        TWILIO.verify(form(OFFICIAL_FIELDS, OFFICIAL_URL, "wrong"), TOKEN)
    with pytest.raises(Rejected, match="X-Twilio-Signature"):
        TWILIO.verify(form(OFFICIAL_FIELDS, OFFICIAL_URL), TOKEN)


def test_recorded_signatures_get_the_verdict_of_the_vendors_own_code() -> None:
    cases = json.loads(shared("vendors", "signature-vectors-sdk.json").read_text())["cases"]
    ours = [case for case in cases if case["vendor"] in ("twilio", "twilio-json", "twilio-sha256")]
    assert len(ours) == 12
    for case in ours:
        request = build_request(
            url=case["headers"].get("X-Note-Full-Url", case["url"]),
            headers=case["headers"],
            body_base64=case["body_b64"],
        )
        key = "shared_key" if case["vendor"] == "twilio-sha256" else "auth_token"
        assert _accepts(request, {key: case["secret"]}) is case["vendor_verdict"], (case["vendor"], case["case"])


def _accepts(request: WebhookRequest, settings: dict[str, str]) -> bool:
    try:
        TWILIO.verify(request, settings)
    except Rejected:
        return False
    return True


# -- the answer


def test_a_callback_is_answered_without_content() -> None:
    answer = TWILIO.acknowledge(recorded("twilio", "task_created")[0], {})
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (204, "application/json", b"")


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (
            "next=https%3A%2F%2Fvoice.example.com%2F%3Fa%3D1%26b%3D%3C",
            "<Redirect>https://voice.example.com/?a=1&amp;b=&lt;</Redirect>",
        ),
        ("next=javascript%3Aalert(1)", ""),
        ("", ""),
    ],
)
def test_an_action_is_answered_with_where_the_call_goes_on(query: str, body: str) -> None:
    answer = TWILIO.acknowledge(form({"CallSid": "CA1", "QueueResult": "leave"}, f"{URL}?{query}"), {})
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert answer.body.decode().endswith(f"<Response>{body}</Response>")


# -- single requests


@pytest.mark.parametrize(
    ("reason", "kind", "data"),
    [
        ("", "contact.abandoned", {}),
        ("hangup", "contact.abandoned", {}),
        ("Caller hung up", "contact.abandoned", {}),
        ("Task TTL Exceeded", "contact.overflowed", {"reason": "timeout"}),
        ("Task TTL Exceeded or Max assignment count exceeded", "contact.overflowed", {"reason": "timeout"}),
        ("redirected", "contact.overflowed", {"reason": "flow_out"}),
        ("leave", "contact.overflowed", {"reason": "key"}),
        ("queue-full", "contact.overflowed", {"reason": "full"}),
        ("office closed", "contact.overflowed", {"reason": "closed"}),
        ("sent to voicemail", "contact.voicemail", {}),
        ("customer asked for a callback", "contact.callback_requested", {}),
        ("tidied up", "contact.overflowed", {"reason": "withdrawn"}),
    ],
)
def test_the_reason_of_a_canceled_task_says_how_the_contact_left(reason: str, kind: str, data: dict[str, str]) -> None:
    fields = {"EventType": "task.canceled", "Sid": "EV1", "TaskSid": "WT1", "TimestampMs": "1795514400000"}
    (event,) = told({**fields, "TaskCanceledReason": reason, "TaskQueueName": "Support"})
    assert (event.kind.value, dict(event.data), event.queue) == (kind, data, "Support")


def test_a_task_without_a_call_is_known_by_itself_and_by_its_channel() -> None:
    fields = {"EventType": "task.created", "Sid": "EV1", "TaskSid": "WT1", "Timestamp": "1795514400"}
    (sms,) = told({**fields, "TaskChannelUniqueName": "sms", "TaskAttributes": "{}"})
    (custom,) = told({**fields, "TaskChannelUniqueName": "fax"})
    assert (sms.subject, sms.channel, custom.channel) == ("WT1", "messaging", "other")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"EventType": "task.created", "TaskSid": "WT1", "TaskAttributes": "{", "Timestamp": "1"}, "$"),
        ({"EventType": "task.created", "TaskSid": "WT1"}, "Timestamp"),
        ({"EventType": "reservation.created", "Timestamp": "1795514400"}, "TaskSid"),
        ({"CallSid": "CA1", "CallStatus": "completed", "SequenceNumber": "0"}, "Timestamp"),
        ({"CallSid": "CA1", "CallStatus": "completed", "Timestamp": "yesterday"}, "Timestamp"),
        ({"CallSid": "CA1", "QueueResult": "hangup", "QueueTime": "long"}, "QueueTime"),
        ({"CallSid": "CA1", "DialCallStatus": "completed", "DialCallDuration": "9999999"}, "duration"),
    ],
)
def test_what_cannot_be_read_is_named(fields: dict[str, str], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(fields)
    assert problem.value.path == path


def test_a_callback_with_an_id_and_no_readable_time_is_of_its_arrival() -> None:
    request = form(urlencode({"EventType": "task.created", "Sid": "EV1", "TaskSid": "WT1", "TimestampMs": "(now)"}))
    (event,) = TWILIO.parse(request, {})
    assert (event.at, event.dedupe_key) == (request.received_at, "EV1:contact.offered")


def test_a_form_that_was_written_down_as_json_is_read_like_the_form() -> None:
    fields = {"CallSid": "CA1", "QueueResult": "leave", "QueueTime": "40", "QueueSid": "QU1", "Digits": None}
    (event,) = TWILIO.parse(of_json(json.dumps(fields), URL, ""), {})
    assert [event] == told({name: value for name, value in fields.items() if value})
    task = {"EventType": "task.created", "Sid": "EV1", "TaskSid": "WT1", "TimestampMs": "1795514400000"}
    assert list(TWILIO.parse(of_json(json.dumps(task), URL, ""), {})) == told(task)


@pytest.mark.parametrize("status", ["ringing", "in-progress", "queued-up"])
def test_a_call_in_progress_says_nothing_yet(status: str) -> None:
    assert told({"CallSid": "CA1", "CallStatus": status, "Timestamp": "Tue, 24 Nov 2026 10:00:00 +0000"}) == []


def test_withheld_numbers_are_not_one_customer() -> None:
    fields = {
        "CallSid": "CA1",
        "CallStatus": "completed",
        "Timestamp": "Tue, 24 Nov 2026 10:00:00 +0000",
        "Direction": "inbound",
    }
    for number in ("+266696687", "+7378742833", "anonymous", "client:web", ""):
        assert {event.customer for event in told({**fields, "From": number})} == {None}


def test_a_retried_request_has_the_same_key_and_another_one_has_not() -> None:
    one = {"CallSid": "CA1", "QueueSid": "QU1", "QueueResult": "leave", "QueueTime": "40"}
    assert TWILIO.delivery_key(form(one), {}) == TWILIO.delivery_key(form(one), {}) == "CA1:QU1:leave:40"
    assert TWILIO.delivery_key(form({**one, "QueueTime": "41"}), {}) == "CA1:QU1:leave:41"
    assert (
        TWILIO.delivery_key(form({"CallSid": "CA1", "CallStatus": "ringing", "SequenceNumber": "1"}), {})
        == "CA1:1:ringing"
    )
    assert TWILIO.delivery_key(form({"CallSid": "CA1"}), {}) is None


# -- whole calls

ANSWERED = (
    "task_created",
    "task_queue_entered",
    "reservation_created",
    "reservation_timeout",
    "reservation_rejected",
    "reservation_accepted",
    "reservation_wrapup",
    "task_wrapup",
    "reservation_completed",
    "task_completed",
)


def test_a_call_through_taskrouter() -> None:
    facts = fold_call("twilio", *ANSWERED)
    # entered 10:00:00.150, accepted :31, wrap-up 10:02:31, completed 10:03:01 (the task itself 30 ms later)
    assert visits(facts) == [("Support", "answered", 30.85)]
    assert legs(facts) == [("Ada Example", 120.0, None, 30.03)]
    assert rings(facts)[0] == ("Ada Example", "missed", 15.0)
    assert [ring[:2] for ring in rings(facts)[1:]] == [("Grace Example", "declined")]
    assert (facts.outcome, facts.customer, facts.entry_number) == ("answered", "+15550123", "+15550100")


def test_a_call_told_by_taskrouter_and_by_its_status_callback_counts_once() -> None:
    both = fold_call("twilio", *ANSWERED, "status_completed_inbound", "enqueue_of_taskrouter")
    assert visits(both) == [("Support", "answered", 30.85)]
    assert [(leg.agent, leg.queue) for leg in both.legs] == [("Ada Example", "Support")]
    assert both.outcome == "answered"


def test_a_task_that_is_completed_without_wrap_up_ends_the_talk() -> None:
    names = [name for name in ANSWERED if "wrapup" not in name]
    assert legs(fold_call("twilio", *names)) == [("Ada Example", 150.0, None, 0.03)]


def test_the_same_event_by_callback_and_by_stream_counts_once() -> None:
    requests = recorded("twilio", "reservation_accepted", "event_stream_batch")
    assert kinds(parse_all(TWILIO, requests, {})) == ["contact.answered", "agent.state"]


def test_a_caller_who_hangs_up_in_the_queue() -> None:
    requests = recorded("twilio", "task_created", "task_queue_entered", "task_canceled_hangup")
    other = "CA" + "2" * 32
    groups = subjects("twilio", requests)
    assert kinds(groups[other]) == ["contact.abandoned"]
    facts = fold_call("twilio", "task_canceled_hangup")
    assert [visit[:2] for visit in visits(facts)] == [("Support", "abandoned")]


def test_a_task_deleted_after_it_was_finished_changes_nothing() -> None:
    facts = fold_call("twilio", "task_canceled_hangup", "task_deleted")
    assert [visit[:2] for visit in visits(facts)] == [("Support", "abandoned")]


def test_a_cold_transfer_ends_the_first_agents_part() -> None:
    facts = fold_call("twilio", *ANSWERED[:6], "task_transfer_cold", *ANSWERED[6:])
    assert facts.transferred
    assert [(leg.agent, leg.transferred, leg.talk_ms) for leg in facts.legs] == [("Ada Example", True, 59000)]


def test_a_warm_transfer_is_told_when_it_succeeds() -> None:
    tried = fold_call("twilio", *ANSWERED, "task_transfer_warm_started")
    done = fold_call("twilio", *ANSWERED, "task_transfer_warm_started", "task_transfer_warm_completed")
    assert (tried.transferred, done.transferred) == (False, True)


def test_a_task_of_an_outbound_call_waits_in_no_queue() -> None:
    facts = fold_call("twilio", "outbound_task_created", "outbound_task_queue_entered", "outbound_reservation_accepted")
    assert (facts.direction, facts.visits, [leg.agent for leg in facts.legs]) == ("outbound", [], ["Ada Example"])
    assert facts.customer == "+15550177"


def test_a_plain_queue_tells_of_wait_and_talk_when_it_is_known_when_he_entered() -> None:
    facts = fold_call("twilio", "enqueue_bridged")
    assert visits(facts) == [("Sales", "answered", 40.0)]
    assert legs(facts) == [("", 180.0, None, None)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("enqueue_hangup", ("Sales", "abandoned", 33.0)),
        ("enqueue_leave", ("Sales", "flow_out", 60.0)),
        ("enqueue_full", ("Sales", "full", 0.0)),
    ],
)
def test_a_plain_queue_tells_how_a_caller_left(name: str, expected: tuple[str, str, float]) -> None:
    assert visits(fold_call("twilio", name)) == [expected]


def test_a_dial_that_was_picked_up_but_not_bridged_is_missed() -> None:
    facts = fold_call("twilio", "dial_not_bridged")
    assert facts.legs == []
    assert [visit[:2] for visit in visits(facts)] == [("Hunt group", "timeout")]
    assert [ring[:2] for ring in rings(facts)] == [("Grace Example", "missed")]


def test_a_dial_that_was_bridged_is_talk() -> None:
    assert legs(fold_call("twilio", "dial_completed")) == [("Grace Example", 75.0, None, None)]


def test_an_outbound_call_is_answered_by_a_person_only() -> None:
    person = fold_call("twilio", "status_initiated_outbound", "status_answered_outbound", "status_completed_outbound")
    machine = fold_call("twilio", "status_completed_outbound_machine")
    assert legs(person) == [("", 49.0, None, None)]
    assert (person.outcome, person.direction, machine.outcome, machine.legs) == ("answered", "outbound", "ended", [])


def test_activities_become_breaks_and_sessions() -> None:
    intervals = fold_states("twilio", "worker_activity_lunch", "worker_activity_offline")
    assert [(interval.track, interval.state, interval.ended_at is None) for interval in intervals] == [
        ("session", "login", False),
        ("activity", "break", False),
        ("activity", "offline", True),
    ]


# -- backfill


def test_events_are_read_page_by_page_from_the_api() -> None:
    settings = {"auth_token": "test-secret", "account_sid": "AC1", "workspace_sid": "WS1"}
    assert TWILIO.pull is not None
    steps = TWILIO.pull.steps(settings, datetime(2026, 11, 24, tzinfo=UTC), None)
    first = next(steps)
    assert isinstance(first, ApiRequest)
    assert first.url.startswith(
        "https://taskrouter.twilio.com/v1/Workspaces/WS1/Events?StartDate=2026-11-24T00%3A00%3A00Z"
    )
    assert first.headers["Authorization"] == "Basic QUMxOnRlc3Qtc2VjcmV0"
    record = json.loads(recorded("twilio", "events_api_record")[0].body)
    answer = {"events": [record], "meta": {"next_page_url": "https://taskrouter.twilio.com/v1/more"}}
    page = steps.send(ApiResponse(status=200, headers={}, body=json.dumps(answer).encode()))
    assert isinstance(page, Page)
    assert page.cursor == "https://taskrouter.twilio.com/v1/more"
    (body,) = page.bodies
    assert kinds(list(TWILIO.parse(build_request(url=URL, body=body), {}))) == ["contact.ringing"]
    second = next(steps)
    assert isinstance(second, ApiRequest)
    assert second.url == page.cursor


# -- recorded material

PAYLOADS = {
    "enqueue_action_bridged__1": ["contact.answered", "contact.ended"],
    "enqueue_action_leave__1": ["contact.overflowed"],
    "taskrouter.task-queue.expression.updated__1": [],
    "taskrouter.task.created__1": ["contact.offered"],
    "taskrouter_fixture.reservation.accepted__1": ["contact.answered"],
    "taskrouter_rest.reservation.created__1": ["contact.ringing"],
    "taskrouter_rest.worker.activity.update__1": ["agent.state"],
    "voice_status_completed_inbound__1": ["contact.offered", "contact.ended"],
    "voice_status_completed_outbound_human__1": ["contact.offered", "contact.answered", "contact.ended"],
    "voice_status_completed_outbound_test__1": ["contact.offered", "contact.ended"],
    "voice_status_ringing_twilio_compatible__1": [],
    "voice_url_request_in_progress__1": [],
}


def test_every_recorded_payload_parses_or_is_knowingly_ignored() -> None:
    payloads = {
        name: payload for name, payload in shared_payloads("twilio") if not name.startswith("signature_vectors")
    }
    assert {name: kinds(list(TWILIO.parse(_recorded(payload), {}))) for name, payload in payloads.items()} == PAYLOADS


def _recorded(payload: dict[str, Any]) -> WebhookRequest:
    body = payload["body"]
    if payload["content_type"] == "application/json":
        return build_request(url=URL, body=json.dumps(body), headers={"Content-Type": "application/json"})
    if isinstance(body, dict):
        body = urlencode({name: value.replace("(Date.now())", "1795514400000") for name, value in body.items()})
    return form(body)


def test_every_published_vector_passes_and_fails_once_changed() -> None:
    vectors = json.loads(shared("payloads", "twilio", "signature_vectors__1.json").read_text())["body"]
    assert len(vectors) == 6
    for vector in vectors:
        request = _of_vector(vector, vectors[0]["params"])
        TWILIO.verify(request, {"auth_token": vector["auth_token"]})
        with pytest.raises(Rejected):
            TWILIO.verify(request.with_body(request.body + b"&x=1"), {"auth_token": vector["auth_token"]})


def _of_vector(vector: dict[str, Any], usual: dict[str, str]) -> WebhookRequest:
    if "json_body" in vector:
        return of_json(vector["json_body"], vector["url"], vector["X-Twilio-Signature"])
    params = usual if vector["params"] == "as above" else vector["params"]
    pairs = list(params.items()) if isinstance(params, dict) else [(name, value) for name, value in params]
    return form(pairs, vector["url"], vector["X-Twilio-Signature"])


def test_fixtures_are_signed_for_what_they_say() -> None:
    fixture = load_fixture(FIXTURES / "twilio" / "event_stream_batch.json")
    assert hashlib.sha256(fixture.request.body).hexdigest() in fixture.request.url
    assert base64.b64decode(fixture.request.headers["X-Twilio-Signature"], validate=True)
