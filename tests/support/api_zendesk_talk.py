"""Talk's incremental exports over made-up calls and their legs: pages by the second of the last change, never a last address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from histories import NOW, SINCE, History
from vendor_api import Asked, Told

CALLS = 30
PER_PAGE = 7
PREFIX = "/api/v2/channels/voice/stats/incremental/"
TRANSFERRED = [number for number in range(CALLS) if number % 6 == 5]
ABANDONED = [number for number in range(CALLS) if number % 6 == 3]
#: was missed by another agent first
MISSED = [number for number in range(CALLS) if number % 6 == 1]


def _moment(number: int, second: int) -> datetime:
    return SINCE + timedelta(hours=7 * number, seconds=second)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def call(number: int) -> dict[str, Any]:
    """Some change within one second, as when their tickets are merged; the last one just now."""
    changed = _moment(number - number % 3 if number % 4 else number, 900) if number < CALLS - 1 else NOW
    is_answered = number not in ABANDONED
    return {
        "id": 700 + number,
        "created_at": _text(_moment(number, 0)),
        "updated_at": _text(changed),
        "direction": "inbound",
        "completion_status": "completed" if is_answered else "abandoned_in_queue",
        "agent_id": 320 if is_answered else None,
        "customer_id": 5000 + number,
        "ticket_id": 100 + number if is_answered else None,
        "call_group_id": 351,
        "phone_number": "+37120000000",
        "duration": 400 if is_answered else 60,
        "wait_time": 40,
        "time_to_answer": 50 if is_answered else None,
        "talk_time": 350 if is_answered else 0,
        "call_charge": "0.025",
        "quality_issues": ["high_latency"],
    }


def legs(number: int) -> Iterator[dict[str, Any]]:
    yield _leg(number, 0, 0, 400, type="customer", agent_id=0)
    if number in MISSED:
        yield _leg(number, 1, 5, 15, agent_id=321, completion_status="agent_missed", talk_time=None)
    if number in ABANDONED:
        return
    if number in TRANSFERRED:
        yield _leg(number, 2, 45, 155, agent_id=320, talk_time=150, transferred_to=321, wrap_up_time=10)
        yield _leg(number, 3, 190, 210, agent_id=321, talk_time=200, wrap_up_time=20)
        return
    yield _leg(number, 2, 45, 355, agent_id=320, talk_time=300, hold_time=50, wrap_up_time=30)


def _leg(number: int, place: int, second: int, duration: int, **told: Any) -> dict[str, Any]:
    return {
        "id": 8000 + 10 * number + place,
        "call_id": 700 + number,
        "type": "agent",
        "created_at": _text(_moment(number, second)),
        "updated_at": _text(_moment(number, second + duration + 30)),
        "completion_status": "completed",
        "duration": duration,
        "talk_time": 0,
        "hold_time": 0,
        "call_charge": "0.019",
        **told,
    }


def _changed(record: Mapping[str, Any]) -> int:
    return int(datetime.fromisoformat(record["updated_at"]).timestamp())


EXPORTS = {
    "calls": sorted((call(number) for number in range(CALLS)), key=_changed),
    "legs": sorted((leg for number in range(CALLS) for leg in legs(number)), key=_changed),
}


def answer(asked: Asked) -> Told:
    """A page is never cut within a second, and starts with what its start has; nothing begins within the last minute."""
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Told(status=401)
    name = asked.path.removeprefix(PREFIX)
    start = int(asked.query["start_time"])
    if start > NOW.timestamp() - 60:
        return Told(status=400, body={"error": "StartTimeTooRecent", "description": "made up"})
    left = [record for record in EXPORTS[name] if _changed(record) >= start]
    end = _changed(left[:PER_PAGE][-1]) if left else start
    shown = [record for record in left if _changed(record) <= end]
    following = f"{asked.origin}{PREFIX}{name}?start_time={end}"
    return Told(body={name: shown, "count": len(shown), "end_time": end, "next_page": following})


HISTORY = History(
    adapter="zendesk_talk",
    policy='[sources.desk]\nadapter = "zendesk_talk"\nsettings = { subdomain = "yours", api_user = "desk@example.com" }\n',
    routes=answer,
    secrets={"api_token": "test-key"},
    expected={
        "contact": CALLS,
        "queue_visit": CALLS,
        "agent_leg": CALLS - len(ABANDONED) + len(TRANSFERRED),
    },
    source="desk",
)
