"""A status of a leg of a Vonage call in, its part of the contact out.

All legs of a conversation are one contact. Vonage knows neither agents nor queues: an agent's leg is one that was dialled to an
address that the settings name, and a queue is a number that they name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

BEGUN = ("started", "ringing", "answered")
#: status of a leg that nobody took --> result of the ring
RINGS = {
    "busy": "declined",
    "rejected": "declined",
    "cancelled": "cancelled",
    "unanswered": "missed",
    "timeout": "missed",
    "failed": "missed",
}
COMPLETED = "completed"
NO_NUMBER = ("anonymous", "unknown", "restricted", "unavailable", "private")


@dataclass(frozen=True, kw_only=True, slots=True)
class Centre:
    """`transfers`: a leg to anybody who is no agent is a transfer, and no call of the centre's own."""

    agents: Mapping[str, str]
    queues: Mapping[str, str]
    transfers: bool


def read_centre(settings: Settings) -> Centre:
    return Centre(
        agents={_address(address): name for address, name in pairs(settings, "agents").items()},
        queues={_address(number): name for number, name in pairs(settings, "queues").items()},
        transfers=(first(settings, "outside") or "calls").lower() == "transfers",
    )


def _address(text: str) -> str:
    """Vonage writes numbers without a plus; users and SIP addresses as they are."""
    bare = text.strip().lower().partition(";")[0]
    return (bare.partition(":")[2] if bare.startswith(("sip:", "sips:", "tel:")) else bare).removeprefix("+")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leg:
    id: str
    status: str
    at: datetime
    body: Payload
    centre: Centre

    @property
    def is_inbound(self) -> bool:
        return self.body["direction"].text_or() == "inbound"

    @property
    def agent(self) -> str | None:
        return None if self.is_inbound else self.centre.agents.get(self._address("to"))

    @property
    def queue(self) -> str | None:
        return self.centre.queues.get(self._address("to")) if self.is_inbound else None

    def number(self, name: str) -> str | None:
        """International numbers come without their plus, which makes them those of other sources."""
        text = self._address(name)
        if text.isdecimal() and len(text) > 7:
            return f"+{text}"
        return None if text.partition("@")[0] in ("", *NO_NUMBER) else text

    def _address(self, name: str) -> str:
        return _address(self.body[name].text_or("") or "")

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
            subject=self.body["conversation_uuid"].text(),
            dedupe_key=f"{self.id}:{self.status}:{self.at.isoformat()}:{kind.value}",
            channel=Channel.VOICE,
            direction=direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def leg_events(body: Payload, centre: Centre, received_at: datetime) -> list[Event]:
    """Some early events have no time of their own; that of their arrival is near."""
    status = (body["status"].text_or() or "").lower()
    if status not in (*BEGUN, *RINGS, COMPLETED):
        return []
    at = received_at if body["timestamp"].is_absent else body["timestamp"].iso()
    leg = _Leg(id=body["uuid"].text(), status=status, at=at, body=body, centre=centre)
    if leg.is_inbound:
        return _caller(leg)
    return _agent(leg, leg.agent) if leg.agent is not None else _outside(leg)


def _caller(leg: _Leg) -> list[Event]:
    """His leg is answered by the program: from then on he waits, where the number that he called is a queue."""
    if leg.status not in BEGUN:
        return [_over(leg)]
    to = leg.number("to")
    entry: dict[str, Json] = {} if to is None else {"entry_number": to}
    offered = leg.tell(Kind.CONTACT_OFFERED, entry, direction=Direction.INBOUND, customer=leg.number("from"))
    if leg.status != "answered" or leg.queue is None:
        return [offered]
    return [offered, leg.tell(Kind.CONTACT_QUEUED, queue=leg.queue)]


def _over(leg: _Leg) -> Event:
    by: dict[str, Json] = {"by": "customer"} if leg.body["disconnected_by"].text_or() == "user" else {}
    return leg.tell(Kind.CONTACT_ENDED, by)


def _agent(leg: _Leg, agent: str) -> list[Event]:
    if leg.status == "started":
        return []
    if leg.status == "ringing":
        return [leg.tell(Kind.CONTACT_RINGING, agent=agent)]
    if leg.status == "answered":
        return [leg.tell(Kind.CONTACT_ANSWERED, agent=agent)]
    if leg.status in RINGS:
        return [leg.tell(Kind.CONTACT_RINGING, {"result": RINGS[leg.status]}, agent=agent)]
    if leg.body["duration"].number_or() == 0:
        return []
    by: dict[str, Json] = {"by": "agent"} if leg.body["disconnected_by"].text_or() == "user" else {}
    return [leg.tell(Kind.CONTACT_ENDED, by, agent=agent)]


def _outside(leg: _Leg) -> list[Event]:
    if leg.centre.transfers:
        return []
    if leg.status in BEGUN:
        return [leg.tell(Kind.CONTACT_OFFERED, direction=Direction.OUTBOUND, customer=leg.number("to"))]
    return [leg.tell(Kind.CONTACT_ENDED)]
