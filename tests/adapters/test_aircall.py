"""Aircall: proofs, what single events mean, whole calls up to their facts, and the reading of missed calls from its API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, find_adapters, parse_all, shared_payloads
from whole_calls import fold_call, fold_states, legs, recorded, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page
from plugin.contract.request import WebhookRequest

AIRCALL = find_adapters()["aircall"]
URL = "https://kpi.example.com/hooks/aircall/0d1f2a3b"
STARTED = 1795514400  # 2026-11-24 10:00:00 UTC


def delivery(event: str, timestamp: int = STARTED, token: object = "test-secret", **data: Any) -> WebhookRequest:
    call = {"id": 1, "direction": "inbound", "started_at": STARTED, "number": {"id": 9, "name": "Support line"}, **data}
    body = {"resource": "call", "event": event, "timestamp": timestamp, "token": token, "data": call}
    return build_request(url=URL, body=json.dumps(body), headers={"Content-Type": "application/json"})


def told(event: str, timestamp: int = STARTED, settings: dict[str, str] | None = None, **data: Any) -> list[Event]:
    return list(AIRCALL.parse(delivery(event, timestamp, **data), settings or {}))


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.value for event in events]


# -- proof


@pytest.mark.parametrize("token", ["new-token", "old-token"])
def test_either_live_token_is_accepted(token: str) -> None:
    AIRCALL.verify(delivery("call.created", token=token), {"token": ["new-token", "old-token"]})


@pytest.mark.parametrize("token", ["other", "", None, 0, ["new-token"], {"a": 1}, "new-token "])
def test_any_other_token_is_refused(token: object) -> None:
    with pytest.raises(Rejected, match="token"):
        AIRCALL.verify(delivery("call.created", token=token), {"token": ["new-token", "old-token"]})


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"new-token"', b"token=new-token", b"\xff"])
def test_a_body_without_a_token_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected, match="token"):
        AIRCALL.verify(build_request(url=URL, body=body), {"token": "new-token"})


# -- single events


@pytest.mark.parametrize(
    ("reason", "kind", "data", "queued"),
    [
        ("short_abandoned", "contact.abandoned", {"wait_s": 17}, True),
        ("abandoned_in_classic", "contact.abandoned", {"wait_s": 17}, True),
        ("agents_did_not_answer", "contact.abandoned", {"wait_s": 17}, True),
        ("no_available_agent", "contact.overflowed", {"wait_s": 17, "reason": "leave_empty"}, True),
        ("out_of_opening_hours", "contact.overflowed", {"wait_s": 17, "reason": "closed"}, True),
        ("abandoned_in_ivr", "contact.abandoned", {"stage": "ivr"}, False),
        ("something_new", "contact.overflowed", {"wait_s": 17, "reason": "error"}, True),
    ],
)
def test_the_reason_of_a_missed_call_says_how_it_counts(
    reason: str, kind: str, data: dict[str, object], queued: bool
) -> None:
    events = told("call.ended", missed_call_reason=reason, ended_at=STARTED + 17)
    (exit_,) = [event for event in events if event.kind.value == kind]
    assert dict(exit_.data) == data
    assert ("contact.queued" in kinds(events)) is queued


def test_a_call_that_is_only_created_is_in_no_queue_yet() -> None:
    assert kinds(told("call.created")) == ["contact.offered"]


@pytest.mark.parametrize("digits", ["anonymous", "Anonymous", "unknown", None])
def test_withheld_numbers_are_not_one_customer(digits: str | None) -> None:
    assert told("call.created", raw_digits=digits)[0].customer is None


def test_a_tag_that_a_user_gave_is_no_wish_to_be_called_back() -> None:
    tag = {"id": 1, "name": "Callback Request", "tagged_at": STARTED + 5}
    by_user = told("call.tagged", tags=[{**tag, "tagged_by": {"id": 4, "name": "Ada Example"}}])
    by_aircall = told("call.tagged", tags=[{**tag, "tagged_by": {}}])
    assert "contact.callback_requested" not in kinds(by_user)
    assert "contact.callback_requested" in kinds(by_aircall)


@pytest.mark.parametrize(
    "event", ["message.received", "contact.updated", "number.opened", "summary.created", "call.new"]
)
def test_other_events_are_ignored(event: str) -> None:
    assert told(event) == []


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"started_at": None}, "$.data.started_at"),
        ({"id": None}, "$.data.id"),
        ({"answered_at": "soon"}, "$.data.answered_at"),
        ({"tags": {}}, "$.data.tags"),
    ],
)
def test_what_cannot_be_read_is_named(data: dict[str, object], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told("call.created", **data)
    assert problem.value.path == path


def test_two_tags_of_one_second_are_two_deliveries() -> None:
    tag = {"id": 1, "name": "Invoice", "tagged_at": STARTED}
    one, two = delivery("call.tagged", tags=[tag]), delivery("call.tagged", tags=[tag, {**tag, "id": 2}])
    assert AIRCALL.delivery_key(one, {}) == "call.tagged:1:1795514400:1"
    assert AIRCALL.delivery_key(two, {}) == "call.tagged:1:1795514400:2"


def test_the_answer_is_a_200() -> None:
    assert AIRCALL.acknowledge(delivery("call.created"), {}).status == 200


# -- whole calls

ANSWERED = (
    "call_created",
    "call_ringing_on_agent",
    "call_agent_declined",
    "call_ringing_on_second_agent",
    "call_answered",
    "call_hold",
    "call_unhold",
    "call_unsuccessful_transfer",
    "call_hungup",
    "call_ended",
    "call_tagged",
)


def test_an_answered_call_with_a_hold() -> None:
    facts = fold_call("aircall", *ANSWERED)
    assert visits(facts) == [("Support line", "answered", 15.0)]
    # answered at 15, ended at 208, on hold from 34 to 64: 193 - 30 = 163
    assert legs(facts) == [("Grace Example", 163.0, 30.0, None)]
    assert rings(facts) == [("Ada Example", "declined", 4.0), ("Grace Example", "answered", 8.0)]
    assert (facts.outcome, facts.transferred) == ("answered", False)
    assert facts.ended_at == datetime(2026, 11, 24, 10, 3, 28, tzinfo=UTC)


def test_the_end_alone_tells_of_an_answered_call() -> None:
    facts = fold_call("aircall", "call_ended")
    assert visits(facts) == [("Support line", "answered", 15.0)]
    assert legs(facts) == [("Grace Example", 193.0, 0.0, None)]


def test_every_snapshot_less_leaves_the_same_wait_and_talk() -> None:
    for left_out in ("call_created", "call_answered", "call_hungup", "call_tagged"):
        facts = fold_call("aircall", *(name for name in ANSWERED if name != left_out))
        assert (visits(facts), legs(facts)) == (
            [("Support line", "answered", 15.0)],
            [("Grace Example", 163.0, 30.0, None)],
        )


def test_a_transfer_gives_each_agent_his_part() -> None:
    facts = fold_call(
        "aircall", "transfer_answered", "transfer_answered_again", "transfer_transferred", "transfer_ended"
    )
    assert visits(facts) == [("Support line", "answered", 10.0)]
    assert legs(facts) == [("Ada Example", 60.0, 0.0, None), ("Grace Example", 130.0, 0.0, None)]
    assert [leg.transferred for leg in facts.legs] == [True, False]


def test_a_missed_call_is_abandoned_until_its_message_comes() -> None:
    assert visits(fold_call("aircall", "missed_agents_did_not_answer")) == [("Support line", "abandoned", 17.0)]
    facts = fold_call("aircall", "missed_agents_did_not_answer", "missed_voicemail", "missed_voicemail_left")
    assert visits(facts) == [("Support line", "voicemail", 17.0)]
    assert (facts.outcome, facts.legs) == ("voicemail", [])


@pytest.mark.parametrize(
    ("name", "outcome", "expected"),
    [
        ("missed_short", "abandoned", [("Support line", "abandoned", 4.0)]),
        ("missed_closed", "closed", [("Support line", "closed", 12.0)]),
        ("missed_no_agent", "leave_empty", [("Support line", "leave_empty", 60.0)]),
        ("missed_in_ivr", "ivr_abandoned", []),
        ("callback_requested", "callback_requested", [("Support line", "callback_requested", 32.0)]),
    ],
)
def test_missed_calls_end_as_their_reason_says(name: str, outcome: str, expected: list[tuple[str, str, float]]) -> None:
    facts = fold_call("aircall", name)
    assert (facts.outcome, visits(facts)) == (outcome, expected)


def test_the_administrator_may_change_what_a_reason_means() -> None:
    facts = fold_call("aircall", "missed_meaning_changed", missed="agents_did_not_answer = timeout")
    assert visits(facts) == [("Support line", "timeout", 60.0)]


def test_outbound_calls_wait_in_no_queue() -> None:
    answered, unanswered = fold_call("aircall", "outbound_ended"), fold_call("aircall", "outbound_unanswered")
    assert (answered.visits, legs(answered)) == ([], [("Ada Example", 15.0, 0.0, None)])
    assert (unanswered.visits, unanswered.legs, unanswered.outcome) == ([], [], "ended")


def test_a_team_is_the_queue_once_the_call_has_ended() -> None:
    early = fold_call("aircall", "team_call_answered", queue_from="team")
    late = fold_call("aircall", "team_call_answered", "team_call_ended", queue_from="team")
    assert visits(early) == []
    assert visits(late) == [("Billing", "answered", 15.0)]
    assert legs(late) == [("Grace Example", 193.0, 0.0, None)]


def test_wrap_up_is_a_state_of_the_agent() -> None:
    (interval,) = fold_states("aircall", "user_wut_start", "user_wut_end")
    assert interval.ended_at is not None
    assert (interval.state, (interval.ended_at - interval.started_at).total_seconds()) == ("wrap_up", 45.0)


def test_a_reason_of_absence_replaces_the_bare_absence_of_the_same_second() -> None:
    states = fold_states(
        "aircall", "user_connected", "user_disconnected", "user_opened", "user_closed_with_substatus", "user_closed"
    )
    assert [(state.track, state.state, state.reason) for state in states] == [
        ("session", "login", None),
        ("activity", "offline", None),
        ("activity", "break", "out_for_lunch"),
    ]


# -- backfill


def test_ended_calls_are_read_page_by_page_from_the_api() -> None:
    settings = {"api_id": "made-up", "api_token": "test-secret"}
    assert AIRCALL.pull is not None
    steps = AIRCALL.pull.steps(settings, datetime(2026, 11, 24, tzinfo=UTC), None)
    first = next(steps)
    assert isinstance(first, ApiRequest)
    assert first.url == "https://api.aircall.io/v1/calls?from=1795478400&order=asc&per_page=50"
    assert first.headers["Authorization"] == "Basic bWFkZS11cDp0ZXN0LXNlY3JldA=="
    call = {
        "id": 7,
        "direction": "inbound",
        "started_at": STARTED,
        "ended_at": STARTED + 9,
        "missed_call_reason": "short_abandoned",
    }
    answer = {
        "calls": [call, {"id": 8, "started_at": STARTED + 5, "ended_at": None}],
        "meta": {"next_page_link": "https://api.aircall.io/v1/calls?page=2"},
    }
    page = steps.send(ApiResponse(status=200, headers={}, body=json.dumps(answer).encode()))
    assert isinstance(page, Page)
    assert page.cursor == str(STARTED + 5)
    (body,) = page.bodies
    events = AIRCALL.parse(build_request(url=URL, body=body), {})
    assert {event.subject for event in events} == {"7"}
    assert "contact.abandoned" in kinds(list(events))
    second = next(steps)
    assert isinstance(second, ApiRequest)
    assert second.url == "https://api.aircall.io/v1/calls?page=2"


# -- recorded material

PAYLOADS = {
    "call.answered__2": ["contact.offered", "contact.queued", "contact.answered"],
    "call.archived__1": [
        "contact.offered",
        "contact.queued",
        "contact.callback_requested",
        "contact.tagged",
        "contact.ended",
    ],
    "call.created__2": ["contact.offered"],
    "call.ended__1": ["contact.offered", "contact.answered", "contact.ended"],
    "call.hold__1": ["contact.offered", "contact.held"],
    "call.hungup__2": ["contact.offered", "contact.queued", "contact.abandoned", "contact.ended"],
    "call.ringing_on_agent__1": ["contact.offered", "contact.queued", "contact.ringing"],
    "call.unhold__1": ["contact.offered", "contact.resumed"],
    "call.unsuccessful_transfer__1": ["contact.offered", "contact.queued"],
    "contact.created__1": [],
    "contact.deleted__1": [],
    "number.closed__1": [],
    "number.created__1": [],
    "user.closed__1": ["agent.state"],
    "user.connected__1": ["agent.state"],
    "user.created__1": [],
    "user.deleted__1": ["agent.state"],
    "user.opened__1": ["agent.state"],
    "user.wut_end__1": ["agent.state"],
}


def test_every_recorded_payload_parses_or_is_knowingly_ignored() -> None:
    read = {}
    for name, payload in shared_payloads("aircall"):
        request = build_request(url=URL, body=json.dumps(payload["body"]))
        AIRCALL.verify(request, {"token": payload["body"]["token"]})
        read[name] = kinds(list(AIRCALL.parse(request, {})))
    assert read == PAYLOADS


def test_snapshots_of_one_call_agree_on_what_they_repeat() -> None:
    requests = recorded("aircall", *ANSWERED)
    seen: dict[str, Event] = {}
    for request in requests:
        for event in AIRCALL.parse(request, {}):
            assert seen.setdefault(event.dedupe_key, event) == event
    assert len(parse_all(AIRCALL, requests, {})) == len(seen) == 10
