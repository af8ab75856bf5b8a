"""Chatwoot's conversations and messages in, events out.

https://www.chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks, and the presenters of github.com/chatwoot/chatwoot
(`app/presenters/conversations/event_data_presenter.rb`, `Message#webhook_data`), read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, instant_from_epoch

CHANNELS: Mapping[str, Channel] = {
    "Email": Channel.EMAIL,
    "WebWidget": Channel.CHAT,
    "Whatsapp": Channel.MESSAGING,
    "TwilioSms": Channel.MESSAGING,
    "Sms": Channel.MESSAGING,
    "Telegram": Channel.MESSAGING,
    "Line": Channel.MESSAGING,
    "FacebookPage": Channel.SOCIAL,
    "Instagram": Channel.SOCIAL,
    "Tiktok": Channel.SOCIAL,
    "TwitterProfile": Channel.SOCIAL,
    "Voice": Channel.VOICE,
    "Api": Channel.OTHER,
}
MESSAGES = frozenset({"message_created", "message_updated"})
CONVERSATIONS = frozenset({"conversation_created", "conversation_updated", "conversation_status_changed"})
#: what stands in conversations instead of a word
MESSAGE_TYPES: Mapping[str, str] = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
#: a conversation and its first message are stored together
OPENING = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One delivery: the conversation that it is about, and when it came (or was signed)."""

    conversation: Payload
    inbox: str | None
    sent_at: datetime
    digest: str
    settings: Settings

    @property
    def subject(self) -> str:
        return self.conversation["id"].text()

    @property
    def created_at(self) -> datetime | None:
        return moment(self.conversation["created_at"])

    @property
    def updated_at(self) -> datetime | None:
        return moment(self.conversation["updated_at"])

    @property
    def queue(self) -> str | None:
        if first(self.settings, "queue_from", "inbox") == "team":
            return self.conversation["meta"]["team"]["name"].text_or()
        return pairs(self.settings, "inboxes").get(self.inbox or "", self.inbox)

    @property
    def agent(self) -> str | None:
        return person(self.conversation["meta"]["assignee"])

    def event(
        self,
        kind: Kind,
        key: str,
        at: datetime,
        *,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, Json] | None = None,
    ) -> Event:
        told = {name: value for name, value in (data or {}).items() if value is not None}
        sender = self.conversation["meta"]["sender"]
        number, address = sender["phone_number"].text_or(), sender["email"].text_or()
        if kind.about == "ticket":
            told |= {"created_at": self.created_at.isoformat()} if self.created_at else {}
            told |= {"email": address} if number and address else {}
        channel = (self.conversation["channel"].text_or() or "").removeprefix("Channel::")
        return Event(
            kind=kind,
            at=at,
            subject=self.subject if kind.about == "ticket" else key.partition(":")[0],
            dedupe_key=f"{self.subject}:{key}:{kind}",
            channel=CHANNELS.get(channel),
            queue=queue,
            agent=agent,
            customer=number or address or sender["id"].text_or(),
            data=told,
        )


def moment(payload: Payload) -> datetime | None:
    """Seconds since 1970, or text: ISO 8601, or as `2020-03-03 13:05:57 UTC`; None for nothing and for 0."""
    if payload.is_absent or payload.raw == 0:
        return None
    if not isinstance(payload.raw, str):
        return payload.epoch_s()
    try:
        found = datetime.fromisoformat(payload.raw.replace(" UTC", "+00:00"))
        return instant_from_epoch((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp(), payload.path)
    except (ValueError, OverflowError):
        raise BadPayload(payload.path, "a time expected") from None


def person(user: Payload) -> str | None:
    return user["name"].text_or() or user["id"].text_or()


def conversation_events(name: str, told: Told) -> list[Event]:
    """A snapshot; what changes nothing, the fold leaves out."""
    found = [_opened(told)] if name == "conversation_created" else []
    at = told.updated_at or told.sent_at
    key = told.updated_at.isoformat() if told.updated_at else told.digest
    data: dict[str, Json] = {"priority": told.conversation["priority"].text_or()}
    if name == "conversation_created":
        at = told.created_at or at
    if told.agent or told.queue:
        found.append(told.event(Kind.TICKET_ASSIGNED, key, at, agent=told.agent, queue=told.queue, data=data))
    return [*found, *_status(name, told, key, at)]


def _opened(told: Told, by: str | None = None) -> Event:
    data: dict[str, Json] = {"opened_by": by}
    return told.event(Kind.TICKET_OPENED, f"opened {by or ''}".strip(), told.created_at or told.sent_at, data=data)


def _status(name: str, told: Told, key: str, at: datetime) -> list[Event]:
    """A new conversation can be solved, or put aside, from the beginning; being open is nothing new then."""
    status, is_new = told.conversation["status"].text_or(), name == "conversation_created"
    if status == "resolved":
        return [told.event(Kind.TICKET_SOLVED, f"{status}:{key}", at, agent=told.agent)]
    if status not in ("open", "pending", "snoozed"):
        return []
    waits = {"snoozed": ("snoozed", "customer"), "pending": ("pending", "ignore")}.get(status)
    on = first(told.settings, *waits) if waits else None
    changed = Kind.TICKET_PAUSED if on in ("customer", "other") else Kind.TICKET_RESUMED
    kinds = [changed] if is_new else [Kind.TICKET_REOPENED, changed]
    if is_new and changed is Kind.TICKET_RESUMED:
        return []
    on_data: dict[str, Json] = {"on": on}
    return [told.event(k, f"{status}:{key}", at, data=on_data if k is Kind.TICKET_PAUSED else None) for k in kinds]


def message_events(name: str, message: Payload, told: Told) -> list[Event]:
    kind = MESSAGE_TYPES.get(str(message["message_type"].raw), str(message["message_type"].raw))
    if message["content_type"].raw == "input_csat":
        return _survey(name, message, told)
    if name != "message_created" or kind not in ("incoming", "outgoing", "template"):
        return []
    at = moment(message["created_at"]) or told.sent_at
    is_first = told.created_at is not None and at - told.created_at <= OPENING
    by_user = kind == "outgoing" and message["sender"]["type"].text_or() in ("user", None) and _has_name(message)
    if is_first:
        return [_opened(told, "agent")] if by_user and not message["private"].flag_or() else []
    key, agent = f"message:{message['id'].text()}", person(message["sender"]) if by_user else None
    actor: dict[str, Json] = {"actor": "human" if by_user or kind == "incoming" else "bot"}
    if message["private"].flag_or():
        return [told.event(Kind.TICKET_NOTED, key, at, agent=agent, data=actor)]
    kinds = CUSTOMERS if kind == "incoming" else (Kind.TICKET_AGENT_REPLIED,)
    return [told.event(each, key, at, agent=agent, data=actor) for each in kinds]


#: a customer's message opens a conversation that was resolved or put aside
CUSTOMERS = (Kind.TICKET_CUSTOMER_REPLIED, Kind.TICKET_REOPENED, Kind.TICKET_RESUMED)


def _has_name(message: Payload) -> bool:
    """Messages of automation rules have no sender."""
    return person(message["sender"]) is not None


def _survey(name: str, message: Payload, told: Told) -> list[Event]:
    """The question is a message of its own, which the answer updates."""
    survey = f"csat-{message['id'].text()}"
    data: dict[str, Json] = {"type": "csat", "scale": "1-5", "ticket": told.subject}
    if name == "message_created":
        at = moment(message["created_at"]) or told.sent_at
        return [told.event(Kind.SURVEY_SENT, survey, at, agent=told.agent, queue=told.queue, data=data)]
    answer = message["content_attributes"]["submitted_values"]["csat_survey_response"]
    if answer["rating"].is_absent:
        return []
    score, at = answer["rating"].number(), moment(message["updated_at"]) or told.sent_at
    data["score"] = score
    return [told.event(Kind.SURVEY_ANSWERED, f"{survey}:{score:g}", at, agent=told.agent, queue=told.queue, data=data)]
