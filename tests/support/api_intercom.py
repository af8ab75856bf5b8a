"""Intercom's API over a made-up history of conversations and tickets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

CONVERSATIONS = 20
TICKETS = 6
PER_PAGE = 4
#: went away after it was found
GONE = 17
REOPENED = [number for number in range(CONVERSATIONS) if number % 4 == 1]
RATED = [number for number in range(CONVERSATIONS) if number % 5 == 2]
AGENT, CUSTOMER = {"type": "admin", "id": "9001", "name": "made up"}, {"type": "user", "id": "65f0", "name": "made up"}


def _time(number: int, minutes: int) -> int:
    return int((SINCE + timedelta(hours=7 * number, minutes=minutes)).timestamp())


def _part(number: int, minutes: int, kind: str, author: dict[str, str], **more: object) -> dict[str, Any]:
    at = _time(number, minutes)
    return {"id": str(number * 1000 + minutes), "part_type": kind, "created_at": at, "author": author, **more}


def conversation(number: int) -> dict[str, Any]:
    """Answered after 9 minutes and solved after an hour; every fourth was opened again by the customer for half an hour."""
    parts = [
        _part(number, 5, "assignment", AGENT, body=None, assigned_to={"type": "team", "id": "700"}),
        _part(number, 9, "comment", AGENT, body="made up"),
        _part(number, 60, "close", AGENT, body=None),
    ]
    if number in REOPENED:
        parts += [_part(number, 90, "open", CUSTOMER, body="made up"), _part(number, 120, "close", AGENT, body=None)]
    # The last ones changed within one second, as by an action on many of them.
    changed = _time(CONVERSATIONS, 0) if number >= CONVERSATIONS - 7 else parts[-1]["created_at"]
    rating = {"rating": 4, "remark": "made up", "created_at": _time(number, 61), "teammate": {"id": "9001"}}
    return {
        "type": "conversation",
        "id": str(100 + number),
        "created_at": _time(number, 0),
        "updated_at": changed,
        "source": {"type": "email", "body": "made up", "author": {**CUSTOMER, "email": "made.up@example.com"}},
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": f"65f{number}"}]},
        "priority": "not_priority",
        "ticket": None,
        "conversation_rating": rating if number in RATED else None,
        "conversation_parts": {"type": "conversation_part.list", "conversation_parts": parts},
    }


def ticket(number: int) -> dict[str, Any]:
    states = {"previous_ticket_state": "submitted", "ticket_state": "resolved"}
    parts = [
        _part(number, 9, "comment", AGENT, body="made up"),
        _part(number, 50, "ticket_state_updated_by_admin", AGENT, **states),
    ]
    return {
        "type": "ticket",
        "id": str(500 + number),
        "category": "Customer" if number else "Tracker",
        "created_at": _time(number, 0),
        "updated_at": _time(number, 50),
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "65f"}]},
        "ticket_state": {"category": "resolved"},
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": parts},
    }


KEPT = {
    "conversations": {each["id"]: each for each in map(conversation, range(CONVERSATIONS))},
    "tickets": {each["id"]: each for each in map(ticket, range(TICKETS))},
}


def answer(asked: Asked) -> Told:
    assert asked.origin == "https://api.eu.intercom.io"
    if asked.headers.get("authorization") != "Bearer test-token":
        return Told(status=401)
    assert asked.headers["intercom-version"] == "2.11"
    if asked.path == "/me":
        return Told(body={"type": "admin", "id": "9001"})
    _, name, key = asked.path.split("/")
    if key == "search":
        return _search(name, json.loads(asked.body))
    return Told(status=404) if key == str(100 + GONE) else Told(body=KEPT[name][key])


def _search(name: str, body: dict[str, Any]) -> Told:
    query, paging = body["query"], body["pagination"]
    assert (query["field"], query["operator"]) == ("updated_at", ">")
    assert body["sort"] == {"field": "updated_at", "order": "ascending"}
    found = [each for each in KEPT[name].values() if each["updated_at"] > query["value"]]
    found.sort(key=lambda each: each["updated_at"])
    start = int(paging.get("starting_after", 0))
    end = start + PER_PAGE
    shown = [{key: value for key, value in each.items() if "parts" not in key} for each in found[start:end]]
    following = {"next": {"page": 2, "starting_after": str(end)}} if end < len(found) else {}
    return Told(body={"type": "list", name: shown, "total_count": len(found), "pages": {"type": "pages", **following}})


HISTORY = History(
    adapter="intercom",
    policy='[sources.desk]\nadapter = "intercom"\nsettings = { region = "eu" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_token": "test-token"},
    expected={
        "ticket": CONVERSATIONS - 1 + TICKETS - 1,
        "ticket_span": CONVERSATIONS - 1 + len(REOPENED) - (GONE in REOPENED) + TICKETS - 1,
        "survey": len(RATED) - (GONE in RATED),
        "survey_answer": len(RATED) - (GONE in RATED),
    },
)
