"""Salesforce's REST API over made-up cases with their history and e-mails."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 24
PER_PAGE, ROWS = 3, 8
ANN, QUEUE = "005000000000001AAA", "00G000000000001AAA"
DELETED = (7, 19)
REOPENED = [number for number in range(TICKETS) if number % 4 == 1 and number not in DELETED]


def time_of(number: int, minutes: float) -> str:
    return (SINCE + timedelta(hours=7 * number, minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def case_id(number: int) -> str:
    return f"5000000000{number:05}AAA"


def _changes(number: int) -> list[tuple[float, str, str, str]]:
    told = [
        (5, "Owner", QUEUE, ANN),
        (5, "Owner", "Support", "Ann Agent"),
        (9, "Status", "New", "Waiting"),
        (9, "Subject", "made up", "made up again"),
        (40, "Status", "Waiting", "Working"),
        (60, "Status", "Working", "Done"),
    ]
    return told + [(90, "Status", "Done", "Working"), (120, "Status", "Working", "Done")] * (number in REOPENED)


def history(number: int) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"017{place}{number:011}AAA",
            "CaseId": case_id(number),
            "Field": field,
            "OldValue": old,
            "NewValue": new,
            "CreatedDate": time_of(number, minutes),
        }
        for place, (minutes, field, old, new) in enumerate(_changes(number))
    ]


def emails(number: int) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"02s{place}{number:011}AAA",
            "ParentId": case_id(number),
            "Incoming": is_incoming,
            "Status": status,
            "MessageDate": time_of(number, minutes),
            "CreatedById": ANN,
        }
        for place, (minutes, is_incoming, status) in enumerate(
            ((0, True, "0"), (9, False, "3"), (40, True, "0"), (50, False, "3"), (55, False, "5"))
        )
    ]


def case(number: int) -> dict[str, Any]:
    """Answered after 9 minutes, waited from then to 40, closed after an hour; every fourth was reopened for half an hour."""
    changed = time_of(number, _changes(number)[-1][0])
    return {
        "Id": case_id(number),
        "Status": "Done",
        "IsClosed": True,
        "IsDeleted": number in DELETED,
        "Priority": "High",
        "Origin": "Email",
        "OwnerId": ANN,
        "CreatedDate": time_of(number, 0),
        "LastModifiedDate": changed,
        "SystemModstamp": changed,
        "ClosedDate": changed,
        "ContactId": None,
        "ContactPhone": None,
        "ContactMobile": None,
        "ContactEmail": f"customer{number}@example.net",
        "SuppliedPhone": None,
        "SuppliedEmail": None,
    }


ALL = [case(number) for number in range(TICKETS)]
ROUTE = re.compile(r"/services/data/v62\.0/(query|queryAll)(?:/(\w+)-(\d+))?")


def answer(asked: Asked) -> Told:
    if asked.path == "/services/oauth2/token":
        form = parse_qs(asked.body.decode())
        assert form["grant_type"] == ["client_credentials"]
        is_known = (form["client_id"], form["client_secret"]) == (["test-id"], ["test-secret"])
        return (
            Told(body={"access_token": "made-up"}) if is_known else Told(status=400, body={"error": "invalid_client"})
        )
    if asked.headers.get("authorization") != "Bearer made-up":
        return Told(status=401)
    found = ROUTE.fullmatch(asked.path)
    assert found is not None
    if found[2]:
        return _page(found[2], LOCATED[found[2]], int(found[3]))
    soql = asked.query["q"]
    table = soql.split(" FROM ")[1].split()[0]
    if table == "Case":
        assert found[1] == "queryAll"
        return Told(body={"done": True, "records": _cases(soql)})
    if table == "CaseStatus":
        return _page("statuses", [{"ApiName": "Done", "MasterLabel": "Done"}], 0)
    numbers = [int(key[10:15]) for key in re.findall(r"'(\w+)'", soql)]
    rows = [row for number in numbers for row in (history if table == "CaseHistory" else emails)(number)]
    locator = f"{table}{numbers[0]}"
    LOCATED[locator] = rows
    return _page(locator, rows, 0)


#: what is left of answers that were too long
LOCATED: dict[str, list[dict[str, Any]]] = {}


def _cases(soql: str) -> list[dict[str, Any]]:
    """Fewer than the limit, as if that was lower."""
    since = re.search(r"SystemModstamp >= (\S+)", soql)
    assert since is not None
    assert datetime.fromisoformat(since[1]) == SINCE
    after = re.search(r"Id > '(\w+)'", soql)
    return [each for each in ALL if after is None or each["Id"] > after[1]][:PER_PAGE]


def _page(locator: str, rows: list[dict[str, Any]], start: int) -> Told:
    end = start + ROWS
    body = {"totalSize": len(rows), "done": end >= len(rows), "records": rows[start:end]}
    if end < len(rows):
        body["nextRecordsUrl"] = f"/services/data/v62.0/query/{locator}-{end}"
    return Told(body=body)


HISTORY = History(
    adapter="salesforce",
    policy='[sources.desk]\nadapter = "salesforce"\nsettings = { base_url = "https://acme.my.salesforce.com" }\n',
    routes=answer,
    secrets={"organization": "00D000000000001AAA", "client_id": "test-id", "client_secret": "test-secret"},
    expected={
        "ticket": TICKETS,
        "ticket_span": TICKETS - len(DELETED) + len(REOPENED),
        "ticket_reply": TICKETS - len(DELETED),
    },
)
