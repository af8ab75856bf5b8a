"""Zammad's API over a made-up history of tickets."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 20
PER_PAGE = 4
#: went away after it was found; had no change since the beginning of the reading
GONE, OLD = 9, 17
REOPENED = [number for number in range(TICKETS) if number % 4 == 1]
USERS = {
    "1": {"id": 1, "login": "-", "firstname": "made up"},
    "8": {
        "id": 8,
        "login": "made.up@example.com",
        "email": "made.up@example.com",
        "phone": "",
        "mobile": "+37120000001",
    },
    "20": {"id": 20, "login": "one@example.org", "firstname": "made up"},
}


def time_of(number: int, minutes: float) -> str:
    """The last seven were opened within two seconds, as by an import."""
    hours = 7 * min(number, TICKETS - 7)
    second = max(0, number - TICKETS + 7) % 2
    return (SINCE + timedelta(hours=hours, minutes=minutes, seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def ticket(number: int) -> dict[str, Any]:
    closed = time_of(number, 120 if number in REOPENED else 60)
    return {
        "id": number + 1,
        "title": "made up",
        "state": "closed",
        "group": "Service Desk",
        "priority": "2 normal",
        "owner": "one@example.org",
        "owner_id": 20,
        "customer": "made.up@example.com",
        "customer_id": 8,
        "create_article_type": "email",
        "create_article_sender": "Customer",
        "created_at": time_of(number, 0),
        "updated_at": closed,
        "close_at": closed,
    }


def history(number: int) -> dict[str, Any]:
    """Waited for the customer from 9 to 40 minutes, closed after an hour; every fourth was reopened for half an hour."""
    states = [(0, "new"), (5, "open"), (9, "pending reminder"), (40, "open"), (60, "closed")]
    states += [(90, "open"), (120, "closed")] if number in REOPENED else []
    entries: list[dict[str, Any]] = [
        {
            "type": "updated",
            "object": "Ticket",
            "attribute": "state",
            "value_from": before,
            "value_to": after,
            "id_from": 1,
            "id_to": 2,
            "created_at": time_of(number, minutes),
        }
        for (_, before), (minutes, after) in pairwise(states)
    ]
    owner = {"attribute": "owner", "value_from": "-", "value_to": "made up", "id_from": 1, "id_to": 20}
    article = {"type": "created", "object": "Ticket::Article", "created_at": time_of(number, 9)}
    first = {"type": "created", "object": "Ticket", "created_at": time_of(number, 0)}
    assigned = {"type": "updated", "object": "Ticket", **owner, "created_at": time_of(number, 5)}
    return {"history": [first, assigned, *entries, article], "assets": {"User": USERS, "Ticket": {}}}


def articles(number: int) -> list[dict[str, Any]]:
    customer = {
        "type": "email",
        "sender": "Customer",
        "internal": False,
        "created_by": "made.up@example.com",
        "body": "made up",
    }
    agent = {"type": "email", "sender": "Agent", "internal": False, "created_by": "one@example.org", "body": "made up"}
    told = [
        (0, customer),
        (6, {**agent, "type": "note", "internal": True}),
        (9, agent),
        (40, customer),
        (50, agent),
        *([(90, customer), (110, agent)] if number in REOPENED else []),
    ]
    return [
        {**each, "id": 100 * number + place, "created_at": time_of(number, minutes)}
        for place, (minutes, each) in enumerate(told)
    ]


ALL = [ticket(number) for number in range(TICKETS)]


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != "Token token=test-token":
        return Told(status=401)
    path = asked.path.removeprefix("/desk/api/v1/")
    if path == "tickets/search":
        return _searched(asked)
    name, key = path.rsplit("/", 1)
    number = int(key) - 1
    if number == GONE:
        return Told(status=404)
    return Told(body=history(number) if name == "ticket_history" else articles(number))


def _searched(asked: Asked) -> Told:
    query = asked.query
    assert (query["sort_by"], query["order_by"], query["expand"]) == ("created_at", "asc", "true")
    begin = {}
    for name in ("updated_at", "created_at"):
        assert query[f"condition[ticket.{name}][operator]"] == "after (absolute)"
        begin[name] = datetime.fromisoformat(query[f"condition[ticket.{name}][value]"])
    assert begin["updated_at"] == SINCE
    found = [
        each
        for each in ALL
        if each["id"] != OLD + 1 and datetime.fromisoformat(each["created_at"]) > begin["created_at"]
    ]
    found.sort(key=lambda each: (each["created_at"], each["id"]))
    page = int(query["page"])
    return Told(body=found[(page - 1) * PER_PAGE : page * PER_PAGE])


HISTORY = History(
    adapter="zammad",
    policy='[sources.desk]\nadapter = "zammad"\nsettings = { base_url = "https://help.example.com/desk" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_token": "test-token"},
    expected={
        "ticket": TICKETS - 2,
        "ticket_span": TICKETS - 2 + sum(number not in (GONE, OLD) for number in REOPENED),
        "ticket_reply": TICKETS - 2 + sum(number not in (GONE, OLD) for number in REOPENED),
    },
)
