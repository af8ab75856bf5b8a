"""One notification about a RingCentral telephony session in, the events of its parties out.

A session is one call; a party is one end of it: the customer's (no extension of the account), an agent's, a queue's or a menu's. A
notification tells in which state a party is now, and is ordered by its `sequence`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

MESSAGE_CODES = ("voicemail", "vmscreening", "voicemailscreening")
TRANSFERS = {
    "BlindTransfer": "blind",
    "RccTransfer": "blind",
    "DtmfTransfer": "blind",
    "AttendedTransfer": "attended",
}
#: why the side of an agent who had not answered is over --> result of his ring; any other is "cancelled"
RING_RESULTS = {"NoAnswer": "missed", "Timeout": "missed", "Rejected": "declined", "TargetBusy": "declined"}
#: why a call left a queue without an agent --> reason of contact.overflowed; of AgentAnswered and of a caller's end others tell
QUEUE_EXITS = {
    "NoAnswer": "timeout",
    "Timeout": "timeout",
    "CallerInputRedirect": "key",
    "BlindTransfer": "flow_out",
    "CallRedirected": "flow_out",
    "InternalError": "error",
}
NUMBER = re.compile(r"\+\d{5,}|\d{7,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What the administrator calls queues and agents, by the id of the extension."""

    queues: Mapping[str, str]
    agents: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Party:
    session: str
    at: datetime
    sequence: int
    data: Payload
    id: str
    extension: str | None
    code: str
    reason: str
    names: Names

    @property
    def is_called(self) -> bool:
        return self.data["direction"].text_or() == "Inbound"

    def party_at(self, end: str) -> str | None:
        return self.data[end]["extensionId"].text_or()

    def tell(
        self,
        kind: Kind,
        data: Mapping[str, Json] | None = None,
        *,
        direction: Direction,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        return Event(
            kind=kind,
            at=self.at,
            subject=self.session,
            dedupe_key=f"{self.session}:{self.id}:{self.sequence}:{kind.value}",
            order=self.sequence,
            channel=Channel.VOICE,
            direction=direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def session_events(body: Payload, names: Names) -> list[Event]:
    session, at = body["telephonySessionId"].text(), body["eventTime"].iso()
    sequence = int(body["sequence"].number())
    parties = (_read(session, at, sequence, party.object(), names) for party in body["parties"].items())
    return [event for party in parties for event in _events(party)]


def _read(session: str, at: datetime, sequence: int, data: Payload, names: Names) -> _Party:
    return _Party(
        session=session,
        at=at,
        sequence=sequence,
        data=data,
        id=data["id"].text(),
        extension=data["extensionId"].text_or(),
        code=data["status"]["code"].text(),
        reason=data["status"]["reason"].text_or("") or "",
        names=names,
    )


def _events(party: _Party) -> list[Event]:
    if party.extension is None:
        return [] if party.is_called else _customer_calls(party)
    if party.is_called:
        return _queue(party) if party.extension in party.names.queues else _agent_is_called(party)
    return _agent_calls(party)


def _number(party: _Party, end: str) -> str | None:
    number = party.data[end]["phoneNumber"].text_or("") or ""
    return number if NUMBER.fullmatch(number) else None


def _customer_calls(party: _Party) -> list[Event]:
    """The customer's side; that it is answered means no more than that a menu or a queue took the call."""
    if party.code == "Setup":
        number = _number(party, "to")
        return [
            party.tell(
                Kind.CONTACT_OFFERED,
                {"entry_number": number} if number else {},
                direction=Direction.INBOUND,
                customer=_number(party, "from"),
            )
        ]
    return [party.tell(Kind.CONTACT_ENDED, direction=Direction.INBOUND)] if party.code == "Disconnected" else []


def _queue(party: _Party) -> list[Event]:
    queue = party.names.queues[party.extension or ""]
    direction = Direction.INTERNAL if party.party_at("from") else Direction.INBOUND
    if party.code == "Setup":
        return [party.tell(Kind.CONTACT_QUEUED, direction=direction, queue=queue)]
    if party.code.lower() in MESSAGE_CODES:
        return [party.tell(Kind.CONTACT_VOICEMAIL, direction=direction, queue=queue)]
    reason = QUEUE_EXITS.get(party.reason) if party.code == "Disconnected" else None
    if reason is None:
        return []
    return [party.tell(Kind.CONTACT_OVERFLOWED, {"reason": reason}, direction=direction, queue=queue)]


def _queue_of_agent(party: _Party) -> str | None:
    """An agent's side of a call from a queue is addressed to the queue."""
    queue = party.party_at("to")
    if queue is None or queue == party.extension or not party.data["queueCall"].flag_or():
        return None
    return party.names.queues.get(queue) or party.data["to"]["name"].text_or(queue)


def _agent_is_called(party: _Party) -> list[Event]:
    """A menu's side is like an agent's that never rings and never answers."""
    direction = Direction.INTERNAL if party.party_at("from") else Direction.INBOUND
    return _agent_side(party, direction, _queue_of_agent(party), rings=True)


def _agent_calls(party: _Party) -> list[Event]:
    """A call between two extensions is told by the side that is called; here only its beginning and its end."""
    inside = party.party_at("to") is not None
    direction = Direction.INTERNAL if inside else Direction.OUTBOUND
    if party.code == "Setup":
        customer = None if inside else _number(party, "to")
        return [party.tell(Kind.CONTACT_OFFERED, direction=direction, customer=customer)]
    if party.code == "Disconnected" and party.reason not in TRANSFERS:
        return [party.tell(Kind.CONTACT_ENDED, direction=direction)]
    return [] if inside else _agent_side(party, direction, None, rings=False)


def _agent_side(party: _Party, direction: Direction, queue: str | None, *, rings: bool) -> list[Event]:
    extension = party.extension or ""
    agent = party.names.agents.get(extension, extension)

    def told(kind: Kind, data: Mapping[str, Json] | None = None) -> list[Event]:
        return [party.tell(kind, data, direction=direction, queue=queue, agent=agent)]

    if party.code == "Proceeding" and rings:
        return told(Kind.CONTACT_RINGING)
    if party.code == "Answered":
        return told(Kind.CONTACT_ANSWERED, {"is_state": True})
    if party.code == "Hold":
        return told(Kind.CONTACT_HELD)
    if party.code in ("Disconnected", "Gone") and party.reason in TRANSFERS:
        return told(Kind.CONTACT_TRANSFERRED, {"mode": TRANSFERS[party.reason]})
    if party.code in ("Disconnected", "Gone"):
        missed = "missed" if party.data["missedCall"].flag_or() else "cancelled"
        return told(Kind.CONTACT_ENDED, {"is_state": True, "result": RING_RESULTS.get(party.reason, missed)})
    return []
