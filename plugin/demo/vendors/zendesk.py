"""Tickets are in Zendesk: event webhooks for what happens to them, and a trigger for each rating, with Deskgauge's template.

Event webhooks name groups and agents by their ids. A ticket that came from a call carries the call's id as `external_id`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from adapters.zendesk import signature
from plugin.demo.chance import number, token
from plugin.demo.keys import Keys
from plugin.demo.posting import Posting
from plugin.demo.vendors import asterisk, twilio
from plugin.demo.world import Contact, Day, Step, TicketLife

SYSTEM_USER = "-1"
CHANNELS = {"email": "email", "web": "web", "phone": "phone"}
TRIGGER = "trigger"
NEW, OPEN, PENDING, SOLVED, CLOSED = "NEW", "OPEN", "PENDING", "SOLVED", "CLOSED"


def user_id(name: str) -> str:
    return str(number("zendesk user", name, digits=13))


def group_id(name: str) -> str:
    return str(number("zendesk group", name, digits=14))


def postings(day: Day, keys: Keys) -> Iterator[Posting]:
    contacts = {contact.id: contact for contact in day.contacts}
    for life in day.tickets:
        yield from _ticket(life, contacts.get(life.contact))


def sign(posting: Posting, keys: Keys, at: datetime, base_url: str) -> Mapping[str, str]:
    secret = keys.zendesk_triggers if posting.headers["X-Zendesk-Webhook-Id"] == WEBHOOKS[TRIGGER] else keys.zendesk
    stamp = _iso(at)
    return {
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        "X-Zendesk-Webhook-Signature": signature(secret, stamp, posting.body),
    }


WEBHOOKS = {"events": "01RIGAEVENTS", TRIGGER: "01RIGARATINGS"}


@dataclass(kw_only=True, slots=True)
class _Ticket:
    """The ticket as it stands while its life is told."""

    life: TicketLife
    external_id: str | None
    status: str = NEW
    assignee: str | None = None
    told: list[Posting] = field(default_factory=list)

    def tell(self, name: str, at: datetime, actor: str, event: dict[str, Any]) -> None:
        life, place = self.life, len(self.told)
        identity = token("zendesk", life.number, place)
        body = {
            "account_id": 22129000,
            "id": str(UUID(identity)),
            "subject": f"zen:ticket:{life.number}",
            "time": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000000000Z",
            "type": f"zen:event-type:ticket.{name}",
            "zendesk_event_version": "2022-11-06",
            "detail": self._detail(at, actor),
            "event": event,
        }
        self.told.append(_posting("events", body, at, identity))

    def _detail(self, at: datetime, actor: str) -> dict[str, Any]:
        life = self.life
        return {
            "actor_id": actor,
            "assignee_id": self.assignee,
            "brand_id": "8447346621000",
            "created_at": _iso(life.created_at),
            "custom_status": None,
            "description": "",
            "external_id": self.external_id,
            "form_id": "8646151517000",
            "group_id": group_id(life.group),
            "id": str(life.number),
            "is_public": True,
            "organization_id": None,
            "priority": life.priority.upper(),
            "requester_id": life.customer,
            "status": self.status,
            "subject": "",
            "submitter_id": life.customer,
            "tags": [],
            "type": None,
            "updated_at": _iso(at),
            "via": {"channel": CHANNELS[life.via]},
        }

    def become(self, status: str, at: datetime, actor: str) -> None:
        if status == self.status:
            return
        previous, self.status = self.status, status
        self.tell("status_changed", at, actor, {"current": status, "previous": previous})


def _ticket(life: TicketLife, contact: Contact | None) -> list[Posting]:
    ticket = _Ticket(life=life, external_id=None if contact is None else _call_of(contact))
    ticket.tell("created", life.created_at, life.customer, {})
    for step in life.steps:
        _STEPS[step.what](ticket, step)
    if life.rated_at is not None:
        ticket.told.append(_rated(ticket, life.rated_at))
    return ticket.told


def _call_of(contact: Contact) -> str:
    return twilio.call_sid(contact) if contact.queue == twilio.QUEUE else asterisk.call_id(contact)


def _assigned(ticket: _Ticket, step: Step) -> None:
    previous, ticket.assignee = ticket.assignee, user_id(step.agent)
    change = {"current": ticket.assignee, "previous": previous}
    ticket.tell("agent_assignment_changed", step.at, ticket.assignee, change)
    ticket.become(OPEN, step.at, ticket.assignee)


def _commented(ticket: _Ticket, step: Step) -> None:
    staff = step.what != "customer_replied"
    author = user_id(step.agent) if staff else ticket.life.customer
    comment = {
        "id": number("zendesk comment", ticket.life.number, len(ticket.told), digits=13),
        "body": "",
        "is_public": step.what != "noted",
        "author": {"id": author, "is_staff": staff, "name": ""},
    }
    ticket.tell("comment_added", step.at, author, {"comment": comment})
    if not staff and ticket.status == PENDING:
        ticket.become(OPEN, step.at, author)


def _moved(ticket: _Ticket, step: Step) -> None:
    status = {"pending": PENDING, "solved": SOLVED, "reopened": OPEN, "closed": CLOSED}[step.what]
    actor = {"reopened": ticket.life.customer, "closed": SYSTEM_USER}.get(step.what, user_id(step.agent))
    ticket.become(status, step.at, actor)


def _spam(ticket: _Ticket, step: Step) -> None:
    ticket.tell("marked_as_spam", step.at, user_id("Zane Balode"), {})


_STEPS = {
    "assigned": _assigned,
    "agent_replied": _commented,
    "customer_replied": _commented,
    "noted": _commented,
    "pending": _moved,
    "solved": _moved,
    "reopened": _moved,
    "closed": _moved,
    "spam": _spam,
}


def _rated(ticket: _Ticket, at: datetime) -> Posting:
    """Placeholders render as texts, and times end with the minute."""
    life = ticket.life
    body = {
        "deskgauge": 1,
        "event": f"csat_{life.rating}",
        "ticket_id": str(life.number),
        "contact": ticket.external_id or "",
        "status": "Solved",
        "priority": life.priority.capitalize(),
        "type": "",
        "via": {"email": "Mail", "web": "Web Form", "phone": "Phone call (incoming)"}[life.via],
        "group": life.group,
        "assignee_id": user_id(life.rated_agent),
        "requester_id": life.customer,
        "created_at": f"{life.created_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        "updated_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        "actor_id": life.customer,
        "csat": life.rating.capitalize(),
    }
    return _posting(TRIGGER, body, at, token("rating", life.number))


def _posting(webhook: str, body: dict[str, Any], at: datetime, identity: str) -> Posting:
    delay = timedelta(milliseconds=number("delay", identity, digits=4) // 2)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zendesk Webhook",
        "X-Zendesk-Webhook-Id": WEBHOOKS[webhook],
    }
    encoded = json.dumps(body, ensure_ascii=False).encode()
    return Posting(source="zendesk", body=encoded, sent_at=at + delay, headers=headers)


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
