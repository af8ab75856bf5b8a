"""HubSpot: three versions of its signature, and whole tickets out of changes of properties."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures, shared
from whole_calls import recorded
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._hubspot_pull import bodies_of
from adapters.hubspot import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/hubspot"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LIFE = (
    "created_in_one_batch",
    "owner",
    "first_reply",
    "waiting_on_contact",
    "message_received",
    "second_reply",
    "closed",
    "reopened",
    "closed_again",
    "repeated_with_another_attempt",
)


def sent(body: bytes, age_s: float = 1, url: str = URL, signed_url: str = URL) -> WebhookRequest:
    stamp = str(int((NOW.timestamp() - age_s) * 1000))
    digest = hmac.new(b"test-secret", b"POST" + signed_url.encode() + body + stamp.encode(), hashlib.sha256).digest()
    signed = {"X-HubSpot-Signature-v3": base64.b64encode(digest).decode(), "X-HubSpot-Request-Timestamp": stamp}
    return build_request(url=url, body=body, headers=signed, received_at=NOW)


def passes(request: WebhookRequest, secret: str = "test-secret") -> bool:
    try:
        ADAPTER.verify(request, {"secret": secret})
    except Rejected:
        return False
    return True


def body_of(name: str) -> Any:
    [fixture] = [fixture for fixture in load_fixtures("hubspot") if fixture.name == name]
    return json.loads(fixture.request.body)


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def change(name: str, value: object, **settings: str) -> list[str]:
    told = body_of("owner")[0] | {"propertyName": name, "propertyValue": value}
    return [event.kind.value.removeprefix("ticket.") for event in parse([told], **settings)]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=UTC)


def test_version_3_passes_for_five_minutes_and_covers_the_address() -> None:
    assert [passes(sent(b"[]", age_s=age)) for age in (-301, -299, 0, 299, 301)] == [False, True, True, True, False]
    assert not passes(sent(b"[]"), secret="other")
    assert not passes(sent(b"[]").with_body(b"{}"))
    assert not passes(sent(b"[]", url=URL + "/other"))


def test_escapes_that_hubspot_writes_plainly_are_signed_plainly() -> None:
    assert passes(sent(b"[]", url=f"{URL}?a=b%3Ac%2cd%20e", signed_url=f"{URL}?a=b:c,d%20e"))
    assert passes(sent(b"[]", url=f"{URL}?a=b%3Ac", signed_url=f"{URL}?a=b%3Ac"))


def vectors(version: str) -> list[dict[str, Any]]:
    known = json.loads(shared("vendors", "signature-vectors-ticketing.json").read_text())
    return [vector for vector in known if vector["vendor"] == f"hubspot_{version}"]


@pytest.mark.parametrize(("version", "number"), [("v1", 1), ("v2", 2), ("v3", 1)])
def test_the_vectors_of_hubspots_own_client_pass_and_fail_once_changed(version: str, number: int) -> None:
    assert len(vectors(version)) == number
    for vector in vectors(version):
        name = "X-HubSpot-Signature-v3" if version == "v3" else "X-HubSpot-Signature"
        headers = {**vector["headers"], name: vector["expected"], "X-HubSpot-Signature-Version": version}
        stamp = vector["headers"].get("X-HubSpot-Request-Timestamp")
        request = build_request(
            url=vector.get("url", URL),
            method=vector.get("method", "POST"),
            body=vector["body"],
            headers=headers,
            received_at=datetime.fromtimestamp(int(stamp) / 1000, UTC) if stamp else NOW,
        )
        assert passes(request, vector["secret"])
        assert not passes(request.with_body(request.body + b" "), vector["secret"])


def test_an_older_signature_does_not_help_where_version_3_is_wrong() -> None:
    older = hashlib.sha256(b"test-secret[]").hexdigest()
    wrong = {**sent(b"{}").headers, "X-HubSpot-Signature": older}
    assert not passes(build_request(url=URL, body=b"[]", headers=wrong, received_at=NOW))


def test_a_ticket_from_its_beginning_to_its_second_closing() -> None:
    facts = fold_ticket_of("hubspot", *LIFE)
    assert facts.created_at == at("10:00:00")
    assert (facts.first_response_at, facts.agent_replies, facts.customer_replies) == (at("10:20:00"), 1, 1)
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00:00"), at("11:15:00")),
        (at("12:00:00"), at("12:30:00")),
    ]
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in facts.pauses] == [
        ("customer", at("10:21:00"), at("11:00:01"))
    ]
    assert (facts.queue, facts.agent, facts.channel, facts.priority) == ("0", "823493108", "chat", "high")


def test_every_reply_counts_where_the_centre_wants_it() -> None:
    facts = fold_ticket_of("hubspot", *LIFE, replies="every")
    assert (facts.first_response_at, facts.agent_replies) == (at("10:20:01"), 2)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600]


def test_a_workflow_tells_the_history_of_each_property() -> None:
    facts = fold_ticket_of("hubspot", "workflow")
    assert (facts.created_at, facts.first_response_at, facts.solved_at) == (
        at("10:00:00"),
        at("10:30:00"),
        at("10:50:00"),
    )


def test_a_merge_ends_each_ticket_that_went_into_another() -> None:
    events = parse(body_of("merged"))
    assert [(event.kind, event.subject, event.data["into"]) for event in events] == [
        ("ticket.merged", "5", "7"),
        ("ticket.merged", "6", "7"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "settings", "expected"),
    [
        ("hs_pipeline_stage", "2", {}, ["reopened", "paused"]),
        ("hs_pipeline_stage", "3", {}, ["reopened", "resumed"]),
        ("hs_pipeline_stage", "4", {}, ["solved"]),
        ("hs_pipeline_stage", "99", {}, []),
        ("hs_pipeline_stage", "99", {"stages": "99 = solved"}, ["solved"]),
        ("closed_date", "", {}, ["reopened"]),
        ("closed_date", None, {}, ["reopened"]),
        ("closed_date", "1795514400000", {}, ["solved"]),
        ("hubspot_owner_id", "", {}, []),
        ("source_type", "FORM", {}, ["assigned"]),
        ("source_type", "OTHER", {}, []),
        ("hs_last_message_sent_at", "1795514400000", {}, []),
        ("subject", "made up", {}, []),
    ],
)
def test_what_a_property_means(name: str, value: object, settings: dict[str, str], expected: list[str]) -> None:
    assert change(name, value, **settings) == expected


def test_only_tickets_of_the_generic_objects_count() -> None:
    assert {event.subject for event in parse(body_of("generic_object"))} == {"2"}


def test_a_time_that_is_none_is_named_by_its_path() -> None:
    with pytest.raises(BadPayload) as caught:
        change("closed_date", "soon")
    assert caught.value.path == "$[0].propertyValue"


def iso(milliseconds: str) -> str:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).isoformat(timespec="milliseconds")


def read_by_api() -> WebhookRequest:
    """What the API shows of the ticket of `LIFE`: the values that notifications told, times as ISO 8601."""
    histories: dict[str, list[dict[str, str]]] = {"createdate": []}
    for told in (told for name in LIFE for told in body_of(name)):
        if told["subscriptionType"].endswith("propertyChange"):
            name, value = told["propertyName"], str(told["propertyValue"])
            value = iso(value) if len(value) == 13 else value
            histories.setdefault(name, []).append({"value": value, "timestamp": iso(told["occurredAt"])})
        else:
            created = iso(told["occurredAt"])
            histories["createdate"].append({"value": created, "timestamp": created})
    [body] = bodies_of(Payload({"id": "395332939975", "propertiesWithHistory": histories}))
    return build_request(url="api:desk", method="PULL", body=body)


def test_the_api_tells_what_the_webhooks_tell_and_counts_nothing_twice() -> None:
    hooks = recorded("hubspot", *LIFE)
    facts = fold_ticket_of("hubspot", *LIFE)
    assert fold_requests("hubspot", [read_by_api()]) == facts
    assert fold_requests("hubspot", [*hooks, read_by_api()]) == facts
    told = {event.dedupe_key for hook in hooks for event in ADAPTER.parse(hook, {})}
    alone = [event.dedupe_key for event in ADAPTER.parse(read_by_api(), {}) if event.dedupe_key not in told]
    assert all(":createdate:" in key for key in alone)


def test_tickets_are_merged_once_each_though_the_list_grows() -> None:
    grown = [{"value": "6;8", "timestamp": iso("1795514460000")}, {"value": "6", "timestamp": iso("1795514400000")}]
    _, *bodies = bodies_of(Payload({"id": "5", "propertiesWithHistory": {"hs_merged_object_ids": grown}}))
    events = [event for body in bodies for event in parse(json.loads(body))]
    assert [(event.kind, event.subject, event.at, event.data["into"]) for event in events] == [
        ("ticket.merged", "6", at("10:00:00"), "5"),
        ("ticket.merged", "8", at("10:01:00"), "5"),
    ]
