"""What happened, in the words of the contact centre: the only thing an adapter may say about a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


class Kind(StrEnum):
    """Stable names; the part before the dot says what `Event.subject` identifies. `docs/events.md` gives each kind's `data`."""

    CONTACT_OFFERED = "contact.offered"
    CONTACT_QUEUED = "contact.queued"
    CONTACT_RINGING = "contact.ringing"
    CONTACT_ANSWERED = "contact.answered"
    CONTACT_HELD = "contact.held"
    CONTACT_RESUMED = "contact.resumed"
    CONTACT_TRANSFERRED = "contact.transferred"
    CONTACT_ABANDONED = "contact.abandoned"
    CONTACT_OVERFLOWED = "contact.overflowed"
    CONTACT_VOICEMAIL = "contact.voicemail"
    CONTACT_CALLBACK_REQUESTED = "contact.callback_requested"
    CONTACT_ENDED = "contact.ended"
    CONTACT_WRAPPED_UP = "contact.wrapped_up"
    CONTACT_TAGGED = "contact.tagged"
    CONTACT_SENTIMENT = "contact.sentiment"
    CONTACT_EVALUATED = "contact.evaluated"
    CONTACT_CONVERTED = "contact.converted"
    TICKET_OPENED = "ticket.opened"
    TICKET_ASSIGNED = "ticket.assigned"
    TICKET_CUSTOMER_REPLIED = "ticket.customer_replied"
    TICKET_AGENT_REPLIED = "ticket.agent_replied"
    TICKET_NOTED = "ticket.noted"
    TICKET_SOLVED = "ticket.solved"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_PAUSED = "ticket.paused"
    TICKET_RESUMED = "ticket.resumed"
    TICKET_CLOSED = "ticket.closed"
    TICKET_ESCALATED = "ticket.escalated"
    TICKET_MERGED = "ticket.merged"
    TICKET_DELETED = "ticket.deleted"
    SURVEY_SENT = "survey.sent"
    SURVEY_ANSWERED = "survey.answered"
    AGENT_STATE = "agent.state"
    CUSTOMERS_COUNTED = "customers.counted"
    ROSTER_PLANNED = "roster.planned"
    ROSTER_CANCELLED = "roster.cancelled"
    HEADCOUNT_COUNTED = "headcount.counted"
    COST_ENTERED = "cost.entered"
    COST_REMOVED = "cost.removed"
    #: the vendor's system started anew: whatever was open before is over, with an unknown end
    SOURCE_RESTARTED = "source.restarted"

    @cached_property
    def about(self) -> str:
        """What the subject identifies: contact, ticket, survey, agent, roster (a shift), headcount, customers, cost or source."""
        return self.value.partition(".")[0]


class Channel(StrEnum):
    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    MESSAGING = "messaging"
    SOCIAL = "social"
    WEB = "web"
    OTHER = "other"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    CALLBACK = "callback"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened at the vendor's side.

    `subject` is the vendor's id of the contact, ticket, survey, agent, shift, count or source that the kind speaks of;
    `dedupe_key` is equal exactly when two deliveries tell of the same happening. `order` settles what came first among events
    of the same instant (a vendor's sequence number, a line's place in its file); it is never the order of arrival. `customer`
    is the number or address as the vendor sent it: the store keeps a keyed hash of it and nothing else.
    """

    kind: Kind
    at: datetime
    subject: str
    dedupe_key: str
    order: int = 0
    channel: str | None = None
    direction: str | None = None
    queue: str | None = None
    agent: str | None = None
    customer: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"{self.kind} of {self.subject}: `at` must be aware")
        object.__setattr__(self, "at", self.at.astimezone(UTC))
