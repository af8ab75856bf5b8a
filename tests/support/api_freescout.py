"""FreeScout's API over a made-up history of conversations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 20
PER_PAGE = 3
#: in the folder of deleted ones; gone after it was listed; had no change since the beginning of the reading
DELETED, GONE, OLD = (5, 14), 9, 17
REOPENED = [number for number in range(TICKETS) if number % 4 == 1]


def time_of(number: int, minutes: float) -> str:
    """The last seven were opened within two seconds, as by an import."""
    hours = 7 * min(number, TICKETS - 7)
    second = max(0, number - TICKETS + 7) % 2
    return (SINCE + timedelta(hours=hours, minutes=minutes, seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


CUSTOMER, AGENT = {"id": 238604, "type": "customer"}, {"id": 256, "type": "user"}


def _thread(number: int, place: int, minutes: float, kind: str, status: str, action: str = "") -> dict[str, Any]:
    by_customer = kind == "customer"
    return {
        "id": 100 * number + place,
        "type": kind,
        "status": status,
        "state": "published",
        "action": {"type": action, "text": "made up", "associatedEntities": {}},
        "body": "made up",
        "source": {"type": "web", "via": "customer" if by_customer else "user"},
        "createdBy": CUSTOMER if by_customer else AGENT,
        "assignedTo": AGENT if action == "changed-ticket-assignee" else None,
        "createdAt": time_of(number, minutes),
    }


def conversation(number: int) -> dict[str, Any]:
    """Answered after 9 minutes, waited from then to 40, solved after an hour; every fourth was reopened for half an hour."""
    told = [
        (0, "customer", "active", ""),
        (5, "lineitem", "nochange", "changed-ticket-assignee"),
        (6, "note", "active", ""),
        (9, "message", "pending", ""),
        (40, "customer", "active", ""),
        (50, "message", "active", ""),
        (60, "lineitem", "closed", "changed-ticket-status"),
    ]
    if number in REOPENED:
        told += [(90, "customer", "active", ""), (120, "message", "closed", "")]
    if number % 5 == 3:
        told.append((7, "lineitem", "nochange", "moved-from-mailbox"))
    threads = [_thread(number, place, *step) for place, step in enumerate(told, start=1)]
    closed = time_of(number, 120 if number in REOPENED else 60)
    return {
        "id": number + 1,
        "number": 15000 + number,
        "threadsCount": len(threads),
        "type": "email",
        "status": "closed",
        "state": "deleted" if number in DELETED else "published",
        "subject": "made up",
        "mailboxId": 85,
        "assignee": AGENT,
        "createdBy": CUSTOMER,
        "createdAt": time_of(number, 0),
        "updatedAt": closed,
        "closedBy": 256,
        "closedAt": closed,
        "userUpdatedAt": closed,
        "customerWaitingSince": {"time": "", "friendly": ""},
        "customer": {**CUSTOMER, "first": "Made", "email": f"customer{number}@example.net"},
        "_embedded": {"threads": threads[::-1]},
    }


ALL = [conversation(number) for number in range(TICKETS)]


def answer(asked: Asked) -> Told:
    if asked.headers.get("x-freescout-api-key") != "test-key":
        return Told(status=401)
    path = asked.path.removeprefix("/help/api/conversations")
    if not path:
        return _listed(asked)
    assert asked.query["embed"] == "threads"
    number = int(path.strip("/")) - 1
    return Told(status=404) if number == GONE else Told(body=ALL[number])


def _listed(asked: Asked) -> Told:
    assert (asked.query["sortField"], asked.query["sortOrder"]) == ("createdAt", "asc")
    assert _moment(asked.query["updatedSince"]) == SINCE
    since = _moment(asked.query["createdSince"])
    found = [
        each
        for number, each in enumerate(ALL)
        if each["state"] == asked.query["state"] and number != OLD and _moment(each["createdAt"]) > since
    ]
    found.sort(key=lambda each: (each["createdAt"], each["id"]))
    page = int(asked.query["page"])
    shown = [{**each, "_embedded": {"threads": []}} for each in found[(page - 1) * PER_PAGE : page * PER_PAGE]]
    pages = {"size": PER_PAGE, "totalElements": len(found), "totalPages": -(-len(found) // PER_PAGE), "number": page}
    return Told(body={"_embedded": {"conversations": shown}, "page": pages})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


HISTORY = History(
    adapter="freescout",
    policy='[sources.desk]\nadapter = "freescout"\nsettings = { base_url = "https://help.example.com/help" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_key": "test-key"},
    expected={
        "ticket": TICKETS - 2,
        "ticket_span": TICKETS - 2 - len(DELETED) + sum(n not in (*DELETED, GONE, OLD) for n in REOPENED),
        "ticket_reply": TICKETS - 2 - len(DELETED) + sum(n not in (*DELETED, GONE, OLD) for n in REOPENED),
    },
)
