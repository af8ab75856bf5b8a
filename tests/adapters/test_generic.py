"""Any webhook: proofs, envelopes, mappings, and what their mistakes are called."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from adapter_fixtures import build_request, shared, shared_payloads

from adapters.generic import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event, Kind
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, verify_standard_webhook

HERE = Path(__file__).parent
CALLBOT = (HERE / "mappings" / "callbot.toml").read_text(encoding="utf-8")
URL = "https://kpi.example.com/hooks/bot"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OWN = {"kind": "ticket.solved", "at": "2026-11-24T09:59:58+02:00", "subject": "T-9", "dedupe_key": "k"}


def request(body: object = None, **headers: str) -> WebhookRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return build_request(url=URL, body=raw, headers={"content-type": "application/json", **named}, received_at=NOW)


def parse(body: object, mapping: str | None = None, **headers: str) -> list[Event]:
    settings = {"auth": "bearer", "secret": "test-secret"} | ({"mapping": mapping} if mapping else {})
    return list(ADAPTER.parse(request(body, **headers), settings))


def bad(body: object, mapping: str | None = None, **headers: str) -> BadPayload:
    with pytest.raises(BadPayload) as caught:
        parse(body, mapping, **headers)
    return caught.value


def refused(settings: dict[str, Any], **headers: str) -> str:
    with pytest.raises(Rejected) as caught:
        ADAPTER.verify(request({}, **headers), settings)
    return caught.value.reason


def rule(**fields: str) -> str:
    """A mapping of one event; a field's text is a TOML value."""
    lines = {"kind": '"ticket.solved"', "at": '"at"', "subject": '"id"'} | fields
    return "[[events]]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if value)


# Proofs


def test_a_source_without_a_proof_refuses_everything() -> None:
    assert "`auth` must be one of" in refused({"secret": "test-secret"})
    assert "`auth` must be one of" in refused({"secret": "test-secret", "auth": "none"})


def test_a_bearer_token_is_compared() -> None:
    settings = {"auth": "bearer", "secret": ["new-secret", "old-secret"]}
    ADAPTER.verify(request({}, authorization="Bearer old-secret"), settings)
    ADAPTER.verify(request({}, authorization="bearer new-secret"), settings)
    assert "does not match" in refused(settings, authorization="Bearer another")
    assert "scheme Bearer" in refused(settings, authorization="Basic bmV3LXNlY3JldA==")
    assert "No secret is configured" in refused({"auth": "bearer"}, authorization="Bearer ")


def test_basic_authentication_compares_user_and_password() -> None:
    settings = {"auth": "basic", "user": "desk", "secret": "test-secret"}
    right = base64.b64encode(b"desk:test-secret").decode()
    ADAPTER.verify(request({}, authorization=f"Basic {right}"), settings)
    other = base64.b64encode(b"desk2:test-secret").decode()
    assert "does not match" in refused(settings, authorization=f"Basic {other}")


def signed(body: bytes, at: datetime, **changed: str) -> tuple[WebhookRequest, dict[str, str]]:
    stamp = str(int(at.timestamp()))
    settings = {
        "auth": "hmac",
        "secret": "test-secret",
        "header": "X-Sig",
        "prefix": "v0=",
        "signed": "v0:{timestamp}:{body}",
        "timestamp_header": "X-Time",
    } | changed
    signature = "v0=" + hmac_hex("sha256", "test-secret", b"v0:" + stamp.encode() + b":" + body)
    return request(body, X_Sig=signature, X_Time=stamp), settings


def test_an_hmac_over_a_declared_text_passes_in_either_case_of_hex() -> None:
    good, settings = signed(b"{}", NOW)
    ADAPTER.verify(good, settings)
    upper = request(b"{}", X_Time=good.headers["x-time"], X_Sig="v0=" + good.headers["x-sig"][3:].upper())
    ADAPTER.verify(upper, settings)


def test_the_signature_that_githubs_documentation_publishes_passes() -> None:
    settings = {"auth": "hmac", "header": "X-Hub-Signature-256", "prefix": "sha256="}
    published = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    given = request(b"Hello, World!", X_Hub_Signature_256=published)
    ADAPTER.verify(given, {**settings, "secret": "It's a Secret to Everybody"})
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(given, {**settings, "secret": "It is a Secret to Everybody"})


def test_an_hmac_fails_for_another_body_time_or_shape() -> None:
    good, settings = signed(b"{}", NOW)
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(good.with_body(b"{ }"), settings)
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(good, settings | {"signed": "{body}"})
    with pytest.raises(Rejected, match="does not begin with"):
        ADAPTER.verify(good, settings | {"prefix": "sha256="})


def test_an_old_signed_time_is_refused_and_the_window_can_be_set() -> None:
    old, settings = signed(b"{}", NOW - timedelta(seconds=400))
    with pytest.raises(Rejected, match="400 s old, more than 300 s"):
        ADAPTER.verify(old, settings)
    ADAPTER.verify(old, settings | {"tolerance_s": "600"})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"header": ""}, "needs `header`"),
        ({"algorithm": "md5"}, "needs `header`"),
        ({"encoding": "octal"}, "needs `header`"),
        ({"signed": "{timestamp}"}, "must contain {body}"),
        ({"timestamp_header": ""}, "`timestamp_header`"),
        ({"tolerance_s": "a while"}, "`tolerance_s` is not a number"),
    ],
)
def test_a_wrong_setting_of_the_proof_is_named(changed: dict[str, str], words: str) -> None:
    good, settings = signed(b"{}", NOW)
    with pytest.raises(Rejected) as caught:
        ADAPTER.verify(good, settings | changed)
    assert words in caught.value.reason


# Deskgauge's own events


def test_own_events_come_alone_in_lists_and_in_envelopes() -> None:
    [expected] = parse(OWN)
    assert expected == Event(
        kind=Kind.TICKET_SOLVED, at=datetime(2026, 11, 24, 7, 59, 58, tzinfo=UTC), subject="T-9", dedupe_key="k"
    )
    assert parse([OWN, OWN]) == [expected, expected]
    assert parse({"events": [OWN]}) == [expected]
    assert parse({"type": "x", "data": {"events": [OWN]}}) == [expected]


def test_an_own_event_without_a_key_is_one_event_however_often_it_comes() -> None:
    keyless = {name: value for name, value in OWN.items() if name != "dedupe_key"}
    assert parse(keyless) == parse(dict(reversed(keyless.items())))
    assert parse(keyless)[0].dedupe_key != parse(keyless | {"subject": "T-10"})[0].dedupe_key


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"kind": "ticket.done"}, "$.kind"),
        ({"at": "2026-11-24T09:59:58"}, "$.at"),
        ({"subject": ""}, "$.subject"),
        ({"subjct": "T-9"}, "$.subjct"),
        ({"channel": "fax"}, "$.channel"),
        ({"order": 1.5}, "$.order"),
        ({"data": [1]}, "$.data"),
        ({"data": {"tags": ["a"]}}, "$.data.tags"),
    ],
)
def test_a_mistake_in_an_own_event_is_named_by_its_path(changed: dict[str, Any], path: str) -> None:
    assert bad(OWN | changed).path == path


def test_a_body_that_is_no_event_asks_for_a_mapping() -> None:
    assert "the source has no mapping" in bad({"hello": "world"}).reason
    assert "the source has no mapping" in bad({"data": {"data": {"kind": "x"}}}).reason
    assert "the source has no mapping" in bad([{"hello": "world"}]).reason
    assert "the source has no mapping" in bad({"test": 1, "hello": "world"}).reason


STANDARD = {"type": "backup.done", "timestamp": "2026-11-24T10:00:00Z"}
CLOUD = {"specversion": "1.0", "id": "1", "source": "/x", "type": "com.example.backup"}


@pytest.mark.parametrize(
    "body",
    [
        STANDARD | {"data": {"size": 5}},
        CLOUD,
        CLOUD | {"subject": "backup", "time": "2026-11-24T10:00:00Z", "data": "<size>5</size>"},
        [CLOUD, CLOUD | {"id": "2", "data": [1, 2]}],
        {"test": 1},
    ],
)
def test_without_a_mapping_envelopes_around_something_else_and_probes_are_ignored(body: object) -> None:
    assert parse(body) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (STANDARD | {"data": OWN | {"kind": "ticket.done"}}, "$.data.kind"),
        (STANDARD | {"data": {"at": OWN["at"], "subject": "T-9"}}, "$.data.kind"),
        (
            STANDARD | {"data": {"events": [{"kind": "ticket.solved", "at": "today", "subject": "T-9"}]}},
            "$.data.events[0].at",
        ),
        (CLOUD | {"data": [OWN, {"subject": "T-9"}]}, "$.data[1].kind"),
        ([CLOUD, CLOUD | {"data": OWN | {"at": "today"}}], "$[1].data.at"),
        ({"at": OWN["at"], "subject": "T-9"}, "$.kind"),
    ],
)
def test_a_mistake_in_an_event_of_ours_is_never_taken_for_something_else(body: object, path: str) -> None:
    assert bad(body).path == path


def test_envelopes_around_events_of_ours_are_read_also_as_a_plain_list() -> None:
    assert [event.subject for event in parse([CLOUD, CLOUD | {"data": OWN}, CLOUD | {"data": [OWN]}])] == ["T-9", "T-9"]


@pytest.mark.parametrize(
    "message",
    [
        b"POST /hook HTTP/1.1\r\nHost: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\n\n",
        b"ce-id: 1\n\n1.5",
        b"WebHook-Request-Rate: 120\n",
    ],
)
def test_an_http_message_posted_as_text_is_no_delivery(message: bytes) -> None:
    assert parse(message) == []
    assert parse(message, rule()) == []


# Mappings


def test_times_are_read_in_their_declared_formats() -> None:
    def at(value: object, fields: str) -> datetime:
        return parse({"id": 1, "at": value}, rule(at=fields))[0].at

    assert at("2026-11-24T12:00:00+02:00", '"at"') == NOW
    assert at(1795514400, '{ from = "at", format = "epoch_s" }') == NOW
    assert at("1795514400500", '{ from = "at", format = "epoch_ms" }') == NOW + timedelta(milliseconds=500)
    assert at("Tue, 24 Nov 2026 11:00:00 +0100", '{ from = "at", format = "rfc2822" }') == NOW
    assert at("24.11.26 12:00", '{ from = "at", format = "%d.%m.%y %H:%M", timezone = "Europe/Riga" }') == NOW
    assert at("Nov 24 2026 12 PM", '{ from = "at", format = "%b %d %Y %I %p", timezone = "Europe/Riga" }') == NOW
    assert at("2026-07-24T12:00:00", '{ from = "at", timezone = "Europe/Riga" }') == datetime(
        2026, 7, 24, 9, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("yesterday", "not a time in the format iso"),
        ("2026-11-24T12:00:00", "with an offset"),
        ("1969-12-31T23:59:59Z", "after 1970"),
        (True, "not a time in the format iso"),
        ([1], "not a time in the format iso"),
        (None, "empty for this record"),
    ],
)
def test_an_unreadable_time_names_the_key_of_the_mapping(value: object, words: str) -> None:
    error = bad({"id": 1, "at": value}, rule())
    assert error.path == "mapping.events[0].at"
    assert words in error.reason


def test_a_word_that_the_field_does_not_know_is_named() -> None:
    body = {"id": "1", "at": "2026-11-24T10:00:00Z", "way": "in"}
    assert bad(body, rule(direction='"way"')).path == "mapping.events[0].direction"
    assert bad(body, rule(channel='{ constant = "fax" }')).path == "mapping.events[0].channel"
    assert parse(body, rule(direction='{ from = "way", values = { in = "inbound" } }'))[0].direction == "inbound"


def test_the_state_of_an_agent_is_his_own() -> None:
    [event] = parse({"id": "anna", "at": "2026-11-24T10:00:00Z"}, rule(kind='"agent.state"'))
    assert (event.subject, event.agent) == ("anna", "anna")
    [event] = parse(OWN | {"kind": "agent.state", "subject": "ben"})
    assert event.agent == "ben"


def test_values_take_the_type_that_their_name_asks_for() -> None:
    body = {"id": 7, "at": "2026-11-24T10:00:00Z", "d": "12.50", "yes": "yes", "n": "4", "w": "good", "empty": ""}
    data = (
        '{ wait_s = "d", talk_s = 20, resolved = "yes", score = "n", tag = "w", type = { constant = "csat" },'
        ' by = "empty", ticket = "missing" }'
    )
    [event] = parse(body, rule(kind='"survey.answered"', data=data))
    assert event.subject == "7"
    assert event.data == {"wait_s": 12.5, "talk_s": 20, "resolved": True, "score": 4, "tag": "good", "type": "csat"}


@pytest.mark.parametrize(
    ("mapping", "path", "words"),
    [
        (rule(when='"a =="'), "mapping.events[0].when", "not JMESPath"),
        (rule(queue='"team["'), "mapping.events[0].queue", "not JMESPath"),
        (rule(queue='"team"'), "mapping.events[0].queue", "a list or an object"),
        (rule(data='{ wait_s = "word" }'), "mapping.events[0].data.wait_s", "a number expected"),
        (rule(data='{ resolved = "word" }'), "mapping.events[0].data.resolved", "true or false"),
        (rule(kind='"word"'), "mapping.events[0].kind", "no kind of event"),
        (
            rule(kind='{ from = "word", values = { maybe = "ticket.don" } }'),
            "mapping.events[0].kind.values.maybe",
            "no kind",
        ),
        (rule(queue='{ form = "team" }'), "mapping.events[0].queue.form", "unknown key"),
        (rule(subject='"word.deeper"'), "mapping.events[0].subject", "empty for this record"),
        (rule(subject=""), "mapping.events[0].subject", "missing"),
        (rule(at='{ from = "at", format = "%H:%M" }'), "mapping.events[0].at", "`timezone` must say"),
        ('each = "items["\n' + rule(), "mapping.each", "not JMESPath"),
        ('each = "word"\n' + rule(), "mapping.each", "no list"),
        ('root = "top"\n' + rule(), "mapping.root", "one of body, request"),
        ('time_format = "iso"\n', "mapping.events", "at least one"),
        ("timezone = 2\n" + rule(), "mapping.timezone", "a text"),
    ],
)
def test_a_mistake_in_the_mapping_is_named_by_its_key(mapping: str, path: str, words: str) -> None:
    error = bad({"id": "1", "at": "2026-11-24T10:00:00Z", "word": "maybe", "team": {"name": "x"}}, mapping)
    assert error.path == path
    assert words in error.reason


def test_headers_and_query_are_at_hand_when_the_root_is_the_request() -> None:
    mapping = 'root = "request"\n' + rule(
        when='"headers.\\"x-event\\" == \'solved\'"', at='"body.at"', subject='"body.id"', queue='"query.team"'
    )
    body = json.dumps({"id": "1", "at": "2026-11-24T10:00:00Z"}).encode()
    sent = build_request(url=f"{URL}?team=Billing", body=body, headers={"X-Event": "solved"}, received_at=NOW)
    [event] = ADAPTER.parse(sent, {"mapping": mapping})
    assert event.queue == "Billing"


def test_a_record_without_an_id_is_identified_by_its_content_or_by_its_delivery() -> None:
    body = {"id": "1", "at": "2026-11-24T10:00:00Z"}
    assert parse(body, rule()) == parse(dict(reversed(body.items())), rule())
    assert parse(body, rule())[0].dedupe_key != parse(body | {"more": 1}, rule())[0].dedupe_key
    assert parse(body, rule(), webhook_id="msg_1")[0].dedupe_key == "msg_1:ticket.solved"


# CloudEvents


def test_a_cloud_event_must_say_what_the_specification_demands() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/x", "data": OWN}
    error = bad(event, content_type="application/cloudevents+json")
    assert error.path == "$.type"


def test_binary_data_of_a_cloud_event_is_decoded() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "t", "datacontenttype": "application/json"}
    data = base64.b64encode(json.dumps(OWN).encode()).decode()
    [found] = parse(event | {"data_base64": data}, content_type="application/cloudevents+json")
    assert found.subject == "T-9"


def test_a_picture_in_a_cloud_event_is_left_out_of_what_a_mapping_reads() -> None:
    picture = {**CLOUD, "time": "2026-11-24T10:00:00Z", "datacontenttype": "image/png", "data_base64": "iVBORw0KGgo="}
    mapping = rule(at='"time"', subject='"id"')
    [found] = parse(picture, mapping, content_type="application/cloudevents+json")
    [binary] = parse(
        b"\x89PNG\r\n",
        mapping,
        content_type="image/png",
        ce_specversion="1.0",
        ce_id="1",
        ce_source="/x",
        ce_type="t",
        ce_time=NOW.isoformat(),
    )
    assert (found.subject, binary.subject) == ("1", "1")


def test_permission_to_send_is_given_to_the_allowed_origin_only() -> None:
    ask = build_request(url=URL, method="OPTIONS", headers={"WebHook-Request-Origin": "desk.example.com"})
    granted = ADAPTER.handshake(ask, {})
    assert granted is not None
    assert dict(granted.headers) == {"WebHook-Allowed-Origin": "desk.example.com", "Allow": "POST"}
    refusal = ADAPTER.handshake(ask, {"origin": "other.example.com"})
    assert refusal is not None
    assert (refusal.status, dict(refusal.headers)) == (403, {})
    assert ADAPTER.handshake(request(OWN), {}) is None


# Material outside of the project


def test_the_published_standard_webhook_vector_passes_and_a_changed_one_fails() -> None:
    vector = json.loads(shared("payloads", "standard_webhooks", "vector__1.json").read_text())
    secret = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    then = datetime.fromtimestamp(1614265330, UTC)
    verify_standard_webhook(vector["headers"], vector["body"].encode(), secret, then)
    with pytest.raises(Rejected):
        verify_standard_webhook(vector["headers"], vector["body"].encode() + b" ", secret, then)
    with pytest.raises(Rejected):
        verify_standard_webhook(vector["headers"], vector["body"].encode(), secret, then + timedelta(seconds=301))


def test_the_verdicts_of_the_standard_webhooks_library_are_ours() -> None:
    vectors = json.loads(shared("vendors", "signature-vectors-sdk.json").read_text())
    made_at = datetime.fromtimestamp(vectors["made_at"], UTC)
    cases = [case for case in vectors["cases"] if case["vendor"] == "standardwebhooks"]
    assert len(cases) == 5
    for case in cases:
        sent = build_request(
            url=case["url"], headers=case["headers"], body=base64.b64decode(case["body_b64"]), received_at=made_at
        )
        assert _passes(sent, {"auth": "standard_webhooks", "secret": case["secret"]}) is case["vendor_verdict"], case[
            "case"
        ]


def _passes(sent: WebhookRequest, settings: dict[str, str]) -> bool:
    try:
        ADAPTER.verify(sent, settings)
    except Rejected:
        return False
    return True


SPEC_MAPPING = rule(at='"time"', subject='"id"', when="\"starts_with(type, 'com.')\"", kind='"contact.tagged"')


def test_the_examples_of_the_cloudevents_specification_are_read() -> None:
    subjects = {}
    for name, payload in shared_payloads("cloudevents"):
        sent = _http(payload)
        try:
            subjects[name] = [event.subject for event in ADAPTER.parse(sent, {"mapping": SPEC_MAPPING})]
        except BadPayload as error:
            subjects[name] = [error.path]
    assert subjects == {
        # abbreviated in the specification, so that they are no JSON
        "http-protocol-binding__2": ["$"],
        "http-protocol-binding__3": ["$"],
        "http-protocol-binding__4": ["$"],
        # headers of the handshake, without a body
        "http-webhook__1": ["$"],
        "http-webhook__3": ["$"],
        "http-webhook__4": ["$"],
        "json-format__3": ["B234-1234-1234"],
        "json-format__4": ["B234-1234-1234"],
        "json-format__6": ["C234-1234-1234"],
        "json-format__8": ["C234-1234-1234"],
        "spec__1": ["A234-1234-1234"],
    }


def _http(payload: dict[str, Any]) -> WebhookRequest:
    """The request of a recorded payload; some are whole HTTP messages."""
    if payload["content_type"] != "message/http":
        headers = {"content-type": payload["content_type"]}
        return build_request(url=URL, body=json.dumps(payload["body"]), headers=headers)
    head, _, body = payload["body"].strip().partition("\n\n")
    headers = dict(line.strip().split(": ", 1) for line in head.splitlines() if ": " in line)
    return build_request(url=URL, body=body, headers=headers)


def test_the_examples_of_the_standard_webhooks_specification_are_read() -> None:
    mapping = rule(at='"timestamp"', subject='"data.id"', when="\"type == 'contact.created'\"", kind='"contact.tagged"')
    found = {
        name: [event.subject for event in ADAPTER.parse(_http(payload), {"mapping": mapping})]
        for name, payload in shared_payloads("standard_webhooks")
        if isinstance(payload["body"], dict)
    }
    assert found == {"spec_example__1": [], "spec_example__2": ["1f81eb52-5198-4599-803e-771906343485"]}


def test_the_documented_example_is_the_tested_one() -> None:
    page = (HERE.parents[1] / "docs" / "adapters" / "generic.md").read_text(encoding="utf-8")
    assert f"```toml\n{CALLBOT}```" in page
