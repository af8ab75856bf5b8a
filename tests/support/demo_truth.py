"""What the simulated centre knows of itself, in the form in which the database tells it; no code of the pipeline is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from plugin.demo.world import Centre, Contact, Step, TicketLife

SOURCE_OF = {"Support": "twilio", "Sales": "aircall", "Billing": "asterisk", "Chat": "chat"}
#: the vendors that tell of agents' sessions and pauses
STATEFUL = ("Support", "Sales", "Billing")
PAUSE_STATES = {"Break": "break", "Lunch": "break", "Meeting": "meeting"}


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueDay:
    offered: int
    answered: int
    abandoned: int
    in_time: int
    answered_wait_s: int
    abandoned_wait_s: int
    longest_wait_s: int


def queue_days(centre: Centre) -> dict[tuple[date, str], QueueDay]:
    """(local day, queue) --> what was offered to the queue that day."""
    return {
        (day.date, queue): _queue_day([one for one in day.contacts if one.queue == queue and _queued(one)])
        for day in centre.days
        for queue in SOURCE_OF
        if any(one.queue == queue and _queued(one) for one in day.contacts)
    }


def _queued(contact: Contact) -> bool:
    return contact.outcome in ("answered", "abandoned")


def _queue_day(contacts: list[Contact]) -> QueueDay:
    answered = [one for one in contacts if one.outcome == "answered"]
    abandoned = [one for one in contacts if one.outcome == "abandoned"]
    return QueueDay(
        offered=len(contacts),
        answered=len(answered),
        abandoned=len(abandoned),
        in_time=sum(one.wait_s <= 20 for one in answered),
        answered_wait_s=sum(one.wait_s for one in answered),
        abandoned_wait_s=sum(one.wait_s for one in abandoned),
        longest_wait_s=max(one.wait_s for one in contacts),
    )


def answered(centre: Centre, queue: str) -> list[Contact]:
    return [one for day in centre.days for one in day.contacts if one.queue == queue and one.outcome == "answered"]


def legs(centre: Centre, queue: str) -> Counter[tuple[str, int, int | None, int | None, bool]]:
    """(agent, talk, hold, wrap-up, transferred) of every inbound leg; None where the vendor cannot tell."""
    found: Counter[tuple[str, int, int | None, int | None, bool]] = Counter()
    for one in answered(centre, queue):
        assert one.wrapped_at is not None
        # Aircall alone tells of holds: only there a call without one is known to have had none.
        hold = one.hold_s if queue == "Sales" else None
        wrap = _seconds(one.ended_at, one.wrapped_at) if queue == "Support" else None
        found[one.agent, one.talk_s, hold, wrap, one.handed_at is not None] += 1
        if queue == "Sales" and one.handed_at is not None:
            found[one.handed_to, _seconds(one.handed_at, one.ended_at), 0, None, False] += 1
    return found


def sessions(centre: Centre, queue: str) -> set[tuple[str, datetime, datetime]]:
    return {
        (shift.agent, shift.started_at, shift.ended_at)
        for day in centre.days
        for shift in day.shifts
        if shift.queue == queue
    }


def pauses(centre: Centre, queue: str) -> set[tuple[str, str, datetime, datetime]]:
    return {
        (shift.agent, PAUSE_STATES[pause.reason], pause.started_at, pause.ended_at)
        for day in centre.days
        for shift in day.shifts
        for pause in shift.pauses
        if shift.queue == queue
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketTruth:
    created_at: datetime
    group: str
    agent: str
    first_response_s: int | None
    solved_at: datetime | None
    closed_at: datetime | None
    reopens: int
    agent_replies: int
    customer_replies: int
    excluded: str | None
    linked: bool


def tickets(centre: Centre) -> dict[str, TicketTruth]:
    """The number of the ticket --> how it stands when the centre ends."""
    return {str(life.number): _ticket(centre, life) for day in centre.days for life in day.tickets}


def _ticket(centre: Centre, life: TicketLife) -> TicketTruth:
    steps = [step for step in life.steps if step.at < centre.until]
    replied = [step.at for step in steps if step.what == "agent_replied"]
    agents = [step.agent for step in steps if step.what == "assigned"]
    return TicketTruth(
        created_at=life.created_at,
        group=life.group,
        agent=agents[-1] if agents else "",
        first_response_s=_seconds(life.created_at, replied[0]) if replied else None,
        solved_at=_stands(steps),
        closed_at=next((step.at for step in steps if step.what == "closed"), None),
        reopens=sum(step.what == "reopened" for step in steps),
        agent_replies=len(replied),
        customer_replies=sum(step.what == "customer_replied" for step in steps),
        excluded="spam" if any(step.what == "spam" for step in steps) else None,
        linked=bool(life.contact),
    )


def _stands(steps: list[Step]) -> datetime | None:
    """When it was solved for the last time, unless it was reopened since."""
    moves = [step for step in steps if step.what in ("solved", "reopened")]
    return moves[-1].at if moves and moves[-1].what == "solved" else None


def ratings(centre: Centre) -> Counter[tuple[str, str, datetime]]:
    """(ticket, good or bad, when)"""
    return Counter(
        (str(life.number), life.rating, life.rated_at)
        for life in _lives(centre)
        if life.rated_at is not None and life.rated_at < centre.until
    )


def _lives(centre: Centre) -> Iterator[TicketLife]:
    for day in centre.days:
        yield from day.tickets


def _seconds(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds())
