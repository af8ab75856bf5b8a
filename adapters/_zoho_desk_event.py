"""One event of Zoho Desk: a ticket as it is, a thread (a message), a comment; in ticket events.

Fields of tickets and threads were seen in answers of Zoho's API, which the webhooks repeat; those of comments are from memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import Payload
from plugin.contract.status import PAUSED_ON, Status, status_seen, statuses

#: `statusType`, which every status of a department has
TYPES: Mapping[str, Status] = {"open": Status.OPEN, "on hold": Status.ON_HOLD, "closed": Status.CLOSED}
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "web": Channel.WEB,
    "web form": Channel.WEB,
    "phone": Channel.VOICE,
    "chat": Channel.CHAT,
    "facebook": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "instagram": Channel.SOCIAL,
    "whatsapp": Channel.MESSAGING,
    "telegram": Channel.MESSAGING,
    "sms": Channel.MESSAGING,
}


def entries(body: Payload) -> Sequence[Payload]:
    """The events of a body: a list, or one; those without anything in them are Zoho's trial of an address."""
    found = list(body.items()) if isinstance(body.raw, list) else [body]
    return [entry for entry in found if entry.object().raw]


def zoho_events(entry: Payload, settings: Settings) -> Sequence[Event]:
    handler = HANDLERS.get(entry["eventType"].text_or("") or "")
    return list(handler(entry, settings)) if handler else []


def _ticket(entry: Payload, settings: Settings) -> Iterator[Event]:
    """Opened, where it is now, and its status; what it was before is told only where a webhook asks for it."""
    ticket = entry["payload"].object()
    identity = ticket["id"].text()
    at = entry["eventTime"].epoch_ms() if ticket["modifiedTime"].is_absent else ticket["modifiedTime"].iso()
    channel = CHANNELS.get((ticket["channel"].text_or("") or "").casefold())
    created_at = ticket["createdTime"].iso()
    yield Event(
        kind=Kind.TICKET_OPENED,
        at=created_at,
        subject=identity,
        dedupe_key=f"{identity}:opened:{channel or ''}",
        channel=channel,
    )
    yield _placed(ticket, identity, at, settings)
    status = _status(ticket, settings)
    over_at = None if ticket["closedTime"].is_absent else ticket["closedTime"].iso()
    for kind in status_seen(status):
        on = PAUSED_ON.get(status) if kind is Kind.TICKET_PAUSED else None
        spam = "spam" if kind is Kind.TICKET_DELETED and ticket["isSpam"].flag_or() else None
        is_over = status in (Status.CLOSED, Status.SOLVED)
        yield _moved(identity, kind, (is_over and over_at) or at, on, spam)


def _status(ticket: Payload, settings: Settings) -> Status:
    if ticket["isSpam"].flag_or() or ticket["isDeleted"].flag_or() or ticket["isTrashed"].flag_or():
        return Status.DELETED
    named = statuses(settings, "statuses", {}).get(ticket["status"].text().casefold())
    return named or TYPES.get((ticket["statusType"].text_or("") or "").casefold(), Status.OPEN)


def _placed(ticket: Payload, identity: str, at: datetime, settings: Settings) -> Event:
    names = pairs(settings, "names")
    department, agent = ticket["departmentId"].text_or(), ticket["assigneeId"].text_or()
    phone, email, priority = (ticket[name].text_or() for name in ("phone", "email", "priority"))
    told = {
        "priority": priority.lower() if priority else None,
        "email": email if phone else None,
        "created_at": ticket["createdTime"].iso().isoformat(),
    }
    return Event(
        kind=Kind.TICKET_ASSIGNED,
        at=at,
        subject=identity,
        dedupe_key=f"{identity}:{at.isoformat()}:{department or ''}:{agent or ''}:{priority or ''}",
        queue=names.get(department, department) if department else None,
        agent=names.get(agent, agent) if agent else None,
        customer=phone or email or ticket["contactId"].text_or(),
        data={name: value for name, value in told.items() if value},
    )


def _moved(ticket: str, kind: Kind, at: datetime, on: str | None, reason: str | None) -> Event:
    told = {"on": on, "reason": reason}
    return Event(
        kind=kind,
        at=at,
        subject=ticket,
        dedupe_key=f"{ticket}:{at.isoformat()}:{kind}:{on or ''}",
        data={name: value for name, value in told.items() if value},
    )


def _deleted(entry: Payload, settings: Settings) -> Iterator[Event]:
    ticket, at = entry["payload"]["id"].text(), entry["eventTime"].epoch_ms()
    yield _moved(ticket, Kind.TICKET_DELETED, at, None, "deleted")


def _thread(entry: Payload, settings: Settings) -> Iterator[Event]:
    """A message; the one that is the ticket's description is its opening, and drafts and forwarded ones reach no customer."""
    thread = entry["payload"].object()
    is_draft = (thread["status"].text_or("") or "").upper() in ("DRAFT", "FAILED", "PENDING")
    if thread["isDescriptionThread"].flag_or() or thread["isForward"].flag_or() or is_draft:
        return
    kinds = {"in": Kind.TICKET_CUSTOMER_REPLIED, "out": Kind.TICKET_AGENT_REPLIED}
    kind = kinds.get(thread["direction"].text())
    if kind is not None:
        yield _said(thread, "thread", kind, thread["createdTime"].iso(), thread["author"], settings)


def _comment(entry: Payload, settings: Settings) -> Iterator[Event]:
    comment = entry["payload"].object()
    by_customer = comment["commenter"]["type"].text_or() == "END_USER"
    public = Kind.TICKET_CUSTOMER_REPLIED if by_customer else Kind.TICKET_AGENT_REPLIED
    kind = public if comment["isPublic"].flag() else Kind.TICKET_NOTED
    yield _said(comment, "comment", kind, comment["commentedTime"].iso(), comment["commenter"], settings)


def _said(said: Payload, what: str, kind: Kind, at: datetime, author: Payload, settings: Settings) -> Event:
    identity = author["id"].text_or()
    is_bot = identity in re.split(r"[,\s]+", first(settings, "bots", "") or "")
    by_agent = kind is not Kind.TICKET_CUSTOMER_REPLIED
    name = pairs(settings, "names").get(identity, identity) if identity else author["name"].text_or()
    return Event(
        kind=kind,
        at=at,
        subject=said["ticketId"].text(),
        dedupe_key=f"{what}:{said['id'].text()}",
        agent=name if by_agent else None,
        data={"actor": "bot" if is_bot else "human"} if by_agent else {},
    )


HANDLERS: Mapping[str, Callable[[Payload, Settings], Iterator[Event]]] = {
    "Ticket_Add": _ticket,
    "Ticket_Update": _ticket,
    "Ticket_Delete": _deleted,
    "Ticket_Thread_Add": _thread,
    "Ticket_Comment_Add": _comment,
}
