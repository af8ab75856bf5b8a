"""A ticket of Gorgias and its messages in, events out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload

CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "chat": Channel.CHAT,
    "phone": Channel.VOICE,
    "aircall": Channel.VOICE,
    "sms": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "facebook": Channel.SOCIAL,
    "facebook-messenger": Channel.SOCIAL,
    "facebook-mention": Channel.SOCIAL,
    "facebook-recommendations": Channel.SOCIAL,
    "instagram": Channel.SOCIAL,
    "instagram-comment": Channel.SOCIAL,
    "instagram-ad-comment": Channel.SOCIAL,
    "instagram-direct-message": Channel.SOCIAL,
    "instagram-mention": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "twitter-direct-message": Channel.SOCIAL,
    "contact_form": Channel.WEB,
    "contact-form": Channel.WEB,
    "help-center": Channel.WEB,
    "api": Channel.OTHER,
}
NOTE = "internal-note"
#: a ticket and its first message are stored together
OPENING = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    ticket: Payload
    settings: Settings

    @property
    def subject(self) -> str:
        return self.ticket["id"].text()

    @property
    def created_at(self) -> datetime | None:
        told = self.ticket["created_datetime"]
        return None if told.is_absent else told.iso()

    @property
    def updated_at(self) -> datetime:
        return self.ticket["updated_datetime"].iso()

    @property
    def queue(self) -> str | None:
        if first(self.settings, "queue_from", "team") == "channel":
            return self.ticket["channel"].text_or()
        team = self.ticket["assignee_team_id"].text_or() or self.ticket["assignee_team"]["id"].text_or()
        return pairs(self.settings, "names").get(f"team {team}") or self.ticket["assignee_team"]["name"].text_or(team)

    @property
    def agent(self) -> str | None:
        return self.named(self.ticket["assignee_user_id"].text_or() or self.ticket["assignee_user"]["id"].text_or())

    def named(self, user: str | None) -> str | None:
        """Some bodies carry users whole, others their ids alone: the document `names` says who they are."""
        return pairs(self.settings, "names").get(f"user {user}", user)

    @property
    def address(self) -> str | None:
        return self.ticket["customer"]["email"].text_or()

    @property
    def number(self) -> str | None:
        listed = self.ticket["customer"]["channels"].items()
        return next((each["address"].text_or() for each in listed if each["type"].raw == "phone"), None)

    def new(
        self,
        kind: Kind,
        key: str,
        at: datetime,
        *,
        subject: str | None = None,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, Json] | None = None,
    ) -> Event:
        told = {name: value for name, value in (data or {}).items() if value is not None}
        if subject is None:
            told |= {"created_at": self.created_at.isoformat()} if self.created_at else {}
            told |= {"email": self.address} if self.number and self.address else {}
        return Event(
            kind=kind,
            at=at,
            subject=subject or self.subject,
            dedupe_key=f"{self.subject}:{key}:{kind}",
            channel=CHANNELS.get(self.ticket["channel"].text_or("") or ""),
            queue=queue,
            agent=agent,
            customer=self.number or self.address or self.ticket["customer_id"].text_or(_id(self.ticket["customer"])),
            data=told,
        )


def _id(person: Payload) -> str | None:
    return person["id"].text_or()


def ticket_events(ticket: Ticket) -> list[Event]:
    """A snapshot of its `updated_datetime`; what changes nothing, the fold leaves out."""
    return [_opened(ticket), *_placed(ticket), *_state(ticket), *_survey(ticket)]


def _opened(ticket: Ticket) -> Event:
    data: dict[str, Json] = {"opened_by": "agent" if ticket.ticket["from_agent"].flag_or() else None}
    return ticket.new(Kind.TICKET_OPENED, "opened", ticket.ticket["created_datetime"].iso(), data=data)


def _placed(ticket: Ticket) -> list[Event]:
    data: dict[str, Json] = {"priority": ticket.ticket["priority"].text_or()}
    if not any((ticket.agent, ticket.queue, data["priority"])):
        return []
    key, at = f"placed:{ticket.updated_at.isoformat()}", ticket.updated_at
    return [ticket.new(Kind.TICKET_ASSIGNED, key, at, agent=ticket.agent, queue=ticket.queue, data=data)]


def _state(ticket: Ticket) -> list[Event]:
    """A snoozed ticket is closed until it wakes: it waits, and nothing was solved."""
    told, at = ticket.ticket, ticket.updated_at
    if told["spam"].flag_or() or not told["trashed_datetime"].is_absent:
        reason: dict[str, Json] = {"reason": "spam" if told["spam"].flag_or() else "deleted"}
        return [ticket.new(Kind.TICKET_DELETED, "deleted", at, data=reason)]
    key = at.isoformat()
    if not told["snooze_datetime"].is_absent:
        on: dict[str, Json] = {"on": "customer"}
        again = ticket.new(Kind.TICKET_REOPENED, f"snoozed:{key}", at)
        return [again, ticket.new(Kind.TICKET_PAUSED, f"snoozed:{key}", at, data=on)]
    if told["status"].text_or() == "closed":
        closed_at = at if told["closed_datetime"].is_absent else told["closed_datetime"].iso()
        return [ticket.new(Kind.TICKET_SOLVED, f"closed:{closed_at.isoformat()}", closed_at, agent=ticket.agent)]
    return [ticket.new(kind, f"open:{key}", at) for kind in (Kind.TICKET_REOPENED, Kind.TICKET_RESUMED)]


def _survey(ticket: Ticket) -> list[Event]:
    survey = ticket.ticket["satisfaction_survey"]
    if not isinstance(survey.raw, dict):
        return []
    subject, found = f"csat:{ticket.subject}", []
    data: dict[str, Json] = {"type": "csat", "scale": "1-5", "ticket": ticket.subject}
    for kind, name in ((Kind.SURVEY_SENT, "sent_datetime"), (Kind.SURVEY_ANSWERED, "scored_datetime")):
        if survey[name].is_absent:
            continue
        score: dict[str, Json] = {"score": survey["score"].number()} if kind is Kind.SURVEY_ANSWERED else {}
        at = survey[name].iso()
        found.append(
            ticket.new(
                kind, at.isoformat(), at, subject=subject, agent=ticket.agent, queue=ticket.queue, data=data | score
            )
        )
    return found


def message_events(ticket: Ticket, messages: Sequence[Payload]) -> list[Event]:
    return [event for message in messages for event in _message(ticket, message)]


def _message(ticket: Ticket, message: Payload) -> list[Event]:
    """A message of the customer opens a closed or snoozed ticket again; the first one is its opening."""
    at, from_agent = message["created_datetime"].iso(), message["from_agent"].flag()
    if ticket.created_at is not None and at - ticket.created_at <= OPENING:
        return []
    key, agent = f"message:{message['id'].text()}", ticket.named(_id(message["sender"])) if from_agent else None
    actor: dict[str, Json] = {"actor": _actor(message, ticket.settings)}
    if not message["public"].flag_or(default=True) or message["channel"].raw == NOTE:
        return [ticket.new(Kind.TICKET_NOTED, key, at, agent=agent, data=actor)]
    if from_agent:
        return [ticket.new(Kind.TICKET_AGENT_REPLIED, key, at, agent=agent, data=actor)]
    kinds = (Kind.TICKET_CUSTOMER_REPLIED, Kind.TICKET_REOPENED, Kind.TICKET_RESUMED)
    return [ticket.new(kind, key, at, data=actor) for kind in kinds]


def _actor(message: Payload, settings: Settings) -> str:
    if not message["rule_id"].is_absent or message["via"].raw == "rule":
        return "bot"
    bots = [line.strip() for line in (first(settings, "bots", "") or "").splitlines()]
    return "bot" if {message["sender"]["name"].text_or(), _id(message["sender"])} & set(bots) else "human"
