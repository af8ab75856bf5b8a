"""Help Scout's API over a made-up history of conversations."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 20
PER_PAGE = 3
#: a chat, whose embedded threads are cut short; had no change since the beginning of the reading
CHAT, OLD = 9, 17
REOPENED = [number for number in range(TICKETS) if number % 4 == 1]
CUSTOMER, AGENT = {"id": 238604, "type": "customer"}, {"id": 256, "type": "user"}


def time_of(number: int, minutes: float) -> str:
    """The last seven were opened within two seconds, as by an import."""
    hours = 7 * min(number, TICKETS - 7)
    second = max(0, number - TICKETS + 7) % 2
    return (SINCE + timedelta(hours=hours, minutes=minutes, seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _thread(number: int, place: int, minutes: float, kind: str, status: str) -> dict[str, Any]:
    by_customer = kind == "customer"
    return {
        "id": 100 * number + place,
        "type": kind,
        "status": status,
        "state": "published",
        "action": {"type": "", "text": "made up", "associatedEntities": {}},
        "body": "made up",
        "source": {"type": "web", "via": "customer" if by_customer else "user"},
        "createdBy": CUSTOMER if by_customer else AGENT,
        "assignedTo": AGENT if minutes >= 5 else {"id": 7, "type": "team"},
        "createdAt": time_of(number, minutes),
    }


def conversation(number: int) -> dict[str, Any]:
    """Answered after 9 minutes, waited from then to 40, solved after an hour; every fourth was reopened for half an hour."""
    told = [
        (0, "customer", "active"),
        (5, "lineitem", "nochange"),
        (6, "note", "nochange"),
        (9, "message", "pending"),
        (40, "customer", "active"),
        (50, "message", "active"),
        (60, "lineitem", "closed"),
    ]
    if number in REOPENED:
        told += [(90, "customer", "active"), (120, "message", "closed")]
    threads = [_thread(number, place, *step) for place, step in enumerate(told, start=1)]
    closed = time_of(number, 120 if number in REOPENED else 60)
    return {
        "id": number + 1,
        "number": 15000 + number,
        "threads": len(threads),
        "type": "chat" if number == CHAT else "email",
        "status": "closed",
        "state": "published",
        "subject": "made up",
        "mailboxId": 85,
        "assignee": AGENT,
        "createdBy": CUSTOMER,
        "createdAt": time_of(number, 0),
        "closedBy": 256,
        "closedAt": closed,
        "userUpdatedAt": closed,
        "customerWaitingSince": {"time": "", "friendly": ""},
        "primaryCustomer": {**CUSTOMER, "first": "Made", "email": f"customer{number}@example.net"},
        "_embedded": {"threads": threads[::-1]},
    }


ALL = [conversation(number) for number in range(TICKETS)]


def answer(asked: Asked) -> Told:
    if asked.path == "/v2/oauth2/token":
        form = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": "test-app", "client_secret": "test-key"}
        return Told(body={"token_type": "bearer", "access_token": "test-token"}) if form == wanted else Told(status=401)
    if asked.headers.get("authorization") != "Bearer test-token":
        return Told(status=401)
    if asked.path == "/v2/conversations":
        return _listed(asked)
    assert asked.path == f"/v2/conversations/{CHAT + 1}/threads"
    return _page(asked, "threads", ALL[CHAT]["_embedded"]["threads"])


def _listed(asked: Asked) -> Told:
    query = asked.query
    assert (query["status"], query["sortField"], query["sortOrder"]) == ("all", "createdAt", "asc")
    assert (query["embed"], datetime.fromisoformat(query["modifiedSince"])) == ("threads", SINCE)
    begin = re.fullmatch(r"\(createdAt:\[(\S+Z) TO \*\]\)", query["query"])
    assert begin is not None
    found = [each for each in ALL if each["id"] != OLD + 1 and each["createdAt"] >= begin[1]]
    found.sort(key=lambda each: (each["createdAt"], each["id"]))
    cut = [{**each, "_embedded": {"threads": []}} if each["type"] == "chat" else each for each in found]
    return _page(asked, "conversations", cut)


def _page(asked: Asked, name: str, entries: list[dict[str, Any]]) -> Told:
    page = int(asked.query["page"])
    shown = entries[(page - 1) * PER_PAGE : page * PER_PAGE]
    pages = {
        "size": PER_PAGE,
        "totalElements": len(entries),
        "totalPages": -(-len(entries) // PER_PAGE),
        "number": page,
    }
    return Told(body={"_embedded": {name: shown}, "page": pages})


HISTORY = History(
    adapter="help_scout",
    policy='[sources.desk]\nadapter = "help_scout"\nsettings = { app_id = "test-app" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "app_secret": "test-key"},
    expected={
        "ticket": TICKETS - 1,
        "ticket_span": TICKETS - 1 + len(REOPENED) - (OLD in REOPENED),
        "ticket_reply": TICKETS - 1 + len(REOPENED) - (OLD in REOPENED),
    },
)
