"""Zendesk's API over a made-up history of tickets and their audits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 24
PER_PAGE = 4
AUDITS_PER_PAGE = 2
#: an agent, one who left since, and a customer in copy
AGENT, GONE, COPIED = 320, 399, 6008
REOPENED = [number for number in range(TICKETS) if number % 5 == 2]
RATED = [number for number in range(TICKETS) if number % 3 == 0]
#: what was rated bad at first
CHANGED_MIND = [number for number in RATED if number % 2]
DELETED, MERGED = (50, 51), 60
#: has no pages of audits, as all archived ones
ARCHIVED = 3


def time_of(number: int, minutes: int) -> str:
    return (SINCE + timedelta(hours=7 * number, minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket(number: int) -> dict[str, Any]:
    """The last ones changed within one second, as by an action on many of them."""
    is_deleted = number in DELETED
    changed = SINCE + (timedelta(hours=7 * number, minutes=200) if number < TICKETS - 7 else timedelta(days=10))
    return {
        "id": 100 + number,
        "url": f"https://yours.zendesk.com/api/v2/tickets/{100 + number}.json",
        "subject": "made up",
        "description": "made up",
        "status": "deleted" if is_deleted else "closed" if number == MERGED else "solved",
        "via": {"channel": "email", "source": {"from": {"address": f"customer{number}@example.net"}}},
        "requester_id": 5000 + number,
        "submitter_id": 5000 + number,
        "external_id": None,
        "collaborator_ids": [COPIED, AGENT],
        "email_cc_ids": [],
        "tags": ["closed_by_merge"] if number == MERGED else [],
        "created_at": time_of(number, 0),
        "updated_at": time_of(number, 200),
        "generated_timestamp": int(changed.timestamp()),
    }


ALL = sorted(
    (ticket(number) for number in (*range(TICKETS), *DELETED, MERGED)),
    key=lambda each: (each["generated_timestamp"], each["id"]),
)


def audits(number: int) -> list[dict[str, Any]]:
    return [
        {
            "id": 1000 * number + order,
            "ticket_id": 100 + number,
            "created_at": time_of(number, minutes),
            "author_id": author,
            "via": {"channel": "web"},
            "metadata": {"system": {"ip_address": "192.0.2.1"}},
            "events": [
                {"id": 10 * (1000 * number + order) + place, **event} for place, event in enumerate(events, start=1)
            ],
        }
        for order, (minutes, author, events) in enumerate(_story(number), start=1)
    ]


def _story(number: int) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """Answered after 9 minutes, every sixth without a word; solved after an hour, every fourth after it waited for the customer."""
    customer, agent = 5000 + number, GONE if number == 7 else AGENT
    yield 0, customer, [_said(customer), *_set(status="new", requester_id=str(customer), group_id="351", priority=None)]
    answer = [] if number % 6 == 0 else [_said(agent)]
    status, mail = "pending" if number % 4 == 1 else "open", {"type": "Notification", "body": "made up"}
    yield 9, agent, [*answer, *_change(status=("new", "open"), assignee_id=(None, str(agent))), mail]
    yield 9, agent, [_said(agent, public=False), *_change(status=("open", status), priority=(None, "high"))]
    if number == 8:
        yield 20, COPIED, [_said(COPIED)]
    if status == "pending":
        yield 40, customer, [_said(customer), *_change(status=("pending", "open"))]
    yield 60, agent, _change(status=("open", "closed" if number == MERGED else "solved"))
    if number in REOPENED:
        yield 90, customer, [_said(customer), *_change(status=("solved", "open"), group_id=("351", "352"))]
        yield 120, agent, [_said(agent), *_change(status=("open", "solved"))]
    if number in RATED:
        yield 150, -1, _change(satisfaction_score=("unoffered", "offered"))
        if number in CHANGED_MIND:
            yield 160, customer, [{"type": "SatisfactionRating", "score": "bad", "body": "made up"}]
        rated = {"type": "SatisfactionRating", "score": "good", "body": "made up"}
        yield 200, customer, [rated, *_change(satisfaction_score=("offered", "good"))]


def _said(author: int, public: bool = True) -> dict[str, Any]:
    return {"type": "Comment", "author_id": author, "public": public, "body": "made up", "html_body": "<p>made up</p>"}


def _set(**values: str | None) -> list[dict[str, Any]]:
    return [{"type": "Create", "field_name": name, "value": value} for name, value in values.items()]


def _change(**values: tuple[str | None, str]) -> list[dict[str, Any]]:
    return [
        {"type": "Change", "field_name": name, "previous_value": old, "value": new}
        for name, (old, new) in values.items()
    ]


def answer(asked: Asked) -> Told:
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Told(status=401)
    path = asked.path.removeprefix("/api/v2/").removesuffix(".json")
    if path == "incremental/tickets/cursor":
        return _tickets(asked)
    if path == "users":
        users = [{"id": AGENT, "name": "Ann Agent"}] if asked.query["role"] == "agent" else [{"id": 300}]
        return Told(body={"users": users, "meta": {"has_more": False, "after_cursor": None}})
    number = int(path.split("/")[1]) - 100
    if number in DELETED:
        return Told(status=404)
    if number == ARCHIVED:
        return Told(body={"audits": audits(number), "next_page": None})
    return _page(audits(number), int(asked.query.get("page[after]", 0)))


def _tickets(asked: Asked) -> Told:
    """A cursor says the second and the ticket that came last."""
    if "cursor" in asked.query:
        second, last = map(int, asked.query["cursor"].split("."))
    else:
        second, last = int(asked.query["start_time"]), 0
    left = [each for each in ALL if (each["generated_timestamp"], each["id"]) > (second, last)]
    shown = left[:PER_PAGE]
    cursor = f"{shown[-1]['generated_timestamp']}.{shown[-1]['id']}" if shown else f"{second}.{last}"
    return Told(body={"tickets": shown, "after_cursor": cursor, "end_of_stream": len(left) <= PER_PAGE})


def _page(entries: list[dict[str, Any]], start: int) -> Told:
    end = start + AUDITS_PER_PAGE
    meta = {"has_more": end < len(entries), "after_cursor": str(end)}
    return Told(body={"audits": entries[start:end], "meta": meta})


HISTORY = History(
    adapter="zendesk",
    policy='[sources.desk]\nadapter = "zendesk"\nsettings = { subdomain = "yours", api_user = "desk@example.com" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_token": "test-key"},
    expected={
        "ticket": TICKETS + len(DELETED) + 1,
        "ticket_span": TICKETS + len(REOPENED),  # deleted and merged ones have none
        "survey": len(RATED),
        "survey_answer": len(RATED) + len(CHANGED_MIND),
    },
)
