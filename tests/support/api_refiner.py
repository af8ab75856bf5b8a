"""Refiner's API over made-up responses, newest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

RESPONSES = 40
PER_PAGE = 2
#: answered in words only
TEXT = [number for number in range(RESPONSES) if number % 5 == 4]


def response(number: int) -> dict[str, Any]:
    at = (SINCE + timedelta(hours=3 * number)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    score = {"comment": "made up"} if number in TEXT else {"nps": number % 11, "comment": "made up"}
    return {
        "uuid": f"response-{number}",
        "form": {"uuid": "form-1", "name": "made up"},
        "first_shown_at": at,
        "last_data_reception_at": at,
        "completed_at": at,
        "received_at": at,
        "data": score,
        "tags": [],
        "contact": {
            "uuid": f"contact-{number}",
            "remote_id": f"u{number}",
            "email": f"customer{number}@example.net",
            "attributes": {"ticket_id": str(700 + number), "plan": "paid"},
        },
    }


ALL = [response(number) for number in reversed(range(RESPONSES))]


def answer(asked: Asked) -> Told:
    assert (asked.path, asked.query["date_range_start"]) == ("/v1/responses", "2026-10-31")
    if asked.headers.get("authorization") != "Bearer test-key":
        return Told(status=401)
    page = int(asked.query["page"])
    shown = ALL[(page - 1) * PER_PAGE : page * PER_PAGE]
    pages = {"items_count": len(ALL), "current_page": page, "last_page": -(-len(ALL) // PER_PAGE)}
    return Told(body={"items": shown, "pagination": pages})


HISTORY = History(
    adapter="refiner",
    policy='[sources.desk]\nadapter = "refiner"\nsettings = { ticket = "ticket_id" }\n',
    routes=answer,
    secrets={"token": "test-token", "api_key": "test-key"},
    expected={"survey": RESPONSES - len(TEXT), "survey_answer": RESPONSES - len(TEXT)},
)
