"""A ticket of Zammad and its latest article in, events out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload
from plugin.contract.status import PAUSED_ON, Status, status_seen, statuses

#: `ticket.create_article_type`; https://docs.zammad.org/en/latest/api/ticket/articles.html
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "web": Channel.WEB,
    "phone": Channel.VOICE,
    "chat": Channel.CHAT,
    "sms": Channel.MESSAGING,
    "telegram personal-message": Channel.MESSAGING,
    "whatsapp message": Channel.MESSAGING,
    "twitter status": Channel.SOCIAL,
    "twitter direct-message": Channel.SOCIAL,
    "facebook feed post": Channel.SOCIAL,
    "facebook feed comment": Channel.SOCIAL,
    "note": Channel.OTHER,
}
STATES: Mapping[str, Status] = {
    "new": Status.OPEN,
    "open": Status.OPEN,
    "pending reminder": Status.PENDING,
    "pending close": Status.PENDING,
    "closed": Status.SOLVED,
    "merged": Status.MERGED,
    "removed": Status.DELETED,
}
#: id of the user "-": nobody
NOBODY = "1"
DELETED: Mapping[str, str | None] = {"reason": "deleted"}
#: the first article is stored together with its ticket
OPENING = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    ticket: Payload
    settings: Settings

    @property
    def subject(self) -> str:
        return self.ticket["id"].text()

    @property
    def created_at(self) -> datetime:
        return self.ticket["created_at"].iso()

    @property
    def updated_at(self) -> datetime:
        return self.ticket["updated_at"].iso()

    @property
    def number(self) -> str | None:
        """The customer's telephone number."""
        customer = self.ticket["customer"]
        return customer["phone"].text_or() or customer["mobile"].text_or()

    @property
    def owner(self) -> str | None:
        owner = self.ticket["owner"]
        name = owner["id"].text_or() or self.ticket["owner_id"].text_or()
        return None if name in (None, NOBODY) else owner["login"].text_or(name)

    @property
    def state(self) -> Status | None:
        """None for a state that nobody explained."""
        told = self.ticket["state"]
        name = (told["name"] if isinstance(told.raw, dict) else told).text().strip()
        return statuses(self.settings, "states", STATES).get(name.casefold())

    def event(
        self,
        kind: Kind,
        key: str,
        at: datetime,
        *,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Event:
        told: dict[str, Json] = {name: value for name, value in (data or {}).items() if value}
        address = self.ticket["customer"]["email"].text_or()
        if self.number and address:
            told["email"] = address
        return Event(
            kind=kind,
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.subject}:{key}:{kind}",
            channel=CHANNELS.get(self.ticket["create_article_type"].text_or("") or ""),
            queue=queue,
            agent=agent,
            customer=self.number or address,
            data={**told, "created_at": self.created_at.isoformat()},
        )


def ticket_events(ticket: Ticket) -> list[Event]:
    return [_opened(ticket), _placed(ticket), *_state(ticket)]


def _opened(ticket: Ticket) -> Event:
    """Every snapshot tells of it, in the same words."""
    by_agent = ticket.ticket["create_article_sender"].text_or() == "Agent"
    data = {"opened_by": "agent" if by_agent else None}
    return ticket.event(Kind.TICKET_OPENED, "opened", ticket.created_at, data=data)


def _placed(ticket: Ticket) -> Event:
    """Where the ticket is now: group, owner, priority."""
    names = [ticket.ticket[name] for name in ("group", "priority")]
    group, priority = ((each["name"] if isinstance(each.raw, dict) else each).text_or() for each in names)
    key, data = f"placed:{ticket.updated_at.isoformat()}", {"priority": priority}
    return ticket.event(Kind.TICKET_ASSIGNED, key, ticket.updated_at, agent=ticket.owner, queue=group, data=data)


def _state(ticket: Ticket) -> list[Event]:
    """`close_at` may keep the first closing for ever, so the moment of the snapshot counts beside it."""
    state, at, closed = ticket.state, ticket.updated_at, ticket.ticket["close_at"]
    kinds = status_seen(state) if state else []
    about = {Kind.TICKET_DELETED: DELETED, Kind.TICKET_PAUSED: {"on": PAUSED_ON.get(state) if state else None}}
    found = [ticket.event(kind, f"{state}:{at.isoformat()}", at, data=about.get(kind)) for kind in kinds]
    if closed.is_absent or closed.iso() == at:
        return found
    return [ticket.event(Kind.TICKET_SOLVED, f"solved:{closed.iso().isoformat()}", closed.iso()), *found]


def article_events(ticket: Ticket, article: Payload) -> list[Event]:
    """The latest article; the first one is the ticket's opening."""
    if article["id"].is_absent:
        return []
    at = article["created_at"].iso()
    kind = None if at - ticket.created_at <= OPENING else _kind(article)
    if kind is None:
        return []
    author = article["created_by"]
    login = author["login"].text_or() if isinstance(author.raw, dict) else author.text_or()
    agent = login if article["sender"].text_or() == "Agent" else None
    key, data = f"article:{article['id'].text()}", {"actor": _actor(article, agent, ticket.settings)}
    return [ticket.event(kind, key, at, agent=agent, data=data)]


def _kind(article: Payload) -> Kind | None:
    """What an agent notes is no reply, even where the customer may see it: Zammad counts it so, too."""
    sender = article["sender"].text_or()
    if article["internal"].flag_or() or (sender != "Customer" and article["type"].text_or() == "note"):
        return Kind.TICKET_NOTED
    if sender == "Customer":
        return Kind.TICKET_CUSTOMER_REPLIED
    return Kind.TICKET_AGENT_REPLIED if sender in ("Agent", "System") else None


def _actor(article: Payload, agent: str | None, settings: Settings) -> str:
    if article["sender"].text_or() == "System":
        return "system"
    return "bot" if agent and agent in re.split(r"[,\s]+", first(settings, "bots", "") or "") else "human"
