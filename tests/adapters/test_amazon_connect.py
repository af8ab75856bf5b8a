"""Amazon Connect: proofs of three ways in, what records and events mean, and whole contacts up to their facts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from adapter_fixtures import build_request, find_adapters, shared_payloads
from whole_calls import fold_call, fold_states, legs, recorded, rings, subjects, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import fold_contact

CONNECT = find_adapters()["amazon_connect"]
URL = "https://kpi.example.com/hooks/connect/0d1f2a3b"
LIVE = {"record": "events", "names": "1a7164b5 = Support\nad4 = ada"}
RECORD = {
    "ContactId": "c1",
    "InitiationMethod": "INBOUND",
    "Channel": "VOICE",
    "InitiationTimestamp": "2026-11-24T10:00:00Z",
    "DisconnectTimestamp": "2026-11-24T10:02:00Z",
}
QUEUE = {"Name": "Support", "EnqueueTimestamp": "2026-11-24T10:00:10Z", "Duration": 30}
AGENT = {
    "Username": "ada",
    "ConnectedToAgentTimestamp": "2026-11-24T10:00:40Z",
    "AgentInteractionDuration": 60,
    "CustomerHoldDuration": 15,
}


def post(body: object, **headers: str) -> WebhookRequest:
    return build_request(url=URL, body=body if isinstance(body, str) else json.dumps(body), headers=headers)


def told(body: object, **settings: str) -> list[Event]:
    return list(CONNECT.parse(post(body), settings))


def of_kind(events: list[Event], kind: str) -> Event:
    (event,) = [event for event in events if event.kind.value == kind]
    return event


def basic(credentials: str) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


# -- proof


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Api-Key": "new"},
        {"X-Amz-Firehose-Access-Key": "old"},
        {"Authorization": "Bearer new"},
        {"Authorization": basic("anybody:old")},
    ],
    ids=["api key", "firehose", "bearer", "basic"],
)
def test_either_live_secret_is_accepted_in_each_way(headers: dict[str, str]) -> None:
    CONNECT.verify(post({}, **headers), {"secret": ["new", "old"]})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": "other"},
        {"X-Api-Key": ""},
        {"Authorization": "new"},
        {"Authorization": "Bearer"},
        {"Authorization": basic("new:")},
        {"X-Api-Key": "other", "Authorization": "Bearer new"},
    ],
)
def test_any_other_proof_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Rejected, match="secret"):
        CONNECT.verify(post({}, **headers), {"secret": ["new", "old"]})


def test_firehose_is_answered_with_its_request_id_and_a_time_and_others_with_nothing() -> None:
    body = {"requestId": "r-1", "timestamp": 1, "records": []}
    answer = CONNECT.acknowledge(post(body, **{"X-Amz-Firehose-Request-Id": "r-1"}), {})
    assert (answer.status, dict(answer.headers)) == (200, {"Content-Type": "application/json"})
    assert json.loads(answer.body) == {"requestId": "r-1", "timestamp": 1795514400000}
    assert CONNECT.acknowledge(post(RECORD), {}).status == 204


def test_a_delivery_is_known_by_the_id_that_stays_when_it_is_sent_again() -> None:
    event = {"id": "e-1", "detail-type": "Amazon Connect Contact Event", "detail": {}}
    assert CONNECT.delivery_key(post(event), {}) == "e-1"
    assert CONNECT.delivery_key(post({}, **{"X-Amz-Firehose-Request-Id": "r-1"}), {}) == "firehose:r-1"
    assert CONNECT.delivery_key(post(RECORD), {}) is None


# -- packing

PACKED = base64.b64encode(json.dumps(RECORD).encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        RECORD,
        [RECORD],
        {"requestId": "r", "timestamp": 1, "records": [{"data": PACKED}]},
        [{"kinesisSchemaVersion": "1.0", "eventSource": "aws:kinesis", "data": PACKED}],
        [{"kinesisSchemaVersion": "1.0", "eventSource": "aws:kinesis", "data": RECORD}],
    ],
    ids=["bare", "list", "firehose", "pipe", "pipe with a transformer"],
)
def test_a_record_says_the_same_however_it_is_packed(body: object) -> None:
    assert [event.kind.value for event in told(body)] == ["contact.offered", "contact.ended"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$"),
        ([[[[RECORD]]]], "$[0][0][0][0]"),
        ({"records": [{"data": "!"}]}, "$.records[0].data"),
        ({**RECORD, "InitiationTimestamp": None}, "$.InitiationTimestamp"),
        ({**RECORD, "ContactId": ""}, "$.ContactId"),
        ({**RECORD, "Queue": {**QUEUE, "EnqueueTimestamp": "soon"}}, "$.Queue.EnqueueTimestamp"),
        ({"AgentARN": "", "EventType": "LOGIN"}, "$.AgentARN"),
    ],
)
def test_what_cannot_be_read_is_named(body: object, path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(body)
    assert problem.value.path == path


def test_an_event_without_any_time_is_refused() -> None:
    with pytest.raises(BadPayload, match="initiationTimestamp"):
        told({"eventType": "INITIATED", "contactId": "c1", "initiationMethod": "INBOUND"}, **LIVE)


# -- records


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("CUSTOMER_DISCONNECT", ("contact.abandoned", None)),
        ("OTHER", ("contact.abandoned", None)),
        (None, ("contact.abandoned", None)),
        ("CONTACT_FLOW_DISCONNECT", ("contact.overflowed", "withdrawn")),
        ("EXPIRED", ("contact.overflowed", "timeout")),
        ("TELECOM_PROBLEM", ("contact.overflowed", "error")),
    ],
)
def test_the_reason_of_a_disconnection_says_how_a_queue_was_left(
    reason: str | None, expected: tuple[str, str | None]
) -> None:
    left = told({**RECORD, "Queue": QUEUE, "DisconnectReason": reason})[-1]
    assert (left.kind.value, left.data.get("reason")) == expected
    assert left.data["wait_s"] == 30


def test_the_administrator_may_say_what_a_reason_means() -> None:
    body = {**RECORD, "Queue": QUEUE, "DisconnectReason": "CONTACT_FLOW_DISCONNECT"}
    assert told(body, left="contact_flow_disconnect = closed")[-1].data["reason"] == "closed"


def test_an_agents_own_queue_has_no_name_but_the_settings_may_give_it_one() -> None:
    queue = {**QUEUE, "Name": None, "ARN": "arn:aws:connect:x:1:instance/i/queue/agent/7"}
    assert of_kind(told({**RECORD, "Queue": queue}), "contact.queued").queue == "7"
    assert of_kind(told({**RECORD, "Queue": queue}, names="7 = Ada's own"), "contact.queued").queue == "Ada's own"


def test_a_next_contact_is_a_transfer_unless_the_customer_left_or_a_survey_follows() -> None:
    body = {**RECORD, "Queue": QUEUE, "Agent": AGENT, "NextContactId": "c2"}
    kinds = [event.kind.value for event in told({**body, "DisconnectReason": "AGENT_DISCONNECT"})]
    assert "contact.transferred" in kinds
    for settings, reason in (({}, "CUSTOMER_DISCONNECT"), ({"disconnect_flow": "yes"}, "AGENT_DISCONNECT")):
        events = told({**body, "DisconnectReason": reason}, **settings)
        assert of_kind(events, "contact.ended").agent == "ada"


def test_without_after_contact_work_a_part_ends_after_its_talk_and_hold() -> None:
    events = told({**RECORD, "Queue": QUEUE, "Agent": AGENT})
    assert of_kind(events, "contact.ended").at.isoformat() == "2026-11-24T10:01:55+00:00"
    assert "contact.wrapped_up" not in [event.kind.value for event in events]


def test_an_answered_contact() -> None:
    facts = fold_call("amazon_connect", "record_answered", "agent_ringing")
    assert visits(facts) == [("Support", "answered", 7.0)]
    assert legs(facts) == [("ada", 33.0, 0.0, 32.0)]
    assert rings(facts) == [("ada", "answered", 6.5)]
    assert (facts.outcome, facts.customer, facts.entry_number, facts.ivr) == (
        "answered",
        "+49305550123",
        "+49305550100",
        "routed",
    )


def test_a_record_that_is_sent_again_changes_nothing() -> None:
    once = fold_call("amazon_connect", "record_answered")
    assert fold_call("amazon_connect", "record_answered", "record_answered_sent_again") == once


def test_hold_is_beside_the_talk() -> None:
    facts = fold_call("amazon_connect", "record_answered_with_hold")
    assert legs(facts) == [("grace", 180.0, 80.0, 15.0)]


def test_a_transfer_is_one_contact_with_two_visits() -> None:
    facts = fold_call("amazon_connect", "record_transfer_first", "record_transfer_second")
    assert visits(facts) == [("Support", "answered", 10.0), ("Billing", "answered", 12.0)]
    assert legs(facts) == [("ada", 80.0, 25.0, 5.0), ("grace", 140.0, 0.0, 20.0)]
    assert [leg.transferred for leg in facts.legs] == [True, False]


def test_after_a_transfer_outside_the_agents_part_is_over_though_the_caller_talks_on() -> None:
    """The times of the live capture: answered 17:20:32, handed over 17:28:12, caller gone 17:47:28."""
    facts = fold_call("amazon_connect", "record_transfer_outside")
    assert legs(facts) == [("ada", 239.0, 221.0, 5.0)]
    assert facts.legs[0].transferred


def test_a_queue_that_was_left_for_another_one_is_no_abandonment() -> None:
    facts = fold_call("amazon_connect", "record_queue_first", "record_queue_second")
    assert visits(facts) == [("Support", "flow_out", 60.0), ("Overflow", "abandoned", 25.0)]


@pytest.mark.parametrize(
    ("name", "outcome", "expected"),
    [
        ("record_abandoned", "abandoned", [("Support", "abandoned", 42.0)]),
        ("record_flow_hung_up", "withdrawn", [("Support", "withdrawn", 120.0)]),
        ("record_in_the_flow", "ivr_abandoned", []),
    ],
)
def test_contacts_without_an_agent(name: str, outcome: str, expected: list[tuple[str, str, float]]) -> None:
    facts = fold_call("amazon_connect", name)
    assert (facts.outcome, visits(facts), facts.legs) == (outcome, expected, [])


def test_a_queued_callback_is_a_contact_of_its_own_and_the_call_asked_for_it() -> None:
    groups = subjects("amazon_connect", recorded("amazon_connect", "record_callback_made", "record_callback_asked"))
    call, callback = (fold_contact(groups[key], knows=CONNECT.facts) for key in sorted(groups))
    assert visits(call) == [("Support", "callback_requested", 108.0)]
    assert (callback.direction, callback.callback_of, callback.visits) == ("callback", sorted(groups)[0], [])
    # the agent took it at 600, the customer answered at 612, the agent's part ended at 775
    assert legs(callback) == [("ada", 163.0, 0.0, 12.0)]


def test_a_callback_that_reached_nobody_was_not_answered() -> None:
    groups = subjects("amazon_connect", recorded("amazon_connect", "record_callback_unreached"))
    callback = next(fold_contact(events) for events in groups.values() if events[0].direction == "callback")
    assert (callback.outcome, callback.legs) == ("ended", [])


def test_outbound_calls_wait_in_no_queue_and_count_from_the_customers_answer() -> None:
    answered, unanswered = (
        fold_call("amazon_connect", "record_outbound"),
        fold_call("amazon_connect", "record_outbound_unanswered"),
    )
    # answered at 9, over at 100, 15 on hold
    assert (answered.visits, legs(answered)) == ([], [("ada", 76.0, 15.0, 10.0)])
    assert (unanswered.outcome, unanswered.legs) == ("ended", [])


@pytest.mark.parametrize(
    ("name", "channel", "expected"),
    [
        ("record_chat", "chat", [("grace", 350.0, 0.0, 20.0)]),
        ("record_task", "other", [("ada", 2400.0, 0.0, None)]),
        ("record_email", "email", [("grace", 600.0, 0.0, None)]),
    ],
)
def test_chats_tasks_and_mails_are_channels_of_their_own(name: str, channel: str, expected: list[Any]) -> None:
    facts = fold_call("amazon_connect", name)
    assert (facts.channel, facts.direction, legs(facts)) == (channel, "inbound", expected)


def test_a_survey_after_the_call_is_part_of_it_and_no_transfer() -> None:
    facts = fold_call("amazon_connect", "record_survey_call", "record_survey_flow", disconnect_flow="yes")
    assert (facts.transferred, len(facts.visits)) == (False, 1)


def test_a_batch_tells_each_thing_once() -> None:
    events = list(CONNECT.parse(recorded("amazon_connect", "record_batch")[0], {}))
    assert len(events) == len({event.dedupe_key for event in events}) == 5


# -- agents


def test_an_agents_day_is_session_and_statuses_told_once_however_often_they_come() -> None:
    states = fold_states(
        "amazon_connect",
        "agent_login",
        "agent_available",
        "agent_heartbeat",
        "agent_lunch",
        "agent_custom",
        "agent_logout",
        states="quality circle = meeting",
    )
    assert [(state.track, state.state, state.reason) for state in states] == [
        ("session", "login", None),
        ("activity", "offline", "Offline"),
        ("activity", "break", "Lunch"),
        ("activity", "meeting", "Quality circle"),
        ("activity", "offline", "Offline"),
    ]


def test_a_status_that_nobody_explained_is_other() -> None:
    request = recorded("amazon_connect", "agent_custom")[0]
    (event,) = CONNECT.parse(request, {})
    assert event.data["activity"] == "other"


def test_a_ring_that_was_missed_is_a_ring_of_the_contact() -> None:
    facts = fold_call("amazon_connect", "agent_rings_before_miss", "agent_missed", "record_abandoned")
    assert rings(facts) == [("ada", "missed", 20.0)]
    assert facts.outcome == "abandoned"


# -- contact events instead of records

EVENTS = ("event_initiated", "event_queued", "event_connected", "event_disconnected", "event_completed")


def test_a_call_that_contact_events_tell_live() -> None:
    facts = fold_call("amazon_connect", *EVENTS, "agent_on_hold", "agent_off_hold", **LIVE)
    assert visits(facts) == [("Support", "answered", 20.75)]
    assert legs(facts) == [("ada", 90.0, 10.0, 20.0)]


def test_only_one_of_records_and_events_counts() -> None:
    assert told(RECORD, **LIVE) == []
    for name in EVENTS:
        assert list(CONNECT.parse(recorded("amazon_connect", name)[0], {})) == []


def test_an_abandoned_call_and_one_that_ended_in_its_flow() -> None:
    assert visits(fold_call("amazon_connect", "event_queued_old", "event_abandoned", **LIVE)) == [
        ("Support", "abandoned", 30.0)
    ]
    assert fold_call("amazon_connect", "event_in_the_flow", **LIVE).legs == []


def test_an_outbound_call_by_events() -> None:
    facts = fold_call(
        "amazon_connect",
        "event_outbound_initiated",
        "event_outbound_connected",
        "event_outbound_disconnected",
        **LIVE,
    )
    assert (facts.visits, legs(facts)) == ([], [("ada", 51.0, 0.0, None)])


def test_a_callback_by_events_ends_the_wait_of_the_call() -> None:
    groups = subjects(
        "amazon_connect",
        recorded("amazon_connect", "event_callback_queued_before", "event_callback_initiated"),
        **LIVE,
    )
    call, callback = sorted((fold_contact(events) for events in groups.values()), key=lambda facts: facts.direction)[
        ::-1
    ]
    assert visits(call) == [("Support", "callback_requested", 25.5)]
    assert callback.direction == "callback"


# -- recorded material

EITHER_WAY = {
    "agent_event.STATE_CHANGE__1": "$",  # comments inside of JSON
    "contact_event.DISCONNECTED__1": "$",  # no JSON, its notes say
}
PAYLOADS = {
    "contact_event.CONNECTED_TO_AGENT__1": ["contact.answered"],
    "contact_event.DISCONNECTED_abandoned_in_queue__1": ["contact.abandoned"],
    "contact_event.DISCONNECTED_after_agent__1": ["contact.ended"],
    "contact_event.DISCONNECTED_outbound__1": ["contact.ended"],
    "contact_event.QUEUED__1": ["contact.queued"],
    "ctr.answered__1": [
        "contact.offered",
        "contact.queued",
        "contact.answered",
        "contact.ended",
        "contact.wrapped_up",
    ],
    "ctr.redelivered_same_contact__2": [
        "contact.offered",
        "contact.queued",
        "contact.answered",
        "contact.transferred",
        "contact.wrapped_up",
    ],
    "ctr.redelivered_same_contact__3": [
        "contact.offered",
        "contact.queued",
        "contact.answered",
        "contact.transferred",
        "contact.wrapped_up",
    ],
}


def test_every_recorded_payload_parses_by_the_record_that_counts() -> None:
    read, broken = {}, {}
    for name, payload in shared_payloads("amazon_connect"):
        settings = {} if name.startswith("ctr") else LIVE
        try:
            read[name] = [event.kind.value for event in told(payload["body"], **settings)]
        except BadPayload as problem:
            broken[name] = problem.path
    assert (read, broken) == (PAYLOADS, EITHER_WAY)


def test_the_records_that_were_really_sent_twice_are_one_contact() -> None:
    payloads = dict(shared_payloads("amazon_connect"))
    bodies = [payloads[f"ctr.redelivered_same_contact__{number}"]["body"] for number in (2, 3)]
    first, second = (told(body) for body in bodies)
    assert first == second
    facts = fold_contact(first, knows=CONNECT.facts)
    assert visits(facts) == [("TCC Refrig AC LLA", "answered", 346.0)]
    assert [(leg.talk_ms, leg.hold_ms, leg.wrap_ms) for leg in facts.legs] == [(239000, 221000, 5000)]
