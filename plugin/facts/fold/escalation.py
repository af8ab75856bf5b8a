"""A contact and the tiers of queues in, its steps out: where it was handled, and whether it then went on to a higher tier.

Defined in `docs/kpi/escalation_rate.md`.
"""

from __future__ import annotations

from collections.abc import Mapping

from plugin.facts.fold.contact_facts import ContactFacts, Leg

#: outcomes of a visit that was not let in: nobody has moved
_NOT_LET_IN = ("join_empty", "full", "divert", "closed")


def steps(facts: ContactFacts, tiers: Mapping[str, int]) -> dict[int, bool]:
    """Of each tier below the highest in which it was handled, the number of the first leg --> whether it went higher after that."""
    top, found, seen = max(tiers.values(), default=0), {}, set()
    for number, leg in enumerate(facts.legs):
        tier = tiers.get(leg.queue, top)
        if tier < top and tier not in seen:
            seen.add(tier)
            found[number] = _highest_after(facts, leg, tiers) > tier
    return found


def _highest_after(facts: ContactFacts, leg: Leg, tiers: Mapping[str, int]) -> int:
    moves = [(visit.entered_at, visit.queue) for visit in facts.visits if visit.outcome not in _NOT_LET_IN]
    moves += [(other.answered_at, other.queue) for other in facts.legs]
    return max((tiers.get(queue, 0) for at, queue in moves if at > leg.answered_at), default=0)
