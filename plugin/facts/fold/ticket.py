"""The events of one ticket in, its facts out: clocks, counts, and the spans in which it was not solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin.contract.event import Channel, Event, Kind
from plugin.facts.fold.order import text

BOTS = ("bot", "system")


@dataclass(kw_only=True, slots=True)
class Span:
    opened_at: datetime
    solved_at: datetime | None = None


@dataclass(kw_only=True, slots=True)
class TicketFacts:
    """`first_response_from` is where the clock of the first response began: the creation, or a reopening after a bot's solution."""

    channel: str = Channel.EMAIL
    queue: str = ""
    agent: str = ""
    customer: str | None = None
    priority: str | None = None
    status: str = "open"
    created_at: datetime
    first_response_from: datetime
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    agent_replies: int = 0
    customer_replies: int = 0
    regroups: int = 0
    escalations: int = 0
    excluded: str | None = None
    contact: str | None = None
    spans: list[Span] = field(default_factory=list)

    @property
    def reopens(self) -> int:
        return len(self.spans) - 1

    @property
    def first_solved_at(self) -> datetime | None:
        return self.spans[0].solved_at

    @property
    def solved_at(self) -> datetime | None:
        """The last solution, while it stands."""
        return self.spans[-1].solved_at

    @property
    def at_first_contact(self) -> bool:
        """FCR-T: solved with at most one public reply of an agent, never reopened, never moved to another group."""
        return self.solved_at is not None and self.agent_replies <= 1 and self.reopens == 0 and self.regroups == 0


def fold_ticket(events: Sequence[Event]) -> TicketFacts:
    """The facts of one ticket; `events` are sorted by `in_order`. An opening not seen is taken from the stated creation."""
    created_at = _created_at(events)
    facts = TicketFacts(created_at=created_at, first_response_from=created_at, spans=[Span(opened_at=created_at)])
    for event in events:
        facts.channel = event.channel or facts.channel
        facts.customer = event.customer or facts.customer
        facts.priority = text(event, "priority") or facts.priority
        facts.contact = text(event, "contact") or facts.contact
        _place(facts, event)
        handler = _HANDLERS.get(event.kind)
        if handler is not None:
            handler(facts, event)
    return facts


def _created_at(events: Sequence[Event]) -> datetime:
    opened = [event.at for event in events if event.kind is Kind.TICKET_OPENED]
    stated = [moment for event in events if (moment := _stated_creation(event)) is not None]
    return min(opened or stated or [events[0].at])


def _stated_creation(event: Event) -> datetime | None:
    value = text(event, "created_at")
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _place(facts: TicketFacts, event: Event) -> None:
    if event.queue and facts.queue and event.queue != facts.queue:
        facts.regroups += 1
    facts.queue = event.queue or facts.queue
    if event.agent and event.kind not in (Kind.TICKET_AGENT_REPLIED, Kind.TICKET_NOTED):
        facts.agent = event.agent


def _replied(facts: TicketFacts, event: Event) -> None:
    if text(event, "actor") in BOTS:
        return
    facts.agent_replies += 1
    facts.agent = facts.agent or event.agent or ""
    if facts.first_response_at is None and event.at >= facts.first_response_from:
        facts.first_response_at = event.at


def _customer_replied(facts: TicketFacts, event: Event) -> None:
    facts.customer_replies += 1


def _solved(facts: TicketFacts, event: Event) -> None:
    if facts.spans[-1].solved_at is None:
        facts.spans[-1].solved_at = max(event.at, facts.spans[-1].opened_at)
    facts.status = "solved"


def _closed(facts: TicketFacts, event: Event) -> None:
    # A ticket that was closed without having been solved is solved by its closing (KPIS 5.6).
    _solved(facts, event)
    facts.status, facts.closed_at = "closed", event.at


def _reopened(facts: TicketFacts, event: Event) -> None:
    if facts.spans[-1].solved_at is None:
        return
    facts.spans.append(Span(opened_at=event.at))
    facts.status, facts.closed_at = "open", None
    if facts.first_response_at is None:
        facts.first_response_from = event.at


def _escalated(facts: TicketFacts, event: Event) -> None:
    facts.escalations += 1


def _merged(facts: TicketFacts, event: Event) -> None:
    facts.excluded = "merged"


def _deleted(facts: TicketFacts, event: Event) -> None:
    facts.excluded = text(event, "reason") or "deleted"


_HANDLERS: dict[Kind, Callable[[TicketFacts, Event], None]] = {
    Kind.TICKET_AGENT_REPLIED: _replied,
    Kind.TICKET_CUSTOMER_REPLIED: _customer_replied,
    Kind.TICKET_SOLVED: _solved,
    Kind.TICKET_CLOSED: _closed,
    Kind.TICKET_REOPENED: _reopened,
    Kind.TICKET_ESCALATED: _escalated,
    Kind.TICKET_MERGED: _merged,
    Kind.TICKET_DELETED: _deleted,
}
