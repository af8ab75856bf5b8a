"""Zendesk's words in ours: channels, statuses, who acted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Kind

SOLVED, CLOSED, DELETED = "SOLVED", "CLOSED", "DELETED"
UNSOLVED = frozenset({"NEW", "OPEN", "PENDING", "HOLD"})
#: status (upper-case) --> whom the ticket waits for meanwhile
PAUSED_ON: Mapping[str, str] = {"PENDING": "customer", "HOLD": "other"}

ENDS: Mapping[str, Kind] = {
    CLOSED: Kind.TICKET_CLOSED,
    SOLVED: Kind.TICKET_SOLVED,
    DELETED: Kind.TICKET_DELETED,
}

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


#: what the API is asked with; with all of it, webhooks leave to the API what it tells better
API = ("subdomain", "api_user", "api_token")


def is_read_by_api(settings: Settings) -> bool:
    return all(first(settings, name) for name in API)


def created_key(ticket: str, kind: Kind) -> str:
    return f"{ticket}:created:{kind}"


def comment_key(ticket: str, comment: str) -> str:
    """Without the kind: two tellers may differ in whether its author is an agent."""
    return f"{ticket}:comment:{comment}"


def survey_key(ticket: str, score: str | None, at: datetime) -> str:
    """No id of a rating is in all deliveries; their times differ by seconds, those of triggers by a minute."""
    return f"csat:{ticket}:{score or 'sent'}:{at.astimezone(UTC):%Y-%m-%dT%H}"


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


def opened_by(submitter: str | None, requester: str | None, settings: Settings) -> str | None:
    """`agent` where a person submitted the ticket for another one; a bot or the system writes nobody's wish down."""
    is_other = requester is not None and submitter != requester
    return "agent" if is_other and actor_of(submitter, settings) == "human" else None


def status_change(previous: str | None, current: str) -> list[Kind]:
    """What the change of a status (upper-case) means; nothing for the step from new to open.

    A status closed without solved is `ticket.closed` alone: the fold takes it for the solution. A solution ends a pause by
    itself; whatever else leaves pending or on-hold resumes.
    """
    if current == previous:
        return []
    if current in ENDS:
        return [ENDS[current]]
    if current not in UNSOLVED:
        return []
    found = [Kind.TICKET_REOPENED] if previous in (SOLVED, CLOSED) else []
    if current in PAUSED_ON:
        return [*found, Kind.TICKET_PAUSED]
    return [Kind.TICKET_RESUMED] if previous in PAUSED_ON else found
