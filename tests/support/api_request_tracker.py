"""Request Tracker's REST 2.0 over a made-up log of transactions, some of which whoever asks may not see."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 18
MERGED, HIDDEN = 11, 99
PREFIX = "/rt/REST/2.0/"


def _time(hours: int, minutes: int) -> str:
    return (SINCE + timedelta(hours=hours, minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _customer(number: int) -> str:
    return f"customer{number}@example.net"


def _steps(number: int) -> list[tuple[int, str, str, str, str, str]]:
    """Minute, type, field, old value, new value, who."""
    customer = _customer(number)
    begun = [
        (0, "Create", "", "", "", customer),
        (5, "Set", "Queue", "1", "3", "ann"),
        (9, "Status", "Status", "new", "open", "RT_System"),
        (9, "Correspond", "", "", "", "ann"),
        (10, "Comment", "", "", "", "ann"),
        (30, "Correspond", "", "", "", customer),
        (45, "Correspond", "", "", "", "ann"),
        (60, "Status", "Status", "open", "resolved", "ann"),
    ]
    if number % 6:
        return begun
    return [
        *begun,
        (90, "Status", "Status", "resolved", "open", customer),
        (120, "Status", "Status", "open", "resolved", "ann"),
    ]


def _log() -> list[dict[str, Any]]:
    """In the middle stands a whole page of transactions of a queue that is out of sight."""
    told = [(number, step) for number in range(1, TICKETS + 1) for step in _steps(number)]
    told[40:40] = [(HIDDEN, (0, "Comment", "", "", "", "ben"))] * 45
    found: list[dict[str, Any]] = []
    hours = 0
    for place, (number, (minute, name, field, old, new, who)) in enumerate(told):
        hours = hours if number == HIDDEN else 6 * number
        entry = {"Type": name, "Field": field, "OldValue": old, "NewValue": new, "Created": _time(hours, minute)}
        person = {"type": "user", "id": who}
        found.append(
            {"type": "transaction", "id": str(700 + place), "ObjectId": str(number), "Creator": person, **entry}
        )
    return found


LOG = _log()


def ticket(number: int) -> dict[str, Any]:
    """A merged one is shown as that which it went into."""
    shown = MERGED + 1 if number == MERGED else number
    return {
        "id": shown,
        "Type": "ticket",
        "Subject": "made up",
        "Status": "resolved",
        "Priority": 40,
        "Queue": {"type": "queue", "id": "3"},
        "Owner": {"type": "user", "id": "ann"},
        "Requestor": [{"type": "user", "id": _customer(shown)}],
        "Cc": [],
        "Created": _time(6 * shown, 0),
        "LastUpdated": _time(6 * shown, _steps(shown)[-1][0]),
    }


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != "token test-token":
        return Told(status=401)
    path = asked.path.removeprefix(PREFIX).split("/")
    if path == ["queues", "all"]:
        return Told(body={"items": [{"type": "queue", "id": "1", "Name": "General"}, {"id": "3", "Name": "Network"}]})
    if path == ["transactions"]:
        return _transactions(asked)
    return Told(status=403) if int(path[1]) == HIDDEN else Told(body=ticket(int(path[1])))


def _transactions(asked: Asked) -> Told:
    assert (asked.method, asked.query["orderby"], asked.query["order"]) == ("POST", "id", "ASC")
    kind, since, last = json.loads(asked.body)
    assert (kind["value"], since["field"], since["operator"]) == ("RT::Ticket", "Created", ">=")
    assert (last["field"], last["operator"]) == ("id", ">")
    begin = datetime.fromisoformat(f"{since['value']}+00:00")
    rows = [each for each in LOG if int(each["id"]) > int(last["value"]) and _moment(each) >= begin]
    page, size = int(asked.query["page"]), int(asked.query["per_page"])
    shown = [each for each in rows[(page - 1) * size : page * size] if each["ObjectId"] != str(HIDDEN)]
    more = {"next_page": f"https://rt.example.com{asked.path}?page={page + 1}"} if page * size < len(rows) else {}
    return Told(body={"count": len(shown), "page": page, "per_page": size, "items": shown, **more})


def _moment(each: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(each["Created"])


HISTORY = History(
    adapter="request_tracker",
    policy='[sources.desk]\nadapter = "request_tracker"\nsettings = { base_url = "https://rt.example.com/rt" }\n',
    routes=answer,
    secrets={"token": "test-token"},
    expected={
        "ticket": TICKETS,
        "ticket_span": TICKETS - 1 + TICKETS // 6,  # a merged one has none
        "ticket_reply": TICKETS - 1,
    },
)
