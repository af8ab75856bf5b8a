"""A ticket of Znuny as it is when its event is sent, with the article that the event is about, in ticket events.

https://github.com/znuny/Znuny Kernel/System/Ticket.pm (TicketGet), Kernel/System/Ticket/Article/Backend/MIMEBase.pm
(ArticleGet), read 2026-11. Its first response, too, is the first article of an agent that the customer may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.status import PAUSED_ON, Status, status_seen, statuses
from plugin.contract.time_format import time_reader

#: types of states, which every installation has, whatever its states are called
TYPES: Mapping[str, Status] = {
    "new": Status.OPEN,
    "open": Status.OPEN,
    "pending reminder": Status.PENDING,
    "pending auto": Status.PENDING,
    "closed": Status.SOLVED,
    "merged": Status.MERGED,
    "removed": Status.DELETED,
}
CHANNELS: Mapping[str, Channel] = {"Email": Channel.EMAIL, "Phone": Channel.VOICE, "Chat": Channel.CHAT}
#: mail that comes in, the customers' pages and jobs work as this user
ROOT = "1"
#: the first article is stored together with its ticket
OPENING = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    shown: Payload
    settings: Settings

    @property
    def subject(self) -> str:
        return self.shown["TicketID"].text()

    @property
    def created_at(self) -> datetime:
        return self.time(self.shown["Created"])

    @property
    def agents(self) -> Mapping[str, str | None]:
        """The logins that the ticket tells, by the numbers of their users."""
        creator = self.shown["CreateByData"]
        known = {
            creator["UserID"].text_or(): creator["UserLogin"].text_or(),
            self.shown["ResponsibleID"].text_or(): self.shown["Responsible"].text_or(),
            self.shown["OwnerID"].text_or(): self.shown["Owner"].text_or(),
        }
        return {number: login for number, login in known.items() if number and number != ROOT}

    @property
    def status(self) -> Status:
        """By the state's own name where the administrator explained it, else by its type; any other type is open."""
        known = statuses(self.settings, "states", {})
        name, kind = self.shown["State"].text(), self.shown["StateType"].text()
        return known.get(name.casefold()) or TYPES.get(kind.casefold(), Status.OPEN)

    def time(self, value: Payload) -> datetime:
        """Its times name no zone: they are in that of the database."""
        text = value.text().partition(".")[0]
        try:
            return time_reader("%Y-%m-%d %H:%M:%S", first(self.settings, "timezone", "UTC") or "UTC")(text)
        except ValueError as problem:
            path = "settings.timezone" if "time zone" in str(problem) else value.path
            raise BadPayload(path, str(problem)) from None

    def event(
        self,
        kind: Kind,
        key: str,
        at: datetime,
        *,
        channel: Channel | None = None,
        agent: str | None = None,
        queue: str | None = None,
        customer: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Event:
        told: dict[str, Json] = {name: value for name, value in (data or {}).items() if value}
        return Event(
            kind=kind,
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.subject}:{key}:{kind}",
            channel=channel,
            agent=agent,
            queue=queue,
            customer=customer,
            data={**told, "created_at": self.created_at.isoformat()},
        )


def ticket_events(ticket: Ticket) -> Iterator[Event]:
    """Opened, where it is now, and its state; what it was before is not told.

    The history knows less of the customer than the invoker: the key of where he stands says which of the two is known of him.
    """
    shown, at = ticket.shown, ticket.time(ticket.shown["Changed"])
    by_agent = shown["CreateBy"].text() != ROOT
    opened = {"opened_by": "agent" if by_agent else None}
    yield ticket.event(Kind.TICKET_OPENED, "opened", ticket.created_at, data=opened)
    owner, queue = ticket.agents.get(shown["OwnerID"].text_or() or ""), shown["Queue"].text_or()
    priority = shown["Priority"].text_or()
    user = shown["CustomerUser"]
    number, address = user["UserPhone"].text_or(), user["UserEmail"].text_or()
    data = {"priority": priority, "email": address if number else None}
    known = "number" if number else "address" if address else ""
    key = f"{at.isoformat()}:{queue or ''}:{owner or ''}:{priority or ''}:{known}"
    yield ticket.event(Kind.TICKET_ASSIGNED, key, at, agent=owner, queue=queue, customer=number or address, data=data)
    status = ticket.status
    for kind in status_seen(status):
        on = PAUSED_ON.get(status) if kind is Kind.TICKET_PAUSED else None
        reason = "deleted" if kind is Kind.TICKET_DELETED else None
        yield ticket.event(kind, f"{at.isoformat()}:{status}", at, data={"on": on, "reason": reason})


def article_events(ticket: Ticket, article: Payload) -> Iterator[Event]:
    """Nothing for the article that the ticket began with, and for messages of the system that the customer does not see."""
    at = ticket.time(article["CreateTime"])
    kind = None if at - ticket.created_at <= OPENING else _kind(article)
    if kind is None:
        return
    author, is_agents = article["CreateBy"].text_or() or "", article["SenderType"].text() == "agent"
    agent = ticket.agents.get(author) if is_agents else None
    data = {"actor": _actor(article, author, ticket.settings)}
    channel = CHANNELS.get(article["CommunicationChannel"].text_or() or "")
    yield ticket.event(kind, f"article:{article['ArticleID'].text()}", at, channel=channel, agent=agent, data=data)


def _kind(article: Payload) -> Kind | None:
    sender, is_visible = article["SenderType"].text(), article["IsVisibleForCustomer"].text_or("0") == "1"
    if sender == "customer":
        return Kind.TICKET_CUSTOMER_REPLIED
    if sender == "agent":
        return Kind.TICKET_AGENT_REPLIED if is_visible else Kind.TICKET_NOTED
    return Kind.TICKET_AGENT_REPLIED if is_visible else None


def _actor(article: Payload, author: str, settings: Settings) -> str:
    if article["SenderType"].text() not in ("agent", "customer"):
        return "system"
    return "bot" if author and author in re.split(r"[,\s]+", first(settings, "bots", "") or "") else "human"
