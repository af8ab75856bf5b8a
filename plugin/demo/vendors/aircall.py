"""Sales works with Aircall: snapshots of calls, and what its users do. The line is the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from plugin.demo.chance import number
from plugin.demo.keys import Keys
from plugin.demo.posting import JSON, Posting
from plugin.demo.world import TIMEZONE, Contact, Day, Shift

QUEUE = "Sales"
ENTRY = "+371 55 500 200"
SHORT_S = 10
ENDED_AFTER = timedelta(seconds=30)
SUBSTATUSES = {"Break": "on_a_break", "Lunch": "out_for_lunch"}


def call_id(contact: Contact) -> int:
    return number("aircall call", contact.id, digits=10)


def postings(day: Day, keys: Keys) -> Iterator[Posting]:
    for contact in day.contacts:
        if contact.queue == QUEUE:
            yield from _call(contact, keys)
    for shift in day.shifts:
        if shift.queue == QUEUE:
            yield from _user(shift, keys)


def sign(posting: Posting, keys: Keys, at: datetime, base_url: str) -> Mapping[str, str]:
    """Aircall signs nothing: the body carries a token, the address a secret part."""
    return {}


def _call(contact: Contact, keys: Keys) -> Iterator[Posting]:
    for event, at, agent in _happened(contact):
        yield _posting(
            "call", event, at, _snapshot(contact, at, agent, ended="ended" in event or "hungup" in event), keys
        )
    if contact.outcome == "answered":
        assert contact.wrapped_at is not None
        yield _posting("user", "user.wut_start", contact.left_agent_at, _person(contact.agent), keys)
        yield _posting("user", "user.wut_end", contact.wrapped_at, _person(contact.agent), keys)


def _happened(contact: Contact) -> Iterator[tuple[str, datetime, str]]:
    """(event, time, agent of the snapshot)"""
    agent = contact.agent
    yield "call.created", contact.entered_at, agent if contact.outcome == "outbound" else ""
    for ring in contact.rings:
        yield "call.ringing_on_agent", ring.started_at, ring.agent
    if contact.answered_at is not None:
        yield "call.answered", contact.answered_at, agent
    for held_at, resumed_at in contact.holds:
        yield "call.hold", held_at, agent
        yield "call.unhold", resumed_at, agent
    if contact.handed_at is not None:
        yield "call.transferred", contact.handed_at, contact.handed_to
        agent = contact.handed_to
    yield "call.hungup", contact.ended_at, agent
    yield "call.ended", contact.ended_at + ENDED_AFTER, agent


def _snapshot(contact: Contact, at: datetime, agent: str, *, ended: bool) -> dict[str, Any]:
    answered = contact.answered_at is not None and at >= contact.answered_at
    transferred = contact.handed_at is not None and at >= contact.handed_at
    call = {
        "id": call_id(contact),
        "direct_link": f"https://api.aircall.io/v1/calls/{call_id(contact)}",
        "direction": "outbound" if contact.outcome == "outbound" else "inbound",
        "status": "done" if ended else "answered" if answered else "initial",
        "missed_call_reason": _missed(contact) if ended else None,
        "started_at": _epoch(contact.entered_at),
        "answered_at": _epoch(contact.answered_at) if answered and contact.answered_at else None,
        "ended_at": _epoch(contact.ended_at) if ended else None,
        "duration": round((contact.ended_at - contact.entered_at).total_seconds()) if ended else 0,
        "cost": "0.0",
        "hangup_cause": None,
        "voicemail": None,
        "recording": None,
        "asset": None,
        "raw_digits": contact.customer,
        "number": _line(open_now=contact.outcome != "closed"),
        "archived": False,
        "teams": [],
        "comments": [],
        "tags": [],
    }
    if agent:
        call["user"] = _person(agent)
    if transferred:
        call |= {"transferred_by": _person(contact.agent), "transferred_to": _person(contact.handed_to)}
    return call


def _missed(contact: Contact) -> str | None:
    if contact.outcome == "closed":
        return "out_of_opening_hours"
    if contact.outcome != "abandoned":
        return None
    return "short_abandoned" if contact.wait_s < SHORT_S else "agents_did_not_answer"


def _line(*, open_now: bool) -> dict[str, Any]:
    return {
        "id": 9001,
        "direct_link": "https://api.aircall.io/v1/numbers/9001",
        "name": QUEUE,
        "digits": ENTRY,
        "country": "LV",
        "time_zone": TIMEZONE,
        "open": open_now,
        "availability_status": "custom",
        "is_ivr": False,
        "live_recording_activated": False,
    }


def _person(name: str, *, available: bool = True, **more: str) -> dict[str, Any]:
    identity = number("aircall user", name, digits=6)
    return {
        "id": identity,
        "direct_link": f"https://api.aircall.io/v1/users/{identity}",
        "name": name,
        "email": f"user{identity}@example.com",
        "available": available,
        "availability_status": "available" if available else "unavailable",
        "language": "lv-LV",
        "wrap_up_time": 45,
        **more,
    }


def _user(shift: Shift, keys: Keys) -> Iterator[Posting]:
    yield _posting("user", "user.connected", shift.started_at, _person(shift.agent), keys)
    for pause in shift.pauses:
        away = _person(shift.agent, available=False, substatus=SUBSTATUSES[pause.reason])
        back = _person(shift.agent, substatus="always_opened")
        yield _posting("user", "user.closed.v2", pause.started_at, away, keys)
        yield _posting("user", "user.opened.v2", pause.ended_at, back, keys)
    yield _posting("user", "user.disconnected", shift.ended_at, _person(shift.agent, available=False), keys)


def _posting(resource: str, event: str, at: datetime, data: dict[str, Any], keys: Keys) -> Posting:
    body = {"resource": resource, "event": event, "timestamp": _epoch(at), "token": keys.aircall_token, "data": data}
    delay = timedelta(milliseconds=number("delay", event, at, data["id"], digits=4) // 3)
    return Posting(
        source="aircall",
        path=f"/{keys.aircall_path}",
        headers={"Content-Type": JSON, "User-Agent": "Aircall Webhooks"},
        body=json.dumps(body, ensure_ascii=False).encode(),
        sent_at=at + delay,
    )


def _epoch(at: datetime) -> int:
    return round(at.timestamp())
