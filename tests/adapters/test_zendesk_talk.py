"""Zendesk Talk: what the records of calls and of their legs become together, and each where the other is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import fold_call, legs, rings, visits

from adapters.zendesk_talk import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event

URL = "https://kpi.example.com/hooks/zendesk_talk"
NAMES = "351 = Support\n320 = Ann\n321 = Ben\n"
ANSWERED = ("call_answered", "leg_missed", "leg_answered", "leg_of_customer_ignored")
TRANSFERRED = ("call_transferred", "leg_transferring", "leg_receiving")


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("zendesk_talk") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def kinds(body: dict[str, Any]) -> list[str]:
    return [event.kind.value for event in parse(body)]


def test_a_request_is_refused_whatever_it_holds() -> None:
    with pytest.raises(Rejected, match="`subdomain`, `api_user`, `api_token`"):
        ADAPTER.verify(build_request(url=URL, body=json.dumps(recorded("call_answered"))), {"api_token": "made-up"})


def test_an_answered_call_has_zendesks_own_durations() -> None:
    facts = fold_call("zendesk_talk", *ANSWERED, names=NAMES)
    assert visits(facts) == [("Support", "answered", 30)]
    assert legs(facts) == [("Ann", 240, 60, 45)]
    assert rings(facts) == [("Ben", "missed", None)]
    assert (facts.outcome, facts.ivr, facts.ticket, facts.customer) == ("answered", "routed", "4711", "5001")
    assert facts.legs[0].answered_at == datetime(2026, 11, 24, 9, 0, 55, tzinfo=UTC)
    assert facts.ended_at == datetime(2026, 11, 24, 9, 5, 55, tzinfo=UTC)


def test_a_transfer_gives_each_agent_his_part_and_the_visit_its_first_wait() -> None:
    facts = fold_call("zendesk_talk", *TRANSFERRED, names=NAMES)
    assert visits(facts) == [("Support", "answered", 5)]
    assert legs(facts) == [("Ann", 150, 60, 10), ("Ben", 200, 0, 20)]
    assert [(leg.queue, leg.transferred) for leg in facts.legs] == [("Support", True), ("Support", False)]
    [moved] = [event for event in parse(recorded("leg_transferring")) if event.kind == "contact.transferred"]
    assert (moved.data["to"], moved.data["mode"]) == ("321", "attended")


def test_a_transfer_without_a_consultation_is_blind() -> None:
    [_, moved, _] = parse({**recorded("leg_transferring"), "consultation_to": None})
    assert moved.data["mode"] == "blind"


@pytest.mark.parametrize(
    ("name", "visit", "outcome"),
    [
        ("call_abandoned", ("Support", "abandoned", 50), "abandoned"),
        ("call_left_in_menu", None, "ivr_abandoned"),
        ("call_voicemail", ("Support", "voicemail", 90), "voicemail"),
        ("call_voicemail_not_left", ("Support", "flow_out", 60), "flow_out"),
        ("call_after_hours", ("Support", "closed", 0), "closed"),
        ("call_overflowed", ("Support", "timeout", 120), "timeout"),
        ("call_failed", None, "ended"),
        ("call_on_the_line_without_groups", ("+37120000000", "abandoned", 30), "abandoned"),
    ],
)
def test_a_call_that_nobody_answered_comes_out_as_it_did(
    name: str, visit: tuple[str, str, float] | None, outcome: str
) -> None:
    facts = fold_call("zendesk_talk", name, names=NAMES)
    assert (visits(facts), facts.outcome, facts.legs) == ([visit] if visit else [], outcome, [])


def test_a_wait_that_nobody_told_is_not_the_length_of_the_message() -> None:
    body = {**recorded("call_voicemail"), "wait_time": None}
    assert [event.data for event in parse(body) if event.kind == "contact.queued"] == [{"wait_s": None}]


def test_a_wait_longer_than_the_time_to_the_first_answer_is_not_that_of_the_first_answer() -> None:
    body = {**recorded("call_transferred"), "wait_time": 45}
    assert [event.data for event in parse(body) if event.kind == "contact.queued"] == [{"wait_s": None}]


@pytest.mark.parametrize(
    ("names", "direction"),
    [(("call_outbound", "leg_outbound"), "outbound"), (("call_called_back", "leg_calling_back"), "callback")],
)
def test_whoever_is_called_waited_in_no_queue(names: tuple[str, ...], direction: str) -> None:
    facts = fold_call("zendesk_talk", *names, names=NAMES)
    assert (facts.direction, visits(facts), facts.outcome) == (direction, [], "answered")
    assert facts.entry_number is None


def test_an_outbound_call_was_dialled_until_the_customer_answered() -> None:
    facts = fold_call("zendesk_talk", "call_outbound", "leg_outbound", names=NAMES)
    assert (legs(facts), facts.legs[0].dial_ms) == ([("Ann", 180, 0, 20)], 20_000)


def test_a_call_whose_legs_were_not_read_is_answered_and_its_talk_unknown() -> None:
    facts = fold_call("zendesk_talk", "call_answered", names=NAMES)
    assert visits(facts) == [("Support", "answered", 30)]
    assert legs(facts) == [("Ann", None, 0, None)]


def test_a_leg_that_rounds_to_after_the_end_of_its_call_keeps_its_durations() -> None:
    requests = [recorded("call_answered"), {**recorded("leg_answered"), "duration": 310}]
    from plugin.facts.fold import fold_contact, in_order

    facts = fold_contact(in_order([event for body in requests for event in parse(body, names=NAMES)]))
    assert (visits(facts), legs(facts)) == ([("Support", "answered", 30)], [("Ann", 240, 60, 45)])


def test_hold_is_taken_out_of_the_talk_where_the_administrator_says_that_it_is_in_it() -> None:
    [answered, ended, _] = parse(recorded("leg_answered"), talk_includes_hold="yes")
    assert (ended.data, answered.at.strftime("%M:%S")) == ({"talk_s": 180, "hold_s": 60}, "01:55")


@pytest.mark.parametrize("kind", ["customer", "external", "supervisor"])
def test_only_agents_have_legs(kind: str) -> None:
    assert kinds({**recorded("leg_answered"), "type": kind}) == []


def test_an_agent_who_talked_for_no_second_has_not_answered() -> None:
    assert kinds({**recorded("leg_answered"), "talk_time": 0}) == []
    assert kinds({**recorded("leg_answered"), "talk_time": None}) == []


def test_what_is_not_over_is_told_when_it_is() -> None:
    assert kinds(recorded("call_running_ignored")) == []
    assert kinds({**recorded("leg_answered"), "completion_status": None}) == []


def test_a_ticket_and_a_wrap_up_that_come_later_are_events_of_their_own() -> None:
    call, leg = recorded("call_answered"), recorded("leg_answered")
    early = [*parse({**call, "ticket_id": None}), *parse({**leg, "wrap_up_time": None})]
    late = [*parse(call), *parse(leg)]
    fresh = {event.dedupe_key for event in late} - {event.dedupe_key for event in early}
    assert fresh == {"call:7001:offered:4711", "leg:8002:wrapped_up:45"}
    assert all(event in late for event in early if event.dedupe_key in {each.dedupe_key for each in late})


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("call_answered", "id"),
        ("call_answered", "created_at"),
        ("call_answered", "duration"),
        ("call_answered", "direction"),
        ("leg_answered", "id"),
        ("leg_answered", "type"),
        ("leg_answered", "created_at"),
        ("leg_answered", "duration"),
    ],
)
def test_a_missing_field_is_named(name: str, field: str) -> None:
    body = recorded(name)
    del body[field]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == f"$.{field}"
