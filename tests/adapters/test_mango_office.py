"""Mango Office: the signed form, states of legs, and whole calls up to their facts."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters
from whole_calls import fold_call, legs, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts

MANGO = find_adapters()["mango_office"]
URL = "https://kpi.example.com/hooks/mango/0d1f2a3b/events/call"
NAMES = {"queues": "3001 = Support\n3002 = Back office", "agents": "101 = Ada Example\n102 = Grace Example"}
SECRETS = {"api_key": ["new-key", "old-key"], "api_salt": ["new-salt", "old-salt"]}
LEG = {
    "entry_id": "e",
    "call_id": "c",
    "timestamp": "1795514400",
    "seq": "1",
    "call_state": "Appeared",
    "location": "ivr",
    "from": {"number": "74955550123"},
    "to": {"line_number": "74955550000"},
}


def call(name: str) -> ContactFacts:
    """The facts of a made-up call of which every notification is a fixture `<name>_…`, in any order."""
    names = [path.stem for path in (FIXTURES / "mango_office").glob(f"{name}_*.json")]
    return fold_call("mango_office", *sorted(names), **NAMES)


def form(text: str, key: str = "new-key", salt: str = "new-salt") -> WebhookRequest:
    sign = hashlib.sha256(f"{key}{text}{salt}".encode()).hexdigest()
    return build_request(url=URL, body=urlencode({"vpbx_api_key": key, "sign": sign, "json": text}))


def told(**leg: Any) -> list[Event]:
    return list(MANGO.parse(form(json.dumps({**LEG, **leg})), NAMES))


# -- proof


@pytest.mark.parametrize("key", ["new-key", "old-key"])
@pytest.mark.parametrize("salt", ["new-salt", "old-salt"])
def test_key_json_and_salt_are_signed_as_they_came(key: str, salt: str) -> None:
    MANGO.verify(form('{ "seq": "1",\n "имя": "Анна" }', key, salt), SECRETS)


def test_a_json_of_the_same_meaning_in_other_bytes_is_refused() -> None:
    sign = hashlib.sha256(b'new-key{"a": 1}new-salt').hexdigest()
    changed = urlencode({"vpbx_api_key": "new-key", "sign": sign, "json": '{"a":1}'})
    with pytest.raises(Rejected, match="signature"):
        MANGO.verify(build_request(url=URL, body=changed), SECRETS)


def test_the_key_of_another_pbx_is_refused() -> None:
    with pytest.raises(Rejected):
        MANGO.verify(form("{}", key="another-key"), SECRETS)


# -- single notifications


def test_numbers_may_come_as_texts() -> None:
    (offered,) = told()
    assert (offered.at.isoformat(), offered.order) == ("2026-11-24T10:00:00+00:00", 1)
    assert (dict(offered.data), offered.customer) == ({"ivr": True, "entry_number": "74955550000"}, "74955550123")


@pytest.mark.parametrize(
    ("leg", "path"),
    [
        ({"entry_id": None}, "$.entry_id"),
        ({"call_id": ""}, "$.call_id"),
        ({"timestamp": "now"}, "$.timestamp"),
        ({"call_state": None}, "$.call_state"),
    ],
)
def test_what_cannot_be_read_is_named(leg: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(**leg)
    assert problem.value.path == path


@pytest.mark.parametrize("body", [{}, {"dtmf": "1", "entry_id": "e"}, {"recording_id": "r"}, {"call_direction": 1}])
def test_other_notifications_are_ignored(body: dict[str, Any]) -> None:
    assert MANGO.parse(form(json.dumps(body)), {}) == []


@pytest.mark.parametrize(("caller", "direction"), [({}, "inbound"), ({"extension": "101"}, "internal")])
def test_a_leg_between_two_extensions_is_internal(caller: dict[str, str], direction: str) -> None:
    (event,) = told(location="abonent", call_state="Connected", to={"extension": "102"}, **{"from": caller})
    assert (event.direction, event.agent) == (direction, "Grace Example")


def test_a_group_without_a_name_is_known_by_its_number_and_a_queue_without_a_group_by_its_line() -> None:
    (queued,) = told(location="queue", to={"line_number": "74955550000", "acd_group": "3009"})
    assert queued.queue == "3009"
    (queued,) = told(location="queue")
    assert queued.queue == "74955550000"


# -- whole calls


def test_a_call_through_menu_and_queue_with_a_hold() -> None:
    facts = call("answered")
    # in the queue from 8 to 31
    assert visits(facts) == [("Support", "answered", 23.0)]
    # answered at 31, over at 151, on hold from 60 to 80
    assert legs(facts) == [("Grace Example", 100.0, 20.0, None)]
    assert (facts.ivr, facts.customer, facts.direction) == ("routed", "74955550123", "inbound")


def test_who_hangs_up_in_the_queue_abandons() -> None:
    facts = call("abandoned")
    assert (visits(facts), facts.legs) == ([("Support", "abandoned", 25.0)], [])


def test_who_hangs_up_in_the_menu_left_it_there() -> None:
    facts = call("menu_only")
    assert (facts.visits, facts.outcome) == ([], "ivr_abandoned")


def test_each_queue_and_each_agent_has_his_part() -> None:
    facts = call("overflow")
    assert visits(facts) == [("Support", "flow_out", 40.0), ("Back office", "answered", 12.0)]
    assert legs(facts) == [("Ada Example", 60.0, 0.0, None), ("Grace Example", 60.0, 0.0, None)]


def test_outbound_and_internal_calls_wait_in_no_queue() -> None:
    facts = fold_call(
        "mango_office",
        *(f"outbound_{name}" for name in ("appeared", "connected", "disconnected", "summary")),
        **NAMES,
    )
    assert (facts.visits, legs(facts)) == ([], [("Ada Example", 60.0, 0.0, None)])
    assert (facts.direction, facts.customer) == ("outbound", "74955550123")
    assert fold_call("mango_office", "outbound_unanswered_summary").outcome == "ended"
    inside = call("internal")
    assert (inside.direction, legs(inside), inside.customer) == (
        "internal",
        [("Grace Example", 20.0, 0.0, None)],
        None,
    )
