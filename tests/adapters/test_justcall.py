"""JustCall: the signed address, records of finished calls, and their facts."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import api_justcall
import pytest
from adapter_fixtures import build_request, find_adapters
from api_reading import parse, read_all
from histories import SINCE
from vendor_api import Told
from whole_calls import fold_call, legs, recorded, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

JUSTCALL = find_adapters()["justcall"]
URL = "https://kpi.example.com/hooks/justcall/0d1f2a3b"
NOW = 1795514400  # 2026-11-24 10:00:00 UTC
SECRETS = {"api_secret": ["new-secret", "old-secret"]}
CALL = {
    "id": 1,
    "call_date": "2026-11-24",
    "call_time": "10:00:00",
    "justcall_line_name": "Support",
    "call_info": {"direction": "Incoming", "type": "missed"},
    "call_duration": {"ring_time": 30},
}


def signed(stamp: str, *, url: str = URL, told: str = URL, secret: str = "new-secret") -> WebhookRequest:
    text = f"{secret}|{quote(url, safe='')}|call.completed|{stamp}"
    headers = {
        "x-justcall-signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
        "x-justcall-request-timestamp": stamp,
    }
    body = json.dumps({"type": "call.completed", "webhook_url": told, "data": {}})
    return build_request(url=URL, body=body, headers=headers, received_at=datetime.fromtimestamp(NOW, UTC))


def told(event: str = "call.completed", **data: Any) -> list[Event]:
    body = json.dumps({"request_id": "r", "type": event, "data": {**CALL, **data}})
    return list(JUSTCALL.parse(build_request(url=URL, body=body), {}))


# -- proof


@pytest.mark.parametrize("secret", ["new-secret", "old-secret"])
@pytest.mark.parametrize("stamp", ["1795514400", "1795514400123", "2026-11-24T10:00:00Z", "2026-11-24 10:00:00"])
def test_address_type_and_time_are_signed(secret: str, stamp: str) -> None:
    JUSTCALL.verify(signed(stamp, secret=secret), SECRETS)


def test_the_address_is_the_one_that_was_called_and_not_the_one_in_the_body() -> None:
    elsewhere = "https://attacker.example.com/hook"
    with pytest.raises(Rejected, match="base URL"):
        JUSTCALL.verify(signed("1795514400", url=elsewhere, told=elsewhere), SECRETS)


@pytest.mark.parametrize("stamp", ["1795514099", "1795514701", "2026-11-24T09:54:59+00:00"])
def test_a_request_of_another_time_is_refused(stamp: str) -> None:
    with pytest.raises(Rejected, match="300 s"):
        JUSTCALL.verify(signed(stamp), SECRETS)


@pytest.mark.parametrize("stamp", ["soon", "12", "9999-99-99"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    with pytest.raises(Rejected, match="not a time"):
        JUSTCALL.verify(signed(stamp), SECRETS)


# -- single records


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"id": None}, "$.data.id"),
        ({"call_time": None}, "$.data.call_time"),
        ({"call_time": "25:00:00"}, "$.data.call_time"),
        ({"call_date": "24.11.2026"}, "$.data.call_time"),
        ({"call_duration": {"ring_time": -1}}, "$.data.call_duration.ring_time"),
    ],
)
def test_what_cannot_be_read_is_named(data: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(**data)
    assert problem.value.path == path


@pytest.mark.parametrize("event", ["call.incoming", "call.enters_queue", "jc.call_ai_generated", "sms.sent", ""])
def test_other_webhooks_are_ignored(event: str) -> None:
    assert told(event) == []


def test_a_later_change_tells_of_the_disposition_alone() -> None:
    changed = {"direction": "Incoming", "type": "missed", "disposition": "Invoice"}
    assert [event.kind for event in told("call.updated", call_info=changed)] == ["contact.tagged"]


def test_a_type_that_nobody_knows_says_nothing_about_the_end() -> None:
    assert [event.kind for event in told(call_info={"direction": "Incoming", "type": "in progress"})] == [
        "contact.offered",
        "contact.queued",
    ]


# -- whole calls


def test_an_answered_call_with_hold_and_wrap_up() -> None:
    facts = fold_call("justcall", "answered_completed", "answered_updated")
    assert visits(facts) == [("Support", "answered", 15.0)]
    # handle_time 150 less total_duration 120
    assert legs(facts) == [("Grace Example", 100.0, 20.0, 30.0)]
    assert (facts.customer, facts.direction) == ("+493055501234", "inbound")


def test_the_wait_of_a_call_that_went_through_the_queue_is_unknown() -> None:
    facts = fold_call("justcall", "queued_completed")
    assert visits(facts) == [("Support", "answered", None)]
    assert facts.started_at == datetime(2026, 11, 24, 9, 59, 59, tzinfo=UTC)


def test_talk_is_unknown_where_only_the_sum_with_the_hold_is_told() -> None:
    assert legs(fold_call("justcall", "sums_only_completed")) == [("Grace Example", None, 0.0, None)]


@pytest.mark.parametrize(
    ("names", "settings", "expected"),
    [
        (("missed_missed", "missed_completed"), {}, ("Support", "abandoned", 30.0)),
        (("voicemail_voicemail",), {}, ("Support", "voicemail", 30.0)),
        (("busy_completed",), {}, ("Support", "full", 0.0)),
        (("meaning_changed_completed",), {"missed": "missed = timeout"}, ("Support", "timeout", 30.0)),
    ],
)
def test_an_unanswered_call_ends_as_its_type_says(
    names: tuple[str, ...], settings: dict[str, str], expected: tuple[str, str, float]
) -> None:
    facts = fold_call("justcall", *names, **settings)
    assert (visits(facts), facts.legs) == ([expected], [])


def test_outbound_calls_wait_in_no_queue() -> None:
    facts = fold_call("justcall", "outbound_completed")
    assert (facts.visits, legs(facts), facts.direction) == ([], [("Grace Example", 60.0, 0.0, 0.0)], "outbound")
    facts = fold_call("justcall", "outbound_unanswered_completed")
    assert (facts.visits, facts.legs, facts.outcome) == ([], [], "ended")


# -- history


@pytest.mark.parametrize("name", ["answered_completed", "queued_completed", "outbound_completed"])
def test_a_call_that_was_read_is_the_record_that_a_webhook_tells(name: str) -> None:
    [told_by_webhook] = recorded("justcall", name)
    record = {**json.loads(told_by_webhook.body)["data"], "call_summary": "made up", "contact_name": "Made Up"}
    read = read_all(
        JUSTCALL,
        api_justcall.SETTINGS,
        lambda asked: Told(body={"data": [record] if asked.query["page"] == "0" else []}),
    )
    assert parse(JUSTCALL, read.bodies[0]) == list(JUSTCALL.parse(told_by_webhook, {}))
    assert "made up" not in json.dumps(read.bodies).lower()


def test_history_is_asked_from_a_day_before_page_after_page() -> None:
    read = read_all(JUSTCALL, api_justcall.SETTINGS, api_justcall.answer)
    assert [asked.query["page"] for asked in read.asked] == [str(page) for page in range(21)]
    assert {asked.query["from_datetime"] for asked in read.asked} == {"2026-10-31 00:00:00"}
    assert [body["data"]["id"] for body in read.bodies] == list(range(1, api_justcall.CALLS + 1))
    again = read_all(JUSTCALL, api_justcall.SETTINGS, api_justcall.answer, SINCE, read.pages[0].cursor)
    assert again.pages == read.pages[1:]
