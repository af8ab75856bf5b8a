"""The last look at a folded ticket: thanks, flaws, durations on both clocks, and what became of promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from plugin.facts.fold.clock import Clock, Part
from plugin.facts.fold.order import ms_between
from plugin.facts.fold.ticket_facts import TicketFacts, Timer
from plugin.facts.reckoning import Reckoning

LONGEST = timedelta(days=3653)


def conclude(facts: TicketFacts, reckoning: Reckoning, last_at: datetime) -> TicketFacts:
    """`last_at`: the last thing that happened in it."""
    if reckoning.ignores_thanks:
        facts.spans = facts.spans[:1] + [span for span in facts.spans[1:] if not span.is_thanks]
    if last_at - facts.created_at > LONGEST:
        facts.flaw = "lasted over ten years"
    facts.escalatable = _escalatable(facts, reckoning)
    if facts.flaw is not None:
        return facts
    clock = reckoning.clock(facts.stays, facts.created_at)
    _measure(facts, clock)
    _waits(facts)
    if facts.excluded is None:
        facts.timers = _timers(facts, reckoning, clock)
    return facts


def _escalatable(facts: TicketFacts, reckoning: Reckoning) -> bool:
    tiers = reckoning.tiers
    below_top = any(tiers.get(queue, reckoning.top_tier) < reckoning.top_tier for _, queue in facts.stays)
    return facts.escalations > 0 or not tiers or below_top


def _measure(facts: TicketFacts, clock: Clock) -> None:
    if facts.first_response_from is not None and facts.first_response_at is not None:
        facts.first_response_ms = ms_between(facts.first_response_from, facts.first_response_at)
        facts.first_response_business_ms = clock.ms(facts.first_response_from, facts.first_response_at)
    if facts.first_solved_at is not None:
        facts.first_resolution_ms = ms_between(facts.created_at, facts.first_solved_at)
        facts.first_resolution_business_ms = clock.ms(facts.created_at, facts.first_solved_at)
    if facts.solved_at is not None:
        facts.resolution_ms = ms_between(facts.created_at, facts.solved_at)
        facts.resolution_business_ms = clock.ms(facts.created_at, facts.solved_at)
        waits = [(start, end) for start, end in facts.running("customer") if end]
        facts.requester_wait_ms = sum(ms_between(start, end) for start, end in waits)
        facts.requester_wait_business_ms = sum(clock.ms(start, end) for start, end in waits)
    for reply in facts.replies:
        reply.reply_ms = ms_between(reply.asked_at, reply.replied_at)
        reply.business_ms = clock.ms(reply.asked_at, reply.replied_at)


def _waits(facts: TicketFacts) -> None:
    """When the customer waited for the first response, span by span; a solution without one ends the waiting, too."""
    answered_at = facts.first_response_at
    for span in facts.spans:
        began = span.opened_at
        if facts.opened_by_agent:
            if facts.first_response_from is None:
                return
            began = max(began, facts.first_response_from)
        if (answered_at is not None and answered_at <= began) or (
            span.solved_at is not None and span.solved_at <= began
        ):
            continue
        ends = [moment for moment in (answered_at, span.solved_at) if moment is not None]
        span.waiting_from, span.waiting_until = began, min(ends, default=None)


def _timers(facts: TicketFacts, reckoning: Reckoning, clock: Clock) -> list[Timer]:
    """One for the first response and one for the solution, where something was promised when they began.

    Defined in `docs/kpi/sla_compliance.md`.
    """
    running, timers = facts.running("customer", "other"), []
    answered_at, since = facts.first_response_at, facts.first_response_from
    if since is not None:
        parts = _between(running, since, answered_at)
        timers.append(_timer("first_response", since, parts, answered_at, facts, reckoning, clock))
    timers.append(_timer("resolution", facts.created_at, running, facts.solved_at, facts, reckoning, clock))
    return [timer for timer in timers if timer is not None]


def _between(parts: Sequence[Part], start: datetime, end: datetime | None) -> list[Part]:
    found: list[Part] = []
    for begin, stop in parts:
        low, high = max(begin, start), stop if end is None else end if stop is None else min(stop, end)
        if high is None or low < high:
            found.append((low, high))
    return found


def _timer(
    kind: str,
    started_at: datetime,
    parts: Sequence[Part],
    done_at: datetime | None,
    facts: TicketFacts,
    reckoning: Reckoning,
    clock: Clock,
) -> Timer | None:
    promise = reckoning.promise_at(started_at)
    target_ms = promise.target_ms(kind, _priority_at(facts, started_at)) if promise else None
    if promise is None or target_ms is None:
        return None
    chosen = clock if promise.business else Clock(pieces=((started_at, None),))
    due_at = _due(parts, target_ms, chosen)
    met = due_at is None and done_at is not None
    # Solved before it was due and without a first response: nobody waits any more, and nothing was kept.
    if kind == "first_response" and done_at is None and due_at is None and facts.solved_at is not None:
        return None
    settled = done_at if met else due_at if _is_past(due_at, parts) else None
    return Timer(kind=kind, started_at=started_at, target_ms=target_ms, due_at=due_at, counted_at=settled, met=met)


def _is_past(due_at: datetime | None, parts: Sequence[Part]) -> bool:
    """Whether something that happened afterwards shows that it was broken; else only the time can."""
    last_end = parts[-1][1] if parts else None
    return due_at is not None and (last_end is not None or due_at < parts[-1][0])


def _due(parts: Sequence[Part], target_ms: int, clock: Clock) -> datetime | None:
    """When more than the target had passed; for what still runs, when it will have."""
    left = target_ms
    for start, end in parts:
        if end is None:
            return clock.after(start, left)
        passed = clock.ms(start, end)
        if passed > left:
            return clock.after(start, left)
        left -= passed
    return None


def _priority_at(facts: TicketFacts, moment: datetime) -> str | None:
    """The one it had then; what was never said until then is taken from the first time that it was said."""
    known = [priority for at, priority in facts.priorities if at <= moment]
    return known[-1] if known else next((priority for _, priority in facts.priorities), None)
