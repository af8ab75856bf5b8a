"""A ticket of Freshdesk or Freshservice as the API shows it in, its events out.

A ticket shows the times of its last resolution, closing and reopening and of its last change of status, not those before: every
reading tells what it sees, under keys that contain these times, and readings add up. What Freshdesk calls `reopened_at` is
`opened_at` in Freshservice, where no document explains it (a reading: FreshservicePS, Get-FreshServiceTicket).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adapters._freshworks_words import CLOSED, PAUSES, SOLVED, Product, meaning, present, priority_of
from plugin.contract.adapter import Settings
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload

#: of a conversation: a mail to a third party is no reply
FORWARDED = "8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """`body`: `ticket`, `conversations`, and `agents` and `groups` with the names of those that appear, by id."""

    body: Payload
    settings: Settings
    product: Product

    @property
    def shown(self) -> Payload:
        return self.body["ticket"]

    @property
    def id(self) -> str:
        return self.shown["id"].text()

    @property
    def source(self) -> str | None:
        return self.shown["source"].text_or()

    @property
    def channel(self) -> Channel | None:
        return self.product.channel(self.source)

    def agent(self, key: Payload) -> str | None:
        return named(self.body["agents"], key)

    @property
    def queue(self) -> str | None:
        return named(self.body["groups"], self.shown["group_id"])

    def event(self, kind: Kind, at: datetime, key: str, agent: str | None = None, **data: Json) -> Event:
        return Event(
            kind=kind,
            at=at,
            subject=self.id,
            dedupe_key=f"{self.id}:{key}:{kind}",
            channel=self.channel,
            agent=agent,
            data=present(data),
        )


def named(names: Payload, key: Payload) -> str | None:
    """The name, where we were allowed to read it, else the id."""
    found = key.text_or()
    return names[found].text_or(found) if found else None


def told(ticket: Ticket) -> list[Event]:
    return [opened(ticket), *_standing(ticket), *_progress(ticket), *_replies(ticket)]


def opened(ticket: Ticket) -> Event:
    shown = ticket.shown
    kind = Kind.TICKET_OPENED
    return Event(
        kind=kind,
        at=shown["created_at"].iso(),
        subject=ticket.id,
        dedupe_key=f"{ticket.id}:created:{kind}",
        channel=ticket.channel,
        customer=shown["requester_id"].text_or(),
        data=present(
            {
                "opened_by": "agent" if ticket.source in ticket.product.outbound else None,
                "email": shown["requester"]["email"].text_or(),
            }
        ),
    )


def _standing(ticket: Ticket) -> list[Event]:
    """Who has it, and where it is, when it was last changed; and that it was deleted or is spam."""
    shown, at = ticket.shown, ticket.shown["updated_at"].iso()
    key = _stamp(at)
    agent, queue = ticket.agent(shown["responder_id"]), ticket.queue
    priority = priority_of(shown["priority"].text_or())
    found = []
    if agent or queue or priority:
        event = ticket.event(Kind.TICKET_ASSIGNED, at, key, agent, priority=priority)
        found.append(_in_queue(event, queue))
    if shown["spam"].flag_or() or shown["deleted"].flag_or():
        reason = "spam" if shown["spam"].flag_or() else "deleted"
        found.append(ticket.event(Kind.TICKET_DELETED, at, key, reason=reason))
    return found


def _in_queue(event: Event, queue: str | None) -> Event:
    return Event(
        kind=event.kind,
        at=event.at,
        subject=event.subject,
        dedupe_key=event.dedupe_key,
        channel=event.channel,
        queue=queue,
        agent=event.agent,
        data=event.data,
    )


def _progress(ticket: Ticket) -> list[Event]:
    stats = ticket.shown["stats"]
    moments = {
        Kind.TICKET_SOLVED: [stats["resolved_at"]],
        Kind.TICKET_CLOSED: [stats["closed_at"]],
        Kind.TICKET_REOPENED: [stats["reopened_at"], stats["opened_at"]],
    }
    found = {(kind, moment.iso()): None for kind, told in moments.items() for moment in told if not moment.is_absent}
    on = meaning(ticket.shown["status"].text(), ticket.settings, ticket.product)
    if not stats["status_updated_at"].is_absent:
        kind, at = _kind_of(on), stats["status_updated_at"].iso()
        is_new, is_told = at <= ticket.shown["created_at"].iso(), ticket.product.tells_reopening
        if kind is not Kind.TICKET_RESUMED or not (is_new or (is_told and (Kind.TICKET_REOPENED, at) in found)):
            found[kind, at] = None
        if not (is_told or is_new or on in (SOLVED, CLOSED)):
            # Whether it was solved before is not told; of a ticket that was not, a reopening changes nothing.
            found[Kind.TICKET_REOPENED, at] = None
    return [ticket.event(kind, at, _stamp(at), on=on if kind is Kind.TICKET_PAUSED else None) for kind, at in found]


def _kind_of(on: str) -> Kind:
    if on in PAUSES:
        return Kind.TICKET_PAUSED
    return {SOLVED: Kind.TICKET_SOLVED, CLOSED: Kind.TICKET_CLOSED}.get(on, Kind.TICKET_RESUMED)


def _replies(ticket: Ticket) -> list[Event]:
    return [_reply(ticket, each) for each in ticket.body["conversations"].items()]


def _reply(ticket: Ticket, conversation: Payload) -> Event:
    at, key = conversation["created_at"].iso(), f"conversation:{conversation['id'].text()}"
    if _is_customers(ticket, conversation):
        return ticket.event(Kind.TICKET_CUSTOMER_REPLIED, at, key, actor="human")
    is_note = conversation["private"].flag_or() or conversation["source"].text_or() == FORWARDED
    kind = Kind.TICKET_NOTED if is_note else Kind.TICKET_AGENT_REPLIED
    agent = ticket.agent(conversation["user_id"])
    return ticket.event(kind, at, key, agent, actor="human" if agent else "bot")


def _is_customers(ticket: Ticket, conversation: Payload) -> bool:
    """Incoming is what came from outside; what a customer writes in the portal need not be."""
    is_his = conversation["user_id"].text_or("") == ticket.shown["requester_id"].text_or()
    return conversation["incoming"].flag_or() or (is_his and not conversation["private"].flag_or())


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))
