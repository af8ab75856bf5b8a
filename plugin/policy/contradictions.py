"""A rule goes in, what in it contradicts itself comes out: one check each, naming the key and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from itertools import chain

from plugin.policy.calendar import Calendar, longest_opening
from plugin.policy.fields import render_duration
from plugin.policy.sending import Rule

#: (key of the rule, empty for the rule as a whole; what is wrong and what to write)
Contradiction = tuple[str, str]


def contradictions(
    rule: Rule,
    hours: Calendar | None = None,
    shares: Collection[str] | None = None,
    volumes: Collection[str] | None = None,
) -> Iterator[Contradiction]:
    """`shares` are the KPIs that tell how many of counted items, `volumes` those that count what happened; None: not checked.

    `hours` are those in which something can be expected; None: always.
    """
    yield from chain.from_iterable(check(rule) for check in _CHECKS)
    if rule.absent and hours is not None:
        yield from _never_open_for_so_long(rule, hours)
    if shares is not None:
        yield from _of_shares(rule, rule.kpi in shares)
    if volumes is not None and rule.absent and rule.kpi not in volumes:
        yield "absent", f"is for a KPI that counts what comes, such as offered or received; {rule.kpi} does not"


def _never_open_for_so_long(rule: Rule, hours: Calendar) -> Iterator[Contradiction]:
    longest, needed = longest_opening(hours), timedelta(seconds=rule.window_s + rule.hold_s)
    if longest is not None and needed > longest:
        most = render_duration(int(longest.total_seconds()))
        text = f"must end, for included, within {most}: an absence is judged in opening hours only, and they last no longer"
        yield "window", text


def _no_limit(rule: Rule) -> Iterator[Contradiction]:
    if not _kinds(rule):
        yield "", "needs a limit; write fire_above, fire_below (both for a band), deviation or absent"


def _two_limits(rule: Rule) -> Iterator[Contradiction]:
    kinds = _kinds(rule)
    if len(kinds) > 1:
        yield kinds[-1], f"stands beside {kinds[0]}; a rule has one kind of limit, write two rules"


def _kinds(rule: Rule) -> list[str]:
    """The keys that say at what it fires; the two of a band are one kind."""
    said = {"fire_above": rule.fire_above is not None, "deviation": rule.deviation is not None, "absent": rule.absent}
    fixed = ["fire_below"] if rule.fire_above is None and rule.fire_below is not None else []
    return [*fixed, *(key for key, written in said.items() if written)]


def _keys_of_another_kind(rule: Rule) -> Iterator[Contradiction]:
    written = [key for key in rule.model_fields_set if getattr(rule, key) is not None]
    ends = [key for key in ("clear_at", "clear_by") if key in written]
    if rule.deviation is None:
        remedy = "belongs to deviation; add deviation = 3.0, or remove it"
        yield from ((key, remedy) for key in _OF_DEVIATION if key in written)
    else:
        yield from ((key, "is for fixed limits; write clear_deviation, in spreads") for key in ends)
    if rule.absent:
        remedy = "has no meaning with absent, which is over as soon as something comes; remove it"
        yield from ((key, remedy) for key in [*ends, *(["clear_for"] if rule.clear_hold_s else [])])


def _deviation_cleared_late(rule: Rule) -> Iterator[Contradiction]:
    if rule.deviation is None:
        return
    if rule.clear_deviation is not None and rule.clear_deviation > rule.deviation:
        yield "clear_deviation", f"must be at most deviation ({rule.deviation:g}), because the rule fires beyond it"
    if rule.weeks_min > rule.weeks:
        yield "weeks_min", f"must be at most weeks ({rule.weeks}); lower it, or raise weeks"


def _band_inverted(rule: Rule) -> Iterator[Contradiction]:
    if rule.fire_above is not None and rule.fire_below is not None and rule.fire_below >= rule.fire_above:
        text = f"must be below fire_above ({rule.fire_above:g}): a band is good, and fires above fire_above and below fire_below"
        yield "fire_below", text


def _clear_on_the_wrong_side(rule: Rule) -> Iterator[Contradiction]:
    above, below, clear = rule.fire_above, rule.fire_below, rule.clear_at
    if clear is None or rule.is_band or (above is None and below is None):
        return
    if above is not None and clear > above:
        yield "clear_at", f"must be below fire_above ({above:g}), because the rule fires above it"
    if below is not None and clear < below:
        yield "clear_at", f"must be above fire_below ({below:g}), because the rule fires below it"


def _clear_of_another_kind(rule: Rule) -> Iterator[Contradiction]:
    if rule.is_band and rule.clear_at is not None:
        yield "clear_at", "is for one limit; of a band write clear_by, how far within both limits it counts as over"
    if not rule.is_band and rule.clear_by and rule.deviation is None and not rule.absent:
        yield "clear_by", "is for a band; with one limit write clear_at, the value at which it counts as over"


def _clear_leaves_nothing(rule: Rule) -> Iterator[Contradiction]:
    if rule.fire_above is None or rule.fire_below is None or rule.fire_below >= rule.fire_above:
        return
    half = (rule.fire_above - rule.fire_below) / 2
    if rule.clear_by > half:
        yield "clear_by", f"leaves no value within the band, so it would never be over; write less than {half:g}"


def _telling(rule: Rule) -> Iterator[Contradiction]:
    if rule.escalate_after_s and not rule.escalate_to:
        yield "escalate_after", "needs escalate_to: the names of the channels that are told then"
    if rule.escalate_to and not rule.escalate_after_s:
        yield "escalate_to", 'needs escalate_after: how long nobody may have answered, like "15m"'
    if twice := [name for name in rule.escalate_to if name in rule.targets]:
        yield "escalate_to", f"{twice[0]} is told from the start; remove it here or from targets"
    if rule.repeat_s and not rule.targets:
        yield "repeat", "needs targets: the names of the channels that are told again"
    if "repeat_most" in rule.model_fields_set and not rule.repeat_s:
        yield "repeat_most", 'needs repeat: after how long it is told again, like "30m"'


def _of_shares(rule: Rule, is_share: bool) -> Iterator[Contradiction]:
    if not is_share and rule.confidence:
        yield "confidence", f"is for shares of counted items; {rule.kpi} is none, remove it"
    if is_share and rule.fire_above == 1:
        yield "fire_above", "is never passed, because a share is at most 1; lower it"
    if is_share and rule.fire_below == 0:
        yield "fire_below", "is never passed, because a share is at least 0; raise it"


_OF_DEVIATION = ("side", "clear_deviation", "weeks", "weeks_min")
_CHECKS: tuple[Callable[[Rule], Iterator[Contradiction]], ...] = (
    _no_limit,
    _two_limits,
    _keys_of_another_kind,
    _deviation_cleared_late,
    _band_inverted,
    _clear_on_the_wrong_side,
    _clear_of_another_kind,
    _clear_leaves_nothing,
    _telling,
)
