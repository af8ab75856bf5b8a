"""A contact event of EventBridge in, its part of a contact out, for sources that have no contact records.

https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html: events are not ordered, and carry ARNs instead of names.
Older ones have no times of their own, so that EventBridge's counts, in whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters._amazon_connect_words import BY, IGNORED, Contact, Words, asked_for_callback, read_contact
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload


@dataclass(frozen=True, kw_only=True, slots=True)
class _Happening:
    contact: Contact
    body: Payload
    envelope: Payload | None
    words: Words

    def at(self, *stamps: Payload) -> datetime:
        stamp = next((stamp for stamp in stamps if not stamp.is_absent), None)
        if stamp is None and self.envelope is not None:
            stamp = self.envelope["time"]
        if stamp is None:
            raise BadPayload(stamps[0].path, "missing, and there is no envelope with a time")
        return stamp.iso()

    @property
    def queue(self) -> str | None:
        info = _either(self.body, "queueInfo", "QueueInfo")
        if not self.contact.waits or info.is_absent:
            return None
        if isinstance(info.raw, str):
            return self.words.named(info.text(), None)
        return self.words.named(None, _either(info, "queueArn", "QueueArn").text_or())

    @property
    def agent_info(self) -> Payload:
        return _either(self.body, "agentInfo", "AgentInfo")

    @property
    def agent(self) -> str | None:
        info = self.agent_info
        if isinstance(info.raw, str):
            return self.words.named(info.text(), None)
        return self.words.named(None, _either(info, "agentArn", "AgentArn").text_or())


def _either(payload: Payload, *names: str) -> Payload:
    return next((payload[name] for name in names if name in payload), payload[names[0]])


def event_events(body: Payload, envelope: Payload | None, words: Words) -> list[Event]:
    read = _READERS.get(body["eventType"].text().upper())
    if read is None:
        return []
    contact = read_contact(body["contactId"], body["initialContactId"], body["initiationMethod"], body["channel"])
    if contact.method in IGNORED:
        return []
    return read(_Happening(contact=contact, body=body, envelope=envelope, words=words))


def _initiated(event: _Happening) -> list[Event]:
    contact, at = event.contact, event.at(event.body["initiationTimestamp"])
    if not contact.is_first:
        return []
    data: dict[str, Json] = {"ivr": True} if contact.has_menu else {}
    if contact.method == "CALLBACK" and contact.root != contact.id:
        data = {"callback_of": contact.root}
    customer = _either(event.body, "customerEndpoint", "CustomerEndpoint")
    address = _either(customer, "address", "Address").text_or()
    return [*asked_for_callback(contact, at), contact.tell(Kind.CONTACT_OFFERED, at, data, customer=address)]


def _queued(event: _Happening) -> list[Event]:
    info = _either(event.body, "queueInfo", "QueueInfo")
    queue = event.queue
    if queue is None:
        return []
    return [event.contact.tell(Kind.CONTACT_QUEUED, event.at(info["enqueueTimestamp"]), queue=queue)]


def _connected(event: _Happening) -> list[Event]:
    """Of a call that an agent makes this is before the customer answers; its end tells whether he did."""
    if not event.contact.waits:
        return []
    at = event.at(event.agent_info["connectedToAgentTimestamp"])
    agent = event.agent or _either(event.agent_info, "agentArn", "AgentArn").text()
    return [event.contact.tell(Kind.CONTACT_ANSWERED, at, queue=event.queue, agent=agent)]


def _disconnected(event: _Happening) -> list[Event]:
    contact, at = event.contact, event.at(event.body["disconnectTimestamp"])
    reason = (event.body["disconnectReason"].text_or() or "").upper()
    by = BY.get(reason)
    data: dict[str, Json] = {"by": by} if by else {}
    if event.agent is not None and (contact.waits or _reached(event)):
        ended = contact.tell(Kind.CONTACT_ENDED, at, data, agent=event.agent)
        return [*_reached(event), ended]
    queue = event.queue
    if queue is None:
        return [contact.tell(Kind.CONTACT_ENDED, at, data)] if contact.is_first else []
    meaning = event.words.left.get(reason, "abandoned")
    if meaning == "abandoned":
        return [contact.tell(Kind.CONTACT_ABANDONED, at, queue=queue)]
    return [contact.tell(Kind.CONTACT_OVERFLOWED, at, {"reason": meaning}, queue=queue)]


def _reached(event: _Happening) -> list[Event]:
    """The answer of a customer whom an agent called: the agent was connected before."""
    customer, agent = event.body["connectedToSystemTimestamp"], event.agent_info["connectedToAgentTimestamp"]
    if event.contact.waits or customer.is_absent:
        return []
    at = max([customer.iso(), *([] if agent.is_absent else [agent.iso()])])
    return [event.contact.tell(Kind.CONTACT_ANSWERED, at, agent=event.agent)]


def _completed(event: _Happening) -> list[Event]:
    """With after-contact work it is told once that is over, else right after the end of the contact."""
    ended = event.agent_info["afterContactWorkEndTimestamp"]
    wrap = event.agent_info["afterContactWorkDuration"].number_or()
    if ended.is_absent or wrap is None or event.agent is None:
        return []
    return [event.contact.tell(Kind.CONTACT_WRAPPED_UP, ended.iso(), {"wrap_s": wrap}, agent=event.agent)]


_READERS: Mapping[str, Callable[[_Happening], list[Event]]] = {
    "INITIATED": _initiated,
    "QUEUED": _queued,
    "CONNECTED_TO_AGENT": _connected,
    "DISCONNECTED": _disconnected,
    "COMPLETED": _completed,
}
