"""CloudTalk: the token in the body that the administrator wrote, what its variables may hold, and whole calls up to their facts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import api_cloudtalk
import pytest
from adapter_fixtures import build_request, find_adapters
from api_reading import parse, read_all
from histories import SINCE
from vendor_api import Asked, Told
from whole_calls import fold_call, legs, recorded, rings, subjects, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts, fold_contact, in_order

CLOUDTALK = find_adapters()["cloudtalk"]
URL = "https://kpi.example.com/hooks/cloudtalk/0d1f2a3b"
TOKENS = {"token": ["new-token", "old-token"]}


def request(**body: Any) -> WebhookRequest:
    full = {"deskgauge": 1, "token": "new-token", "event": "ended", "call": "c", **body}
    return build_request(url=URL, body=json.dumps(full))


def told(**body: Any) -> list[Event]:
    return list(CLOUDTALK.parse(request(**body), {}))


# -- proof


@pytest.mark.parametrize("token", ["new-token", "old-token"])
def test_either_live_token_is_accepted(token: str) -> None:
    CLOUDTALK.verify(request(token=token), TOKENS)


@pytest.mark.parametrize("token", ["other", "", None, ["new-token"]])
def test_any_other_token_is_refused(token: object) -> None:
    with pytest.raises(Rejected, match="token"):
        CLOUDTALK.verify(request(token=token), TOKENS)


# -- the body


def test_the_template_is_json_that_lacks_nothing() -> None:
    assert CLOUDTALK.template is not None
    body = json.loads(CLOUDTALK.template)
    assert CLOUDTALK.parse(build_request(url=URL, body=json.dumps({**body, "call": "c"})), {})
    assert all(f'"{name}"' in CLOUDTALK.connect for name in body)


@pytest.mark.parametrize("value", [None, "", " ", "null", "undefined", "[object Object]", "[Agent name]"])
def test_a_variable_without_a_value_is_left_out(value: object) -> None:
    assert told(event="ringing", agent=value) == []


@pytest.mark.parametrize("value", ["22", 22, 22.0])
def test_seconds_may_come_as_texts(value: object) -> None:
    (leg, _) = told(agent="Ada Example", talking_time=value)
    assert dict(leg.data) == {"talk_s": 22.0}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"call": None}, "$.call"),
        ({"event": "raised_hand"}, "$.event"),
        ({"event": None}, "$.event"),
        ({"talking_time": "0:22"}, "$.talking_time"),
    ],
)
def test_what_cannot_be_read_is_named(body: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(**body)
    assert problem.value.path == path


def test_one_thing_sent_twice_has_one_key() -> None:
    keys = {CLOUDTALK.delivery_key(request(agent="Ada Example", talking_time=talk), {}) for talk in (1, 2)}
    assert keys == {"ended:c:Ada Example"}


# -- whole calls


def test_an_answered_call() -> None:
    steps = ("started", "ringing_first", "ringing_second", "answered", "ended")
    facts = fold_call("cloudtalk", *(f"answered_{step}" for step in steps))
    assert visits(facts) == [("Support", "answered", 22.0)]
    assert legs(facts) == [("Grace Example", 118.0, None, None)]
    assert ("Grace Example", "answered", 7.0) in rings(facts)
    assert (facts.customer, facts.entry_number, facts.direction) == ("493055501234", "493055500000", "inbound")


def test_the_end_alone_tells_talk_and_wait() -> None:
    facts = fold_call("cloudtalk", "ended_alone")
    assert visits(facts) == [("Support", "answered", 21.0)]
    assert legs(facts) == [("Grace Example", 118.0, None, None)]


def test_a_call_without_talking_time_was_missed() -> None:
    assert visits(fold_call("cloudtalk", "missed_started", "missed_ended")) == [("493055500000", "abandoned", 29.0)]
    assert visits(fold_call("cloudtalk", "unmapped_started", "unmapped_ended")) == [("493055500000", "abandoned", 20.0)]


def test_the_number_is_the_queue_where_the_administrator_says_so() -> None:
    assert visits(fold_call("cloudtalk", "by_number_started", queue_from="number")) == [("493055500000", "open", None)]


def test_outbound_calls_wait_in_no_queue() -> None:
    facts = fold_call("cloudtalk", "outbound_started", "outbound_answered", "outbound_ended")
    assert (facts.visits, legs(facts), facts.direction) == ([], [("Ada Example", 60.0, None, None)], "outbound")
    facts = fold_call("cloudtalk", "outbound_unanswered_started", "outbound_unanswered_ended")
    assert (facts.visits, facts.legs, facts.outcome) == ([], [], "ended")


# -- history


@pytest.mark.parametrize(
    ("name", "expected", "agents"),
    [
        ("api_answered", [("Support", "answered", 21.0)], [("Grace Example", 100.0, 18.0, 10.0)]),
        ("api_abandoned", [("Support", "abandoned", 29.0)], []),
        (
            "api_overflow",
            [("Support", "timeout", 30.0), ("Billing", "answered", 10.0)],
            [("Grace Example", 20.0, 0.0, 0.0), ("Linus Example", 30.0, None, None)],
        ),
        ("api_voicemail", [("Support", "voicemail", None)], []),
        ("api_direct", [("493055500000", "answered", 10.0)], [("Ada Example", 70.0, 0.0, 5.0)]),
        ("api_outbound", [], [("Ada Example", 60.0, 0.0, 5.0)]),
    ],
)
def test_a_call_that_was_read_has_its_steps(name: str, expected: list[Any], agents: list[Any]) -> None:
    facts = fold_call("cloudtalk", name)
    assert (visits(facts), legs(facts)) == (expected, agents)


def test_rings_of_a_call_that_was_read() -> None:
    assert rings(fold_call("cloudtalk", "api_answered")) == [
        ("Ada Example", "missed", 10.0),
        ("Grace Example", "answered", 7.0),
    ]
    assert rings(fold_call("cloudtalk", "api_overflow"))[0] == ("Ada Example", "declined", 3.0)


def test_a_transfer_ends_the_leg_of_who_transferred() -> None:
    assert [leg.transferred for leg in fold_call("cloudtalk", "api_overflow").legs] == [True, False]


def step(name: str, begin: int, status: str, reason: str | None, **more: Any) -> dict[str, Any]:
    date = f"2026-11-24T10:00:{begin:02}.000Z"
    return {"type": "agent", "name": name, "date": date, "status": status, "reason": reason, "call_times": {}, **more}


def history_of(*steps: dict[str, Any], **more: Any) -> ContactFacts:
    said = {
        "uuid": "u",
        "date": "2026-11-24T10:00:00.000Z",
        "ended_at": "2026-11-24T10:01:00.000Z",
        "direction": "incoming",
    }
    body = {"deskgauge_read": "call", **said, "is_voicemail": False, "call_steps": steps, **more}
    kept = {event.dedupe_key: event for event in reversed(parse(CLOUDTALK, body))}
    return fold_contact(in_order(kept.values()), knows=CLOUDTALK.facts)


def test_one_agent_may_be_rung_again_and_a_ring_that_was_canceled_is_none_of_his() -> None:
    agents = [
        step("Ada Example", 0, "missed", "not_picked_up", call_times={"ringing_time": 10}),
        step("Ada Example", 20, "missed", "canceled", call_times={"ringing_time": 5}),
    ]
    waited = {"waiting_time": 25}
    facts = history_of(step("Support", 0, "missed", "canceled", type="queue", call_times=waited, agent_calls=agents))
    assert rings(facts) == [("Ada Example", "missed", 10.0), ("Ada Example", "cancelled", 5.0)]
    assert visits(facts) == [("Support", "abandoned", 25.0)]


def test_a_message_belongs_to_the_last_queue_and_the_one_before_was_left() -> None:
    first = step("Support", 0, "missed", "no_agents_picked_up", type="queue", call_times={"waiting_time": 30})
    last = step("Billing", 30, "missed", "no_agents_online", type="queue")
    facts = history_of(first, last, is_voicemail=True)
    assert visits(facts) == [("Support", "timeout", 30.0), ("Billing", "voicemail", None)]


def test_a_queue_may_be_the_number_also_in_the_history() -> None:
    facts = fold_call("cloudtalk", "api_abandoned", queue_from="number")
    assert visits(facts) == [("493055500000", "abandoned", 29.0)]


@pytest.mark.parametrize(
    ("is_history_kept", "expected", "agents"),
    [
        (True, ("Support", "answered", 21.0), ("Grace Example", 100.0, 18.0, 10.0)),
        (False, ("Support", "answered", 22.0), ("Grace Example", 118.0, None, 10.0)),
    ],
)
def test_automations_and_history_of_one_call_count_once(is_history_kept: bool, expected: Any, agents: Any) -> None:
    """Whichever is kept of two events with one key."""
    names = ("started", "ringing_first", "ringing_second", "answered", "ended")
    live = recorded("cloudtalk", *(f"answered_{name}" for name in names))
    [read] = recorded("cloudtalk", "api_answered")
    same = read.with_body(read.body.replace(b"made-up-call-21", b"made-up-call-1"))
    [events] = subjects("cloudtalk", [*live, same] if is_history_kept else [same, *live]).values()
    facts = fold_contact(events, knows=CLOUDTALK.facts)
    assert (visits(facts), legs(facts)) == ([expected], [agents])
    assert [(ring.agent, ring.result) for ring in facts.rings] == [
        ("Ada Example", "missed"),
        ("Grace Example", "answered"),
    ]


def test_history_is_read_for_calls_that_are_over_and_began_at_most_an_hour_before() -> None:
    since = SINCE + timedelta(hours=2)
    read = read_all(CLOUDTALK, api_cloudtalk.SETTINGS, api_cloudtalk.answer, since)
    told = {body["uuid"] for body in read.bodies}
    # every 11 minutes one call
    assert told == {f"uuid-{number}" for number in range(6, api_cloudtalk.CALLS)}
    assert "made up" not in json.dumps(read.bodies).lower()
    again = read_all(CLOUDTALK, api_cloudtalk.SETTINGS, api_cloudtalk.answer, since, read.pages[0].cursor)
    assert again.pages == read.pages[1:]


def test_of_a_call_that_runs_or_is_gone_nothing_is_kept() -> None:
    def answer(asked: Asked) -> Told:
        if asked.path.endswith("/3"):
            return Told(status=404)
        told = api_cloudtalk.answer(asked)
        if asked.path.endswith("index.json"):
            told.body["responseData"]["data"][0]["Cdr"]["ended_at"] = None
        return told

    read = read_all(CLOUDTALK, api_cloudtalk.SETTINGS, answer)
    gone = {f"uuid-{number}" for number in (3, 69, 49, 29, 9)}
    assert {body["uuid"] for body in read.bodies} == {f"uuid-{number}" for number in range(70)} - gone


def test_a_page_that_is_no_longer_there_is_the_end() -> None:
    assert read_all(CLOUDTALK, api_cloudtalk.SETTINGS, api_cloudtalk.answer, SINCE, "5").pages == []
