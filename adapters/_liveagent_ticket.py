"""A ticket of LiveAgent with its history and its messages in, events out.

Letters: the models of github.com/QualityUnit/LiveAgent-api-python, docs/ (Ticket, TicketHistory, MessageGroup, Message), the
vendor's own client. Times have no zone: they are those of the account, which the setting `timezone` names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.time_format import zone

SOLVED, CLOSED, OPEN, CUSTOMER, OTHER, DELETED, SPAM = (
    "solved",
    "closed",
    "open",
    "customer",
    "other",
    "deleted",
    "spam",
)
MEANINGS = frozenset({SOLVED, CLOSED, OPEN, CUSTOMER, OTHER, DELETED, SPAM})
PAUSES = frozenset({CUSTOMER, OTHER})
#: letter of a status --> what it means
STATUSES: Mapping[str, str] = {
    "I": OPEN,
    "N": OPEN,
    "T": OPEN,
    "P": OPEN,
    "C": OPEN,
    "A": CUSTOMER,
    "W": OTHER,
    "R": SOLVED,
    "L": CLOSED,
    "X": DELETED,
    "B": SPAM,
}
CHANNELS: Mapping[str, Channel] = {
    "E": Channel.EMAIL,
    "B": Channel.CHAT,
    "I": Channel.CHAT,
    "M": Channel.WEB,
    "Q": Channel.WEB,
    "S": Channel.WEB,
    "C": Channel.VOICE,
    "W": Channel.VOICE,
    "F": Channel.SOCIAL,
    "T": Channel.SOCIAL,
    "A": Channel.MESSAGING,
}
#: type of a message group --> what it is as a whole
GROUPS: Mapping[str, Kind] = {
    "3": Kind.TICKET_CUSTOMER_REPLIED,
    "5": Kind.TICKET_CUSTOMER_REPLIED,
    "M": Kind.TICKET_CUSTOMER_REPLIED,
    "4": Kind.TICKET_AGENT_REPLIED,
    "I": Kind.TICKET_NOTED,
}
#: chats, WhatsApp, Facebook and Twitter: each message of the group is by one or the other side
CONVERSATIONS = frozenset({"C", "6", "F", "W"})
SPOKEN = "M"
#: type of a message --> a thumb up or down
RATINGS: Mapping[str, str] = {"W": "good", "P": "bad"}


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """`body`: `ticket`, `history`, `groups` of messages, and `agents` with their names by id."""

    body: Payload
    settings: Settings

    @property
    def shown(self) -> Payload:
        return self.body["ticket"]

    @property
    def id(self) -> str:
        return self.shown["id"].text()

    @cached_property
    def local(self) -> ZoneInfo:
        try:
            return zone(first(self.settings, "timezone", "") or "")
        except ValueError as error:
            raise BadPayload("settings.timezone", str(error)) from None

    def moment(self, payload: Payload) -> datetime:
        """A time of the account; one that names its offset counts as it stands."""
        try:
            found = datetime.fromisoformat(payload.text())
            placed = found if found.tzinfo else found.replace(tzinfo=self.local)
            return Payload(placed.astimezone(UTC).isoformat(), payload.path).iso()
        except (ValueError, OverflowError) as error:
            if isinstance(error, BadPayload):
                raise
            raise BadPayload(payload.path, "a time like 2026-11-24 10:00:00 expected") from None

    def agent(self, payload: Payload) -> str | None:
        found = payload.text_or()
        return self.body["agents"][found].text_or(found) if found else None

    def is_agent(self, payload: Payload) -> bool:
        return (payload.text_or() or "") in self.body["agents"]

    def event(self, kind: Kind, at: datetime, key: str, **given: str | None) -> Event:
        data: dict[str, Json] = {
            name: given[name] for name in ("on", "reason", "actor", "opened_by") if given.get(name)
        }
        return Event(
            kind=kind,
            at=at,
            subject=self.id,
            dedupe_key=f"{self.id}:{key}:{kind}",
            channel=CHANNELS.get(self.shown["channel_type"].text_or("") or ""),
            queue=given.get("queue"),
            agent=given.get("agent"),
            customer=given.get("customer"),
            data=data,
        )


def told(ticket: Ticket) -> Sequence[Event]:
    groups = sorted(ticket.body["groups"].items(), key=lambda group: ticket.moment(group["datecreated"]))
    return [_opened(ticket, groups), *_progress(ticket), *_spoken(ticket, groups), *_rated(ticket, groups)]


def _opened(ticket: Ticket, groups: Sequence[Payload]) -> Event:
    """An agent opened it where the first thing in it is a mail of his."""
    began = GROUPS.get(groups[0]["type"].text_or("") or "") if groups else None
    opened_by = "agent" if began is Kind.TICKET_AGENT_REPLIED else None
    customer = ticket.shown["owner_contactid"].text_or()
    at = ticket.moment(ticket.shown["date_created"])
    return ticket.event(Kind.TICKET_OPENED, at, "created", customer=customer, opened_by=opened_by)


def _progress(ticket: Ticket) -> list[Event]:
    """Every entry of the history is a stretch with one status, agent and department."""
    entries = sorted(ticket.body["history"].items(), key=lambda entry: ticket.moment(entry["date_from"]))
    found: list[Event] = []
    agent = queue = None
    status = OPEN
    for entry in entries:
        at, key = ticket.moment(entry["date_from"]), f"history:{entry['id'].text()}"
        now_agent, now_queue = ticket.agent(entry["agent_id"]) or agent, _queue(entry) or queue
        if (now_agent, now_queue) != (agent, queue):
            found.append(ticket.event(Kind.TICKET_ASSIGNED, at, key, agent=now_agent, queue=now_queue))
        now = _meaning(entry["status"], ticket.settings)
        for kind in _kinds(status, now):
            about = {
                "on": now if kind is Kind.TICKET_PAUSED else None,
                "reason": now if kind is Kind.TICKET_DELETED else None,
            }
            found.append(ticket.event(kind, at, key, agent=now_agent, **about))
        agent, queue, status = now_agent, now_queue, now
    return found


def _queue(entry: Payload) -> str | None:
    return entry["department_name"].text_or() or entry["department_id"].text_or()


def _meaning(payload: Payload, settings: Settings) -> str:
    own = pairs(settings, "statuses")
    letter = payload.text()
    found = own.get(letter) or STATUSES.get(letter)
    if found not in MEANINGS:
        raise BadPayload(payload.path, f"the status {letter!r} is not known: say under `statuses` what it means")
    return found


def _kinds(old: str, new: str) -> list[Kind]:
    if old == new:
        return []
    if new in (DELETED, SPAM):
        return [Kind.TICKET_DELETED]
    if new in (SOLVED, CLOSED):
        return [Kind.TICKET_SOLVED if new == SOLVED else Kind.TICKET_CLOSED]
    found = [Kind.TICKET_REOPENED] if old in (SOLVED, CLOSED) else []
    if new in PAUSES:
        return [*found, Kind.TICKET_PAUSED]
    return [Kind.TICKET_RESUMED] if old in PAUSES else found


def _spoken(ticket: Ticket, groups: Sequence[Payload]) -> list[Event]:
    """Replies and notes; what the customer opened the ticket with is none."""
    found = [event for group in groups for event in _said(ticket, group)]
    found.sort(key=lambda event: event.at)
    is_opening = bool(found) and found[0].kind is Kind.TICKET_CUSTOMER_REPLIED
    return found[1:] if is_opening else found


def _said(ticket: Ticket, group: Payload) -> list[Event]:
    kind = group["type"].text_or("") or ""
    if kind in GROUPS:
        name = group["user_full_name"].text_or() or ticket.agent(group["userid"])
        return [_saying(ticket, GROUPS[kind], group, f"group:{group['id'].text()}", name)]
    if kind not in CONVERSATIONS:
        return []
    return [
        _saying(
            ticket,
            Kind.TICKET_AGENT_REPLIED if ticket.is_agent(message["userid"]) else Kind.TICKET_CUSTOMER_REPLIED,
            message,
            f"message:{message['id'].text()}",
            ticket.agent(message["userid"]),
        )
        for message in group["messages"].items()
        if message["type"].text_or() == SPOKEN
    ]


def _saying(ticket: Ticket, kind: Kind, payload: Payload, key: str, name: str | None) -> Event:
    agent = None if kind is Kind.TICKET_CUSTOMER_REPLIED else name
    actor = "bot" if kind is Kind.TICKET_AGENT_REPLIED and not ticket.is_agent(payload["userid"]) else "human"
    return ticket.event(kind, ticket.moment(payload["datecreated"]), key, agent=agent, actor=actor)


def _rated(ticket: Ticket, groups: Sequence[Payload]) -> list[Event]:
    messages = [message for group in groups for message in group["messages"].items()]
    return [_rating(ticket, message) for message in messages if message["type"].text_or("") in RATINGS]


def _rating(ticket: Ticket, message: Payload) -> Event:
    at = ticket.moment(message["datecreated"])
    score = RATINGS[message["type"].text()]
    return Event(
        kind=Kind.SURVEY_ANSWERED,
        at=at,
        subject=f"csat:{ticket.id}",
        dedupe_key=f"{ticket.id}:rating:{message['id'].text()}",
        agent=_agent_at(ticket, at),
        customer=ticket.shown["owner_contactid"].text_or(),
        data={"type": "csat", "scale": "good_bad", "ticket": ticket.id, "score": score},
    )


def _agent_at(ticket: Ticket, at: datetime) -> str | None:
    entries = sorted(ticket.body["history"].items(), key=lambda entry: ticket.moment(entry["date_from"]))
    had = [ticket.agent(entry["agent_id"]) for entry in entries if ticket.moment(entry["date_from"]) <= at]
    return next((agent for agent in reversed(had) if agent), None)
