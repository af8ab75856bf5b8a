"""One event object of Front (`evt_…`) in, events out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.contract.adapter import Settings, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload

#: type of a message
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "sms": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "tweet": Channel.SOCIAL,
    "tweet_dm": Channel.SOCIAL,
    "facebook": Channel.SOCIAL,
    "front_chat": Channel.CHAT,
    "intercom": Channel.CHAT,
    "call": Channel.VOICE,
    "phone-call": Channel.VOICE,
    "custom": Channel.OTHER,
}
#: type of the envelope --> that of the event, for events that leave theirs out
ENVELOPES: Mapping[str, str] = {
    "inbound_received": "inbound",
    "outbound_sent": "outbound",
    "assignee_changed": "assign",
    "conversation_archived": "archive",
    "conversation_reopened": "reopen",
    "conversation_deleted": "trash",
    "conversation_moved": "move",
    "new_comment_added": "comment",
}
#: a conversation and its first message are stored together
OPENING = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    event: Payload
    settings: Settings

    @property
    def type(self) -> str:
        told = self.event["type"].text_or("") or ""
        return ENVELOPES.get(told, told)

    @property
    def at(self) -> datetime:
        return self.event["emitted_at"].epoch_s()

    @property
    def conversation(self) -> Payload:
        return self.event["conversation"].object()

    @property
    def created_at(self) -> datetime | None:
        told = self.conversation["created_at"]
        return None if told.is_absent else told.epoch_s()

    @property
    def message(self) -> Payload:
        """That which the event is about; else the conversation's last one."""
        target = self.event["target"]
        return target["data"] if target["_meta"]["type"].raw == "message" else self.conversation["last_message"]

    @property
    def teammate(self) -> str | None:
        """Who did it, where it was a person of the centre's."""
        source = self.event["source"]
        return self.name(source["data"]) if source["_meta"]["type"].raw == "teammate" else None

    def name(self, person: Payload) -> str | None:
        told = person["username"].text_or() or person["id"].text_or()
        return pairs(self.settings, "names").get(told or "", told)

    def inbox(self, side: str) -> str | None:
        """The first inbox of `source` or `target`."""
        told = self.event[side]
        if told["_meta"]["type"].raw not in ("inbox", "inboxes"):
            return None
        data = told["data"]
        found = next(iter(data.items()), None) if isinstance(data.raw, list) else data
        if found is None:
            return None
        names = pairs(self.settings, "names")
        name, key = found["name"].text_or(), found["id"].text_or()
        return names.get(key or "") or names.get(name or "") or name or key

    def new(
        self,
        kind: Kind,
        *,
        at: datetime | None = None,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Event:
        told: dict[str, Json] = {name: value for name, value in (data or {}).items() if value}
        if self.created_at is not None:
            told["created_at"] = self.created_at.isoformat()
        return Event(
            kind=kind,
            at=at or self.at,
            subject=self.conversation["id"].text(),
            dedupe_key=f"{self.event['id'].text()}:{kind}",
            channel=CHANNELS.get(self.message["type"].text_or("") or ""),
            queue=queue,
            agent=agent,
            customer=self.conversation["recipient"]["handle"].text_or(),
            data=told,
        )


def told_events(told: Told) -> list[Event]:
    handler = HANDLERS.get(told.type)
    return handler(told) if handler else []


def _is_first(told: Told) -> bool:
    """Whether the message began the conversation."""
    sent = told.message["created_at"]
    at = told.at if sent.is_absent else sent.epoch_s()
    return told.created_at is not None and at - told.created_at <= OPENING


def _inbound(told: Told) -> list[Event]:
    """A customer's message takes an archived or snoozed conversation up again."""
    if _is_first(told):
        return [told.new(Kind.TICKET_OPENED, at=told.created_at, queue=told.inbox("source"), data={"actor": "human"})]
    kinds = (Kind.TICKET_CUSTOMER_REPLIED, Kind.TICKET_REOPENED, Kind.TICKET_RESUMED)
    return [told.new(kind, data={"actor": "human"}) for kind in kinds]


def _outbound(told: Told) -> list[Event]:
    """Sent by a rule, a sequence or the API without an author: no first response."""
    author = told.message["author"]
    agent = told.teammate or (None if author.is_absent else told.name(author))
    if _is_first(told):
        return [told.new(Kind.TICKET_OPENED, at=told.created_at, data={"opened_by": "agent" if agent else None})]
    by_rule = told.event["source"]["_meta"]["type"].raw == "rule"
    actor = "human" if agent and not by_rule else "system"
    return [told.new(Kind.TICKET_AGENT_REPLIED, agent=agent if actor == "human" else None, data={"actor": actor})]


def _assigned(told: Told) -> list[Event]:
    target = told.event["target"]
    agent = told.name(target["data"]) if target["_meta"]["type"].raw == "teammate" else None
    return [told.new(Kind.TICKET_ASSIGNED, agent=agent)] if agent else []


def _moved(told: Told) -> list[Event]:
    queue = told.inbox("target")
    return [told.new(Kind.TICKET_ASSIGNED, queue=queue)] if queue else []


def _by_teammate(kind: Kind) -> Callable[[Told], list[Event]]:
    return lambda told: [told.new(kind, agent=told.teammate, data={"actor": "human" if told.teammate else "system"})]


HANDLERS: Mapping[str, Callable[[Told], list[Event]]] = {
    "inbound": _inbound,
    "outbound": _outbound,
    "out_reply": _outbound,
    "assign": _assigned,
    "move": _moved,
    "archive": _by_teammate(Kind.TICKET_SOLVED),
    "reopen": _by_teammate(Kind.TICKET_REOPENED),
    "comment": _by_teammate(Kind.TICKET_NOTED),
    "trash": lambda told: [told.new(Kind.TICKET_DELETED, data={"reason": "deleted"})],
}
