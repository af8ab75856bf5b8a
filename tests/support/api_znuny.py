"""Znuny's operations over made-up tickets; its database keeps the time of Riga."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 50
RIGA = ZoneInfo("Europe/Riga")
REOPENED = [number for number in range(1, TICKETS + 1) if number % 4 == 1]
MERGED = 6


def time_of(number: int, minutes: float) -> str:
    return (SINCE + timedelta(hours=5 * number, minutes=minutes)).astimezone(RIGA).strftime("%Y-%m-%d %H:%M:%S")


def history(number: int) -> list[dict[str, Any]]:
    """Moved after 5 minutes, waited from 10 to 40, closed after an hour; every fourth was reopened for half an hour."""
    lines = [
        (0, "NewTicket", f"%%2026{number:06}%%Raw%%3 normal%%new%%{number}"),
        (5, "Move", "%%Network%%4%%Raw%%2"),
        (5, "OwnerUpdate", "%%ann%%20"),
        (9, "SendAnswer", "%%customer@example.net"),
        (9, "StateUpdate", "%%new%%open%%"),
        (10, "StateUpdate", "%%open%%pending reminder%%"),
        (40, "StateUpdate", "%%pending reminder%%open%%"),
        (45, "PriorityUpdate", "%%3 normal%%3%%4 high%%4"),
        (60, "StateUpdate", f"%%open%%{'merged' if number == MERGED else 'closed successful'}%%"),
    ]
    if number in REOPENED:
        lines += [
            (90, "StateUpdate", "%%closed successful%%open%%"),
            (120, "StateUpdate", "%%open%%closed successful%%"),
        ]
    return [
        {"TicketID": number, "HistoryType": kind, "Name": name, "CreateTime": time_of(number, minutes), "CreateBy": 20}
        for minutes, kind, name in lines
    ]


def ticket(number: int) -> dict[str, Any]:
    is_merged = number == MERGED
    return {
        "TicketID": str(number),
        "TicketNumber": f"2026{number:06}",
        "Title": "made up",
        "State": "merged" if is_merged else "closed successful",
        "StateType": "merged" if is_merged else "closed",
        "Queue": "Network",
        "Priority": "4 high",
        "Owner": "ann",
        "OwnerID": "20",
        "Responsible": "root@localhost",
        "ResponsibleID": "1",
        "CreateBy": "1",
        "Created": time_of(number, 0),
        "Changed": time_of(number, 120),
        "CustomerUserID": f"customer{number}@example.net",
        "Article": articles(number),
    }


def articles(number: int) -> list[dict[str, Any]]:
    said = [(0, "customer", 1), (6, "agent", 0), (9, "agent", 1), (40, "customer", 1), (50, "agent", 1)]
    return [
        {
            "ArticleID": str(10 * number + place),
            "TicketID": str(number),
            "CreateTime": time_of(number, minutes),
            "CreateBy": "20" if sender == "agent" else "1",
            "SenderType": sender,
            "IsVisibleForCustomer": str(visible),
            "Body": "made up",
        }
        for place, (minutes, sender, visible) in enumerate(said)
    ]


def answer(asked: Asked) -> Told:
    body = json.loads(asked.body)
    operation = asked.path.removeprefix("/znuny/nph-genericinterface.pl/Webservice/History/")
    if (body["UserLogin"], body["Password"]) != ("deskgauge", "test-password"):
        return Told(body={"Error": {"ErrorCode": f"{operation}.AuthFail", "ErrorMessage": "made up"}})
    if operation == "TicketSearch":
        assert body["TicketLastChangeTimeNewerDate"] == "2026-11-01 02:00:00"
        assert body["ArchiveFlags"] == ["y", "n"]
        return Told(body={"TicketID": [str(number) for number in range(TICKETS, 0, -1)]})
    ids = [int(number) for number in body["TicketID"].split(",")]
    if operation == "TicketGet":
        assert body["AllArticles"] == 1
        return Told(body={"Ticket": [ticket(number) for number in ids]})
    assert operation == "TicketHistoryGet"
    return Told(body={"TicketHistory": [{"TicketID": str(number), "History": history(number)} for number in ids]})


HISTORY = History(
    adapter="znuny",
    policy='[sources.desk]\nadapter = "znuny"\n'
    'settings = { base_url = "https://help.example.com/znuny", service = "History", api_user = "deskgauge", '
    'timezone = "Europe/Riga" }\n',
    routes=answer,
    secrets={"password": "test-secret", "api_password": "test-password"},
    expected={
        "ticket": TICKETS,
        "ticket_span": TICKETS - 1 + len(REOPENED),
        "ticket_reply": TICKETS - 1,
    },
)
