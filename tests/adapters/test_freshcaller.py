"""Freshcaller: what calls and their metrics become, up to their facts, and how far its lists are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import fold_call, legs, rings, visits

from adapters.freshcaller import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page

URL = "https://kpi.example.com/hooks/freshcaller"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("freshcaller") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def kinds(body: dict[str, Any], **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


def test_a_request_is_refused_whatever_it_holds() -> None:
    for headers in ({}, {"X-Api-Auth": "made-up"}):
        with pytest.raises(Rejected, match="`subdomain` and `api_key`"):
            ADAPTER.verify(build_request(url=URL, headers=headers, body="{}"), {"api_key": "made-up"})


def test_an_answered_call_has_its_wait_without_the_menu_and_its_talk_without_hold() -> None:
    facts = fold_call("freshcaller", "answered_begun", "answered", "answered_and_wrapped_up")
    assert visits(facts) == [("Support", "answered", 35.0)]
    assert legs(facts) == [("Ann Agent", 300.0, 30.0, 45.0)]
    assert rings(facts) == [("Ben Agent", "missed", None)]
    assert (facts.offered_at, facts.ended_at) == (
        datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 6, 20, tzinfo=UTC),
    )
    assert (facts.customer, facts.ticket, facts.entry_number) == ("+37120000001", "31", "+37160000000")


def test_a_call_that_goes_on_has_no_end_so_that_it_is_asked_for_again() -> None:
    for name in ("answered_begun", "without_metrics"):
        assert "contact.ended" not in kinds(recorded(name))
        assert fold_call("freshcaller", name).ended_at is None


def test_a_call_whose_talk_is_not_measured_yet_goes_on() -> None:
    body = recorded("answered")
    body["metrics"]["talk_time"] = None
    assert kinds(body) == ["contact.offered", "contact.ringing"]


def test_after_call_work_that_grew_counts_once() -> None:
    body, grown = recorded("answered_and_wrapped_up"), recorded("answered_and_wrapped_up")
    grown["metrics"]["call_work_time"] = 90
    works = [event for each in (body, grown) for event in parse(each) if event.kind.value == "contact.wrapped_up"]
    assert len({event.dedupe_key for event in works}) == 2
    assert [event.data["wrap_s"] for event in sorted(works, key=lambda event: event.at)] == [45, 90]


@pytest.mark.parametrize(
    ("name", "outcome", "expected"),
    [
        ("abandoned", "abandoned", [("Support", "abandoned", 50.0)]),
        ("abandoned_in_menu", "ivr_abandoned", []),
        ("voicemail", "voicemail", [("Support", "voicemail", 60.0)]),
        ("voicemail_without_times", "voicemail", [("Support", "voicemail", None)]),
        ("blocked", "error", [("Support", "error", 0.0)]),
    ],
)
def test_calls_that_nobody_answered(name: str, outcome: str, expected: list[tuple[str, str, float | None]]) -> None:
    facts = fold_call("freshcaller", name)
    assert (facts.outcome, visits(facts), facts.legs) == (outcome, expected, [])


def test_the_queue_is_entered_when_freshcaller_says_so() -> None:
    [visit] = fold_call("freshcaller", "abandoned").visits
    assert visit.entered_at == datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)


def test_a_call_out_is_of_no_queue_and_answered_by_the_customer_only() -> None:
    answered = fold_call("freshcaller", "outgoing_answered")
    assert (answered.direction, visits(answered), legs(answered)) == (
        "outbound",
        [],
        [("Ann Agent", 120.0, 0.0, None)],  # told in minutes
    )
    unanswered = fold_call("freshcaller", "outgoing_unanswered")
    assert (visits(unanswered), legs(unanswered), rings(unanswered)) == ([], [], [])
    assert (unanswered.offered_at, unanswered.ended_at) == (
        datetime(2026, 11, 24, 9, 15, 12, 323000, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 15, 56, 323000, tzinfo=UTC),
    )


def test_whom_a_call_out_rang_is_no_missed_ring() -> None:
    body = recorded("outgoing_unanswered")
    body["call"]["participants"][1]["call_status"] = 3
    assert kinds(body) == ["contact.offered", "contact.ended"]


def test_a_transfer_gives_each_agent_his_part_of_one_call() -> None:
    facts = fold_call("freshcaller", "transfer_first", "transfer_not_taken", "transfer_second")
    assert visits(facts) == [("Support", "answered", 20.0), ("Experts", "answered", 40.0)]
    assert [leg[:2] for leg in legs(facts)] == [("Ann Agent", 120.0), ("Ben Agent", 200.0)]
    assert [leg.transferred for leg in facts.legs] == [True, False]
    assert facts.ended_at == datetime(2026, 11, 24, 9, 6, 20, tzinfo=UTC)


def test_who_gives_up_after_a_transfer_has_left_the_second_queue() -> None:
    facts = fold_call("freshcaller", "transfer_first", "transfer_abandoned")
    assert visits(facts) == [("Support", "answered", 20.0), ("Experts", "abandoned", 70.0)]
    assert [leg.transferred for leg in facts.legs] == [True]


def test_an_agent_who_does_not_take_a_call_over_changes_nothing() -> None:
    assert kinds(recorded("transfer_not_taken")) == ["contact.ringing"]


def test_a_transfer_of_a_transfer_belongs_to_the_first_call() -> None:
    body = recorded("transfer_second")
    body["call"]["parent_call_id"] = 5010
    assert {event.subject for event in parse(body)} == {"5009"}
    body["call"]["root_call_id"] = None
    assert {event.subject for event in parse(body)} == {"5010"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (1, "contact.answered"),
        (2, "contact.abandoned"),
        (3, "contact.abandoned"),
        (4, "contact.overflowed"),
        (5, "contact.abandoned"),
        (9, "contact.overflowed"),
        (10, "contact.voicemail"),
        (11, "contact.overflowed"),
        (15, "contact.answered"),
        (16, "contact.voicemail"),
    ],
)
def test_the_status_of_the_customer_says_how_a_call_counts(status: int, kind: str) -> None:
    body = recorded("answered")
    body["call"]["participants"][0]["call_status"] = status
    assert kind in kinds(body)
    body["metrics"] = None
    assert "contact.ended" not in kinds(body)


@pytest.mark.parametrize(("status", "result"), [(2, "declined"), (3, "missed"), (5, "cancelled"), (1, None)])
def test_the_status_of_an_agent_says_how_his_ring_ended(status: int, result: str | None) -> None:
    body = recorded("abandoned")
    body["call"]["participants"][1]["call_status"] = status
    found = [event.data["result"] for event in parse(body) if event.kind.value == "contact.ringing"]
    assert found == ([] if result is None else [result])


def test_a_caller_whom_the_menu_let_ring_was_no_longer_in_it() -> None:
    body = recorded("abandoned_in_menu")
    body["metrics"]["total_ringing_time"] = 5
    [left] = [event for event in parse(body) if event.kind.value == "contact.abandoned"]
    assert dict(left.data) == {"wait_s": 5}


def test_a_withheld_number_is_no_customer_and_a_menu_is_told() -> None:
    assert parse(recorded("voicemail_without_times"))[0].customer is None
    assert parse(recorded("abandoned_in_menu"))[0].data["ivr"] is True


@pytest.mark.parametrize(("queue_from", "queue"), [("queue", "Support"), ("team", "Desk"), ("number", "+37160000000")])
def test_the_administrator_says_what_counts_as_a_queue(queue_from: str, queue: str) -> None:
    body = recorded("abandoned")
    body["call"]["assigned_team_name"] = "Desk"
    queued = [event for event in parse(body, queue_from=queue_from) if event.kind.value == "contact.queued"]
    assert [event.queue for event in queued] == [queue]


def test_a_status_that_nobody_knows_goes_on_until_the_administrator_says_what_it_means() -> None:
    body = recorded("abandoned")
    body["call"]["participants"][0]["call_status"] = 17
    assert "contact.ended" not in kinds(body)
    assert "contact.voicemail" in kinds(body, statuses="17 = voicemail")
    with pytest.raises(BadPayload, match=r"settings\.statuses"):
        parse(body, statuses="17 = lost")


def test_a_duration_in_a_unit_that_nobody_knows_is_unknown() -> None:
    body = recorded("voicemail")
    body["metrics"]["total_ringing_time_unit"] = "ticks"
    [left] = [event for event in parse(body) if event.kind.value == "contact.voicemail"]
    assert dict(left.data) == {"wait_s": None}


def test_a_missing_field_is_named_by_its_path() -> None:
    body = recorded("answered")
    del body["call"]["created_time"]
    with pytest.raises(BadPayload, match=r"\$\.call\.created_time"):
        parse(body)


# -- reading


def shown(number: int, began: str) -> dict[str, Any]:
    call = recorded("abandoned")["call"]
    return {**call, "id": number, "created_time": began, "updated_time": began}


def read(*pages: list[dict[str, Any]]) -> tuple[list[int], list[str]]:
    """The calls that were kept since noon, and what was asked for."""
    assert ADAPTER.pull is not None
    steps, kept, asked = ADAPTER.pull.steps({"subdomain": "yours", "api_key": "k"}, AT, None), [], []
    step = next(steps)
    while True:
        try:
            if isinstance(step, Page):
                kept += [json.loads(body)["call"]["id"] for body in step.bodies]
                step = next(steps)
            else:
                asked.append(step.url.partition("/api/v1/")[2])
                step = steps.send(_answered(step, pages))
        except StopIteration:
            return kept, asked


def _answered(request: ApiRequest, pages: tuple[list[dict[str, Any]], ...]) -> ApiResponse:
    assert request.headers == {"X-Api-Auth": "k", "Accept": "application/json"}
    if "/calls?" not in request.url:
        told: dict[str, Any] = {"users": [], "call_metrics": [], "meta": {"total_pages": 1, "current": 1}}
    else:
        page = int(request.url.partition("?page=")[2].partition("&")[0])
        told = {"calls": pages[page - 1], "meta": {"total_pages": len(pages), "current": page}}
    return ApiResponse(status=200, headers={}, body=json.dumps(told).encode())


def test_the_list_is_read_two_hours_beyond_the_moment_and_no_further() -> None:
    newest = [shown(9, "2026-11-24T13:00:00Z"), shown(8, "2026-11-24T10:00:00Z")]
    older = [shown(7, "2026-11-24T09:59:59Z"), shown(6, "2026-11-24T08:00:00Z")]
    kept, asked = read(newest, older, [shown(5, "2026-11-24T07:00:00Z")])
    assert kept == [9, 8]
    assert [url.partition("?")[0] for url in asked] == ["users", "calls", "call_metrics", "calls"]
    assert "by_time%5Bfrom%5D=2026-11-24T09%3A59%3A00Z&by_time%5Bto%5D=2026-11-24T13%3A01%3A00Z" in asked[2]


def test_a_list_that_begins_with_the_oldest_is_read_to_its_end() -> None:
    old = [shown(1, "2026-11-20T08:00:00Z"), shown(2, "2026-11-20T09:00:00Z")]
    assert read(old, [shown(3, "2026-11-24T11:00:00Z")])[0] == [3]


def test_a_call_that_was_changed_much_later_does_not_widen_the_span() -> None:
    call = {**shown(9, "2026-11-24T11:00:00Z"), "updated_time": "2026-12-24T11:00:00Z"}
    assert read([call])[1][2].endswith("by_time%5Bto%5D=2026-11-24T23%3A00%3A00Z")


def test_names_of_customers_and_notes_are_not_kept() -> None:
    assert ADAPTER.pull is not None
    call = shown(4, "2026-11-24T12:00:00Z")
    call["call_notes"] = call["participants"][0]["caller_name"] = "made-up secret"
    steps = ADAPTER.pull.steps({"subdomain": "yours", "api_key": "k"}, AT, None)
    step = next(steps)
    while not isinstance(step, Page):
        step = steps.send(_answered(step, ([call],)))
    assert [b"secret" in body for body in step.bodies] == [False]
