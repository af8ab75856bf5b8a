"""Freshcaller's API over a made-up history of calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

CALLS = 40
PER_PAGE = 3


def _time(number: int, seconds: int) -> str:
    return (SINCE + timedelta(hours=7 * number, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def is_answered(number: int) -> bool:
    return number % 4 != 1


def call(number: int) -> dict[str, Any]:
    """Every fourth is given up; the others are answered after 20 seconds."""
    answered = is_answered(number)
    customer = {
        "id": number * 10,
        "participant_id": 7000 + number,
        "participant_type": "Customer",
        "caller_number": f"+3712000{number:04}",
        "caller_name": "made up",
        "call_status": 1 if answered else 3,
        "enqueued_time": None,
        "created_time": _time(number, 0),
        "updated_time": _time(number, 140),
    }
    return {
        "id": 100 + number,
        "direction": "incoming",
        "parent_call_id": None,
        "root_call_id": None,
        "phone_number": "+37160000000",
        "assigned_agent_id": 11 if answered else None,
        "assigned_agent_name": None,
        "assigned_call_queue_name": "Support",
        "created_time": _time(number, 0),
        "updated_time": _time(number, 200),
        "call_notes": "made up",
        "participants": [customer],
    }


def metric(number: int) -> dict[str, Any]:
    answered = is_answered(number)
    return {
        "id": 9000 + number,
        "call_id": 100 + number,
        "ivr_time": 0,
        "hold_duration": 0,
        "call_work_time": 30 if answered else 0,
        "total_ringing_time": 20,
        "talk_time": 120 if answered else None,
        "answering_speed": 20 if answered else None,
        "talk_time_unit": "seconds",
        "created_time": _time(number, 1),
        "tags": [],
    }


def answer(asked: Asked) -> Told:
    if asked.headers.get("x-api-auth") != "test-key":
        return Told(status=401)
    name = asked.path.removeprefix("/api/v1/")
    if name == "users":
        return _page(asked, name, [{"id": 11, "name": "Ann Agent"}])
    if name == "calls":
        return _page(asked, name, [call(number) for number in reversed(range(CALLS))])
    begin, end = (datetime.fromisoformat(asked.query[f"by_time[{side}]"]) for side in ("from", "to"))
    made = [metric(number) for number in range(CALLS)]
    return _page(asked, name, [each for each in made if begin <= datetime.fromisoformat(each["created_time"]) <= end])


def _page(asked: Asked, name: str, entries: list[dict[str, Any]]) -> Told:
    assert asked.headers.get("accept") == "application/json"
    page = int(asked.query["page"])
    meta = {"total_pages": -(-len(entries) // PER_PAGE), "current": page}
    return Told(body={name: entries[(page - 1) * PER_PAGE : page * PER_PAGE], "meta": meta})


HISTORY = History(
    adapter="freshcaller",
    policy='[sources.desk]\nadapter = "freshcaller"\nsettings = { subdomain = "yours" }\n',
    routes=answer,
    secrets={"api_key": "test-key"},
    expected={
        "contact": CALLS,
        "queue_visit": CALLS,
        "agent_leg": CALLS - CALLS // 4,
    },
)
