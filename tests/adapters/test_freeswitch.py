"""FreeSWITCH: credentials, the ways in which a record may be packed, and whole calls up to their facts."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, load_fixture
from whole_calls import fold_call, fold_states, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

FREESWITCH = find_adapters()["freeswitch"]
URL = "https://kpi.example.com/hooks/pbx/0d1f2a3b?uuid=1"
NAMES = {"names": load_fixture(FIXTURES / "freeswitch" / "caller_answered.json").settings["names"]}
EVENTS = {**NAMES, "record": "events"}
CALL = "11111111-2222-4000-8000-000000000001"
START = 1795514400  # 2026-11-24 10:00:00 UTC


def post(body: str | bytes, **headers: str) -> WebhookRequest:
    return build_request(url=URL, body=body, headers=headers)


def record(**variables: str) -> dict[str, Any]:
    told = {"uuid": CALL, "start_uepoch": f"{START}000000", "end_uepoch": f"{START + 9}000000", **variables}
    return {"core-uuid": "c", "variables": {"sip_from_user": "%2B4930555", "sip_to_user": "4000", **told}}


def told(body: object, **settings: str) -> list[Event]:
    return list(FREESWITCH.parse(post(json.dumps(body)), settings))


def basic(credentials: str) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


# -- proof


@pytest.mark.parametrize(
    "header",
    [basic("user:new"), basic("anybody:old"), basic(":new"), basic("user:new").replace("Basic", "basic")],
)
def test_either_live_password_is_accepted_whoever_uses_it(header: str) -> None:
    FREESWITCH.verify(post("{}", authorization=header), {"password": ["new", "old"]})


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic !", "Bearer " + basic("user:new")[6:], basic("user:"), basic("new"), basic("user:new:new")],
)
def test_any_other_proof_is_refused(header: str) -> None:
    with pytest.raises(Rejected, match="cred"):
        FREESWITCH.verify(post("{}", authorization=header), {"password": ["new", "old"]})


def test_passwords_beyond_ascii_and_with_colons_are_compared_whole() -> None:
    FREESWITCH.verify(post("{}", authorization=basic("kpi:pass:wörd")), {"password": "pass:wörd"})


# -- packing

TEXT = json.dumps(record(cc_queue="a%25b%40default", cc_queue_joined_epoch=str(START)))


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        f"cdr={quote(TEXT, safe='')}",
        f"cdr={base64.b64encode(TEXT.encode()).decode()}",
        f"cdr={quote(base64.b64encode(TEXT.encode()).decode(), safe='')}",
        f"cdr={TEXT}",
        f"  {TEXT}\n",
    ],
    ids=["bare", "percent-encoded", "base64", "base64 in a form", "format_cdr", "with spaces around"],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_every_packing_says_the_same_whatever_its_content_type(body: str, content_type: str) -> None:
    events = FREESWITCH.parse(post(body, **{"content-type": content_type}), {})
    assert [event.kind.value for event in events] == ["contact.offered", "contact.queued", "contact.ended"]
    assert events[0].customer == "+4930555"
    assert events[1].queue == "a%b@default"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("{}", "$.variables"),
        ('{"variables": []}', "$.variables"),
        (json.dumps(record(uuid="")), "$.variables.uuid"),
        (json.dumps(record(end_uepoch="soon")), "$.variables.end_uepoch"),
        (json.dumps({**record(), "app_log": {"applications": [{"app_name": "x"}]}}), "$.variables.app_stamp"),
        (json.dumps(record(cc_side="agent", cc_agent="a")), "$.variables.cc_member_session_uuid"),
        (json.dumps({"CC-Action": "agent-status-change"}), "$.Event-Date-Timestamp"),
        ("cdr=!", "$"),
        ("hello", "$"),
        ("", "$"),
    ],
)
def test_what_cannot_be_read_is_named(body: str, path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        FREESWITCH.parse(post(body), {})
    assert problem.value.path == path.replace("$.variables.app_stamp", "$.app_log.applications[0].app_stamp")


def test_a_leg_that_is_not_over_says_nothing_yet() -> None:
    assert told(record(end_uepoch="0")) == []


@pytest.mark.parametrize("number", ["anonymous", "Anonymous", "unknown", "restricted", "0000000000"])
def test_withheld_numbers_are_not_one_customer(number: str) -> None:
    assert told(record(sip_from_user=number))[0].customer is None


@pytest.mark.parametrize(("digits", "direction"), [("4", "outbound"), ("7", None), ("", None), ("x", None)])
def test_how_long_extensions_are_says_who_is_outside(digits: str, direction: str | None) -> None:
    events = told(record(sip_from_user="1001", sip_to_user="55501"), extension_digits=digits)
    assert [event.direction for event in events[:1]] == ([direction] if direction else [])


def test_a_number_with_a_name_is_an_own_extension_however_long() -> None:
    assert told(record(sip_from_user="00493055501", sip_to_user="1001"), names="00493055501 = Ada Example") == []


def test_a_record_without_a_log_of_applications_has_its_entry_to_the_second() -> None:
    (queued,) = [event for event in told(record(cc_queue="q", cc_queue_joined_epoch=str(START + 2))) if event.queue]
    assert queued.at == datetime(2026, 11, 24, 10, 0, 2, tzinfo=UTC)


# -- whole calls


def test_an_answered_call_with_a_refusal_a_missed_ring_and_a_hold() -> None:
    facts = fold_call("freeswitch", "agent_refused", "agent_missed", "agent_answered", "caller_answered", **NAMES)
    assert visits(facts) == [("Support", "answered", 15.0)]
    # connected at 15.2, over at 75.25, on hold from 30 to 42: 60.05 - 12
    assert legs(facts) == [("Grace Example", 48.05, 12.0, None)]
    assert rings(facts) == [
        ("Ada Example", "declined", 2.0),
        ("linus@default", "missed", 8.0),
        ("Grace Example", "answered", 4.5),
    ]
    assert (facts.outcome, facts.direction, facts.customer, facts.entry_number) == (
        "answered",
        "inbound",
        "+49305550123",
        "4000",
    )
    assert facts.ended_at == datetime(2026, 11, 24, 10, 1, 15, 300000, tzinfo=UTC)


def test_the_callers_leg_alone_tells_of_the_answer() -> None:
    facts = fold_call("freeswitch", "caller_answered", **NAMES)
    assert visits(facts) == [("Support", "answered", 15.0)]
    assert legs(facts) == [("Grace Example", 60.1, 0.0, None)]


def test_the_agents_leg_alone_tells_of_the_talk_and_of_no_wait() -> None:
    facts = fold_call("freeswitch", "agent_answered", **NAMES)
    assert visits(facts) == [("Support", "answered", None)]
    assert legs(facts) == [("Grace Example", 48.05, 12.0, None)]


@pytest.mark.parametrize(
    ("names", "outcome", "expected"),
    [
        (("caller_abandoned", "agent_ring_cancelled"), "abandoned", [("Support", "abandoned", 21.0)]),
        (("caller_abandoned_format_cdr",), "abandoned", [("Support", "abandoned", 6.0)]),
        (("caller_timeout",), "timeout", [("Support", "timeout", 60.0)]),
        (("caller_voicemail",), "voicemail", [("Support", "voicemail", 60.0)]),
        (("caller_voicemail_empty",), "timeout", [("Support", "timeout", 60.0)]),
        (("caller_no_agents",), "leave_empty", [("Support", "leave_empty", 30.0)]),
        (("caller_left_by_key",), "flow_out", [("Support", "flow_out", 12.0)]),
        (("caller_taken_out",), "withdrawn", [("Support", "withdrawn", 12.0)]),
        (("caller_two_queues",), "abandoned", [("Support", "flow_out", 30.0), ("Sales", "abandoned", 19.8)]),
    ],
)
def test_calls_without_an_agent_end_as_their_records_say(
    names: tuple[str, ...], outcome: str, expected: list[tuple[str, str, float]]
) -> None:
    facts = fold_call("freeswitch", *names, **NAMES)
    assert (facts.outcome, visits(facts), facts.legs) == (outcome, expected, [])


def test_a_blind_transfer_gives_the_extension_its_part() -> None:
    facts = fold_call(
        "freeswitch", "agent_transferred_blind", "extension_after_transfer", "caller_transferred", **NAMES
    )
    assert visits(facts) == [("Support", "answered", 5.0)]
    assert [(leg.agent, leg.transferred, leg.queue) for leg in facts.legs] == [
        ("Ada Example", True, "Support"),
        ("Linus Example", False, "Support"),
    ]
    # told by the customer's leg a moment earlier than by the agent's own
    assert legs(facts) == [("Ada Example", 34.85, 0.0, None), ("Linus Example", 46.0, 0.0, None)]


def test_an_attended_transfer_is_a_hold_and_the_consultation_is_no_contact() -> None:
    facts = fold_call(
        "freeswitch",
        "agent_transferred_attended",
        "consultation",
        "extension_after_consultation",
        "caller_transferred_attended",
        **NAMES,
    )
    # 34.85 from answer to transfer, of which 15.05 on hold since 25
    assert legs(facts) == [("Ada Example", 19.8, 15.05, None), ("Grace Example", 39.9, 0.0, None)]
    assert [leg.transferred for leg in facts.legs] == [True, False]
    assert rings(facts) == [("Ada Example", "answered", 4.7)]


def test_a_direct_call_has_an_agent_and_no_queue() -> None:
    facts = fold_call("freeswitch", "direct_extension", "direct_caller", **NAMES)
    assert (facts.outcome, facts.direction, facts.visits) == ("answered", "inbound", [])
    assert legs(facts) == [("Grace Example", 38.9, 0.0, None)]
    assert rings(facts) == [("Grace Example", "answered", 5.9)]


def test_outbound_calls_wait_in_no_queue_and_are_told_once() -> None:
    answered = fold_call("freeswitch", "outbound_answered", "outbound_trunk_leg", **NAMES)
    unanswered = fold_call("freeswitch", "outbound_unanswered", **NAMES)
    assert (answered.direction, answered.customer, answered.visits) == ("outbound", "00493055501", [])
    assert legs(answered) == [("Ada Example", 51.9, 0.0, None)]
    assert (unanswered.outcome, unanswered.legs) == ("ended", [])


# -- events of mod_callcenter

LIVE = (
    "event_joined",
    "event_offering",
    "event_fail",
    "event_offering_again",
    "event_bridged",
    "event_parted",
    "event_terminated",
)


def test_a_call_that_events_tell_live() -> None:
    facts = fold_call("freeswitch", *LIVE, **EVENTS)
    assert visits(facts) == [("Support", "answered", 14.0)]
    assert legs(facts) == [("Grace Example", 60.0, 0.0, None)]
    assert rings(facts) == [("Ada Example", "missed", 8.0), ("Grace Example", "answered", 5.0)]


def test_a_record_beside_events_adds_its_hold_and_counts_no_call_twice() -> None:
    facts = fold_call("freeswitch", *LIVE, "agent_answered_beside_events", **EVENTS)
    assert legs(facts) == [("Grace Example", 50.0, 10.0, None)]
    assert len(facts.visits) == len(facts.legs) == 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("event_joined_second", "event_abandoned"), [("Support", "abandoned", 19.0)]),
        (("event_joined_third", "event_timeout"), [("Support", "timeout", 60.0)]),
    ],
)
def test_events_tell_how_a_queue_was_left(names: tuple[str, ...], expected: list[tuple[str, str, float]]) -> None:
    assert visits(fold_call("freeswitch", *names, **EVENTS)) == expected


def test_outbound_calls_are_records_even_where_queues_are_told_by_events() -> None:
    facts = fold_call("freeswitch", "outbound_answered", **EVENTS)
    assert legs(facts) == [("Ada Example", 51.9, 0.0, None)]


def test_status_of_an_agent_is_session_and_break() -> None:
    states = fold_states(
        "freeswitch", "event_status_available", "event_status_break", "event_status_logged_out", **NAMES
    )
    assert [(state.track, state.state) for state in states] == [
        ("session", "login"),
        ("activity", "break"),
        ("activity", "offline"),
    ]
