"""Zendesk's API: what it is asked, what audits add up to, and that webhooks beside it count nothing twice."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import api_zendesk
import pytest
from adapter_fixtures import build_request, load_fixtures
from histories import SINCE
from vendor_api import Asked

from adapters.zendesk import ADAPTER
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page
from plugin.facts.fold import TicketFacts, fold_survey, fold_ticket, in_order

API = {"subdomain": "yours", "api_user": "desk@example.com", "api_token": "test-key"}
MINUTE_MS = 60_000


@cache
def read() -> tuple[Sequence[ApiRequest], Sequence[Page]]:
    """Everything that one reading asks, and what it keeps."""
    assert ADAPTER.pull is not None
    steps, asked, pages = ADAPTER.pull.steps(API, SINCE, None), [], []
    step: ApiRequest | Page = next(steps)
    while True:
        answer = ApiResponse(status=200, headers={}, body=b"")
        if isinstance(step, Page):
            pages.append(step)
        else:
            asked.append(step)
            answer = answered(step)
        try:
            step = steps.send(answer)
        except StopIteration:
            return asked, pages


def answered(request: ApiRequest) -> ApiResponse:
    url = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    origin = f"{url.scheme}://{url.netloc}"
    asked = Asked(
        method="GET", origin=origin, path=url.path, query=dict(parse_qsl(url.query)), headers=headers, body=b""
    )
    told = api_zendesk.answer(asked)
    assert told.status in request.expects
    return ApiResponse(status=told.status, headers={}, body=json.dumps(told.body).encode())


def body(number: int) -> dict[str, Any]:
    bodies = [json.loads(each) for page in read()[1] for each in page.bodies]
    [found] = [each for each in bodies if each["ticket"]["id"] == 100 + number]
    return dict(found)


def parse(told: object, **settings: str) -> list[Event]:
    request = build_request(url="https://kpi.example.com/hooks/zendesk", body=json.dumps(told))
    return list(ADAPTER.parse(request, settings))


def folded(events: Sequence[Event]) -> TicketFacts:
    """Of two with one key the first is kept, as the core does it."""
    kept = {event.dedupe_key: event for event in reversed(events) if event.kind.about == "ticket"}
    return fold_ticket(in_order(kept.values()))


def facts(number: int, **settings: str) -> TicketFacts:
    return folded(parse(body(number), **settings))


# -- what is asked, and kept


def test_tickets_are_asked_for_by_cursor_from_the_moment_on() -> None:
    asked, pages = read()
    exports = [dict(parse_qsl(urlsplit(each.url).query)) for each in asked if "/incremental/" in each.url]
    assert exports[0]["start_time"] == str(int(SINCE.timestamp()))
    assert [each.get("cursor") for each in exports[1:]] == [page.cursor for page in pages[:-1]]
    assert pages[-1].cursor == "end"
    assert {urlsplit(each.url).netloc for each in asked} == {"yours.zendesk.com"}


def test_a_reading_that_ended_asks_nothing_more() -> None:
    assert ADAPTER.pull is not None
    assert list(ADAPTER.pull.steps(API, SINCE, "end")) == []


def test_a_page_says_how_far_the_history_is_complete() -> None:
    moments = [page.until for page in read()[1] if page.until]
    assert moments == sorted(moments)
    assert moments[0] == SINCE + timedelta(hours=21, minutes=200)


def test_neither_texts_nor_addresses_are_kept() -> None:
    kept = b"".join(each for page in read()[1] for each in page.bodies)
    for unwanted in (b"made up", b"example.net", b"192.0.2.1", b"Notification", b"test-key"):
        assert unwanted not in kept


# -- what audits tell


def test_a_ticket_has_its_times_to_the_second() -> None:
    found = facts(2)
    assert found.created_at == SINCE + timedelta(hours=14)
    assert (found.first_response_ms, found.first_resolution_ms, found.resolution_ms) == (
        9 * MINUTE_MS,
        60 * MINUTE_MS,
        120 * MINUTE_MS,
    )
    assert (found.reopens, found.regroups, found.status, found.priority) == (1, 1, "solved", "high")
    assert (found.agent, found.queue, found.customer, found.channel) == ("320", "352", "5002", "email")


def test_neither_the_question_nor_a_note_is_a_reply() -> None:
    found = facts(2)
    assert (found.agent_replies, found.customer_replies) == (2, 1)
    assert facts(6).first_response_ms is None


def test_waiting_for_the_customer_is_a_pause() -> None:
    [pause] = facts(1).pauses
    assert (pause.on, pause.ended_at) == ("customer", SINCE + timedelta(hours=7, minutes=40))


def test_a_reply_that_came_with_a_reopening_belongs_to_it() -> None:
    told = body(2)
    reopening = told["audits"][4]
    comment = {"type": "Comment", "id": 77, "public": True, "author_id": api_zendesk.AGENT}
    reopening["events"] = [comment, *[event for event in reopening["events"] if event["type"] == "Change"]]
    assert [span.replies for span in folded(parse(told)).spans] == [1, 2]


def test_of_one_update_only_what_it_changed_in_the_end_counts() -> None:
    told = body(4)
    flicker = [{"type": "Change", "field_name": "status", "value": word} for word in ("solved", "open")]
    told["audits"][2]["events"] += flicker
    assert folded(parse(told)).reopens == 0


def test_whoever_left_since_is_an_agent_and_a_customer_in_copy_is_none() -> None:
    assert (facts(7).agent_replies, facts(7).customer_replies) == (2, 1)
    assert (facts(8).agent_replies, facts(8).customer_replies) == (1, 1)


def test_an_agent_in_copy_or_who_asks_for_himself_is_an_agent() -> None:
    told = body(4)
    told["ticket"]["requester_id"] = api_zendesk.AGENT
    assert folded(parse(told)).agent_replies == 1
    told["staff"] = []
    assert folded(parse(told)).agent_replies == 0


def test_a_customer_of_before_the_requester_was_changed_stays_a_customer() -> None:
    told = body(1)
    told["ticket"]["requester_id"] = 5999
    assert folded(parse(told)).customer_replies == 1


def test_bots_give_no_first_response() -> None:
    assert facts(4, bots="320").first_response_ms is None


def test_deleted_and_merged_tickets_are_left_out() -> None:
    assert (facts(50).excluded, facts(60).excluded) == ("deleted", "merged")


def test_a_rating_is_told_once_and_a_changed_one_again() -> None:
    for number, scores in ((0, [1]), (3, [0, 1])):
        surveys = [event for event in parse(body(number)) if event.kind.about == "survey"]
        assert [answer.judged.positive for answer in fold_survey(in_order(surveys)).answers] == scores
        assert fold_survey(in_order(surveys)).sent_at == SINCE + timedelta(hours=7 * number, minutes=150)


def test_a_ticket_that_was_opened_for_another_one_waits_for_no_response() -> None:
    told = body(4)
    told["ticket"]["submitter_id"] = api_zendesk.AGENT
    assert folded(parse(told)).opened_by_agent


def test_a_missing_field_is_named_by_its_path() -> None:
    told = body(4)
    del told["audits"][1]["created_at"]
    with pytest.raises(Exception, match=r"\$\.audits\[1\]\.created_at"):
        parse(told)


# -- beside webhooks


def webhook(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("zendesk") if fixture.name == name]
    found: dict[str, Any] = json.loads(fixture.request.body)
    return found


@pytest.mark.parametrize(
    "name", ["event_created", "event_agent_reply", "event_solved", "trigger_created", "trigger_solved"]
)
def test_what_the_api_tells_better_is_left_to_it(name: str) -> None:
    assert parse(webhook(name))
    assert parse(webhook(name), **API) == []
    assert parse(webhook(name), api_token="test-key"), "without the rest of the login nothing can be asked"


@pytest.mark.parametrize(
    "name", ["trigger_escalated", "event_merged", "event_spam", "event_csat_received", "trigger_csat_sent"]
)
def test_what_it_does_not_tell_still_comes_from_webhooks(name: str) -> None:
    assert parse(webhook(name)) == parse(webhook(name), **API) != []


def heard(number: int) -> list[Event]:
    """Ticket `number` by event webhooks, a part of a second after the API's times."""
    story = [
        ("created", 0, {}),
        (
            "comment_added",
            9,
            {"comment": {"id": "20021", "is_public": True, "author": {"id": "320", "is_staff": True}}},
        ),
        ("agent_assignment_changed", 9, {"current": "320"}),
        ("status_changed", 60, {"previous": "OPEN", "current": "SOLVED"}),
        ("comment_added", 90, {"comment": {"id": "20051", "is_public": True, "author_id": str(5000 + number)}}),
        ("status_changed", 90, {"previous": "SOLVED", "current": "OPEN"}),
        ("status_changed", 120, {"previous": "OPEN", "current": "SOLVED"}),
        (
            "comment_added",
            120,
            {"comment": {"id": "20061", "is_public": True, "author": {"id": "320", "is_staff": True}}},
        ),
    ]
    detail = {"id": str(100 + number), "requester_id": str(5000 + number), "group_id": "351", "status": "NEW"}
    found = []
    for order, (name, minutes, event) in enumerate(story):
        at = api_zendesk.time_of(number, minutes).replace("Z", ".25Z")
        told = {"type": f"zen:event-type:ticket.{name}", "id": f"made-up-{order}", "time": at, "event": event}
        found += parse({**told, "detail": {**detail, "created_at": api_zendesk.time_of(number, 0)}})
    return found


def test_webhooks_of_before_the_login_was_entered_count_nothing_twice() -> None:
    alone = facts(2)
    for seed in range(5):
        events = parse(body(2)) + heard(2)
        random.Random(seed).shuffle(events)
        both = folded(events)
        assert (
            (both.agent_replies, both.customer_replies, both.reopens)
            == (2, 1, 1)
            == (
                alone.agent_replies,
                alone.customer_replies,
                alone.reopens,
            )
        )
        assert abs((both.resolution_ms or 0) - (alone.resolution_ms or 0)) <= 250
        assert abs((both.first_response_ms or 0) - (alone.first_response_ms or 0)) <= 250


def test_a_rating_has_the_same_key_from_webhooks_and_from_the_api() -> None:
    told = {"type": "zen:event-type:ticket.csat_received", "id": "made-up", "time": api_zendesk.time_of(0, 200)}
    event = {"satisfaction_score": {"score": "GOOD"}}
    [heard_of] = parse({**told, "detail": {"id": "100"}, "event": event})
    assert heard_of.dedupe_key in {each.dedupe_key for each in parse(body(0))}


def test_a_comment_has_one_key_in_a_trigger_in_an_event_and_from_the_api() -> None:
    of_trigger = {**webhook("trigger_agent_comment"), "ticket_id": "102", "comment_id": "20021"}
    keys = {each.dedupe_key for each in parse(body(2))}
    assert parse(of_trigger)[0].dedupe_key == "102:comment:20021"
    assert "102:comment:20021" in keys & {each.dedupe_key for each in heard(2)}
