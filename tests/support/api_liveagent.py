"""LiveAgent's API v3 over a made-up history of tickets; its times are those of Riga and name no zone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 36
RIGA = ZoneInfo("Europe/Riga")


def _time(number: int, minutes: int) -> str:
    at = SINCE + timedelta(hours=6 * number, minutes=minutes)
    return at.astimezone(RIGA).strftime("%Y-%m-%d %H:%M:%S")


def ticket(number: int) -> dict[str, Any]:
    """Answered after 9 minutes, asked again at 30, answered at 45, solved after an hour; every sixth was reopened."""
    steps = [("N", 0), ("C", 5), ("A", 9), ("C", 30), ("R", 60)] + ([("C", 90), ("R", 120)] if number % 6 == 0 else [])
    shown = {
        "id": f"tick{number:02}",
        "code": f"ABC-{number}",
        "subject": "made up",
        "status": "R",
        "channel_type": "E",
        "owner_contactid": f"cont{number}",
        "owner_email": "customer@example.net",
        "date_created": _time(number, 0),
        "date_changed": _time(number, steps[-1][1]),
    }
    return {"ticket": shown, "history": _history(number, steps), "groups": _groups(number)}


def _history(number: int, steps: list[tuple[str, int]]) -> list[dict[str, Any]]:
    entries = [
        {
            "id": f"h{number}-{place}",
            "department_name": "Support",
            "agent_id": "ag1" if minutes else None,
            "status": status,
            "date_from": _time(number, minutes),
        }
        for place, (status, minutes) in enumerate(steps)
    ]
    return entries[::-1]


def _groups(number: int) -> list[dict[str, Any]]:
    said = [("3", "cu1", 0), ("4", "ag1", 9), ("I", "ag1", 10), ("3", "cu1", 30), ("4", "ag1", 45)]
    groups: list[dict[str, Any]] = [
        {
            "id": f"g{number}-{place}",
            "type": kind,
            "userid": user,
            "user_full_name": "Ann Agent" if user == "ag1" else "Customer",
            "datecreated": _time(number, minutes),
            "messages": [{"id": f"m{number}-{place}", "type": "M", "userid": user, "message": "made up"}],
        }
        for place, (kind, user, minutes) in enumerate(said)
    ]
    if number % 4 == 0:
        rating = {"id": f"r{number}", "type": "WP"[number % 8 // 4], "userid": "cu1", "datecreated": _time(number, 70)}
        groups[-1]["messages"].append(rating)
    return groups


ALL = {each["ticket"]["id"]: each for each in map(ticket, range(TICKETS))}


def answer(asked: Asked) -> Told:
    if asked.headers.get("apikey") != "test-key":
        return Told(status=403)
    path = asked.path.removeprefix("/api/v3/").split("/")
    if path == ["agents"]:
        return _page(asked, [{"id": "ag1", "name": "Ann Agent", "email": "ann@example.com"}])
    if path == ["tickets"]:
        return _tickets(asked)
    found = ALL[path[1]]
    return Told(body=found["history"]) if path[2] == "history" else _page(asked, found["groups"])


def _tickets(asked: Asked) -> Told:
    [[column, operator, value]] = json.loads(asked.query["_filters"])
    assert (column, operator) == ("date_changed", "D>=")
    assert (asked.query["_sortField"], asked.query["_sortDir"]) == ("date_created", "ASC")
    begin = datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=RIGA)
    shown = [each["ticket"] for each in ALL.values()]
    return _page(asked, [each for each in shown if _moment(each["date_changed"]) >= begin])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=RIGA)


def _page(asked: Asked, entries: list[dict[str, Any]]) -> Told:
    page, size = int(asked.query["_page"]), int(asked.query["_perPage"])
    return Told(body=entries[(page - 1) * size : page * size])


HISTORY = History(
    adapter="liveagent",
    policy='[sources.desk]\nadapter = "liveagent"\n'
    'settings = { base_url = "https://yours.ladesk.com", timezone = "Europe/Riga" }\n',
    routes=answer,
    secrets={"token": "test-secret", "api_key": "test-key"},
    expected={
        "ticket": TICKETS,
        "ticket_span": TICKETS + TICKETS // 6,
        "ticket_reply": TICKETS,
        "survey": TICKETS // 4,
        "survey_answer": TICKETS // 4,
    },
    kills=2,
)
