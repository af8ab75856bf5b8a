"""An event of a leg of a Telnyx call in, its part of the contact out.

All legs of a session are one contact. Only `call.initiated` says which way a leg goes, so that the leg of an agent is known by the
address that it was dialled to, which the settings name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

#: hangup_cause of an agent's leg that nobody took --> result of the ring; normal_clearing and time_limit end a talk
RINGS = {
    "timeout": "missed",
    "no_answer": "missed",
    "not_found": "missed",
    "unspecified": "missed",
    "call_rejected": "declined",
    "user_busy": "declined",
    "originator_cancel": "cancelled",
}
#: reason of call.dequeued --> abandoned, or a reason of contact.overflowed; bridged ones are told by the agent's leg
LEFT = {"hangup": "abandoned", "leave": "flow_out", "timeout": "timeout"}
BRIDGED = ("bridged", "bridging-in-process")
NO_NUMBER = ("anonymous", "unknown", "restricted", "unavailable", "private")


@dataclass(frozen=True, kw_only=True, slots=True)
class Centre:
    """`agents`: address to name. `numbers`: those that customers call; given, a leg to any other one is a transfer."""

    agents: Mapping[str, str]
    numbers: frozenset[str]


def read_centre(settings: Settings) -> Centre:
    return Centre(
        agents={_address(address): name for address, name in pairs(settings, "agents").items()},
        numbers=frozenset(map(_address, (first(settings, "numbers") or "").replace(",", " ").split())),
    )


def _address(text: str) -> str:
    """A SIP address without scheme and parameters, or a number, in one notation."""
    bare = text.strip().lower().partition(";")[0]
    return bare.partition(":")[2] if bare.startswith(("sip:", "sips:", "tel:")) else bare


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leg:
    id: str
    at: datetime
    payload: Payload
    centre: Centre

    @property
    def is_transfer(self) -> bool:
        """Dialled to somebody outside who is no agent: it neither begins nor ends the contact of the customer."""
        to = _address(self.payload["to"].text_or("") or "")
        return bool(self.centre.numbers) and to not in self.centre.numbers and self.agent is None

    @property
    def agent(self) -> str | None:
        return self.centre.agents.get(_address(self.payload["to"].text_or("") or ""))

    def tell(
        self,
        kind: Kind,
        data: Mapping[str, Json] | None = None,
        *,
        direction: Direction | None = None,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        return Event(
            kind=kind,
            at=self.at,
            subject=self.payload["call_session_id"].text(),
            dedupe_key=f"{self.id}:{kind.value}",
            channel=Channel.VOICE,
            direction=direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def call_events(data: Payload, centre: Centre) -> list[Event]:
    read = _READERS.get(data["event_type"].text_or() or "")
    if read is None:
        return []
    payload = data["payload"].object()
    return read(_Leg(id=data["id"].text(), at=data["occurred_at"].iso(), payload=payload, centre=centre))


def _number(value: Payload) -> str | None:
    text = _address(value.text_or("") or "")
    return None if text.partition("@")[0] in ("", *NO_NUMBER) else text


def _initiated(leg: _Leg) -> list[Event]:
    from_, to = _number(leg.payload["from"]), _number(leg.payload["to"])
    if leg.payload["direction"].text_or() == "incoming":
        entry: dict[str, Json] = {} if to is None else {"entry_number": to}
        return [leg.tell(Kind.CONTACT_OFFERED, entry, direction=Direction.INBOUND, customer=from_)]
    if leg.agent is not None:
        return [leg.tell(Kind.CONTACT_RINGING, agent=leg.agent)]
    if leg.is_transfer:
        return []
    return [leg.tell(Kind.CONTACT_OFFERED, direction=Direction.OUTBOUND, customer=to)]


def _answered(leg: _Leg) -> list[Event]:
    """The customer's own leg is answered by a program, or by the customer: neither is an agent."""
    return [] if leg.agent is None else [leg.tell(Kind.CONTACT_ANSWERED, agent=leg.agent)]


def _held(leg: _Leg) -> list[Event]:
    return [leg.tell(Kind.CONTACT_HELD, agent=leg.agent)]


def _resumed(leg: _Leg) -> list[Event]:
    return [leg.tell(Kind.CONTACT_RESUMED, agent=leg.agent)]


def _queued(leg: _Leg) -> list[Event]:
    return [leg.tell(Kind.CONTACT_QUEUED, queue=leg.payload["queue"].text())]


def _left_queue(leg: _Leg) -> list[Event]:
    reason = leg.payload["reason"].text_or() or ""
    if reason in BRIDGED:
        return []
    wait, queue = leg.payload["wait_time_secs"].number_or(), leg.payload["queue"].text()
    data: dict[str, Json] = {} if wait is None else {"wait_s": wait}
    meaning = LEFT.get(reason, "error")
    if meaning == "abandoned":
        return [leg.tell(Kind.CONTACT_ABANDONED, data, queue=queue)]
    return [leg.tell(Kind.CONTACT_OVERFLOWED, {**data, "reason": meaning}, queue=queue)]


def _hung_up(leg: _Leg) -> list[Event]:
    cause, source = leg.payload["hangup_cause"].text_or() or "", leg.payload["hangup_source"].text_or()
    if leg.agent is None:
        return [] if leg.is_transfer else [leg.tell(Kind.CONTACT_ENDED)]
    if cause in RINGS:
        return [leg.tell(Kind.CONTACT_RINGING, {"result": RINGS[cause]}, agent=leg.agent)]
    # An agent's leg is a call to him: he is the callee.
    by: dict[str, Json] = {"by": "agent"} if source == "callee" else {}
    return [leg.tell(Kind.CONTACT_ENDED, by, agent=leg.agent)]


_READERS: Mapping[str, Callable[[_Leg], list[Event]]] = {
    "call.initiated": _initiated,
    "call.answered": _answered,
    "call.hold": _held,
    "call.unhold": _resumed,
    "call.enqueued": _queued,
    "call.dequeued": _left_queue,
    "call.hangup": _hung_up,
}
