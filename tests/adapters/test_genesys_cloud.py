"""Genesys Cloud: its proof, what single notifications mean, and whole conversations up to their facts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import api_genesys_cloud
import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters, load_fixture, parse_all, shared_payloads
from api_reading import read_all
from histories import NOW
from vendor_api import Asked, Told
from whole_calls import fold_call, fold_states, legs, recorded, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts

GENESYS = find_adapters()["genesys_cloud"]
URL = "https://kpi.example.com/hooks/genesys/0d1f2a3b"
NAMES = {"names": load_fixture(FIXTURES / "genesys_cloud" / "acd_start.json").settings["names"]}
AT = 1795514400000  # 2026-11-24 10:00:00 UTC


def post(body: object, **headers: str) -> WebhookRequest:
    return build_request(url=URL, body=json.dumps(body), headers=headers)


def detail(topic: str, **body: Any) -> dict[str, Any]:
    said = {"eventTime": AT, "conversationId": "c", "sessionId": "s", "mediaType": "VOICE", "direction": "INBOUND"}
    return {"topicName": f"v2.detail.events.conversation.c.{topic}", "eventBody": {**said, **body}}


def told(body: object, **settings: str) -> list[Event]:
    return list(GENESYS.parse(post(body), settings))


# -- proof


@pytest.mark.parametrize("headers", [{"X-Api-Key": "new"}, {"Authorization": "Bearer old"}])
def test_either_live_secret_is_accepted(headers: dict[str, str]) -> None:
    GENESYS.verify(post({}, **headers), {"secret": ["new", "old"]})


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "other"}, {"Authorization": "Bearer"}, {"Authorization": "new"}])
def test_any_other_proof_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Rejected, match="API key"):
        GENESYS.verify(post({}, **headers), {"secret": ["new", "old"]})


# -- single notifications


@pytest.mark.parametrize(
    ("outcome", "kind", "reason"),
    [
        ("ABANDON", "contact.abandoned", None),
        ("FLOW_OUT", "contact.overflowed", "flow_out"),
        ("flowOut", "contact.overflowed", "flow_out"),
        ("UNKNOWN", "contact.overflowed", "error"),
        (None, "contact.overflowed", "error"),
    ],
)
def test_the_outcome_says_how_a_queue_was_left(outcome: str | None, kind: str, reason: str | None) -> None:
    (left,) = told(detail("acd.end", queueId="q", acdOutcome=outcome, connectedDurationMs=1500))
    assert (left.kind.value, left.data.get("reason"), left.data["wait_s"], left.queue) == (kind, reason, 1.5, "q")


@pytest.mark.parametrize(
    ("way", "result"),
    [
        ("CLIENT", "declined"),
        ("endpoint.donotdisturb", "declined"),
        ("PEER", "cancelled"),
        ("TIMEOUT", "missed"),
        ("transfer.noanswer", "missed"),
        (None, "missed"),
    ],
)
def test_an_agent_who_never_talked_was_rung_in_vain(way: str | None, result: str) -> None:
    (ring,) = told(detail("user.end", userId="u", disconnectType=way, alertingDurationMs=8000))
    assert (ring.kind.value, dict(ring.data)) == ("contact.ringing", {"result": result, "ring_s": 8.0})


@pytest.mark.parametrize(
    ("way", "mode"),
    [("TRANSFER", "blind"), ("TRANSFER_CONSULT", "attended"), ("transfer.conference", "attended"), ("PEER", None)],
)
def test_the_way_in_which_an_agent_left_says_whether_he_handed_over(way: str, mode: str | None) -> None:
    (left,) = told(detail("user.end", userId="u", disconnectType=way, interactingDurationMs=9000))
    assert (left.kind.value, left.data.get("mode")) == ("contact.transferred" if mode else "contact.ended", mode)


@pytest.mark.parametrize(
    ("ani", "customer"),
    [
        ("tel:+49305550123", "+49305550123"),
        ("sip:+49305550123@pbx.example.com;user=phone", "+49305550123"),
        ("+49305550123", "+49305550123"),
        ("sip:anonymous@anonymous.invalid", None),
        ("unavailable", None),
        (None, None),
    ],
)
def test_numbers_come_in_several_notations(ani: str | None, customer: str | None) -> None:
    assert told(detail("customer.start", ani=ani))[0].customer == customer


def test_times_are_milliseconds_or_iso() -> None:
    first, *others = (
        told(detail("acd.start", queueId="q", eventTime=stamp)) for stamp in (AT, str(AT), "2026-11-24T10:00:00.000Z")
    )
    assert others == [first, first]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (detail("acd.start", eventTime=None), "$.eventBody.eventTime"),
        (detail("acd.start", conversationId="", queueId="q"), "$.eventBody.conversationId"),
        (detail("user.end", userId="u", interactingDurationMs="long"), "$.eventBody.interactingDurationMs"),
        ({"topicName": "v2.detail.events.conversation.c.acd.end", "eventBody": 7}, "$.eventBody"),
        ([7], "$[0]"),
    ],
)
def test_what_cannot_be_read_is_named(body: object, path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(body)
    assert problem.value.path == path


@pytest.mark.parametrize("topic", ["attributes", "contact", "outbound", "custom", "wrapup"])
def test_other_topics_are_ignored(topic: str) -> None:
    assert told(detail(topic)) == []


def test_the_envelope_has_the_key_of_the_delivery() -> None:
    body = {"id": "e-1", "detail-type": "x", "detail": detail("acd.start", queueId="q")}
    assert GENESYS.delivery_key(post(body), {}) == "e-1"
    assert GENESYS.delivery_key(post(body["detail"]), {}) is None
    assert told(body) == told(body["detail"]) == told([body])


# -- whole conversations

ANSWERED = (
    "customer_start",
    "flow_start",
    "acd_start",
    "user_start",
    "user_declined",
    "user_start_again",
    "user_missed",
    "user_start_third",
    "acd_answered",
    "customer_end",
    "user_end",
    "acw",
)


def test_an_answered_call_with_two_rings_in_vain_a_hold_and_a_wrap_up() -> None:
    facts = fold_call("genesys_cloud", *ANSWERED, **NAMES)
    assert visits(facts) == [("Support", "answered", 15.0)]
    # the customer was gone a tenth of a second before the agent's part was told
    assert legs(facts) == [("Grace Example", 70.0, 30.0, 14.0)]
    assert rings(facts) == [
        ("Ada Example", "declined", 2.1),
        ("Ada Example", "missed", 8.0),
        ("Grace Example", "answered", 2.5),
    ]
    assert (facts.outcome, facts.ivr, facts.customer) == ("answered", "routed", "+49305550123")


def test_without_the_queue_the_agents_end_still_tells_of_the_talk() -> None:
    facts = fold_call("genesys_cloud", "customer_start", "user_end", **NAMES)
    assert legs(facts) == [("Grace Example", 70.0, 30.0, None)]


@pytest.mark.parametrize(
    ("names", "outcome", "expected"),
    [
        (("abandoned_start", "abandoned"), "abandoned", [("Support", "abandoned", 42.0)]),
        (
            ("flow_out_start", "flow_out", "second_queue", "second_queue_abandoned"),
            "abandoned",
            [("Support", "flow_out", 60.0), ("Billing", "abandoned", 10.0)],
        ),
        (("voicemail_queue", "voicemail_flow_out", "voicemail"), "voicemail", [("Support", "voicemail", 30.0)]),
        (("unknown_outcome",), "error", [("Support", "error", 30.0)]),
        (("in_the_menu_start", "in_the_menu_end"), "ivr_abandoned", []),
        (
            ("callback_queue", "callback_asked", "callback_flow_out", "callback_end_ignored"),
            "callback_requested",
            [("Support", "callback_requested", 40.0)],
        ),
    ],
)
def test_conversations_without_an_agent(
    names: tuple[str, ...], outcome: str, expected: list[tuple[str, str, float]]
) -> None:
    facts = fold_call("genesys_cloud", *names, **NAMES)
    assert (facts.outcome, visits(facts), facts.legs) == (outcome, expected, [])


def test_a_transfer_gives_each_agent_his_part() -> None:
    facts = fold_call(
        "genesys_cloud", "transfer_queue", "transfer_answered", "transfer_first", "transfer_second", **NAMES
    )
    assert legs(facts) == [("Ada Example", 45.0, 15.0, None), ("Grace Example", 60.0, 0.0, None)]
    assert [leg.transferred for leg in facts.legs] == [True, False]
    assert len(facts.visits) == 1


def test_outbound_calls_wait_in_no_queue() -> None:
    facts = fold_call("genesys_cloud", "outbound_start", "outbound_user", "outbound_end", **NAMES)
    assert (facts.direction, facts.customer, facts.visits) == ("outbound", "+49305550123", [])
    assert legs(facts) == [("Ada Example", 80.0, 11.0, None)]
    assert list(GENESYS.parse(recorded("genesys_cloud", "outbound_unanswered")[0], NAMES)) == []


# -- agents


def test_presences_are_session_and_activity_told_once_by_both_topics() -> None:
    states = fold_states(
        "genesys_cloud",
        "presence_available",
        "presence_on_queue",
        "activity_on_queue",
        "presence_meal",
        "presence_own",
        "presence_offline",
        **NAMES,
        states="p-9 = meeting",
    )
    assert [(state.track, state.state, state.reason) for state in states] == [
        ("session", "login", "Available"),
        ("activity", "other", "Available"),
        ("activity", "break", "Meal"),
        ("activity", "meeting", "Quality circle"),
        ("activity", "offline", "Offline"),
    ]


def test_a_presence_that_is_not_the_primary_one_is_no_state() -> None:
    for name in ("presence_not_primary", "presence_without_definition"):
        assert list(GENESYS.parse(recorded("genesys_cloud", name)[0], NAMES)) == []


def test_every_recorded_payload_is_knowingly_ignored() -> None:
    """A REST resource of an excerpt, and the heartbeat of a WebSocket."""
    assert [told(payload["body"]) for _, payload in shared_payloads("genesys_cloud")] == [[], []]


# -- history


@pytest.mark.parametrize(
    ("webhooks", "history"),
    [
        (ANSWERED, "api_answered"),
        (("abandoned_start", "abandoned"), "api_abandoned"),
        (("voicemail_queue", "voicemail_flow_out", "voicemail"), "api_voicemail"),
        (("outbound_start", "outbound_user", "outbound_end"), "api_outbound"),
    ],
)
def test_a_conversation_that_was_read_adds_nothing_to_what_webhooks_told(
    webhooks: tuple[str, ...], history: str
) -> None:
    told = [event for request in recorded("genesys_cloud", *webhooks) for event in GENESYS.parse(request, NAMES)]
    read = {event.dedupe_key: event for event in GENESYS.parse(recorded("genesys_cloud", history)[0], NAMES)}
    assert told == [read[event.dedupe_key] for event in told]
    alone, both = (fold_call("genesys_cloud", *names, **NAMES) for names in ((history,), (*webhooks, history)))
    assert both == alone
    assert (visits(both), legs(both), rings(both)) == _parts(fold_call("genesys_cloud", *webhooks, **NAMES))


def _parts(facts: ContactFacts) -> tuple[list[Any], list[Any], list[Any]]:
    return visits(facts), legs(facts), rings(facts)


def test_a_conversation_without_queue_has_its_customer_outside_and_nobody_who_only_listened() -> None:
    facts = fold_call("genesys_cloud", "api_without_queue", **NAMES)
    assert (facts.direction, facts.customer, legs(facts)) == (
        "outbound",
        "+49305550123",
        [("Ada Example", 60.0, 0.0, None)],
    )


def answered_conversation() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(recorded("genesys_cloud", "api_answered")[0].body)
    return body


def test_times_that_differ_by_milliseconds_are_not_another_happening() -> None:
    live = parse_all(GENESYS, recorded("genesys_cloud", *ANSWERED), NAMES)
    apart = json.dumps(answered_conversation()).replace("27.500Z", "27.503Z").replace("12.500Z", "12.490Z")
    read = GENESYS.parse(build_request(url=URL, body=apart), NAMES)
    assert {event.dedupe_key for event in read} == {event.dedupe_key for event in live}
    assert {event.at for event in read} != {event.at for event in live}


def test_somebody_outside_who_is_asked_beside_the_customer_is_no_customer() -> None:
    body = answered_conversation()
    outside = {**body["participants"][0], "purpose": "external", "participantId": "p-ex"}
    outside["sessions"] = [{**outside["sessions"][0], "sessionId": "s-ex"}]
    more = {**body, "participants": [*body["participants"], outside]}
    assert told(more, **NAMES) == told(body, **NAMES)


def test_a_supervisor_who_listens_in_neither_rings_nor_talks() -> None:
    body = answered_conversation()
    listener = json.loads(
        json.dumps(body["participants"][3]).replace("s-u1a", "s-su").replace('"alert"', '"monitoring"')
    )
    more = {**body, "participants": [*body["participants"], {**listener, "userId": "u-9"}]}
    assert told(more, **NAMES) == told(body, **NAMES)


def test_of_a_conversation_that_still_runs_only_its_beginning_is_kept() -> None:
    (began,) = GENESYS.parse(recorded("genesys_cloud", "api_running")[0], NAMES)
    assert (began.kind.value, began.subject) == ("contact.offered", "c-21")


def test_history_is_asked_day_by_day_to_this_moment_without_names_and_notes() -> None:
    since = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
    read = read_all(GENESYS, api_genesys_cloud.SETTINGS, api_genesys_cloud.answer, since, now=NOW)
    intervals = [json.loads(asked.body)["interval"] for asked in read.asked[1:]]
    assert intervals[0] == "2026-11-01T00:00:00.000Z/2026-11-02T00:00:00.000Z"
    assert intervals[-1] == "2026-11-24T00:00:00.000Z/2026-11-24T12:00:00.000Z"
    assert {body["conversationId"] for body in read.bodies} == {
        each["conversationId"] for each in api_genesys_cloud.ALL
    }
    assert "made up" not in json.dumps(read.bodies).lower()
    again = read_all(GENESYS, api_genesys_cloud.SETTINGS, api_genesys_cloud.answer, since, read.pages[0].cursor)
    assert (again.pages, again.pages[0].until) == (read.pages[1:], read.pages[1].until)


def test_a_login_that_ends_in_the_middle_is_renewed() -> None:
    ends = iter([False, True])

    def answer(asked: Asked) -> Told:
        is_over = asked.path != "/oauth/token" and next(ends, False)
        return Told(status=401) if is_over else api_genesys_cloud.answer(asked)

    read = read_all(GENESYS, api_genesys_cloud.SETTINGS, answer, NOW - timedelta(days=1))
    assert [asked.path.rpartition("/")[2] for asked in read.asked] == ["token", "query", "query", "token", "query"]
