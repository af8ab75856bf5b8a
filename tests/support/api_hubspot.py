"""HubSpot's API over a made-up history of tickets, with the values that their properties had."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 24
PER_PAGE = 2
#: went away after it was found
GONE = 17
#: went into the ticket with the number 5
MERGED = ("551", "552")
REOPENED = [number for number in range(1, TICKETS + 1) if number % 4 == 1]
DELETED = {"700": 3 * 24, "701": 100, "702": -5}


def _time(number: int, minutes: float) -> str:
    """ISO 8601 with milliseconds."""
    at = SINCE + timedelta(hours=7 * number, minutes=minutes)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _values(number: int, *values: tuple[float, str]) -> list[dict[str, Any]]:
    told = [{"value": value, "timestamp": _time(number, minutes), "sourceType": "CRM_UI"} for minutes, value in values]
    return told[::-1]


def ticket(number: int) -> dict[str, Any]:
    """Answered after 9 minutes, waited from then to 40, solved after an hour; every fourth was reopened for half an hour."""
    is_reopened = number in REOPENED
    stages = [(0, "1"), (9, "2"), (40, "1"), (60, "4"), *([(90, "1"), (120, "4")] if is_reopened else [])]
    closed = [(60, _time(number, 60)), *([(90, ""), (120, _time(number, 120))] if is_reopened else [])]
    merged = [(70, MERGED[0]), (80, ";".join(MERGED))] if number == 5 else []
    return {
        "id": str(number),
        "createdAt": _time(number, 0),
        "archived": False,
        "properties": {"hs_object_id": str(number)},
        "propertiesWithHistory": {
            "createdate": _values(number, (0, _time(number, 0))),
            "hs_pipeline_stage": _values(number, *stages),
            "closed_date": _values(number, *closed),
            "hubspot_owner_id": _values(number, (5, "823493108")),
            "hs_pipeline": _values(number, (0, "0")),
            "hs_ticket_priority": _values(number, (0, "HIGH")),
            "source_type": _values(number, (0, "EMAIL")),
            "first_agent_reply_date": _values(number, (9.05, _time(number, 9))),
            "hs_last_message_received_at": _values(number, (40, _time(number, 40))),
            "hs_merged_object_ids": _values(number, *merged),
        },
    }


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != "Bearer test-token":
        return Told(status=401)
    path = asked.path.removeprefix("/crm/v3/objects/tickets")
    if path == "/search":
        return _search(json.loads(asked.body))
    if path == "/batch/read":
        return _read(json.loads(asked.body))
    return _archived(asked)


def _search(body: dict[str, Any]) -> Told:
    changed, after = body["filterGroups"][0]["filters"]
    assert (changed["propertyName"], changed["operator"]) == ("hs_lastmodifieddate", "GTE")
    assert (after["propertyName"], after["operator"]) == ("hs_object_id", "GT")
    assert body["sorts"] == [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    assert int(changed["value"]) == SINCE.timestamp() * 1000
    found = [number for number in range(1, TICKETS + 1) if number > int(after["value"])]
    shown = [{"id": str(number), "properties": {}} for number in found[:PER_PAGE]]
    return Told(body={"total": len(found), "results": shown, **_paging(len(found) > PER_PAGE, str(PER_PAGE))})


def _read(body: dict[str, Any]) -> Told:
    ids = [int(each["id"]) for each in body["inputs"]]
    shown = [ticket(number) for number in ids if number != GONE]
    wanted = set(body["propertiesWithHistory"])
    for each in shown:
        each["propertiesWithHistory"] = {n: v for n, v in each["propertiesWithHistory"].items() if n in wanted}
    return Told(status=207 if GONE in ids else 200, body={"status": "COMPLETE", "results": shown[::-1]})


def _archived(asked: Asked) -> Told:
    assert asked.query["archived"] == "true"
    start = int(asked.query.get("after", 0))
    gone = [
        {"id": number, "archived": True, "archivedAt": _time(0, 60 * hours), "properties": {}}
        for number, hours in DELETED.items()
    ]
    return Told(
        body={"results": gone[start : start + PER_PAGE], **_paging(start + PER_PAGE < len(gone), str(start + PER_PAGE))}
    )


def _paging(is_more: bool, after: str) -> dict[str, Any]:
    return {"paging": {"next": {"after": after}}} if is_more else {}


HISTORY = History(
    adapter="hubspot",
    policy='[sources.desk]\nadapter = "hubspot"\n',
    routes=answer,
    secrets={"secret": "test-secret", "access_token": "test-token"},
    expected={
        "ticket": TICKETS - 1 + len(MERGED) + 2,
        "ticket_span": TICKETS - 1 + len(REOPENED) - (GONE in REOPENED),
    },
)
