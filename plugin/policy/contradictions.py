"""A rule goes in, what in it contradicts itself comes out: one check each, naming the key and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import chain

from plugin.policy.sending import Rule

#: (key of the rule, empty for the rule as a whole; what is wrong and what to write)
Contradiction = tuple[str, str]


def contradictions(rule: Rule, shares: Collection[str] | None = None) -> Iterator[Contradiction]:
    """`shares` are the KPIs that tell how many of counted items; None: what depends on it is not checked."""
    yield from chain.from_iterable(check(rule) for check in _CHECKS)
    if shares is not None:
        yield from _of_shares(rule, rule.kpi in shares)


def _no_limit(rule: Rule) -> Iterator[Contradiction]:
    if rule.fire_above is None and rule.fire_below is None:
        yield "", "needs a limit; write fire_above, fire_below, or both for a band"


def _band_inverted(rule: Rule) -> Iterator[Contradiction]:
    if rule.fire_above is not None and rule.fire_below is not None and rule.fire_below >= rule.fire_above:
        text = f"must be below fire_above ({rule.fire_above:g}): a band is good, and fires above fire_above and below fire_below"
        yield "fire_below", text


def _clear_on_the_wrong_side(rule: Rule) -> Iterator[Contradiction]:
    above, below, clear = rule.fire_above, rule.fire_below, rule.clear_at
    if clear is None or rule.is_band:
        return
    if above is not None and clear > above:
        yield "clear_at", f"must be below fire_above ({above:g}), because the rule fires above it"
    if below is not None and clear < below:
        yield "clear_at", f"must be above fire_below ({below:g}), because the rule fires below it"


def _clear_of_another_kind(rule: Rule) -> Iterator[Contradiction]:
    if rule.is_band and rule.clear_at is not None:
        yield "clear_at", "is for one limit; of a band write clear_by, how far within both limits it counts as over"
    if not rule.is_band and rule.clear_by:
        yield "clear_by", "is for a band; with one limit write clear_at, the value at which it counts as over"


def _clear_leaves_nothing(rule: Rule) -> Iterator[Contradiction]:
    if rule.fire_above is None or rule.fire_below is None or rule.fire_below >= rule.fire_above:
        return
    half = (rule.fire_above - rule.fire_below) / 2
    if rule.clear_by > half:
        yield "clear_by", f"leaves no value within the band, so it would never be over; write less than {half:g}"


def _of_shares(rule: Rule, is_share: bool) -> Iterator[Contradiction]:
    if not is_share and rule.confidence:
        yield "confidence", f"is for shares of counted items; {rule.kpi} is none, remove it"
    if is_share and rule.fire_above == 1:
        yield "fire_above", "is never passed, because a share is at most 1; lower it"
    if is_share and rule.fire_below == 0:
        yield "fire_below", "is never passed, because a share is at least 0; raise it"


_CHECKS: tuple[Callable[[Rule], Iterator[Contradiction]], ...] = (
    _no_limit,
    _band_inverted,
    _clear_on_the_wrong_side,
    _clear_of_another_kind,
    _clear_leaves_nothing,
)
