"""The events of one ticket in, its facts out: clocks, counts, and the spans in which it was not solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from plugin.contract.event import Event, Kind
from plugin.facts.fold.order import text
from plugin.facts.fold.ticket_end import conclude
from plugin.facts.fold.ticket_facts import Pause, Reply, Span, TicketFacts
from plugin.facts.reckoning import PLAIN, Reckoning

BOTS = ("bot", "system")


def fold_ticket(events: Sequence[Event], reckoning: Reckoning = PLAIN) -> TicketFacts:
    """The facts of one ticket; `events` are sorted by `in_order`. An opening not seen is taken from the stated creation."""
    created_at = _created_at(events)
    facts = TicketFacts(created_at=created_at, first_response_from=created_at, spans=[Span(opened_at=created_at)])
    if any(event.kind is Kind.TICKET_OPENED and text(event, "opened_by") == "agent" for event in events):
        asked = [event.at for event in events if event.kind is Kind.TICKET_CUSTOMER_REPLIED]
        facts.opened_by_agent, facts.first_response_from = True, min(asked, default=None)
    folding = _Folding(facts, reckoning)
    for event in events:
        folding.take(event)
    return conclude(facts, reckoning, events[-1].at)


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


class _Folding:
    """The state of one fold: what is known after the events so far."""

    def __init__(self, facts: TicketFacts, reckoning: Reckoning) -> None:
        self.facts = facts
        self.tiers = reckoning.tiers
        #: the customer's first message that nobody answered yet, since the first response
        self.asked_at: datetime | None = None
        self._take: dict[Kind, Callable[[Event], None]] = {
            Kind.TICKET_AGENT_REPLIED: self._replied,
            Kind.TICKET_CUSTOMER_REPLIED: self._customer_replied,
            Kind.TICKET_SOLVED: self._solved,
            Kind.TICKET_CLOSED: self._closed,
            Kind.TICKET_REOPENED: self._reopened,
            Kind.TICKET_PAUSED: self._paused,
            Kind.TICKET_RESUMED: self._resumed,
            Kind.TICKET_ESCALATED: self._escalated,
            Kind.TICKET_MERGED: self._merged,
            Kind.TICKET_DELETED: self._deleted,
        }

    def take(self, event: Event) -> None:
        facts = self.facts
        facts.channel = event.channel or facts.channel
        facts.customer = event.customer or facts.customer
        facts.contact = text(event, "contact") or facts.contact
        self._describe(event)
        self._place(event)
        handler = self._take.get(event.kind)
        if handler is not None:
            handler(event)

    def _describe(self, event: Event) -> None:
        priority, level_1 = text(event, "priority"), event.data.get("resolvable_at_level_1")
        if priority is not None:
            self.facts.priority = priority
            self.facts.priorities.append((event.at, priority))
        if isinstance(level_1, bool):
            self.facts.resolvable_at_level_1 = level_1

    def _place(self, event: Event) -> None:
        facts = self.facts
        if event.queue and event.queue != facts.queue:
            facts.regroups += int(bool(facts.queue))
            # A step up that is told as an escalation, too, is counted there.
            facts.escalations += int(self._is_up(facts.queue, event.queue) and event.kind is not Kind.TICKET_ESCALATED)
            facts.queue = event.queue
            facts.stays.append((event.at, event.queue))
        if event.agent and event.kind not in (Kind.TICKET_AGENT_REPLIED, Kind.TICKET_NOTED):
            facts.agent = event.agent

    def _is_up(self, old: str, new: str) -> bool:
        return old in self.tiers and new in self.tiers and self.tiers[new] > self.tiers[old]

    def _replied(self, event: Event) -> None:
        facts = self.facts
        if text(event, "actor") in BOTS:
            return
        facts.agent_replies += 1
        facts.spans[-1].replies += 1
        facts.agent = facts.agent or event.agent or ""
        if facts.first_response_at is None:
            self._first_reply(event)
        elif self.asked_at is not None:
            facts.replies.append(Reply(asked_at=self.asked_at, replied_at=event.at, agent=event.agent or facts.agent))
            self.asked_at = None

    def _first_reply(self, event: Event) -> None:
        facts = self.facts
        if event.at < facts.created_at:
            facts.flaw = "answered before it was opened"
        if facts.first_response_from is not None and event.at >= facts.first_response_from:
            facts.first_response_at = event.at

    def _customer_replied(self, event: Event) -> None:
        self.facts.customer_replies += 1
        if self.facts.first_response_at is not None:
            self.asked_at = self.asked_at or event.at

    def _solved(self, event: Event) -> None:
        span = self.facts.spans[-1]
        if span.solved_at is None:
            span.solved_at, span.solved_by = event.at, event.agent or self.facts.agent
            self._resumed(event)
        if event.at < self.facts.created_at:
            self.facts.flaw = "solved before it was opened"
        # Whoever solves it has dealt with what was asked, without a reply.
        self.asked_at = None
        self.facts.status = "solved"

    def _closed(self, event: Event) -> None:
        # A ticket that was closed without having been solved is solved by its closing (`docs/kpi/resolution_time.md`).
        self._solved(event)
        self.facts.status, self.facts.closed_at = "closed", event.at

    def _reopened(self, event: Event) -> None:
        facts = self.facts
        if facts.spans[-1].solved_at is None:
            return
        facts.spans.append(Span(opened_at=event.at))
        facts.status, facts.closed_at = "open", None
        if facts.first_response_at is None and not facts.opened_by_agent:
            facts.first_response_from = event.at

    def _paused(self, event: Event) -> None:
        span = self.facts.spans[-1]
        if span.solved_at is not None:
            return
        self._resumed(event)
        self.facts.pauses.append(Pause(on=text(event, "on") or "customer", started_at=event.at))
        span.pauses += 1
        self.facts.status = "paused"

    def _resumed(self, event: Event) -> None:
        if self.facts.pauses and self.facts.pauses[-1].ended_at is None:
            self.facts.pauses[-1].ended_at = event.at
            self.facts.status = "open"

    def _escalated(self, event: Event) -> None:
        self.facts.escalations += 1

    def _merged(self, event: Event) -> None:
        self.facts.excluded = "merged"

    def _deleted(self, event: Event) -> None:
        self.facts.excluded = text(event, "reason") or "deleted"
