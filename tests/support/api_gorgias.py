"""Gorgias's API over a made-up account of tickets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from histories import SINCE, History
from registry import basic
from vendor_api import Asked, Told

TICKETS = 60
PER_PAGE = 9
OPEN = [number for number in range(TICKETS) if number % 5 == 0]
RATED = [number for number in range(TICKETS) if number % 7 == 3]
ANNA = {"id": 9, "email": "made.up@example.org", "name": "Anna"}


def _at(number: int, minutes: float) -> str:
    return (SINCE + timedelta(hours=7 * number, minutes=minutes)).isoformat(timespec="microseconds")


def _message(number: int, minutes: float, *, from_agent: bool) -> dict[str, Any]:
    return {
        "id": number * 100 + round(minutes),
        "ticket_id": number,
        "public": True,
        "channel": "email",
        "via": "helpdesk",
        "from_agent": from_agent,
        "rule_id": None,
        "sender": ANNA if from_agent else {"id": 400 + number, "name": "Made Up"},
        "body_text": "made up",
        "created_datetime": _at(number, minutes),
    }


def _ticket(number: int) -> dict[str, Any]:
    """Answered after 12 minutes, closed after an hour, but for those that are open."""
    survey = {"score": 4, "sent_datetime": _at(number, 61), "scored_datetime": _at(number, 70)}
    return {
        "id": number,
        "status": "open" if number in OPEN else "closed",
        "priority": "normal",
        "channel": "email",
        "from_agent": False,
        "spam": False,
        "subject": "made up",
        "customer": {"id": 400 + number, "email": f"customer{number}@example.net", "name": "Made Up", "channels": []},
        "assignee_user": ANNA,
        "assignee_team": {"id": 5, "name": "Returns"},
        "created_datetime": _at(number, 0),
        "updated_datetime": _at(number, 70),
        "closed_datetime": None if number in OPEN else _at(number, 60),
        "trashed_datetime": None,
        "snooze_datetime": None,
        "satisfaction_survey": survey if number in RATED else None,
    }


def _before(number: int) -> dict[str, Any]:
    """One that changed before what is asked for."""
    return {**_ticket(0), "id": TICKETS + number, "updated_datetime": (SINCE - timedelta(hours=number)).isoformat()}


NEWEST_FIRST = [*(_ticket(number) for number in reversed(range(TICKETS))), *map(_before, range(1, 20))]


def answer(asked: Asked) -> Told:
    assert asked.origin == "https://made-up.gorgias.com"
    if asked.headers.get("authorization") != basic("ann@example.org", "made-up-key"):
        return Told(status=401)
    found = re.fullmatch(r"/api/tickets/(\d+)", asked.path)
    if found:
        number = int(found[1])
        messages = [_message(number, 0, from_agent=False), _message(number, 12, from_agent=True)]
        assert number < TICKETS, "what is older is of no interest"
        return Told(body={**_ticket(number), "messages": messages})
    assert asked.path == "/api/tickets"
    assert asked.query["order_by"] == "updated_datetime:desc"
    start = int(asked.query.get("cursor", 0))
    end = start + PER_PAGE
    following = str(end) if end < len(NEWEST_FIRST) else None
    return Told(body={"data": NEWEST_FIRST[start:end], "object": "list", "meta": {"next_cursor": following}})


HISTORY = History(
    adapter="gorgias",
    policy=(
        '[sources.desk]\nadapter = "gorgias"\n'
        '[sources.desk.settings]\nsubdomain = "made-up"\napi_user = "ann@example.org"\n'
    ),
    routes=answer,
    secrets={"token": "test-token", "api_key": "made-up-key"},
    expected={"ticket": TICKETS, "ticket_span": TICKETS, "survey": len(RATED)},
)
