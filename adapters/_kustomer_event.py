"""One event of Kustomer, which holds the resource as it is now and what changed, in ticket events.

The attributes are those of https://developer.kustomer.com/docs/concepts/conversations-and-messages (read 2026-11); `auto` and
`directionType` of a message are not on that page, and nothing rests on them being there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.status import PAUSED_ON, Status, status_change

STATUSES: Mapping[str, Status] = {"open": Status.OPEN, "snoozed": Status.PENDING, "done": Status.SOLVED}
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "chat": Channel.CHAT,
    "voice": Channel.VOICE,
    "sms": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "facebook": Channel.SOCIAL,
    "instagram": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "twitter-tweet": Channel.SOCIAL,
    "twitter-dm": Channel.SOCIAL,
    "form": Channel.WEB,
    "web": Channel.WEB,
}
#: changes that say where a conversation is and with whom
PLACES = ("assignedTeams", "assignedUsers", "queue", "priority")
#: `directionType` of the message with which the customer began the conversation
OPENING = "initial-in"


def event_key(body: Payload) -> str | None:
    return body["id"].text_or()


def kustomer_events(body: Payload, settings: Settings) -> Sequence[Event]:
    handler = HANDLERS.get(body["name"].text_or("") or "")
    return list(handler(body, settings)) if handler else []


def _created(body: Payload, settings: Settings) -> Iterator[Event]:
    """Opened, placed, and already snoozed or done where it was made so."""
    attributes = body["data"]["attributes"].object()
    at = attributes["createdAt"].iso()
    by_agent = attributes["direction"].text_or() == "out"
    yield _event(body, Kind.TICKET_OPENED, at, settings, {"opened_by": "agent"} if by_agent else {})
    yield _event(body, Kind.TICKET_ASSIGNED, at, settings, {})
    yield from _moved(body, at, None, settings)


def _updated(body: Payload, settings: Settings) -> Iterator[Event]:
    at = body["data"]["attributes"].object()["updatedAt"].iso()
    changed = body["changes"]["attributes"]
    if any(name in changed for name in PLACES):
        yield _event(body, Kind.TICKET_ASSIGNED, at, settings, {})
    if "status" in changed:
        yield from _moved(body, at, changed["status"]["before"].text_or(), settings)


def _moved(body: Payload, at: datetime, before: str | None, settings: Settings) -> Iterator[Event]:
    current = _status(body["data"]["attributes"]["status"].text(), settings)
    for kind in status_change(_status(before, settings) if before else None, current):
        on = PAUSED_ON.get(current) if kind is Kind.TICKET_PAUSED else None
        yield _event(body, kind, at, settings, {"on": on})


def _status(name: str, settings: Settings) -> Status:
    waiting = first(settings, "snoozed", Status.PENDING) or Status.PENDING
    if waiting not in (Status.PENDING, Status.ON_HOLD):
        raise BadPayload("snoozed", f"{waiting!r}: write pending or on_hold")
    return Status(waiting) if name == "snoozed" else STATUSES.get(name, Status.OPEN)


def _message(body: Payload, settings: Settings) -> Iterator[Event]:
    """A message out is an agent's, a message in the customer's; the one that began the conversation is its opening."""
    data = body["data"].object()
    attributes, relations = data["attributes"].object(), data["relationships"]
    direction = attributes["direction"].text()
    if direction not in ("in", "out") or attributes["directionType"].text_or() == OPENING:
        return
    author = relations["createdBy"]["data"]["id"].text_or()
    is_bot = attributes["auto"].flag_or() or author in re.split(r"[,\s]+", first(settings, "bots", "") or "")
    at = attributes["createdAt" if attributes["sentAt"].is_absent else "sentAt"].iso()
    by_agent = direction == "out"
    yield Event(
        kind=Kind.TICKET_AGENT_REPLIED if by_agent else Kind.TICKET_CUSTOMER_REPLIED,
        at=at,
        subject=relations["conversation"]["data"]["id"].text(),
        dedupe_key=f"message:{data['id'].text()}",
        agent=_named(author, settings) if by_agent else None,
        customer=relations["customer"]["data"]["id"].text_or(),
        data={"actor": "bot" if is_bot else "human"} if by_agent else {},
    )


def _event(body: Payload, kind: Kind, at: datetime, settings: Settings, about: Mapping[str, str | None]) -> Event:
    data = body["data"].object()
    attributes = data["attributes"]
    told: dict[str, Json] = {
        "created_at": attributes["createdAt"].iso().isoformat(),
        "priority": attributes["priority"].text_or(),
        **about,
    }
    channels = [channel.text() for channel in attributes["channels"].items()]
    return Event(
        kind=kind,
        at=at,
        subject=data["id"].text(),
        dedupe_key=f"{body['id'].text()}:{kind}",
        channel=CHANNELS.get(channels[0]) if channels else None,
        queue=_queue(attributes, settings),
        agent=_named(_first(attributes["assignedUsers"]), settings),
        customer=data["relationships"]["customer"]["data"]["id"].text_or(),
        data={name: value for name, value in told.items() if value},
    )


def _queue(attributes: Payload, settings: Settings) -> str | None:
    if first(settings, "queue_from", "team") == "queue":
        return _named(attributes["queue"]["id"].text_or(), settings)
    return _named(_first(attributes["assignedTeams"]), settings)


def _first(ids: Payload) -> str | None:
    return next((one.text() for one in ids.items()), None)


def _named(identity: str | None, settings: Settings) -> str | None:
    return pairs(settings, "names").get(identity, identity) if identity else None


HANDLERS: Mapping[str, Callable[[Payload, Settings], Iterator[Event]]] = {
    "kustomer.conversation.create": _created,
    "kustomer.conversation.update": _updated,
    "kustomer.message.create": _message,
}
