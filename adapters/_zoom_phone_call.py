"""One event of one leg of a Zoom Phone call in, all that it proves out.

Every member of a call queue who is rung has a leg of his own; the legs of one call share its `call_id`, which a direct transfer
extends by `_1`, `_2`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

#: event --> what it says of its leg
STATES = {
    "ringing": "ringing",
    "answered": "answered",
    "connected": "answered",
    "ended": "ended",
    "missed": "ended",
    "rejected": "ended",
    "hold": "held",
    "unhold": "resumed",
}
HOLDS = {"held": Kind.CONTACT_HELD, "resumed": Kind.CONTACT_RESUMED}
#: handup_result (Zoom's spelling) --> result of the ring; a leg with any other was answered when it has a time of answering
RING_RESULTS = {
    "no answer": "missed",
    "missed": "missed",
    "ring timeout": "missed",
    "voicemail": "missed",
    "busy": "declined",
    "rejected": "declined",
    "call cancel": "cancelled",
    "call canceled": "cancelled",
    "call cancelled": "cancelled",
    "answered by other": "cancelled",
    "answered by other member": "cancelled",
    "answered by other device": "cancelled",
}
HUNG_UP = ("call cancel", "call canceled", "call cancelled")
#: extension_type of people and devices of the own account
INTERNAL = frozenset({"user", "commonArea", "commonAreaPhone", "zoomRoom", "sharedLineGroup"})
QUEUE = "callQueue"
LONGEST = timedelta(hours=4)
NUMBER = re.compile(r"\+?\d{5,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leg:
    """`rang_at` is None for holds alone; `queue` where a call queue sent the call to the agent."""

    call: str
    event: str
    state: str
    data: Payload
    agent: str
    direction: Direction
    customer: str | None
    queue: str | None
    rang_at: datetime | None

    def tell(
        self,
        kind: Kind,
        at: datetime,
        key: str,
        data: Mapping[str, Json] | None = None,
        *,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        return Event(
            kind=kind,
            at=at,
            subject=self.call,
            dedupe_key=f"{self.call}:{key}",
            channel=Channel.VOICE,
            direction=self.direction,
            queue=None if kind is Kind.CONTACT_OFFERED else self.queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def leg_events(name: str, body: Payload, names: Mapping[str, str]) -> list[Event]:
    """`name` is like `callee_answered`; `names` of agents by extension. Between two extensions only the called side tells."""
    leg = _read(name, body["payload"]["object"].object(), names)
    if leg is None:
        return []
    if leg.state in HOLDS:
        at = leg.data["date_time"].iso()
        return [leg.tell(HOLDS[leg.state], at, f"{name}:{leg.agent}:{at.timestamp():.0f}", agent=leg.agent)]
    return [*_began(leg), *_rung(leg), *_answered(leg), *_ended(leg)]


def subject_of(data: Payload) -> str:
    return data["call_id"].text().partition("_")[0] or data["call_id"].text()


def _read(name: str, data: Payload, names: Mapping[str, str]) -> _Leg | None:
    side, _, event = name.partition("_")
    own, other = data[side].object(), data["caller" if side == "callee" else "callee"]
    state = STATES[event]
    is_internal = other["extension_type"].text_or() in INTERNAL
    if side == "caller" and (is_internal or other["extension_type"].text_or() == QUEUE):
        return None
    extension = _extension(own)
    away = Direction.OUTBOUND if side == "caller" else Direction.INBOUND
    source = data["forwarded_by"]
    return _Leg(
        call=subject_of(data),
        event=event,
        state=state,
        data=data,
        agent=names.get(extension, extension),
        direction=Direction.INTERNAL if is_internal else away,
        customer=_customer(other),
        queue=_name(source)
        if side == "callee" and source["extension_type"].text_or() == QUEUE and not is_internal
        else None,
        rang_at=None if state in HOLDS else data["ringing_start_time"].iso(),
    )


def _extension(party: Payload) -> str:
    """The extension number, which every event has; names are only in some."""
    return party["extension_number"].text_or() or party["user_id"].text()


def _name(party: Payload) -> str | None:
    return party["name"].text_or() or party["extension_number"].text_or()


def _customer(party: Payload) -> str | None:
    """The number of somebody outside; that of an extension that the call came through is the centre's own."""
    if party["extension_type"].text_or("pstn") != "pstn":
        return None
    return known_number(party["phone_number"])


def known_number(value: Payload) -> str | None:
    number = value.text_or("") or ""
    return number if NUMBER.fullmatch(number) else None


def _began(leg: _Leg) -> list[Event]:
    rang_at = leg.rang_at
    assert rang_at is not None
    known = "known" if leg.customer else "unknown"
    key = f"offered:{leg.agent}:{rang_at.timestamp():.0f}:{known}"
    offered = leg.tell(Kind.CONTACT_OFFERED, rang_at, key, customer=leg.customer)
    entered = None if leg.queue is None or _came_on(leg.data) else queue_entry(leg.call, leg.queue, rang_at)
    return [offered] if entered is None else [offered, entered]


def _came_on(data: Payload) -> bool:
    """Another queue had the call before this one: the entry to this one is not told, so its wait stays unknown."""
    return data["redirect_forwarded_by"]["extension_type"].text_or() == QUEUE


def queue_entry(call: str, queue: str, seen_at: datetime) -> Event | None:
    """The entry at the beginning of the call, which all legs of the call tell alike; None where it cannot be known.

    Zoom tells of no entry to a queue, only of members who are rung, one after the other or not at all while all are busy. The
    upper half of a `call_id` is the second in which the call began: so it is in every sample of Zoom's documents that has a time.
    """
    began_at = _beginning(call)
    if began_at is None or not timedelta(0) <= seen_at - began_at <= LONGEST:
        return None
    return Event(
        kind=Kind.CONTACT_QUEUED,
        at=began_at,
        subject=call,
        dedupe_key=f"{call}:queued:{queue}",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        queue=queue,
    )


def _beginning(call: str) -> datetime | None:
    if not call.isascii() or not call.isdigit() or len(call) > 19:
        return None
    return datetime.fromtimestamp(int(call) >> 32, UTC)


def _result(leg: _Leg) -> str | None:
    """How the ring ended without an answer; None for a leg that was answered."""
    stated = RING_RESULTS.get((leg.data["handup_result"].text_or("") or "").lower())
    if leg.event == "rejected":
        return "declined"
    if leg.event == "missed":
        return stated or "missed"
    return stated or (None if not leg.data["answer_start_time"].is_absent else "cancelled")


def _rung(leg: _Leg) -> list[Event]:
    """Only who is called is rung; the caller of an outbound call hears the customer's telephone."""
    if leg.direction is Direction.OUTBOUND or leg.state not in ("ringing", "ended"):
        return []
    assert leg.rang_at is not None
    key = f"ring:{leg.agent}:{leg.rang_at.timestamp():.0f}"
    if leg.state == "ringing":
        return [leg.tell(Kind.CONTACT_RINGING, leg.rang_at, key, agent=leg.agent)]
    result = _result(leg)
    if result is None:
        return []
    at = leg.data["call_end_time"].iso()
    data: dict[str, Json] = {"result": result, "ring_s": _seconds(leg.rang_at, at)}
    return [leg.tell(Kind.CONTACT_RINGING, at, f"{key}:{leg.event}:{result}", data, agent=leg.agent)]


def _answered(leg: _Leg) -> list[Event]:
    if leg.state != "answered":
        return []
    at = leg.data["answer_start_time" if leg.event == "answered" else "connected_start_time"].iso()
    return [leg.tell(Kind.CONTACT_ANSWERED, at, f"answered:{leg.agent}:{at.timestamp():.0f}", agent=leg.agent)]


def _ended(leg: _Leg) -> list[Event]:
    if leg.state != "ended":
        return []
    at, result = leg.data["call_end_time"].iso(), _result(leg)
    if result is None:
        talk = _seconds(leg.data["answer_start_time"].iso(), at)
        data: dict[str, Json] = {"talk_s": talk, "talk_includes_hold": True}
        return [leg.tell(Kind.CONTACT_ENDED, at, f"ended:{leg.agent}:{at.timestamp():.0f}", data, agent=leg.agent)]
    if leg.queue is None:
        over = leg.data["forwarded_by"].is_absent
        return [leg.tell(Kind.CONTACT_ENDED, at, f"over:{at.timestamp():.0f}")] if over else []
    if (leg.data["handup_result"].text_or("") or "").lower() not in HUNG_UP:
        return []
    return [leg.tell(Kind.CONTACT_ABANDONED, at, f"abandoned:{leg.queue}:{at.timestamp():.0f}")]


def _seconds(start: datetime, end: datetime) -> float:
    seconds = (end - start).total_seconds()
    if abs(seconds) > 7 * 24 * 3600:
        raise BadPayload("$.payload.object.call_end_time", "more than a week after the call began")
    return seconds
