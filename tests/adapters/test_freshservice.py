"""Freshservice: which proof passes, and what readings of its API add up to."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from adapter_fixtures import build_request, load_fixtures

from adapters.freshservice import ADAPTER, HEADER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page
from plugin.facts.fold import TicketFacts, fold_ticket, in_order

URL = "https://kpi.example.com/hooks/freshservice"
AT = datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC)
MINUTE_MS = 60_000
READINGS = ["read_new", "read_waiting", "read_going_on", "read_solved", "read_reopened", "read_closed"]


def recorded(name: str) -> dict[str, Any]:
    """The body of a fixture."""
    [fixture] = [fixture for fixture in load_fixtures("freshservice") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body), received_at=AT), settings))


def kinds(body: object, **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


def fold(*bodies: object) -> TicketFacts:
    events = {event.dedupe_key: event for body in bodies for event in parse(body)}
    return fold_ticket(in_order(events.values()))


def test_only_the_token_of_the_header_proves_anything() -> None:
    settings = {"token": ["new", "old"]}
    for token in ("new", "old"):
        ADAPTER.verify(build_request(url=URL, body="{}", headers={HEADER: token}), settings)
    for headers in ({}, {HEADER: ""}, {HEADER: "newer"}, {"Authorization": "new"}):
        with pytest.raises(Rejected, match=HEADER):
            ADAPTER.verify(build_request(url=URL, body="{}", headers=headers), settings)


def test_a_webhook_only_pokes_and_once_a_minute_for_each_ticket() -> None:
    assert ADAPTER.template is not None
    assert parse(json.loads(ADAPTER.template)) == []
    assert ADAPTER.pull is not None
    assert ADAPTER.pull.poked

    def key(ticket: int, seconds: int) -> str | None:
        body = json.dumps({"deskgauge": 1, "ticket_id": str(ticket)})
        request = build_request(url=URL, body=body, received_at=AT + timedelta(seconds=seconds))
        return ADAPTER.delivery_key(request, {})

    assert key(1, 0) == key(1, 50)
    assert len({key(1, 0), key(2, 0), key(1, 60)}) == 3


def test_readings_add_up_to_the_ticket_in_any_order_and_twice() -> None:
    for seed in range(5):
        names = READINGS + READINGS[:3]
        random.Random(seed).shuffle(names)
        facts = fold(*map(recorded, names))
        assert facts.created_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
        assert facts.first_response_ms == 12 * MINUTE_MS
        assert [pause.ended_at for pause in facts.pauses] == [datetime(2026, 11, 24, 9, tzinfo=UTC)]
        assert (facts.reopens, facts.status) == (1, "closed")
        assert facts.resolution_ms == 140 * MINUTE_MS
        assert (facts.agent_replies, facts.customer_replies) == (2, 2)
        assert [reply.reply_ms for reply in facts.replies] == [10 * MINUTE_MS]
        assert (facts.agent, facts.queue, facts.customer) == ("Ann Agent", "Service Desk", "5483")


def test_a_ticket_is_reopened_only_after_it_was_solved() -> None:
    assert fold(*map(recorded, READINGS[:3])).reopens == 0
    assert fold(*map(recorded, READINGS[:5])).reopens == 1


def test_a_reopened_ticket_that_keeps_its_resolution_says_so_in_one_reading() -> None:
    body = recorded("read_reopened")
    assert fold(body).reopens == 0  # what was forgotten cannot be known
    body["ticket"]["stats"]["resolved_at"] = "2026-11-24T09:30:00Z"
    facts = fold(body)
    assert (facts.reopens, facts.status) == (1, "open")


def test_a_reopening_keeps_its_time_when_the_status_changed_again_before_it_was_read() -> None:
    body = recorded("read_reopened")
    body["ticket"]["status"] = 3
    body["ticket"]["stats"]["status_updated_at"] = "2026-11-24T11:00:00Z"
    told = [(event.kind.value, event.at.hour) for event in parse(body)]
    assert ("ticket.reopened", 10) in told
    facts = fold(recorded("read_solved"), body)
    assert (facts.reopens, facts.status) == (1, "paused")


def test_a_pause_ends_with_an_opening_that_is_no_reopening() -> None:
    body = recorded("read_going_on")
    body["ticket"]["stats"]["opened_at"] = body["ticket"]["stats"]["status_updated_at"]
    facts = fold(recorded("read_waiting"), body)
    assert (facts.reopens, facts.status) == (0, "open")
    assert [pause.ended_at is None for pause in facts.pauses] == [False]


def test_a_ticket_reopened_into_a_pause_waits() -> None:
    body = recorded("read_reopened")
    body["ticket"]["status"] = 3
    facts = fold(recorded("read_solved"), body)
    assert (facts.reopens, facts.status) == (1, "paused")


def test_what_the_requester_writes_in_the_portal_is_no_answer() -> None:
    portal = {"incoming": False, "private": False, "source": 0, "user_id": 5483, "created_at": "2026-11-24T08:03:00Z"}
    body = recorded("read_waiting")
    body["conversations"].insert(0, {**portal, "id": 90})
    facts = fold(body)
    assert (facts.first_response_ms, facts.customer_replies) == (12 * MINUTE_MS, 1)


def test_a_status_of_ones_own_is_open_until_the_administrator_says_what_it_means() -> None:
    body = recorded("read_waiting")
    for status in (6, 7, 8):
        body["ticket"]["status"] = status
        assert "ticket.paused" not in kinds(body)
        paused = [event for event in parse(body, statuses=f"{status} = other") if event.kind.value == "ticket.paused"]
        assert [event.data["on"] for event in paused] == ["other"]


@pytest.mark.parametrize(
    ("source", "channel"), [(1, "email"), (4, "chat"), (9, "other"), (10, "messaging"), (99, None)]
)
def test_sources_are_those_of_freshservice(source: int, channel: str | None) -> None:
    body = recorded("read_new")
    body["ticket"]["source"] = source
    opened = parse(body)[0]
    assert (opened.channel, opened.data.get("opened_by")) == (channel, None)


def test_spam_and_deleted_tickets_are_left_out() -> None:
    assert fold(recorded("read_spam")).excluded == "spam"
    assert fold(recorded("read_deleted")).excluded == "deleted"


def test_a_missing_field_is_named_by_its_path() -> None:
    body = recorded("read_new")
    del body["ticket"]["created_at"]
    with pytest.raises(BadPayload, match=r"\$\.ticket\.created_at"):
        parse(body)


def test_a_status_that_changed_before_anything_was_solved_is_no_reopening() -> None:
    body = recorded("read_reopened")
    body["ticket"]["stats"]["opened_at"] = None
    assert "ticket.reopened" in kinds(body)  # what was solved before is not told here
    assert fold(body).reopens == 0
    assert fold(recorded("read_solved"), body).reopens == 1


def test_a_full_page_without_a_link_is_followed_by_the_next() -> None:
    assert ADAPTER.pull is not None
    ticket = {**recorded("read_new")["ticket"], "stats": {}}
    pages = [[{**ticket, "id": number} for number in range(100)], [{**ticket, "id": 100}], [], []]
    steps = ADAPTER.pull.steps({"subdomain": "yours", "api_key": "test-key"}, AT, None)
    kept, asked, step = 0, [], next(steps)
    while True:
        try:
            if isinstance(step, Page):
                kept += len(step.bodies)
                step = next(steps)
            else:
                asked += [dict(parse_qsl(step.url.partition("?")[2]))] if "/tickets?" in step.url else []
                step = steps.send(_answered(step, pages))
        except StopIteration:
            break
    assert (kept, pages) == (101, [])
    assert {query["order_type"] for query in asked} == {"asc"}
    assert [(query.get("filter"), query["page"]) for query in asked] == [
        (None, "1"),
        (None, "2"),
        ("deleted", "1"),
        ("spam", "1"),
    ]


def _answered(request: ApiRequest, pages: list[list[dict[str, Any]]]) -> ApiResponse:
    told = {"tickets": pages.pop(0)} if "/tickets?" in request.url else {"agents": [], "groups": []}
    return ApiResponse(status=200, headers={}, body=json.dumps(told).encode())
