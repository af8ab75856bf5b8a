"""GLPI's REST API over made-up tickets; its clock is that of Riga."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 20
PER_PAGE = 2
RIGA = ZoneInfo("Europe/Riga")
#: in the trash; gone after it was found; without a log, as after a purge
DELETED, GONE, PURGED = (5, 14), 9, 11
REOPENED = [number for number in range(1, TICKETS + 1) if number % 4 == 2 and number not in (*DELETED, GONE)]
ANN, ROBOT, GROUP = 20, 21, 3


def time_of(number: int, minutes: float) -> str:
    return (SINCE + timedelta(hours=7 * number, minutes=minutes)).astimezone(RIGA).strftime("%Y-%m-%d %H:%M:%S")


def _moves(number: int) -> list[tuple[float, str, str]]:
    """Answered after 9 minutes, waited from 10 to 40, solved after an hour; every fourth was reopened for half an hour."""
    told = [(5.0, "1", "2"), (10.0, "2", "4"), (40.0, "4", "2"), (60.0, "2", "5")]
    again = [(90.0, "5", "2"), (120.0, "2", "5")] if number in REOPENED else []
    return [*told, *again, (3000.0, "5", "6")]


def ticket(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": "made up",
        "date": time_of(number, 0),
        "solvedate": time_of(number, 120 if number in REOPENED else 60),
        "closedate": time_of(number, 3000),
        "date_mod": time_of(number, 3000),
        "status": 6,
        "type": 1,
        "requesttypes_id": 2,
        "priority": 3,
        "is_deleted": int(number in DELETED),
    }


def log(number: int) -> list[dict[str, Any]]:
    row = {"itemtype": "Ticket", "items_id": number, "itemtype_link": "", "linked_action": 0, "user_name": "ann (20)"}
    rows = [
        {
            **row,
            "id": 100 * number + place,
            "date_mod": time_of(number, at),
            "id_search_option": 12,
            "old_value": old,
            "new_value": new,
        }
        for place, (at, old, new) in enumerate(_moves(number))
    ]
    other = {
        "id": 100 * number + 50,
        "date_mod": time_of(number, 7),
        "id_search_option": 1,
        "old_value": "a",
        "new_value": "b",
    }
    return [] if number == PURGED else [*rows, {**row, **other}]


def followups(number: int) -> list[dict[str, Any]]:
    said = [(6, ANN, 1), (9, ANN, 0), (40, 5000 + number, 0), (50, ANN, 0)]
    return [
        {
            "id": 10 * number + place,
            "itemtype": "Ticket",
            "items_id": number,
            "users_id": user,
            "is_private": private,
            "content": "made up",
            "date": time_of(number, minutes),
            "date_creation": time_of(number, minutes),
        }
        for place, (minutes, user, private) in enumerate(said)
    ]


def answer(asked: Asked) -> Told:
    path = asked.path.removeprefix("/apirest.php/").split("/")
    if path == ["initSession"]:
        is_known = asked.headers.get("authorization") == "user_token test-token"
        return Told(body={"session_token": "made-up"}) if is_known else Told(status=401, body=["ERROR_LOGIN", ""])
    if asked.headers.get("session-token") != "made-up":
        return Told(status=401, body=["ERROR_SESSION_TOKEN_INVALID", ""])
    if path == ["search", "Ticket"]:
        return _search(asked)
    if path[0] in ("User", "Group"):
        return Told(
            body={"id": int(path[1]), "name": {ANN: "ann", GROUP: "Network"}.get(int(path[1]), f"user{path[1]}")}
        )
    number = int(path[1])
    if len(path) == 2:
        return Told(status=404, body=["ERROR_ITEM_NOT_FOUND", ""]) if number == GONE else Told(body=ticket(number))
    return _parts(number, path[2])


def _parts(number: int, itemtype: str) -> Told:
    members = [{"users_id": 5000 + number, "type": 1}, {"users_id": ANN, "type": 2}]
    found = {
        "Log": log(number),
        "ITILFollowup": followups(number),
        "Ticket_User": members,
        "Group_Ticket": [{"groups_id": GROUP, "type": 2}],
    }[itemtype]
    return Told(body=found)


def _search(asked: Asked) -> Told:
    query = asked.query
    assert (query["criteria[0][field]"], query["criteria[0][searchtype]"]) == ("19", "morethan")
    assert query["criteria[0][value]"] == "2026-11-01 02:00:00"
    assert (query["criteria[1][field]"], query["criteria[1][value]"][0], query["sort"]) == ("2", ">", "2")
    last, is_deleted = int(query["criteria[1][value]"][1:]), query["is_deleted"] == "1"
    found = [number for number in range(1, TICKETS + 1) if number > last and (number in DELETED) is is_deleted]
    shown = [{"2": number, "1": "made up"} for number in found[:PER_PAGE]]
    body = {"totalcount": len(found), "count": len(shown), **({"data": shown} if shown else {})}
    return Told(status=206 if len(found) > PER_PAGE else 200, body=body)


HISTORY = History(
    adapter="glpi",
    policy='[sources.desk]\nadapter = "glpi"\n'
    'settings = { base_url = "https://glpi.example.com", timezone = "Europe/Riga" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "user_token": "test-token"},
    expected={
        "ticket": TICKETS - 1,
        "ticket_span": TICKETS - 1 - len(DELETED) + len(REOPENED),
        "ticket_reply": TICKETS - 1 - len(DELETED),
    },
    kills=2,
)
