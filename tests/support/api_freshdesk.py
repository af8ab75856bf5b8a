"""Freshdesk's API over a made-up history of tickets."""

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

    Every sixth was solved without an answer.
    """
    is_waiting, is_silent = number % 4 == 1, number % 6 == 0
    changed = _time(number, 95 if is_waiting else 60)
    stats = {
        "agent_responded_at": None if is_silent else _time(number, 9),
        "requester_responded_at": None,
        "first_responded_at": None if is_silent else _time(number, 9),
        "resolved_at": _time(number, 60),
        "closed_at": None,
        "reopened_at": _time(number, 90) if is_waiting else None,
        "status_updated_at": changed,
    }
    # The last ones changed within one second, as by an action on many of them.
    updated = _time(TICKETS, 0) if number >= TICKETS - 7 else changed
    return {
        "id": 100 + number,
        "subject": "made up",
        "status": 3 if is_waiting else 4,
        "priority": 1 + number % 4,
        "source": 1,
        "group_id": 351,
        "responder_id": 320,
        "requester_id": 5000 + number,
        "created_at": _time(number, 0),
        "updated_at": updated,
        "stats": stats,
        "requester": {"email": f"customer{number}@example.net"},
    }


ALL = [ticket(number) for number in range(TICKETS)]
DELETED = [ticket(50), ticket(51)]
SPAM = [ticket(60)]
RATINGS = [
    {
        "id": 900 + number,
        "ticket_id": 100 + number,
        "agent_id": 320,
        "group_id": 351,
        "user_id": 5000 + number,
        "created_at": _time(number, 200),
        "ratings": {"default_question": (103, 100, -103)[number % 3]},
    }
    for number in range(9)
]


def answer(asked: Asked) -> Told:
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Told(status=401)
    path = asked.path.removeprefix("/api/v2/")
    if path == "agents":
        return _page(asked, [{"id": 320, "contact": {"name": "Ann Agent"}}])
    if path == "groups":
        return Told(status=403)
    if path == "tickets":
        return _tickets(asked)
    if path == "surveys/satisfaction_ratings":
        return _page(asked, RATINGS[::-1])
    return _page(asked, conversations(int(path.split("/")[1]) - 100))


def conversations(number: int) -> list[dict[str, Any]]:
    assert number % 6
    told = {"incoming": False, "user_id": 320, "body": "made up"}
    first = {**told, "id": number * 10, "private": True, "source": 2, "created_at": _time(number, 4)}
    return [first, {**told, "id": number * 10 + 1, "private": False, "source": 0, "created_at": _time(number, 9)}]


def _tickets(asked: Asked) -> Told:
    assert asked.query["include"] == "stats,requester"
    since = datetime.fromisoformat(asked.query["updated_since"])
    kept = {"": ALL, "deleted": DELETED, "spam": SPAM}[asked.query.get("filter", "")]
    found = sorted((each for each in kept if _moment(each) >= since), key=_moment)
    return _page(asked, found)


def _moment(each: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(each["updated_at"]).astimezone(UTC)


def _page(asked: Asked, entries: list[dict[str, Any]]) -> Told:
    page = int(asked.query["page"])
    is_last = page * PER_PAGE >= len(entries)
    link = {} if is_last else {"Link": f'<https://yours.freshdesk.com{asked.path}?page={page + 1}>;rel="next"'}
    return Told(body=entries[(page - 1) * PER_PAGE : page * PER_PAGE], headers=link)


HISTORY = History(
    adapter="freshdesk",
    policy='[sources.desk]\nadapter = "freshdesk"\nsettings = { subdomain = "yours" }\n',
    routes=answer,
    secrets={"token": "test-secret", "api_key": "test-key"},
    expected={
        "ticket": TICKETS + len(DELETED) + len(SPAM),
        "ticket_span": TICKETS + 6,  # deleted ones and spam have none
        "survey": len(RATINGS),
        "survey_answer": len(RATINGS),
    },
)
