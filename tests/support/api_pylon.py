"""Pylon's API over made-up issues and their messages."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

ISSUES = 22
PER_PAGE = 5
MESSAGES_PER_PAGE = 2
REOPENED = [number for number in range(ISSUES) if number % 5 == 2]
RATED = [number for number in range(ISSUES) if number % 3 == 0]
#: went away between the search and the question for its messages
GONE = 7
#: did not change since the moment
OLD = 4


def time_of(number: int, minutes: int) -> str:
    moment = SINCE + timedelta(hours=7 * number, minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def issue(number: int) -> dict[str, Any]:
    is_open = number in REOPENED
    return {
        "id": f"i-{number}",
        "number": number,
        "title": "made up",
        "body_html": "<p>made up</p>",
        "state": "with_engineering" if is_open else "closed",
        "source": "email",
        "type": "Ticket",
        "created_at": time_of(number, 0),
        "updated_at": time_of(number, 120 if is_open else 61) if number != OLD else "2026-10-01T00:00:00Z",
        "resolution_time": time_of(number, 60),
        "requester": {"id": f"c-{number}", "email": f"customer{number}@example.net"},
        "assignee": {"id": "u-1", "email": "ann@desk.example.com"},
        "team": {"id": "t-1"},
        "custom_fields": {"priority": {"slug": "priority", "value": "high"}},
        "csat_responses": [{"score": 5, "comment": "made up"}] if number in RATED else [],
    }


def messages(number: int) -> list[dict[str, Any]]:
    customer = {"contact": {"id": f"c-{number}", "email": f"customer{number}@example.net"}, "name": "made up"}
    agent = {"user": {"id": "u-1", "email": "ann@desk.example.com"}, "name": "made up"}
    told = [(0, customer, False), (5, agent, True), (9, agent, False), (30, customer, False), (60, agent, False)]
    if number in REOPENED:
        told.append((120, customer, False))
    return [
        {
            "id": f"m-{number}-{place}",
            "timestamp": time_of(number, minutes),
            "is_private": is_private,
            "author": author,
            "message_html": "<p>made up</p>",
        }
        for place, (minutes, author, is_private) in enumerate(told)
    ]


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != "Bearer test-key" or asked.origin != "https://api.eu.usepylon.com":
        return Told(status=401)
    if asked.path == "/issues/search":
        return _search(json.loads(asked.body))
    if asked.path == "/teams":
        return _page([{"id": "t-1", "name": "Support"}], asked.query.get("cursor"), 10)
    if asked.path == "/issue-statuses":
        return _page([{"slug": "with_engineering", "category": "on_hold"}], asked.query.get("cursor"), 10)
    number = int(asked.path.split("/")[2].removeprefix("i-"))
    if number == GONE:
        return Told(status=404)
    return _page(messages(number), asked.query.get("cursor"), MESSAGES_PER_PAGE)


def _search(wanted: dict[str, Any]) -> Told:
    wish = wanted["filter"]
    assert (wish["field"], wish["operator"]) == ("updated_at", "time_is_after")
    since = datetime.fromisoformat(wish["value"])
    found = [each for each in map(issue, range(ISSUES)) if datetime.fromisoformat(each["updated_at"]) > since]
    return _page(found, wanted.get("cursor"), PER_PAGE)


def _page(entries: list[dict[str, Any]], cursor: str | None, size: int) -> Told:
    start = int(cursor or 0)
    end = start + size
    pages = {"cursor": str(end), "has_next_page": end < len(entries)}
    return Told(body={"data": entries[start:end], "pagination": pages, "request_id": "made-up"})


SEEN = [number for number in range(ISSUES) if number != OLD]
HISTORY = History(
    adapter="pylon",
    policy='[sources.desk]\nadapter = "pylon"\nsettings = { region = "eu" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_token": "test-key"},
    expected={
        "ticket": len(SEEN),
        "ticket_reply": len(SEEN) - 1,
        "survey": len(set(RATED) - {OLD}),
        "survey_answer": len(set(RATED) - {OLD}),
    },
)
