"""Freshservice's API over a made-up history of tickets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 24
PER_PAGE = 4


def _time(number: int, minutes: int) -> str:
    return (SINCE + timedelta(hours=7 * number, minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket(number: int) -> dict[str, Any]:
    """Answered after 9 minutes and solved after an hour; every fourth was reopened and waits for the customer.

    Every sixth was solved without an answer. Early ones were touched last: changes have another order than ids.
    """
    is_waiting, is_silent = number % 4 == 1, number % 6 == 0
    answered = None if is_silent else _time(number, 9)
    changed = _time(number, 95 if is_waiting else 60)
    return {
        "id": 100 + number,
        "workspace_id": 2,
        "subject": "made up",
        "status": 3 if is_waiting else 4,
        "priority": 1 + number % 4,
        "source": 2,
        "group_id": 351,
        "responder_id": 320,
        "requester_id": 5000 + number,
        "created_at": _time(number, 0),
        "updated_at": _time(TICKETS, 0) if number < 7 else changed,
        "stats": {
            "agent_responded_at": answered,
            "requester_responded_at": None,
            "first_responded_at": answered,
            "resolved_at": _time(number, 60),
            "closed_at": None,
            "status_updated_at": changed,
        },
        "requester": {"email": f"customer{number}@example.net"},
    }


TOLD = {
    "": [ticket(number) for number in range(TICKETS)],
    "deleted": [{**ticket(50), "deleted": True}, {**ticket(51), "deleted": True}],
    "spam": [ticket(60)],
}


def answer(asked: Asked) -> Told:
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Told(status=401)
    path = asked.path.removeprefix("/api/v2/")
    if path == "agents":
        return _page(asked, "agents", [{"id": 320, "first_name": "Ann", "last_name": "Agent"}])
    if path == "groups":
        return Told(status=403)
    if path == "tickets":
        return _tickets(asked)
    return _page(asked, "conversations", conversations(int(path.split("/")[1]) - 100))


def conversations(number: int) -> list[dict[str, Any]]:
    assert number % 6
    told = {"incoming": False, "user_id": 320, "body": "made up"}
    return [
        {**told, "id": number * 10, "private": True, "source": 2, "created_at": _time(number, 4)},
        {**told, "id": number * 10 + 1, "private": False, "source": 0, "created_at": _time(number, 9)},
        {
            **told,
            "id": number * 10 + 2,
            "private": False,
            "source": 0,
            "user_id": 5000 + number,
            "created_at": _time(number, 20),
        },
    ]


def _tickets(asked: Asked) -> Told:
    """By creation, whatever order is asked for."""
    assert (asked.query["include"], asked.query["order_type"], asked.query["workspace_id"]) == (
        "stats,requester",
        "asc",
        "2",
    )
    since = datetime.fromisoformat(asked.query["updated_since"])
    found = [each for each in TOLD[asked.query.get("filter", "")] if _changed(each) >= since]
    return _page(asked, "tickets", found)


def _changed(each: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(each["updated_at"]).astimezone(UTC)


def _page(asked: Asked, name: str, entries: list[dict[str, Any]]) -> Told:
    page = int(asked.query["page"])
    is_last = page * PER_PAGE >= len(entries)
    link = {} if is_last else {"Link": f'<https://yours.freshservice.com{asked.path}?page={page + 1}>; rel="next"'}
    return Told(body={name: entries[(page - 1) * PER_PAGE : page * PER_PAGE]}, headers=link)


HISTORY = History(
    adapter="freshservice",
    policy='[sources.desk]\nadapter = "freshservice"\nsettings = { subdomain = "yours", workspace = "2" }\n',
    routes=answer,
    secrets={"token": "test-secret", "api_key": "test-key"},
    expected={
        "ticket": TICKETS + 3,
        "ticket_span": TICKETS + 6,  # deleted ones and spam have none
    },
)
