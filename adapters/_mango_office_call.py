"""Mango Office's notifications of a call's legs and of the whole call in, the call's events out.

`entry_id` is the customer's call, `call_id` one leg of it: in a menu (location ivr), in a queue (queue), at a person (abonent).
A leg's notification tells its state; `seq` orders the states of a leg.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

DIRECTIONS = {0: Direction.INTERNAL, 1: Direction.INBOUND, 2: Direction.OUTBOUND}
NUMBER = re.compile(r"\+?\d{5,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What the administrator calls groups and agents, by their number."""

    queues: Mapping[str, str]
    agents: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leg:
    entry: str
    id: str
    seq: int
    at: datetime
    state: str
    data: Payload
    names: Names

    def end(self, side: str, field: str) -> str | None:
        return self.data[side][field].text_or()

    def tell(
        self,
        kind: Kind,
        direction: Direction,
        data: Mapping[str, Json] | None = None,
        *,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        return Event(
            kind=kind,
            at=self.at,
            subject=self.entry,
            dedupe_key=f"{self.id}:{self.seq}:{self.state}:{kind.value}",
            order=self.seq,
            channel=Channel.VOICE,
            direction=direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def leg_events(body: Payload, names: Names) -> list[Event]:
    leg = _Leg(
        entry=body["entry_id"].text(),
        id=body["call_id"].text(),
        seq=int(body["seq"].number()),
        at=body["timestamp"].epoch_s(),
        state=body["call_state"].text(),
        data=body,
        names=names,
    )
    location = body["location"].text_or()
    if location == "ivr":
        return _in_menu(leg)
    if location == "queue":
        return _in_queue(leg)
    return _at_person(leg) if location == "abonent" else []


def _in_menu(leg: _Leg) -> list[Event]:
    if leg.state != "Appeared":
        return []
    line = leg.end("to", "line_number")
    told: dict[str, Json] = {"ivr": True, **({"entry_number": line} if line else {})}
    return [leg.tell(Kind.CONTACT_OFFERED, Direction.INBOUND, told, customer=_number(leg.end("from", "number")))]


def _in_queue(leg: _Leg) -> list[Event]:
    queue = _queue(leg) or leg.end("to", "line_number")
    if leg.state != "Appeared" or queue is None:
        return []
    customer = _number(leg.end("from", "number"))
    return [leg.tell(Kind.CONTACT_QUEUED, Direction.INBOUND, queue=queue, customer=customer)]


def _queue(leg: _Leg) -> str | None:
    group = leg.end("to", "acd_group")
    return None if group is None else leg.names.queues.get(group, group)


def _at_person(leg: _Leg) -> list[Event]:
    caller, called = leg.end("from", "extension"), leg.end("to", "extension")
    if called is not None:
        direction = Direction.INBOUND if caller is None else Direction.INTERNAL
        customer = _number(leg.end("from", "number")) if caller is None else None
        return _side(leg, direction, called, customer)
    if caller is None:
        return []
    customer = _number(leg.end("to", "number"))
    if leg.state == "Appeared":
        return [leg.tell(Kind.CONTACT_OFFERED, Direction.OUTBOUND, customer=customer)]
    return _side(leg, Direction.OUTBOUND, caller, customer)


def _side(leg: _Leg, direction: Direction, extension: str, customer: str | None) -> list[Event]:
    """Rings are left out: a reason of disconnection is the telephone network's and does not tell missed from cancelled."""
    agent = leg.names.agents.get(extension, extension)
    queue = _queue(leg) if direction is Direction.INBOUND else None

    def told(kind: Kind, data: Mapping[str, Json] | None = None) -> list[Event]:
        return [leg.tell(kind, direction, data, queue=queue, agent=agent, customer=customer)]

    if leg.state == "Connected":
        return told(Kind.CONTACT_ANSWERED, {"is_state": True})
    if leg.state == "OnHold":
        return told(Kind.CONTACT_HELD)
    return told(Kind.CONTACT_ENDED, {"is_state": True}) if leg.state == "Disconnected" else []


def summary_events(body: Payload) -> list[Event]:
    """The whole call when it is over; who still waited in a queue has abandoned."""
    entry, direction = body["entry_id"].text(), DIRECTIONS.get(int(body["call_direction"].number()))
    if direction is None:
        return []
    side = "to" if direction is Direction.OUTBOUND else "from"
    customer = None if direction is Direction.INTERNAL else _number(body[side]["number"].text_or())
    line = body["line_number"].text_or() if direction is Direction.INBOUND else None

    def told(kind: Kind, at: datetime, data: Mapping[str, Json], who: str | None = None) -> Event:
        return Event(
            kind=kind,
            at=at,
            subject=entry,
            dedupe_key=f"{entry}:summary:{kind.value}",
            order=10_000 if kind is Kind.CONTACT_ENDED else 0,
            channel=Channel.VOICE,
            direction=direction,
            customer=who,
            data=data,
        )

    offered = told(
        Kind.CONTACT_OFFERED, body["create_time"].epoch_s(), {"entry_number": line} if line else {}, customer
    )
    return [offered, told(Kind.CONTACT_ENDED, body["end_time"].epoch_s(), {})]


def _number(value: str | None) -> str | None:
    return value if value is not None and NUMBER.fullmatch(value) else None
