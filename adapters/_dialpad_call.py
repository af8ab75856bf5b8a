"""One snapshot of a Dialpad call in, all that it proves out.

A customer's call is a tree: a leg of the call centre, department or office that was called (the entry point), and a leg for each
operator who was rung. Snapshots repeat the dates that earlier ones had, so a fact that stays has one key and content in all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

#: states after which a leg is over; voicemail_uploaded, dispositions and the like come later and bring the whole leg again
ENDED = frozenset(
    {
        "hangup",
        "missed",
        "voicemail",
        "voicemail_uploaded",
        "recording",
        "call_transcription",
        "dispositions",
        "csat",
        "pcsat",
        "postcall",
    }
)
QUEUES = frozenset({"callcenter", "call_center", "department", "office"})
NUMBER = re.compile(r"\+?\d{5,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leg:
    """`subject` is the entry point's call id in all legs of a call."""

    id: str
    subject: str
    data: Payload
    direction: Direction
    started_at: datetime
    rang_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    target: str | None
    is_operator: bool
    is_over: bool

    @property
    def is_entry(self) -> bool:
        return self.id == self.subject

    @property
    def queue(self) -> str | None:
        """Of the call centre that rang the operator, or that is this leg."""
        source = self.data["entry_point_target" if self.is_operator else "target"]
        return (source["name"].text_or() or source["id"].text_or()) if source["type"].text_or() in QUEUES else None

    def tell(
        self,
        kind: Kind,
        at: datetime,
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
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.id}:{key}",
            order=order,
            channel=Channel.VOICE,
            direction=self.direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def call_events(body: Payload) -> list[Event]:
    leg = _read(body)
    events = _operator(leg) if leg.is_operator else _entry(leg)
    return [*([_offered(leg)] if leg.is_entry else []), *events, *_rated(leg)]


def _read(data: Payload) -> _Leg:
    call, state = data["call_id"].text(), data["state"].text()
    target, ended_at = data["target"], _moment(data["date_ended"])
    return _Leg(
        id=call,
        subject=data["entry_point_call_id"].text_or() or data["master_call_id"].text_or(call) or call,
        data=data,
        direction=Direction.OUTBOUND if data["direction"].text_or() == "outbound" else Direction.INBOUND,
        started_at=data["date_started"].epoch_ms(),
        rang_at=_moment(data["date_rang"]),
        connected_at=_moment(data["date_connected"]),
        ended_at=ended_at,
        target=target["name"].text_or() or target["id"].text_or(),
        is_operator=target["type"].text_or("user") not in QUEUES,
        is_over=state in ENDED and ended_at is not None,
    )


def _moment(value: Payload) -> datetime | None:
    return None if value.is_absent else value.epoch_ms()


def _number(value: Payload) -> str | None:
    number = value.text_or("") or ""
    return number if NUMBER.fullmatch(number) else None


def _seconds(value: Payload) -> float | None:
    """Dialpad's durations are milliseconds with decimals."""
    milliseconds = value.number_or()
    return None if milliseconds is None else round(milliseconds / 1000, 3)


def _offered(leg: _Leg) -> Event:
    line = _number(leg.data["internal_number"]) if leg.direction is Direction.INBOUND else None
    told: dict[str, Json] = {"entry_number": line} if line else {}
    return leg.tell(
        Kind.CONTACT_OFFERED, leg.started_at, "offered", told, customer=_number(leg.data["external_number"])
    )


def _entry(leg: _Leg) -> list[Event]:
    """The leg of a call centre: who was not connected when it ended has left it, unless the call was sent on."""
    queued_at = _moment(leg.data["date_queued"])
    queue = leg.queue
    events = [] if queued_at is None else [leg.tell(Kind.CONTACT_QUEUED, queued_at, "queued", queue=queue)]
    if not leg.is_over or leg.ended_at is None:
        return events
    if leg.connected_at is None and not _flag(leg.data["is_transferred"]):
        events += _left(leg, leg.ended_at, queue if queued_at is not None else None)
    if _flag(leg.data["is_transferred"]):
        return events
    return [*events, leg.tell(Kind.CONTACT_ENDED, leg.ended_at, "over", order=2)]


def _left(leg: _Leg, at: datetime, queue: str | None) -> list[Event]:
    """In the order in which one explains a call better than the other; a call that never waited has only ended."""
    if queue is None:
        return []
    if _flag(leg.data["callback_requested"]):
        return [leg.tell(Kind.CONTACT_CALLBACK_REQUESTED, at, "callback", queue=queue)]
    message = leg.data["state"].text_or() in ("voicemail", "voicemail_uploaded")
    if message or not leg.data["voicemail_link"].is_absent or not leg.data["voicemail_recording_id"].is_absent:
        # The end is that of the message; how long the caller waited before it is not told.
        return [leg.tell(Kind.CONTACT_VOICEMAIL, at, "voicemail", {"wait_s": None}, queue=queue)]
    return [leg.tell(Kind.CONTACT_ABANDONED, at, "abandoned", queue=queue)]


def _operator(leg: _Leg) -> list[Event]:
    agent, queue = leg.target, leg.queue if leg.direction is Direction.INBOUND else None
    events = []
    if leg.rang_at is not None and leg.direction is Direction.INBOUND:
        events.append(leg.tell(Kind.CONTACT_RINGING, leg.rang_at, "ring", queue=queue, agent=agent))
    if leg.connected_at is not None:
        events.append(leg.tell(Kind.CONTACT_ANSWERED, leg.connected_at, "answered", queue=queue, agent=agent))
    return [*events, *_over(leg, agent)]


def _over(leg: _Leg, agent: str | None) -> list[Event]:
    if not leg.is_over or leg.ended_at is None:
        return []
    whole = [leg.tell(Kind.CONTACT_ENDED, leg.ended_at, "over", order=2)] if leg.is_entry else []
    if leg.connected_at is not None:
        return [leg.tell(Kind.CONTACT_ENDED, leg.ended_at, "ended", _durations(leg), agent=agent, order=1), *whole]
    if leg.rang_at is not None and leg.direction is Direction.INBOUND:
        data: dict[str, Json] = {"result": "missed", "ring_s": (leg.ended_at - leg.rang_at).total_seconds()}
        return [leg.tell(Kind.CONTACT_RINGING, leg.ended_at, "ring over", data, agent=agent), *whole]
    return whole


def _durations(leg: _Leg) -> dict[str, Json]:
    talk, hold = _seconds(leg.data["talk_time"]), _seconds(leg.data["hold_time"])
    stated = {"talk_s": talk, "hold_s": hold}
    return {name: value for name, value in stated.items() if value is not None}


def _flag(value: Payload) -> bool:
    """True, "TRUE" or a moment; exports write booleans as texts."""
    try:
        return value.flag_or()
    except BadPayload:
        return value.number() > 0


def _rated(leg: _Leg) -> list[Event]:
    score = leg.data["csat_score"].number_or()
    if score is None:
        return []
    return [
        Event(
            kind=Kind.SURVEY_ANSWERED,
            at=leg.data["event_timestamp"].epoch_ms(),
            subject=f"csat:{leg.subject}",
            dedupe_key=f"{leg.id}:csat:{score:g}:{leg.data['event_timestamp'].text()}",
            data={"type": "csat", "scale": "1-5", "score": score, "contact": leg.subject},
        )
    ]
