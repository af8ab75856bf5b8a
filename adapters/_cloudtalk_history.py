"""A call that CloudTalk's API gave, with its steps, in; the events that its automations tell, and more, out.

Their keys are those of the automations where both tell the same, so that what came both ways counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

DIRECTIONS = {"outgoing": Direction.OUTBOUND, "internal": Direction.INTERNAL}
#: why a queue missed the call --> reason of contact.overflowed; any other is the caller's own end
EXITS = {"no_agents_online": "join_empty", "no_agents_available": "timeout", "no_agents_picked_up": "timeout"}
RINGS = {"canceled": "cancelled", "busy": "declined"}
NUMBER = re.compile(r"\+?\d{5,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """`told` counts what was told under one name, so that a second ring of the same agent is another one. Steps come in order."""

    data: Payload
    settings: Settings
    began: datetime
    over: datetime
    told: dict[str, int] = field(default_factory=dict)

    @property
    def direction(self) -> Direction:
        return DIRECTIONS.get(self.data["direction"].text_or("") or "", Direction.INBOUND)

    @property
    def line(self) -> str | None:
        """As the automations write numbers: without a plus sign."""
        number = self.data["internal_number"]["number"].text_or()
        return None if number is None else number.removeprefix("+")

    def queue_of(self, step: Payload) -> str | None:
        by_number = first(self.settings, "queue_from", "queue") == "number"
        return self.line if by_number else step["name"].text_or() or self.line

    def tell(
        self,
        kind: Kind,
        at: datetime,
        data: Mapping[str, Json] | None = None,
        *,
        part: str = "",
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        key = f"{self.data['uuid'].text()}:{kind.value}:{agent or ''}{part}"
        number = self.told[key] = self.told.get(key, 0) + 1
        return Event(
            kind=kind,
            at=at,
            subject=self.data["uuid"].text(),
            dedupe_key=key if number == 1 else f"{key}#{number}",
            order=sum(self.told.values()),
            channel=Channel.VOICE,
            direction=self.direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def history_events(body: Payload, settings: Settings) -> list[Event]:
    call = _Call(data=body, settings=settings, began=body["date"].iso(), over=body["ended_at"].iso())
    return [
        _offered(call),
        *_steps(call),
        *_message(call),
        call.tell(Kind.CONTACT_ENDED, call.over),
        *_tags(call),
    ]


def _offered(call: _Call) -> Event:
    number = call.data["contact"]["number"].text_or("") or ""
    told: dict[str, Json] = {"entry_number": call.line} if call.direction is Direction.INBOUND and call.line else {}
    return call.tell(Kind.CONTACT_OFFERED, call.began, told, customer=number if NUMBER.fullmatch(number) else None)


def _steps(call: _Call) -> Iterator[Event]:
    """A call that came straight to an agent has waited for the number that was called, as the automations tell it."""
    steps = list(call.data["call_steps"].items())
    queues = [step for step in steps if step["type"].text_or() == "queue"]
    if not queues and call.direction is Direction.INBOUND and call.line:
        yield call.tell(Kind.CONTACT_QUEUED, call.began, queue=call.line)
    for step in steps:
        if step["type"].text_or() == "queue":
            yield from _queue(call, step, is_last=step is queues[-1])
        elif step["type"].text_or() == "agent":
            inbound = call.direction is Direction.INBOUND
            yield from _agent(call, step, call.line if inbound and not queues else None)


def _queue(call: _Call, step: Payload, *, is_last: bool) -> Iterator[Event]:
    queue, at = call.queue_of(step), step["date"].iso()
    yield call.tell(Kind.CONTACT_QUEUED, at, queue=queue)
    for agent in step["agent_calls"].items():
        yield from _agent(call, agent, queue, waited=_seconds(step["call_times"]["waiting_time"]))
    if step["status"].text_or() != "missed" or (is_last and call.data["is_voicemail"].flag_or()):
        return
    waited = _seconds(step["call_times"]["waiting_time"])
    wait: dict[str, Json] = {} if waited is None else {"wait_s": waited}
    left = call.over if waited is None else at + timedelta(seconds=waited)
    reason = EXITS.get(step["reason"].text_or("") or "")
    if reason is None:
        yield call.tell(Kind.CONTACT_ABANDONED, left, wait, queue=queue)
    else:
        yield call.tell(Kind.CONTACT_OVERFLOWED, left, {**wait, "reason": reason}, queue=queue)


def _agent(call: _Call, step: Payload, queue: str | None, waited: float | None = None) -> Iterator[Event]:
    """The date is that of the ring's beginning, as the sums of CloudTalk's own example have it. Talk includes hold."""
    agent, began, times = step["name"].text_or() or step["id"].text_or(), step["date"].iso(), step["call_times"]
    rang = _seconds(times["ringing_time"])
    if agent is None:
        return
    if rang is not None and call.direction is not Direction.OUTBOUND:
        yield call.tell(Kind.CONTACT_RINGING, began, queue=queue, agent=agent)
    answered = began + timedelta(seconds=rang or 0)
    if step["status"].text_or() == "missed":
        if rang is not None and call.direction is not Direction.OUTBOUND:
            missed: dict[str, Json] = {"result": RINGS.get(step["reason"].text_or("") or "", "missed"), "ring_s": rang}
            yield call.tell(Kind.CONTACT_RINGING, answered, missed, part=":over", agent=agent)
        return
    wait: dict[str, Json] = {} if waited is None else {"wait_s": waited}
    yield call.tell(Kind.CONTACT_ANSWERED, answered, wait, queue=queue, agent=agent)
    yield from _talked(call, step, agent, queue, answered)


def _talked(call: _Call, step: Payload, agent: str, queue: str | None, answered: datetime) -> Iterator[Event]:
    talk, hold, wrap = (_seconds(step["call_times"][name]) for name in ("talking_time", "holding_time", "wrap_up_time"))
    told: dict[str, Json] = {} if talk is None else {"talk_s": talk - (hold or 0)}
    if talk is not None and hold is not None:
        told["hold_s"] = hold
    end = call.over if talk is None else answered + timedelta(seconds=talk)
    if step["status"].text_or() == "cold_transfer":
        yield call.tell(Kind.CONTACT_TRANSFERRED, end, {**told, "mode": "blind"}, queue=queue, agent=agent)
    else:
        yield call.tell(Kind.CONTACT_ENDED, end, told, queue=queue, agent=agent)
    if wrap is not None:
        at = end + timedelta(seconds=wrap)
        yield call.tell(Kind.CONTACT_WRAPPED_UP, at, {"wrap_s": wrap}, agent=agent)


def _message(call: _Call) -> Iterator[Event]:
    """How long the caller waited before his message is not told."""
    queues = [step for step in call.data["call_steps"].items() if step["type"].text_or() == "queue"]
    if call.data["is_voicemail"].flag_or() and call.direction is Direction.INBOUND:
        queue = call.queue_of(queues[-1]) if queues else call.line
        yield call.tell(Kind.CONTACT_VOICEMAIL, call.over, {"wait_s": None}, queue=queue)


def _tags(call: _Call) -> Iterator[Event]:
    for tag in call.data["call_tags"].items():
        label = tag["label"].text_or()
        if label is not None:
            yield call.tell(Kind.CONTACT_TAGGED, call.over, {"tag": label}, part=label)


def _seconds(value: Payload) -> float | None:
    seconds = value.number_or()
    return None if seconds is None or seconds < 0 else seconds
