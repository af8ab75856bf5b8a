"""The rules, and which of what they say is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plugin.report.advice import groups, hours
from plugin.report.advice.seen import LEAST, Advice, Seen

Rule = Callable[[Seen], Iterator[Advice]]
#: each is written in `docs/digests.md`
RULES: dict[str, Rule] = {
    "staffing": hours.staffing,
    "callbacks": hours.callbacks,
    "idle_costs": groups.idle_costs,
    "repeats": groups.repeats,
    "transfers": groups.transfers,
    "wrap_up": groups.wrap_up,
}
MOST = 3


def advice(seen: Seen) -> tuple[str, ...]:
    """What is worth most first; one of each rule, so that one bad queue does not say everything."""
    found = [max(said, key=lambda one: one.worth) for rule in RULES.values() if (said := list(rule(seen)))]
    best = sorted((one for one in found if one.worth >= LEAST), key=lambda one: -one.worth)
    return tuple(one.text for one in best[:MOST])
