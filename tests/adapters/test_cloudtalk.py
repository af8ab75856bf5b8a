"""CloudTalk: the token in the body that the administrator wrote, what its variables may hold, and whole calls up to their facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from adapter_fixtures import build_request, find_adapters
from whole_calls import fold_call, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

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
