"""Jira's words in ours: people, statuses, and what the administrator says about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.payload import BadPayload, Payload

SOLVED, CLOSED, OPEN, ESCALATED, CUSTOMER, OTHER = "solved", "closed", "open", "escalated", "customer", "other"
MEANINGS = frozenset({SOLVED, CLOSED, OPEN, ESCALATED, CUSTOMER, OTHER})
#: meaning of a paused status, and whom the ticket then waits for
PAUSES = frozenset({CUSTOMER, OTHER})

#: statuses of the workflows that Jira Service Management brings along, in lower case
STATUSES: Mapping[str, str] = {
    "waiting for customer": CUSTOMER,
    "waiting for approval": OTHER,
    "pending": OTHER,
    "on hold": OTHER,
    "escalated": ESCALATED,
    "closed": CLOSED,
}
#: of a status that an issue has left a webhook tells the name only, not the category
USUALLY_DONE = frozenset({"done", "resolved", "completed", "canceled", "cancelled", "declined", "won't do"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """`category` is new, indeterminate or done; None where Jira does not tell it."""

    name: str
    category: str | None = None

    def meaning(self, settings: Settings) -> str | None:
        """None: not known."""
        name = self.name.strip().lower()
        own = {status.lower(): meaning for status, meaning in pairs(settings, "statuses").items()}
        if name in own:
            if own[name] not in MEANINGS:
                raise BadPayload("settings.statuses", f"{own[name]!r} is none of {', '.join(sorted(MEANINGS))}")
            return own[name]
        if name in STATUSES:
            return STATUSES[name]
        if self.category is None:
            return SOLVED if name in USUALLY_DONE else None
        return SOLVED if self.category == "done" else OPEN


def status_of(payload: Payload) -> Status | None:
    """From `fields.status`."""
    name = payload["name"].text_or()
    return Status(name=name, category=payload["statusCategory"]["key"].text_or()) if name else None


def id_of(person: Payload) -> str | None:
    """Cloud has `accountId`; Server and Data Center have `key` and `name`."""
    return person["accountId"].text_or() or person["key"].text_or() or person["name"].text_or()


def name_of(person: Payload) -> str | None:
    return person["displayName"].text_or() or person["name"].text_or() or id_of(person)


def actor_of(person: Payload, settings: Settings) -> str | None:
    """human or bot; None when nobody is named."""
    person_id = id_of(person)
    if person_id is None:
        return None
    names = {person_id.lower(), (name_of(person) or "").lower()}
    bots = {bot.lower() for bot in re.split(r"\s*,\s*", (first(settings, "bots", "") or "").strip()) if bot}
    return "bot" if person["accountType"].text_or() == "app" or names & bots else "human"


def is_portal_customer(person: Payload) -> bool:
    """An account of Service Management's portal, which is a customer of some project and an agent of none."""
    return person["accountType"].text_or() == "customer"


def present(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
