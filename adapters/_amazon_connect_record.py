"""A contact record in (once called contact trace record), its part of a contact out.

https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html: records come at least once, and again when something
about the contact changes, up to months later. Each transfer makes a contact of its own, and InitialContactId names the first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters._amazon_connect_words import BY, IGNORED, Contact, Words, asked_for_callback, read_contact
from plugin.contract.event import Direction, Event, Json, Kind
from plugin.contract.payload import Payload


def record_events(body: Payload, words: Words) -> list[Event]:
    contact = read_contact(body["ContactId"], body["InitialContactId"], body["InitiationMethod"], body["Channel"])
    if contact.method in IGNORED:
        return []
    begun_at = body["InitiationTimestamp"].iso()
    return [
        *asked_for_callback(contact, begun_at),
        *([_offered(contact, body, begun_at)] if contact.is_first else []),
        *_queued(contact, body, words),
        *(_handled(contact, body, words) if _spoke_at(contact, body) else _unanswered(contact, body, words)),
    ]


def _moment(value: Payload) -> datetime | None:
    return None if value.is_absent else value.iso()


def _offered(contact: Contact, body: Payload, at: datetime) -> Event:
    data: dict[str, Json] = {"ivr": True} if contact.has_menu else {}
    entry = body["SystemEndpoint"]["Address"].text_or()
    if entry is not None and contact.direction is Direction.INBOUND:
        data["entry_number"] = entry
    if contact.method == "CALLBACK" and contact.root != contact.id:
        data = {"callback_of": contact.root}
    return contact.tell(Kind.CONTACT_OFFERED, at, data, customer=body["CustomerEndpoint"]["Address"].text_or())


def _queue(contact: Contact, body: Payload, words: Words) -> str | None:
    queue = body["Queue"]
    return words.named(queue["Name"].text_or(), queue["ARN"].text_or()) if contact.waits else None


def _queued(contact: Contact, body: Payload, words: Words) -> list[Event]:
    at, queue = _moment(body["Queue"]["EnqueueTimestamp"]), _queue(contact, body, words)
    return [] if at is None or queue is None else [contact.tell(Kind.CONTACT_QUEUED, at, queue=queue)]


def _spoke_at(contact: Contact, body: Payload) -> datetime | None:
    """When agent and customer were connected: of a call that an agent makes, when the customer answered."""
    agent_at = _moment(body["Agent"]["ConnectedToAgentTimestamp"])
    if agent_at is None or contact.waits:
        return agent_at
    customer_at = _moment(body["ConnectedToSystemTimestamp"])
    return None if customer_at is None else max(agent_at, customer_at)


def _handled(contact: Contact, body: Payload, words: Words) -> list[Event]:
    agent, spoke_at = body["Agent"], _spoke_at(contact, body)
    name = words.named(agent["Username"].text_or(), agent["ARN"].text_or())
    if spoke_at is None or name is None:
        return []
    wait = body["Queue"]["Duration"].number_or() if contact.waits else None
    told: dict[str, Json] = {} if wait is None else {"wait_s": wait}
    answered = contact.tell(Kind.CONTACT_ANSWERED, spoke_at, told, queue=_queue(contact, body, words), agent=name)
    return [answered, *_parted(contact, body, words, name), *_wrapped_up(contact, agent, name)]


def _parted(contact: Contact, body: Payload, words: Words, name: str) -> list[Event]:
    """The vendor's talk is without hold. Of calls that an agent makes it begins before the customer answers, so it is left out."""
    agent = body["Agent"]
    talk, hold = agent["AgentInteractionDuration"].number_or(), agent["CustomerHoldDuration"].number_or()
    at = _parted_at(body, talk, hold)
    if at is None:
        return []
    data: dict[str, Json] = {} if hold is None else {"hold_s": hold}
    if talk is not None and contact.waits:
        data["talk_s"] = talk
    if _went_on(body, words):
        return [contact.tell(Kind.CONTACT_TRANSFERRED, at, data, agent=name)]
    by = BY.get((body["DisconnectReason"].text_or() or "").upper())
    return [contact.tell(Kind.CONTACT_ENDED, at, {**data, **({"by": by} if by else {})}, agent=name)]


def _parted_at(body: Payload, talk: float | None, hold: float | None) -> datetime | None:
    """Not DisconnectTimestamp where it can be helped: after a transfer to another number the caller stays connected."""
    connected_at = _moment(body["Agent"]["ConnectedToAgentTimestamp"])
    wrap_up_at = _moment(body["Agent"]["AfterContactWorkStartTimestamp"])
    if wrap_up_at is None and connected_at is not None and talk is not None and talk < 1e6:
        wrap_up_at = connected_at + timedelta(seconds=talk + min(hold or 0, 1e6))
    return wrap_up_at or _moment(body["DisconnectTimestamp"])


def _went_on(body: Payload, words: Words) -> bool:
    if not (body["TransferCompletedTimestamp"].is_absent and body["TransferredToEndpoint"]["Address"].is_absent):
        return True
    left = (body["DisconnectReason"].text_or() or "").upper() == "CUSTOMER_DISCONNECT"
    return not (body["NextContactId"].is_absent or left or words.survey)


def _wrapped_up(contact: Contact, agent: Payload, name: str) -> list[Event]:
    at, wrap = _moment(agent["AfterContactWorkEndTimestamp"]), agent["AfterContactWorkDuration"].number_or()
    if at is None or wrap is None:
        return []
    return [contact.tell(Kind.CONTACT_WRAPPED_UP, at, {"wrap_s": wrap}, agent=name)]


def _unanswered(contact: Contact, body: Payload, words: Words) -> list[Event]:
    """A contact that went on (to another queue, to a callback) is ended by what follows."""
    at = _moment(body["DisconnectTimestamp"])
    if at is None or not body["NextContactId"].is_absent:
        return []
    reason, queue = (body["DisconnectReason"].text_or() or "").upper(), _queue(contact, body, words)
    if queue is None or body["Queue"]["EnqueueTimestamp"].is_absent:
        by = BY.get(reason)
        return [contact.tell(Kind.CONTACT_ENDED, at, {"by": by} if by else {})] if contact.is_first else []
    left_at, wait = _moment(body["Queue"]["DequeueTimestamp"]) or at, body["Queue"]["Duration"].number_or()
    data: dict[str, Json] = {} if wait is None else {"wait_s": wait}
    meaning = words.left.get(reason, "abandoned")
    if meaning == "abandoned":
        return [contact.tell(Kind.CONTACT_ABANDONED, left_at, data, queue=queue)]
    return [contact.tell(Kind.CONTACT_OVERFLOWED, left_at, {**data, "reason": meaning}, queue=queue)]
