"""Front's API over a made-up history of events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

CONVERSATIONS = 18
PER_PAGE = 6
REOPENED = [number for number in range(CONVERSATIONS) if number % 4 == 1]
ANNA = {"id": "tea_1", "username": "anna", "email": "made.up@example.org"}


def _at(number: int, minutes: float) -> float:
    """The last seven began within one moment, as by an import."""
    hours = 7 * min(number, CONVERSATIONS - 7)
    return (SINCE + timedelta(hours=hours, minutes=minutes)).timestamp()


def _message(number: int, minutes: float, author: object) -> dict[str, Any]:
    at = _at(number, minutes)
    told = {"id": f"msg_{number}_{minutes:g}", "type": "email", "created_at": at, "body": "made up", "author": author}
    return {"_meta": {"type": "message"}, "data": told}


def _events(number: int) -> list[dict[str, Any]]:
    """Answered after 9 minutes, archived after an hour; every fourth was taken up again by the customer for half an hour."""
    anna = {"_meta": {"type": "teammate"}, "data": ANNA}
    inboxes = {"_meta": {"type": "inboxes"}, "data": [{"id": "inb_1", "name": "Billing"}]}
    told = [
        (0, "inbound", inboxes, _message(number, 0, None)),
        (5, "assign", anna, anna),
        (6, "comment", anna, {"_meta": {"type": "comment"}, "data": {"id": "com_1", "body": "made up"}}),
        (9, "outbound", inboxes, _message(number, 9, ANNA)),
        (60, "archive", anna, None),
    ]
    if number in REOPENED:
        told += [(90, "inbound", inboxes, _message(number, 90, None))]
        told += [(110, "out_reply", inboxes, _message(number, 110, ANNA)), (120, "archive", anna, None)]
    conversation = {
        "id": f"cnv_{number}",
        "subject": "made up",
        "created_at": _at(number, 0),
        "recipient": {"handle": f"customer{number}@example.net", "role": "from"},
        "last_message": _message(number, 9, ANNA)["data"],
    }
    return [
        {
            "id": f"evt_{number}_{minutes}",
            "type": kind,
            "emitted_at": _at(number, minutes),
            "conversation": conversation,
            "source": source,
            "target": target,
        }
        for minutes, kind, source, target in told
    ]


ALL = sorted(
    (event for number in range(CONVERSATIONS) for event in _events(number)),
    key=lambda event: (event["emitted_at"], event["id"]),
    reverse=True,
)


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != "Bearer test-token":
        return Told(status=401)
    assert asked.path == "/events"
    query = asked.query
    assert float(query["q[after]"]) == SINCE.timestamp() - 1
    assert query["limit"] == "15"
    before = float(query.get("q[before]", "inf"))
    found = [event for event in ALL if event["emitted_at"] < before]
    start = int(query.get("page_token", 0))
    end = start + PER_PAGE
    following = None
    if end < len(found):
        rest = f"&q[before]={query['q[before]']}" if "q[before]" in query else ""
        following = f"{asked.origin}/events?limit=15&q[after]={query['q[after]']}{rest}&page_token={end}"
    return Told(body={"_pagination": {"next": following}, "_links": {}, "_results": found[start:end]})


HISTORY = History(
    adapter="front",
    policy='[sources.desk]\nadapter = "front"\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_token": "test-token"},
    expected={"ticket": CONVERSATIONS, "ticket_span": CONVERSATIONS + len(REOPENED), "ticket_reply": len(REOPENED)},
)
