"""Libredesk's conversations and messages in, events out.

The fields are those of `internal/conversation/models/models.go` and of the calls of `TriggerEvent` in `internal/conversation` of
github.com/abhinavxd/libredesk (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.status import OVER, PAUSED_ON, Status, status_seen, statuses

CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "livechat": Channel.CHAT,
    "whatsapp": Channel.MESSAGING,
    "telegram": Channel.MESSAGING,
}
STATUSES: Mapping[str, Status] = {
    "open": Status.OPEN,
    "replied": Status.PENDING,
    "snoozed": Status.PENDING,
    "resolved": Status.SOLVED,
    "closed": Status.CLOSED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One delivery. `conversation` is absent in older versions, and with messages."""

    payload: Payload
    conversation: Payload
    sent_at: datetime
    settings: Settings

    @property
    def subject(self) -> str:
        own = self.conversation["uuid"].text_or()
        return own or self.payload["conversation_uuid"].text()

    @property
    def at(self) -> datetime:
        """The conversation was read after the change, so its own time is the exact one."""
        told = self.conversation["updated_at"]
        return self.sent_at if told.is_absent else told.iso()

    def named(self, kind: str, name: str | None) -> str | None:
        """Ids of agents and teams are numbers that repeat, so the document names both with their word."""
        return pairs(self.settings, "names").get(f"{kind} {name}", name)

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
        contact = self.conversation["contact"]
        number, address = _number(contact), contact["email"].text_or()
        if subject is None and number and address:
            told["email"] = address
        if subject is None and not self.conversation["created_at"].is_absent:
            told["created_at"] = self.conversation["created_at"].iso().isoformat()
        return Event(
            kind=kind,
            at=at,
            subject=subject or self.subject,
            dedupe_key=f"{self.subject}:{key}:{kind}",
            channel=CHANNELS.get(self.conversation["inbox_channel"].text_or("") or ""),
            queue=queue,
            agent=self.named("agent", agent),
            customer=number or address,
            data=told,
        )


def _number(contact: Payload) -> str | None:
    """The country is a code of two letters in newer versions, a dialling code in older ones."""
    number, country = contact["phone_number"].text_or(), contact["phone_number_country_code"].text_or() or ""
    return f"{country}{number}" if number and country.startswith("+") and not number.startswith("+") else number


def created(told: Told) -> list[Event]:
    at = told.conversation["created_at"].iso()
    by_agent = told.conversation["last_message_sender"].text_or() == "agent"
    data: dict[str, Json] = {"opened_by": "agent" if by_agent else None}
    return [told.new(Kind.TICKET_OPENED, "opened", at, data=data), *placed(told)]


def placed(told: Told) -> list[Event]:
    """Inbox or team, assignee, priority; without the conversation only who was assigned is told."""
    agent, team = (told.conversation[name].text_or() for name in ("assigned_user_id", "assigned_team_id"))
    if told.conversation.is_absent:
        agent = told.payload["assigned_to"].text_or()
    queue = told.named("team", team) or told.conversation["inbox_name"].text_or()
    data: dict[str, Json] = {"priority": told.conversation["priority"].text_or()}
    if not agent and not queue:
        return []
    return [told.new(Kind.TICKET_ASSIGNED, told.at.isoformat(), told.at, agent=agent, queue=queue, data=data)]


def status_changed(told: Told) -> list[Event]:
    name = told.payload["new_status"].text().strip().lower()
    status = statuses(told.settings, "statuses", STATUSES).get(name)
    if status is None:
        return []
    agent = told.conversation["assigned_user_id"].text_or() if status in OVER else None
    on: dict[str, Json] = {"on": PAUSED_ON.get(status)}
    key = f"{name}:{told.at.isoformat()}"
    return [
        told.new(kind, key, told.at, agent=agent, data=on if kind is Kind.TICKET_PAUSED else None)
        for kind in status_seen(status)
    ]


def rated(told: Told) -> list[Event]:
    """A conversation carries its rating from then on, whatever the delivery is about."""
    rating, answered_at = told.conversation["csat_rating"], told.conversation["csat_responded_at"]
    if rating.is_absent or answered_at.is_absent or rating.number() == 0:
        return []
    at, agent = answered_at.iso(), told.conversation["assigned_user_id"].text_or()
    data: dict[str, Json] = {"type": "csat", "scale": "1-5", "score": rating.number(), "ticket": told.subject}
    return [told.new(Kind.SURVEY_ANSWERED, at.isoformat(), at, subject=_survey(told), agent=agent, data=data)]


def _survey(told: Told) -> str:
    return f"csat:{told.subject}"


def message_created(told: Told) -> list[Event]:
    message, kind = told.payload, told.payload["type"].text()
    at, key = message["created_at"].iso(), f"message:{message['uuid'].text()}"
    if kind == "incoming":
        kinds = (Kind.TICKET_CUSTOMER_REPLIED, Kind.TICKET_REOPENED, Kind.TICKET_RESUMED)
        return [told.new(each, key, at, data={"actor": "human"}) for each in kinds]
    if kind != "outgoing":
        return []
    meta = _meta(message["meta"])
    if meta["is_csat"].raw is True:
        asked: dict[str, Json] = {"type": "csat", "scale": "1-5", "ticket": told.subject}
        return [told.new(Kind.SURVEY_SENT, "asked", at, subject=_survey(told), data=asked)]
    automatic = meta["is_automated"].raw is True
    said = Kind.TICKET_NOTED if message["private"].flag_or() else Kind.TICKET_AGENT_REPLIED
    agent = None if automatic else message["sender_id"].text_or()
    return [told.new(said, key, at, agent=agent, data={"actor": "bot" if automatic else "human"})]


def _meta(meta: Payload) -> Payload:
    """An object, or one written as text."""
    if not isinstance(meta.raw, str):
        return meta
    try:
        return parse_json(meta.raw.encode("utf-8", "surrogatepass"))
    except BadPayload:
        return Payload(None, meta.path)
