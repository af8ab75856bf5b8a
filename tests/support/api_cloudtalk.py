"""CloudTalk's two APIs over a made-up history of calls: the list, and each call with its steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

CALLS = 70
LOGIN = "Basic dGVzdC1pZDp0ZXN0LWtleQ=="


def _time(number: int, seconds: float) -> str:
    at = SINCE + timedelta(minutes=11 * number, seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def listed(number: int) -> dict[str, Any]:
    record = {
        "id": str(number),
        "type": "incoming",
        "is_voicemail": False,
        "started_at": _time(number, 0),
        "ended_at": _time(number, 30 if number % 7 == 0 else 140),
    }
    return {"Cdr": record, "Contact": {"name": "Made Up"}, "Notes": [{"note": "made up"}]}


def call(number: int) -> dict[str, Any]:
    """In the menu for 10 s, one agent missed it, the next talked for 110 s of which 12 were hold; every seventh hung up."""
    is_missed = number % 7 == 0
    agents = [_agent("Ada Example", number, 10, "missed", ringing_time=5)]
    if not is_missed:
        agents.append(
            _agent(
                "Grace Example",
                number,
                15,
                "answered",
                ringing_time=5,
                talking_time=110,
                holding_time=12,
                wrap_up_time=9,
            )
        )
    queue = {
        "type": "queue",
        "id": 10,
        "name": "Support",
        "date": _time(number, 10),
        "call_times": {"waiting_time": 20 if is_missed else 10},
        "status": "missed" if is_missed else "answered",
        "reason": "canceled" if is_missed else None,
        "agent_calls": agents,
    }
    return {
        "cdr_id": number,
        "uuid": f"uuid-{number}",
        "date": _time(number, 0),
        "contact": {"id": 1, "name": "Made Up", "number": "+493055501234"},
        "internal_number": {"id": 1, "name": "Hotline", "number": "+493055500000"},
        "call_tags": [{"id": 5, "label": "Invoice"}],
        "direction": "incoming",
        "status": "missed" if is_missed else "answered",
        "call_steps": [{"type": "ivr", "id": 1, "date": _time(number, 0), "total_time": 10, "option": "1"}, queue],
        "notes": ["made up"],
    }


def _agent(name: str, number: int, begin: float, status: str, **times: float) -> dict[str, Any]:
    reason = "not_picked_up" if status == "missed" else None
    return {
        "type": "agent",
        "id": len(name),
        "name": name,
        "date": _time(number, begin),
        "call_times": times,
        "status": status,
        "reason": reason,
    }


def answer(asked: Asked) -> Told:
    if asked.headers.get("authorization") != LOGIN:
        return Told(status=401)
    if asked.origin == "https://analytics-api.cloudtalk.io":
        return Told(body=call(int(asked.path.removeprefix("/api/calls/"))))
    assert (asked.origin, asked.path) == ("https://my.cloudtalk.io", "/api/calls/index.json")
    assert asked.query["date_from"] < SINCE.strftime("%Y-%m-%d %H:%M:%S")
    size, page = int(asked.query["limit"]), int(asked.query["page"])
    everything = [listed(number) for number in reversed(range(CALLS))]
    shown = everything[(page - 1) * size : page * size]
    if not shown:
        return Told(status=404)
    return Told(body={"responseData": {"pageCount": -(-CALLS // size), "pageNumber": page, "data": shown}})


SETTINGS = {"access_key_id": "test-id", "access_key_secret": "test-key"}
HISTORY = History(
    adapter="cloudtalk",
    policy='[sources.desk]\nadapter = "cloudtalk"\nsettings = { access_key_id = "test-id" }\n',
    routes=answer,
    secrets={"token": "test-secret", "access_key_secret": "test-key"},
    expected={"contact": CALLS, "queue_visit": CALLS, "agent_leg": CALLS - CALLS // 7},
    kills=2,
)
