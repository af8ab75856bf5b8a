"""The last look at a folded contact: what was told in the wrong order, what cannot be, and how it came out."""

from __future__ import annotations

from datetime import datetime

from plugin.contract.event import Direction
from plugin.facts.fold.contact_facts import ContactFacts
from plugin.facts.fold.order import ms_between

LONGEST_MS = 24 * 3600 * 1000


def conclude(facts: ContactFacts, over_at: datetime | None, last_at: datetime, *, in_menu: bool) -> ContactFacts:
    """`over_at`: when the contact was said to be over; `last_at`: the last thing that happened in it."""
    _join_early_exits(facts)
    facts.visits.sort(key=lambda visit: visit.entered_at)
    facts.started_at = min([facts.started_at, *(visit.entered_at for visit in facts.visits)])
    _dial(facts)
    _quarantine(facts)
    is_open = any(visit.outcome == "open" for visit in facts.visits) or any(leg.ended_at is None for leg in facts.legs)
    if not is_open and (over_at or facts.visits or facts.legs):
        facts.ended_at = max(last_at, over_at or last_at)
    facts.ivr = _ivr(facts, is_over=over_at is not None) if in_menu else None
    facts.outcome = _outcome(facts, is_over=over_at is not None)
    return facts


def _join_early_exits(facts: ContactFacts) -> None:
    """A source whose clock jumped can log an exit before its entry: the visit belongs to the entry that nothing followed."""
    for entry in [visit for visit in facts.visits if visit.outcome == "open"]:
        early = next((visit for visit in facts.visits if visit.inferred and visit.queue == entry.queue), None)
        if early is None:
            continue
        if early.wait_ms is None and early.left_at is not None and early.left_at < entry.entered_at:
            facts.flaw = "left its queue before it entered"
        early.entered_at, early.inferred = entry.entered_at, False
        early.left_at = max(early.left_at or entry.entered_at, entry.entered_at)
        facts.visits.remove(entry)


def _dial(facts: ContactFacts) -> None:
    """Whoever calls out has dialled until the first answer. In a contact that came through a queue the dialler did."""
    if facts.direction != Direction.OUTBOUND or facts.offered_at is None or facts.visits or not facts.legs:
        return
    first, *later = facts.legs
    if first.inferred:
        return
    first.dial_ms = ms_between(facts.offered_at, first.answered_at)
    for leg in later:
        leg.dial_ms = 0


def _quarantine(facts: ContactFacts) -> None:
    """Impossible durations become unknown and are named; they are never cut to fit."""
    for visit in facts.visits:
        if visit.wait_ms is not None and not 0 <= visit.wait_ms <= LONGEST_MS:
            facts.flaw = "wait below zero" if visit.wait_ms < 0 else "wait over 24 hours"
            visit.wait_ms = None
    for leg in facts.legs:
        for name in ("talk_ms", "hold_ms", "wrap_ms", "dial_ms"):
            value = getattr(leg, name)
            if value is not None and not 0 <= value <= LONGEST_MS:
                facts.flaw = f"{name.removesuffix('_ms')} {'below zero' if value < 0 else 'over 24 hours'}"
                setattr(leg, name, None)


def _ivr(facts: ContactFacts, *, is_over: bool) -> str | None:
    """How the contact left the menu. Hanging up is not self-service; a closed queue gave it nowhere to go."""
    if facts.legs or any(visit.outcome != "closed" for visit in facts.visits):
        return "routed"
    if facts.visits:
        return "closed"
    if not is_over:
        return None
    return "contained" if facts.contained else "abandoned"


def _outcome(facts: ContactFacts, *, is_over: bool) -> str:
    if facts.legs:
        return "answered"
    if facts.visits:
        return facts.visits[-1].outcome
    if is_over:
        return {None: "ended", "contained": "contained"}.get(facts.ivr, "ivr_abandoned")
    return "open"
