"""The words of Freshdesk and Freshservice in ours: statuses, priorities, and what each of the two has of its own.

Codes: https://developers.freshdesk.com/api/#ticket-properties and https://api.freshservice.com/#ticket_attributes (read 2026-11,
the latter as it is saved in github.com/misa8922/freshservice-docs-scraper).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.contract.adapter import Settings, pairs
from plugin.contract.event import Channel, Json
from plugin.contract.payload import BadPayload

SOLVED, CLOSED, OPEN, CUSTOMER, OTHER = "solved", "closed", "open", "customer", "other"
MEANINGS = frozenset({SOLVED, CLOSED, OPEN, CUSTOMER, OTHER})
PAUSES = frozenset({CUSTOMER, OTHER})
#: code, and English label in lower case --> meaning; what is not listed is open
_STATUSES: Mapping[str, str] = {
    "2": OPEN,
    "open": OPEN,
    "3": CUSTOMER,
    "pending": CUSTOMER,
    "4": SOLVED,
    "resolved": SOLVED,
    "5": CLOSED,
    "closed": CLOSED,
}
_FRESHDESK_STATUSES: Mapping[str, str] = {
    **_STATUSES,
    "6": CUSTOMER,
    "waiting on customer": CUSTOMER,
    "7": OTHER,
    "waiting on third party": OTHER,
}
PRIORITIES: Mapping[str, str] = {"1": "low", "2": "medium", "3": "high", "4": "urgent"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """By code, or English label in lower case. `outbound`: sources that are a mail of an agent, which began the ticket."""

    statuses: Mapping[str, str]
    sources: Mapping[str, Channel]
    outbound: frozenset[str] = frozenset()
    #: a ticket shows when it was reopened
    tells_reopening: bool = True

    def channel(self, source: str | None) -> Channel | None:
        return self.sources.get(source.strip().lower()) if source else None


_FRESHDESK_SOURCES: Mapping[str, Channel] = {
    "1": Channel.EMAIL,
    "email": Channel.EMAIL,
    "2": Channel.WEB,
    "portal": Channel.WEB,
    "3": Channel.VOICE,
    "phone": Channel.VOICE,
    "7": Channel.CHAT,
    "chat": Channel.CHAT,
    "9": Channel.WEB,
    "feedback widget": Channel.WEB,
    "10": Channel.EMAIL,
    "outbound email": Channel.EMAIL,
}
FRESHDESK = Product(statuses=_FRESHDESK_STATUSES, sources=_FRESHDESK_SOURCES, outbound=frozenset({"10"}))
#: 6 Yammer, 10 Slack, 11 chatbot, 12 Workplace, 15 Microsoft Teams; 7 and 8 are monitors, 9 is somebody at the desk, 14 an alert
_FRESHSERVICE_SOURCES: Mapping[str, Channel] = {
    "1": Channel.EMAIL,
    "2": Channel.WEB,
    "3": Channel.VOICE,
    "4": Channel.CHAT,
    "5": Channel.WEB,
    "6": Channel.SOCIAL,
    "7": Channel.OTHER,
    "8": Channel.OTHER,
    "9": Channel.OTHER,
    "10": Channel.MESSAGING,
    "11": Channel.CHAT,
    "12": Channel.MESSAGING,
    "13": Channel.WEB,
    "14": Channel.OTHER,
    "15": Channel.MESSAGING,
    "18": Channel.WEB,
}
FRESHSERVICE = Product(statuses=_STATUSES, sources=_FRESHSERVICE_SOURCES, tells_reopening=False)


def meaning(status: str, settings: Settings, product: Product) -> str:
    """What a code or label means; the setting `statuses` comes first."""
    word = status.strip().lower()
    own = {name.lower(): told for name, told in pairs(settings, "statuses").items()}
    found = own.get(word) or product.statuses.get(word, OPEN)
    if found not in MEANINGS:
        raise BadPayload("settings.statuses", f"{found!r} is none of {', '.join(sorted(MEANINGS))}")
    return found


def priority_of(priority: str | None) -> str | None:
    """A code, or the label that a rule sends."""
    return PRIORITIES.get(priority, priority.lower()) if priority else None


def score_of(rating: float) -> str:
    """Freshdesk's 103, 102, 101 are happy, 100 is neutral, -101 to -103 are unhappy, whatever labels the survey shows."""
    return "good" if rating > 100 else "ok" if rating == 100 else "bad"


def present(values: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value is not None}
