"""Intercom's words in ours: channels, people, types of parts, states of tickets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Kind
from plugin.contract.payload import Payload

#: `source.type` of conversations and `channel` of tickets
CHANNELS: Mapping[str, Channel] = {
    "conversation": Channel.CHAT,
    "messenger": Channel.CHAT,
    "email": Channel.EMAIL,
    "facebook": Channel.SOCIAL,
    "instagram": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "whatsapp": Channel.MESSAGING,
    "sms": Channel.MESSAGING,
    "phone_call": Channel.VOICE,
    "phone_switch": Channel.VOICE,
}
CUSTOMERS = frozenset({"user", "lead", "contact", "visitor"})
BOTS = frozenset({"bot", "operator"})

#: types of parts that are a message when they have a body: whoever answers while he assigns or closes writes into that part
ALSO_MESSAGES = frozenset(
    {
        "assignment",
        "assign_and_reopen",
        "assign_and_unsnooze",
        "close",
        "open",
        "quick_reply",
        "snoozed",
        "unsnoozed",
    }
)
ASSIGNMENTS = frozenset(
    {"assignment", "assign_and_reopen", "assign_and_unsnooze", "away_mode_assignment", "default_assignment"}
)
#: types of parts --> what they do to the ticket, beside a message
CHANGES: Mapping[str, Kind] = {
    "note": Kind.TICKET_NOTED,
    "note_and_reopen": Kind.TICKET_REOPENED,
    "close": Kind.TICKET_SOLVED,
    "open": Kind.TICKET_REOPENED,
    "assign_and_reopen": Kind.TICKET_REOPENED,
    "snoozed": Kind.TICKET_PAUSED,
    "unsnoozed": Kind.TICKET_RESUMED,
    "timer_unsnooze": Kind.TICKET_RESUMED,
    "assign_and_unsnooze": Kind.TICKET_RESUMED,
}
NOTES = frozenset({"note", "note_and_reopen"})
#: topics --> the type of the part that they tell of, for notifications that come without their part
TOPIC_PARTS: Mapping[str, str] = {
    "conversation.user.replied": "comment",
    "conversation.admin.replied": "comment",
    "conversation.operator.replied": "comment",
    "conversation.admin.noted": "note",
    "conversation.admin.closed": "close",
    "conversation.admin.opened": "open",
    "conversation.admin.snoozed": "snoozed",
    "conversation.admin.unsnoozed": "unsnoozed",
    "ticket.contact.replied": "comment",
    "ticket.admin.replied": "comment",
    "ticket.note.created": "note",
    "ticket.closed": "close",
    "ticket.resolved": "close",
}
RESOLVED, WAITING = "resolved", "waiting_on_customer"


def channel_of(item: Payload) -> Channel | None:
    told = item["channel"]["initial"].raw or item["channel"].raw or item["source"]["type"].raw
    return CHANNELS.get(told) if isinstance(told, str) else None


def actor_of(author: Payload, settings: Settings) -> str | None:
    """human, bot or system; None when nobody is named."""
    kind, name = author["type"].text_or(), author["id"].text_or()
    if kind is None:
        return None
    bots = re.split(r"[,\s]+", first(settings, "bots", "") or "")
    if kind in BOTS or (name and name in bots):
        return "bot"
    return "human" if kind in CUSTOMERS or kind == "admin" else "system"


def state_change(previous: str | None, current: str | None) -> list[Kind]:
    """What a change of a ticket's state (submitted, in_progress, waiting_on_customer, resolved) means."""
    if current is None or current == previous:
        return []
    if current == RESOLVED:
        return [Kind.TICKET_SOLVED]
    found = [Kind.TICKET_REOPENED] if previous == RESOLVED else []
    if current == WAITING:
        return [*found, Kind.TICKET_PAUSED]
    return [Kind.TICKET_RESUMED] if previous == WAITING else found
