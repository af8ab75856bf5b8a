"""Amazon Connect's words and ours, and what the settings of a source add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

CHANNELS = {"VOICE": Channel.VOICE, "CHAT": Channel.CHAT, "EMAIL": Channel.EMAIL}
#: InitiationMethod --> direction; a voice contact that the API began was dialled, other ones were begun by the customer
DIRECTIONS = {
    "INBOUND": Direction.INBOUND,
    "WEBRTC_API": Direction.INBOUND,
    "FLOW": Direction.INBOUND,
    "OUTBOUND": Direction.OUTBOUND,
    "EXTERNAL_OUTBOUND": Direction.OUTBOUND,
    "AGENT_REPLY": Direction.OUTBOUND,
    "CALLBACK": Direction.CALLBACK,
}
#: contacts that are parts of an earlier one
FOLLOWING = ("TRANSFER", "QUEUE_TRANSFER", "DISCONNECT")
#: a supervisor who listens is nobody's contact
IGNORED = ("MONITOR",)
#: DisconnectReason of a contact that nobody answered --> abandoned, or a reason of contact.overflowed
LEFT = {
    "CUSTOMER_DISCONNECT": "abandoned",
    "CONTACT_FLOW_DISCONNECT": "withdrawn",
    "API": "withdrawn",
    "EXPIRED": "timeout",
    "TELECOM_PROBLEM": "error",
    "CUSTOMER_CONNECTION_NOT_ESTABLISHED": "error",
}
BY = {
    "CUSTOMER_DISCONNECT": "customer",
    "AGENT_DISCONNECT": "agent",
    "AGENT_COMPLETED": "agent",
    "CONTACT_FLOW_DISCONNECT": "system",
    "TELECOM_PROBLEM": "system",
    "EXPIRED": "system",
    "API": "system",
}
#: name of an agent's status --> activity; any other is a break in which he is not routed to: `other`
STATES = {
    "available": "available",
    "offline": "offline",
    "break": "break",
    "lunch": "break",
    "pause": "break",
    "meeting": "meeting",
    "training": "training",
    "coaching": "training",
}
ACTIVITIES = ("available", "break", "wrap_up", "meeting", "training", "offline", "other")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """`survey`: a disconnect flow makes a contact of its own after each call, so that a next contact is no transfer."""

    names: Mapping[str, str]
    states: Mapping[str, str]
    left: Mapping[str, str]
    survey: bool

    def named(self, name: str | None, arn: str | None) -> str | None:
        """A user's or queue's name, else what the settings call its id, else the id: events carry ARNs only."""
        if name is not None:
            return self.names.get(name, name)
        if arn is None:
            return None
        tail = arn.rsplit("/", 1)[-1]
        return self.names.get(arn) or self.names.get(tail) or tail

    def state(self, status: str) -> str:
        return self.states.get(status.strip().lower(), "other")


def read_words(settings: Settings) -> Words:
    own = {theirs.lower(): ours.lower() for theirs, ours in pairs(settings, "states").items()}
    return Words(
        names=pairs(settings, "names"),
        states={**STATES, **{theirs: ours for theirs, ours in own.items() if ours in ACTIVITIES}},
        left={**LEFT, **{reason.upper(): meaning.lower() for reason, meaning in pairs(settings, "left").items()}},
        survey=(first(settings, "disconnect_flow") or "no").lower() == "yes",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Which contact of ours a contact of Amazon Connect belongs to: a chain of transfers is one, a callback is one of its own."""

    id: str
    root: str
    method: str
    channel: Channel
    direction: Direction | None

    @property
    def subject(self) -> str:
        return self.id if self.method == "CALLBACK" else self.root

    @property
    def is_first(self) -> bool:
        return self.subject == self.id

    @property
    def has_menu(self) -> bool:
        """Whoever calls or writes begins in a flow; a task begins with nobody."""
        return self.direction is Direction.INBOUND and self.channel in (Channel.VOICE, Channel.CHAT)

    @property
    def waits(self) -> bool:
        """Whether somebody waits in the queue that it names: that of a call that an agent makes is one on paper only."""
        return self.direction in (Direction.INBOUND, None)

    def tell(
        self,
        kind: Kind,
        at: datetime,
        data: Mapping[str, Json] | None = None,
        *,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        """A record that is sent again with other values has other keys; `at` and the values make them."""
        told = "".join(f":{name}={value}" for name, value in sorted((data or {}).items()))
        return Event(
            kind=kind,
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.id}:{kind.value}:{at.isoformat()}:{queue or ''}:{agent or ''}{told}",
            channel=self.channel,
            direction=self.direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def read_contact(id_: Payload, initial: Payload, method: Payload, channel: Payload) -> Contact:
    contact, begun_as = id_.text(), (method.text_or() or "").upper()
    medium = CHANNELS.get((channel.text_or() or "").upper(), Channel.OTHER)
    root = initial.text_or(contact) or contact
    direction = DIRECTIONS.get(begun_as)
    if begun_as == "API":
        direction = Direction.OUTBOUND if medium is Channel.VOICE else Direction.INBOUND
    elif direction is None and begun_as not in FOLLOWING and root == contact:
        direction = Direction.INBOUND
    if root != contact and direction is Direction.INBOUND:
        direction = None
    return Contact(id=contact, root=root, method=begun_as, channel=medium, direction=direction)


def asked_for_callback(contact: Contact, at: datetime) -> list[Event]:
    """The contact of a queued callback begins at the moment at which the caller asked for it."""
    if contact.method != "CALLBACK" or contact.root == contact.id:
        return []
    caller = replace(contact, method="", direction=None)
    return [caller.tell(Kind.CONTACT_CALLBACK_REQUESTED, at)]
