"""JustCall's API v2.1 over a made-up history of calls; it gives less on a page than it is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

CALLS = 230


def call(number: int) -> dict[str, Any]:
    """Rang for 15 s, talked for 100 and held for 20, wrapped up for 30; every fifth was missed."""
    at, is_missed = SINCE + timedelta(minutes=7 * number), number % 5 == 0
    talked = {"total_duration": 120, "conversation_time": 100, "hold_time": 20, "handle_time": 150}
    return {
        "id": number,
        "call_sid": f"CA-{number}",
        "call_date": at.strftime("%Y-%m-%d"),
        "call_time": at.strftime("%H:%M:%S"),
        "contact_name": "Made Up",
        "contact_number": f"4930555{number:05}",
        "justcall_number": "493055500000",
        "justcall_line_name": "Support",
        "agent_id": 79,
        "agent_name": "Grace Example",
        "call_info": {"direction": "Incoming", "type": "Missed" if is_missed else "Answered", "notes": "made up"},
        "call_traits": [],
        "call_duration": {"ring_time": 15, **({} if is_missed else talked)},
    }


ALL = [call(number) for number in range(1, CALLS + 1)]


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != "test-key:test-secret":
        return Told(status=401)
    query = asked.query
    assert (asked.origin, asked.path) == ("https://api.justcall.io", "/v2.1/calls")
    assert (query["sort"], query["order"]) == ("id", "asc")
    assert datetime.fromisoformat(query["from_datetime"]).date() < SINCE.date()
    assert int(query["per_page"]) <= 100
    size, page = 12, int(query["page"])
    return Told(body={"status": "success", "count": len(ALL), "data": ALL[page * size : (page + 1) * size]})


SETTINGS = {"api_key": "test-key", "api_secret": "test-secret"}
HISTORY = History(
    adapter="justcall",
    policy='[sources.desk]\nadapter = "justcall"\n',
    routes=answer,
    secrets=SETTINGS,
    expected={"contact": CALLS, "queue_visit": CALLS, "agent_leg": CALLS - CALLS // 5},
)
