"""A ticket of django-helpdesk with all of its follow-ups in, everything that happened to it out.

Each delivery holds the whole history, so a lost one is told by the next. Titles of follow-ups are in the language of whoever caused
them; who wrote one, whether it is public and which status it set are data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest
from plugin.contract.status import PAUSED_ON, Status, status_change, statuses

#: helpdesk/settings.py; 2 is what a ticket becomes by being reopened
REOPENED = "2"
STATUSES: Mapping[str, Status] = {
    "1": Status.OPEN,
    REOPENED: Status.OPEN,
    "3": Status.SOLVED,
    "4": Status.CLOSED,
    "5": Status.MERGED,
}
PRIORITIES: Mapping[str, str] = {"1": "critical", "2": "high", "3": "normal", "4": "low", "5": "very low"}
#: how the titles of follow-ups begin that a form, a mail or a timer made; none of the last is anybody's word
TITLES: Mapping[str, str] = {
    "Ticket Opened Via Web": "web",
    "E-Mail Received from": "email",
    "Ticket Re-Opened by E-Mail": "email",
    "Ticket Escalated": "system",
}
CHANNELS: Mapping[str, Channel] = {"web": Channel.WEB, "email": Channel.EMAIL}


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """`user` is None for a customer; `via` is web, email or system, None where the title does not tell."""

    id: int
    at: datetime
    user: str | None
    public: bool
    has_comment: bool
    new_status: str | None
    via: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    id: str
    queue: str | None
    agent: str | None
    status: str
    followups: Sequence[FollowUp]
    priority: str | None
    customer: str | None
    merged_to: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The settings of one source, as reading needs them."""

    statuses: Mapping[str, Status]
    names: Mapping[str, str]
    bots: frozenset[str]

    def status(self, number: str) -> Status:
        return self.statuses.get(number, Status.OPEN)

    def name(self, user: str | None) -> str | None:
        return self.names.get(user, user) if user else None


def ticket_events(body: Payload, request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """A ticket without a follow-up says nothing of when it was made, and yields nothing but that it was merged."""
    words = _words(settings)
    ticket = _ticket(body, settings, words)
    history = list(_history(ticket, words))
    merged = _event(ticket, Kind.TICKET_MERGED, request.received_at, "merged", data={"into": ticket.merged_to})
    found = [merged] if ticket.merged_to else []
    if not ticket.followups:
        return found
    placed = _placed(ticket, words, polled=request.method == "PULL")
    return [*history, placed, *_unexplained(ticket, words, request.received_at), *found]


def _words(settings: Settings) -> Words:
    return Words(
        statuses=statuses(settings, "statuses", STATUSES),
        names=pairs(settings, "names"),
        bots=frozenset(re.split(r"[,\s]+", first(settings, "bots", "") or "")),
    )


def _ticket(body: Payload, settings: Settings, words: Words) -> Ticket:
    ticket = body["ticket"].object()
    titles = {**TITLES, **pairs(settings, "titles")}
    followups = [_followup(one, titles) for one in ticket["followup_set"].items()]
    priority = ticket["priority"].text_or()
    return Ticket(
        id=ticket["id"].text(),
        queue=body["queue_slug"].text_or() or pairs(settings, "queues").get(ticket["queue"].text_or("") or ""),
        agent=words.name(ticket["assigned_to"].text_or()),
        status=ticket["status"].text(),
        followups=sorted(followups, key=lambda one: (one.at, one.id)),
        priority=PRIORITIES.get(priority, priority) if priority else None,
        customer=ticket["submitter_email"].text_or(),
        merged_to=ticket["merged_to"].text_or(),
    )


def _followup(one: Payload, titles: Mapping[str, str]) -> FollowUp:
    title, comment = one["title"].text_or("") or "", one["comment"].text_or("") or ""
    return FollowUp(
        id=int(one["id"].number()),
        at=one["date"].iso(),
        user=one["user"].text_or(),
        public=one["public"].flag(),
        has_comment=bool(comment.strip()),
        new_status=one["new_status"].text_or(),
        via=next((via for beginning, via in titles.items() if title.startswith(beginning)), None),
    )


def _history(ticket: Ticket, words: Words) -> Iterator[Event]:
    """The opening is the first follow-up; each later one is a message, a change of status, both or neither."""
    previous = Status.OPEN
    for number, followup in enumerate(ticket.followups):
        actor = _actor(followup, words)
        said = {"actor": actor, "opened_by": _opened_by(followup, actor)} if number == 0 else {"actor": actor}
        kind = Kind.TICKET_OPENED if number == 0 else _message(followup)
        if kind is not None:
            yield _of(ticket, followup, kind, words, said)
        if followup.new_status is not None:
            current = words.status(followup.new_status)
            for change in _changes(followup.new_status, previous, current):
                yield _of(ticket, followup, change, words, {"actor": actor, "on": _on(change, current)})
            previous = current


def _message(followup: FollowUp) -> Kind | None:
    if followup.via == "system" or not followup.has_comment:
        return None
    if followup.user is None:
        return Kind.TICKET_CUSTOMER_REPLIED if followup.public else None
    return Kind.TICKET_AGENT_REPLIED if followup.public else Kind.TICKET_NOTED


def _changes(number: str, previous: Status, current: Status) -> list[Kind]:
    """Reopened is said whatever went before: a solution may have left no follow-up (`_unexplained`)."""
    if number == REOPENED and current is Status.OPEN:
        return [Kind.TICKET_REOPENED]
    return status_change(previous, current)


def _on(change: Kind, current: Status) -> str | None:
    return PAUSED_ON.get(current) if change is Kind.TICKET_PAUSED else None


def _actor(followup: FollowUp, words: Words) -> str:
    if followup.via == "system":
        return "system"
    return "bot" if followup.user in words.bots else "human"


def _opened_by(followup: FollowUp, actor: str) -> str | None:
    """The public form names a user, too, when he is logged in; it is he who wants something."""
    return "agent" if followup.user and actor == "human" and followup.via != "web" else None


def _of(ticket: Ticket, followup: FollowUp, kind: Kind, words: Words, data: Mapping[str, Json]) -> Event:
    by_agent = kind in (Kind.TICKET_AGENT_REPLIED, Kind.TICKET_NOTED)
    return Event(
        kind=kind,
        at=followup.at,
        subject=ticket.id,
        dedupe_key=f"{ticket.id}:{followup.id}:{kind}",
        order=2 * followup.id,
        channel=CHANNELS.get(followup.via or "") if kind is Kind.TICKET_OPENED else None,
        agent=words.name(followup.user) if by_agent else None,
        data={name: value for name, value in data.items() if value},
    )


def _placed(ticket: Ticket, words: Words, *, polled: bool) -> Event:
    """Where the ticket is now and with whom. A change that left no follow-up is seen by polling only, and dated at the last one."""
    last = ticket.followups[-1]
    present = [ticket.queue, ticket.agent, ticket.priority, ticket.customer]
    state = sha256("\n".join(value or "" for value in present).encode()).hexdigest()[:16]
    return Event(
        kind=Kind.TICKET_ASSIGNED,
        at=last.at,
        subject=ticket.id,
        dedupe_key=f"{ticket.id}:{last.id}:{'polled' if polled else 'placed'}:{state}",
        order=2 * last.id + int(polled),
        queue=ticket.queue,
        agent=ticket.agent,
        customer=ticket.customer,
        data={"priority": ticket.priority} if ticket.priority else {},
    )


def _unexplained(ticket: Ticket, words: Words, received_at: datetime) -> list[Event]:
    """A status that no follow-up set, as through the API: it has been so when the ticket was seen, since when nobody tells."""
    told = [one.new_status for one in ticket.followups if one.new_status is not None]
    previous = words.status(told[-1]) if told else Status.OPEN
    current = words.status(ticket.status)
    kinds = [
        kind for kind in status_change(previous, current) if kind is not Kind.TICKET_MERGED or not ticket.merged_to
    ]
    return [
        _event(ticket, kind, received_at, f"status {ticket.status}", data={"on": _on(kind, current)}) for kind in kinds
    ]


def _event(ticket: Ticket, kind: Kind, at: datetime, what: str, data: Mapping[str, str | None]) -> Event:
    return Event(
        kind=kind,
        at=at,
        subject=ticket.id,
        dedupe_key=f"{ticket.id}:{what}:{at.isoformat()}:{kind}",
        data={name: value for name, value in data.items() if value},
    )
