"""Zendesk's words in ours: channels, statuses, who acted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Kind

SOLVED, CLOSED, DELETED = "SOLVED", "CLOSED", "DELETED"
UNSOLVED = frozenset({"NEW", "OPEN", "PENDING", "HOLD"})

#: user id of what Zendesk does by itself: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
SYSTEM_USER = "-1"
#: what a comment of an automatic answer came through
BOT_CHANNELS = frozenset({"rule", "system", "trigger", "automation", "answer_bot", "bot", "ai_agent"})

#: `via.channel` of event webhooks, and the English labels that `{{ticket.via}}` renders
CHANNELS: Mapping[str, Channel] = {
    "mail": Channel.EMAIL,
    "email": Channel.EMAIL,
    "web": Channel.WEB,
    "web_form": Channel.WEB,
    "web form": Channel.WEB,
    "web_widget": Channel.WEB,
    "web widget": Channel.WEB,
    "help_center": Channel.WEB,
    "mobile_sdk": Channel.WEB,
    "chat": Channel.CHAT,
    "voice": Channel.VOICE,
    "phone": Channel.VOICE,
    "voicemail": Channel.VOICE,
    "phone call (incoming)": Channel.VOICE,
    "phone call (outgoing)": Channel.VOICE,
    "sms": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "line": Channel.MESSAGING,
    "wechat": Channel.MESSAGING,
    "telegram": Channel.MESSAGING,
    "native_messaging": Channel.MESSAGING,
    "messaging": Channel.MESSAGING,
    "facebook": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "instagram_dm": Channel.SOCIAL,
    "instagram direct": Channel.SOCIAL,
    "any_channel": Channel.OTHER,
    "api": Channel.OTHER,
    "web_service": Channel.OTHER,
    "web service": Channel.OTHER,
}


def channel_of(via: str | None) -> Channel | None:
    return CHANNELS.get(via.strip().lower()) if via else None


def lower(word: str | None) -> str | None:
    return word.lower() if word else None


def present(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def actor_of(user: str | None, settings: Settings, via: str | None = None) -> str | None:
    """human, bot or system; None when nobody is named."""
    if user == SYSTEM_USER:
        return "system"
    bots = re.split(r"[,\s]+", first(settings, "bots", "") or "")
    if (user and user in bots) or (via and via.lower() in BOT_CHANNELS):
        return "bot"
    return "human" if user else None


def status_change(previous: str | None, current: str) -> Kind | None:
    """What the change of a status (upper-case) means; None for a step between unsolved ones.

    A status closed without solved is `ticket.closed` alone: the fold takes it for the solution.
    """
    if current == CLOSED and previous != CLOSED:
        return Kind.TICKET_CLOSED
    if current == SOLVED and previous != SOLVED:
        return Kind.TICKET_SOLVED
    if current == DELETED and previous != DELETED:
        return Kind.TICKET_DELETED
    return Kind.TICKET_REOPENED if previous in (SOLVED, CLOSED) and current in UNSOLVED else None
