"""A conversation as the webhooks of Help Scout send it, and those of FreeScout, which copies them, in; events out.

A body is a snapshot without a time of its own. Its threads have ids and times, so each reply counts once however many deliveries
list it; where none are listed, the latest time in the body is that of the event.
https://developer.helpscout.com/webhooks/objects/conversation/ and
https://developer.helpscout.com/mailbox-api/endpoints/conversations/threads/list/ and
https://api-docs.freescout.net/#conversations (read 2026-11)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest

CHANNELS: Mapping[str, Channel] = {"email": Channel.EMAIL, "chat": Channel.CHAT, "phone": Channel.VOICE}
#: type of a thread --> what it is; phone calls, forwards and line items are no replies
THREADS: Mapping[str, Kind] = {
    "customer": Kind.TICKET_CUSTOMER_REPLIED,
    "message": Kind.TICKET_AGENT_REPLIED,
    "chat": Kind.TICKET_AGENT_REPLIED,
    "note": Kind.TICKET_NOTED,
}
#: event --> the kind of thread that set it off
REPLIES: Mapping[str, Kind] = {
    "convo.customer.reply.created": Kind.TICKET_CUSTOMER_REPLIED,
    "convo.agent.reply.created": Kind.TICKET_AGENT_REPLIED,
    "convo.note.created": Kind.TICKET_NOTED,
}
READ = frozenset({"convo.created", "convo.assigned", "convo.moved", "convo.status", *REPLIES})
GONE = frozenset({"convo.deleted", "convo.deleted_forever"})
#: the first message is stored together with its conversation, or a moment later
OPENING = timedelta(seconds=2)
TIMES = ("createdAt", "modifiedAt", "userModifiedAt", "userUpdatedAt", "updatedAt", "closedAt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    event: str
    body: Payload
    digest: str
    received_at: datetime
    settings: Settings
    kinds: Mapping[str, Kind] = field(default_factory=lambda: THREADS)

    @property
    def subject(self) -> str:
        return self.body["id"].text()

    @property
    def created_at(self) -> datetime | None:
        return None if self.body["createdAt"].is_absent else self.body["createdAt"].iso()

    @property
    def told_at(self) -> datetime | None:
        """The latest time that the body names."""
        waiting = self.body["customerWaitingSince"]["time"]
        told = [self.body[name] for name in TIMES] + [waiting] + [thread["createdAt"] for thread in self.threads()]
        return max((moment.iso() for moment in told if not moment.is_absent), default=None)

    @property
    def at(self) -> datetime:
        return self.told_at or self.received_at

    @property
    def key(self) -> str:
        """What makes this event one: the body's time, or all of the body where it names none."""
        return self.told_at.isoformat() if self.told_at else self.digest

    @property
    def queue(self) -> str | None:
        return self.body["mailboxId"].text_or() or self.body["mailbox"]["id"].text_or()

    @property
    def assignee(self) -> str | None:
        """A person; an assignment to a team is none."""
        person = self.body["assignee"] if not self.body["assignee"].is_absent else self.body["owner"]
        return None if person["type"].text_or() == "team" else person["id"].text_or()

    @property
    def customer(self) -> str | None:
        people = [self.body[name] for name in ("primaryCustomer", "customer")]
        found = [person[name].text_or() for name in ("email", "id") for person in people]
        return next((text for text in found if text), None)

    def threads(self) -> Iterator[Payload]:
        """Those that are listed: `threads` is a number where the body has them under `_embedded`."""
        listed = self.body["_embedded"]["threads"]
        if listed.is_absent and isinstance(self.body["threads"].raw, list):
            listed = self.body["threads"]
        return listed.items()

    def new(
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
        if self.created_at is not None:
            told["created_at"] = self.created_at.isoformat()
        names = pairs(self.settings, "names")
        return Event(
            kind=kind,
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.subject}:{key}:{kind}",
            channel=CHANNELS.get(self.body["type"].text_or("") or ""),
            queue=names.get(queue or "", queue),
            agent=names.get(agent or "", agent),
            customer=self.customer,
            data=told,
        )


def conversation_events(
    event: str, request: WebhookRequest, settings: Settings, kinds: Mapping[str, Kind] = THREADS
) -> list[Event]:
    told = Conversation(
        event=event,
        body=parse_json(request.body).object(),
        digest=sha256(request.body).hexdigest()[:16],
        received_at=request.received_at,
        settings=settings,
        kinds=kinds,
    )
    if event in GONE:
        return [told.new(Kind.TICKET_DELETED, "deleted", told.at, data={"reason": "deleted"})]
    if event not in READ:
        return []
    return [*_opened(told), *_replies(told), *_assigned(told), *_status(told)]


def _opened(told: Conversation) -> list[Event]:
    if told.event != "convo.created":
        return []
    by_agent = told.body["createdBy"]["type"].text_or() == "user"
    data = {"status": told.body["status"].text_or(), "opened_by": "agent" if by_agent else None}
    return [told.new(Kind.TICKET_OPENED, "opened", told.created_at or told.at, queue=told.queue, data=data)]


def _replies(told: Conversation) -> list[Event]:
    found = replies_of(told)
    wanted = REPLIES.get(told.event)
    if wanted is None or any(event.kind is wanted for event in found):
        return found
    agent = told.assignee if wanted is not Kind.TICKET_CUSTOMER_REPLIED else None
    return [*found, *_said(told, wanted, f"{told.event}:{told.key}", told.at, agent, "human")]


def replies_of(told: Conversation) -> list[Event]:
    """Of the threads that the body lists."""
    return [event for thread in told.threads() for event in _thread(told, thread)]


def _thread(told: Conversation, thread: Payload) -> list[Event]:
    kind = told.kinds.get(thread["type"].text_or("") or "")
    if kind is None or thread["state"].text_or("published") != "published":
        return []
    at, author = thread["createdAt"].iso(), thread["createdBy"]
    if told.created_at is not None and at - told.created_at <= OPENING:
        return []
    if kind is Kind.TICKET_AGENT_REPLIED and author["type"].text_or() == "customer":
        kind = Kind.TICKET_CUSTOMER_REPLIED
    agent = None if kind is Kind.TICKET_CUSTOMER_REPLIED else user(author["id"])
    return _said(told, kind, thread["id"].text(), at, agent, _actor(told, thread, agent))


def _actor(told: Conversation, thread: Payload, agent: str | None) -> str:
    """What came neither from a customer nor from a user was sent by a workflow."""
    if agent and agent in re.split(r"[,\s]+", first(told.settings, "bots", "") or ""):
        return "bot"
    return "human" if thread["source"]["via"].text_or("user") in ("user", "customer") else "system"


def _said(told: Conversation, kind: Kind, key: str, at: datetime, agent: str | None, actor: str) -> list[Event]:
    """A customer's reply makes any conversation active again."""
    again = (Kind.TICKET_REOPENED, Kind.TICKET_RESUMED) if kind is Kind.TICKET_CUSTOMER_REPLIED else ()
    return [told.new(each, key, at, agent=agent, data={"actor": actor}) for each in (kind, *again)]


def _assigned(told: Conversation) -> list[Event]:
    if told.event == "convo.moved":
        return [told.new(Kind.TICKET_ASSIGNED, f"moved:{told.key}", told.at, queue=told.queue)]
    if told.assignee is None or told.event not in ("convo.created", "convo.assigned"):
        return []
    return [told.new(Kind.TICKET_ASSIGNED, f"assigned:{told.key}", told.at, agent=told.assignee, queue=told.queue)]


def _status(told: Conversation) -> list[Event]:
    """Closed stands in every body with its time; the other statuses are new only where the event says so."""
    status, closed = told.body["status"].text_or(), told.body["closedAt"]
    if status == "closed" and not closed.is_absent:
        at = closed.iso()
        return [told.new(Kind.TICKET_SOLVED, f"closed:{at.isoformat()}", at, agent=closer(told))]
    if told.event not in ("convo.status", "convo.created") or status is None:
        return []
    key, agent = f"{status}:{told.key}", closer(told) if status == "closed" else None
    return [told.new(kind, key, told.at, agent=agent, data=data) for kind, data in _changes(told, status)]


def _changes(told: Conversation, status: str) -> list[tuple[Kind, Mapping[str, str]]]:
    if status == "closed":
        return [(Kind.TICKET_SOLVED, {})]
    if status == "spam":
        return [(Kind.TICKET_DELETED, {"reason": "spam"})]
    again: list[tuple[Kind, Mapping[str, str]]] = [(Kind.TICKET_REOPENED, {})] if told.event == "convo.status" else []
    if status == "pending":
        return [*again, (Kind.TICKET_PAUSED, {"on": "customer"})]
    return [*again, (Kind.TICKET_RESUMED, {})] if status in ("active", "open") and again else []


def closer(told: Conversation) -> str | None:
    by = told.body["closedBy"]
    return user(by["id"] if isinstance(by.raw, dict) else by)


def user(payload: Payload) -> str | None:
    """0 is nobody: a workflow, or the passing of time."""
    found = payload.text_or()
    return None if found == "0" else found
