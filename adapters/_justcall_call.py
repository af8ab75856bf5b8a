"""One record of a finished JustCall call in, the call's events out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plugin.contract.adapter import Settings, pairs
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

#: the types of events that are read
CALLS = ("call.completed", "call.missed", "call.voicemail", "call.updated")
#: call_info.type of an incoming call that nobody answered --> abandoned, voicemail, or a reason of contact.overflowed
MISSED = {
    "missed": "abandoned",
    "unanswered": "abandoned",
    "abandoned": "abandoned",
    "voicemail": "voicemail",
    "busy": "full",
    "failed": "error",
}
LONGEST_S = 24 * 3600
NUMBER = re.compile(r"\+?\d{5,}")
CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """`ring_s` is None where the call also waited in JustCall's queue, whose length is not told."""

    id: str
    event: str
    data: Payload
    direction: Direction
    type: str
    started_at: datetime
    ring_s: float | None
    line: str | None
    agent: str | None

    @property
    def queue(self) -> str | None:
        return self.line if self.direction is Direction.INBOUND else None

    @property
    def waited(self) -> dict[str, Json]:
        return {"wait_s": self.ring_s}

    def tell(
        self,
        kind: Kind,
        after_s: float,
        key: str,
        data: Mapping[str, Json] | None = None,
        *,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
        order: int = 0,
    ) -> Event:
        return Event(
            kind=kind,
            at=self.started_at + timedelta(seconds=after_s),
            subject=self.id,
            dedupe_key=f"{self.id}:{key}",
            order=order,
            channel=Channel.VOICE,
            direction=self.direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def call_events(name: str, data: Payload, settings: Settings) -> list[Event]:
    """From call.updated, which comes when a person changed something later, the disposition alone."""
    call = _read(name, data)
    if name == "call.updated":
        return _tagged(call)
    begun = [_offered(call)]
    if call.queue is not None:
        begun.append(call.tell(Kind.CONTACT_QUEUED, 0, f"queued:{call.queue}", queue=call.queue, order=1))
    if call.type == "answered":
        return [*begun, *(_answered(call) if name == "call.completed" else []), *_tagged(call)]
    return [*begun, *_unanswered(call, settings), *_tagged(call)]


def _read(name: str, data: Payload) -> _Call:
    info, durations = data["call_info"], data["call_duration"]
    direction = (info["direction"].text_or("") or "").lower()
    traits = (
        [trait.text_or("") for trait in data["call_traits"].items()]
        if isinstance(data["call_traits"].raw, list)
        else []
    )
    queued = any((trait or "").upper() == "QUEUE" for trait in traits)
    return _Call(
        id=data["id"].text(),
        event=name,
        data=data,
        direction=Direction.OUTBOUND if direction.startswith("out") else Direction.INBOUND,
        type=(info["type"].text_or("") or "").lower(),
        started_at=_started(data),
        ring_s=None if queued else _seconds(durations["ring_time"]),
        line=data["justcall_line_name"].text_or() or data["justcall_number"].text_or(),
        agent=data["agent_name"].text_or() or data["agent_id"].text_or(),
    )


def _started(data: Payload) -> datetime:
    """call_date and call_time, both UTC; hours may have one digit."""
    clock = CLOCK.fullmatch(data["call_time"].text())
    try:
        day = datetime.strptime(data["call_date"].text(), "%Y-%m-%d").replace(tzinfo=UTC)
        if clock is None:
            raise ValueError
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return day.replace(hour=hours, minute=minutes, second=seconds)
    except ValueError:
        raise BadPayload(data["call_time"].path, "a date like 2026-11-24 and a time like 10:00:00 expected") from None


def _seconds(value: Payload) -> float | None:
    seconds = value.number_or()
    if seconds is not None and not 0 <= seconds <= LONGEST_S:
        raise BadPayload(value.path, "seconds of at most a day expected")
    return seconds


def _offered(call: _Call) -> Event:
    number, line = call.data["contact_number"].text_or("") or "", call.data["justcall_number"].text_or()
    told: dict[str, Json] = {"entry_number": line} if line and call.direction is Direction.INBOUND else {}
    return call.tell(Kind.CONTACT_OFFERED, 0, "offered", told, customer=number if NUMBER.fullmatch(number) else None)


def _answered(call: _Call) -> list[Event]:
    """Talk is conversation_time; where that is missing, nothing but the sum with the hold is known, and it stays unknown."""
    durations = call.data["call_duration"]
    total, talk, hold = (_seconds(durations[name]) for name in ("total_duration", "conversation_time", "hold_time"))
    handled = _seconds(durations["handle_time"])
    ring = call.ring_s or 0
    waited = call.waited if call.direction is Direction.INBOUND else {}
    ended: dict[str, Json] = {"talk_s": talk, **({} if hold is None else {"hold_s": hold})}
    over = ring + (total or 0)
    events = [
        call.tell(Kind.CONTACT_ANSWERED, ring, "answered", waited, queue=call.queue, agent=call.agent, order=2),
        call.tell(Kind.CONTACT_ENDED, over, "ended", ended, agent=call.agent, order=3),
    ]
    if total is not None and handled is not None and handled >= total:
        wrap = handled - total
        events.append(
            call.tell(Kind.CONTACT_WRAPPED_UP, over + wrap, "wrap-up", {"wrap_s": wrap}, agent=call.agent, order=4)
        )
    return events


def _unanswered(call: _Call, settings: Settings) -> list[Event]:
    own = {name.lower(): meaning.lower() for name, meaning in pairs(settings, "missed").items()}
    outcome, ring = {**MISSED, **own}.get(call.type), call.ring_s or 0
    if call.direction is Direction.OUTBOUND:
        return [call.tell(Kind.CONTACT_ENDED, ring, "over", order=3)] if call.event == "call.completed" else []
    if outcome is None:
        return []
    if outcome == "abandoned":
        return [call.tell(Kind.CONTACT_ABANDONED, ring, f"{call.event}:left", call.waited, queue=call.queue, order=2)]
    if outcome == "voicemail":
        return [
            call.tell(Kind.CONTACT_VOICEMAIL, ring, f"{call.event}:voicemail", call.waited, queue=call.queue, order=3)
        ]
    if call.event != "call.completed":
        return []
    data = {**call.waited, "reason": outcome}
    return [call.tell(Kind.CONTACT_OVERFLOWED, ring, "overflowed", data, queue=call.queue, order=2)]


def _tagged(call: _Call) -> list[Event]:
    disposition = call.data["call_info"]["disposition"].text_or()
    return (
        [] if disposition is None else [call.tell(Kind.CONTACT_TAGGED, 0, f"tag:{disposition}", {"tag": disposition})]
    )
