"""A rule, its past and a wanted number of alerts go in, the limit at which it would have alerted about so often comes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from plugin.alert.threshold import Threshold

#: how many limits are tried over the whole range of values before it is looked at closely
_COARSE = 24
_FINE = 8
#: a number of alerts is "about" the wanted one within this part of it
_ABOUT = 0.5

#: the alerts that the rule would have sent
Count = Callable[[Threshold], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A limit and how many alerts it would have sent."""

    rule: Threshold
    alerts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """`best` comes nearest to what was wanted; `near` are its neighbours, the milder first: below and above the wanted number."""

    best: Tried
    near: tuple[Tried, ...]
    fits: bool


def can_move(rule: Threshold) -> bool:
    """Whether it has one limit: a band has two, and nothing is nothing."""
    return not rule.is_band and not rule.absent


def suggest(rule: Threshold, values: Sequence[float], wanted: float, count: Count) -> Suggestion:
    """`values` are the readings, or how many spreads they lay off the usual. Raises ValueError for a rule without one limit.

    From the mildest limit, which nothing passes, towards the strictest: the first place at which there are more alerts than wanted.
    A stricter limit does not always alert more often, because incidents that follow each other become one.
    """
    if not can_move(rule) or not values:
        raise ValueError("there is no one limit to move")

    def tried(limit: float) -> Tried:
        moved = _moved(rule, limit)
        return Tried(rule=moved, alerts=count(moved))

    coarse = [tried(limit) for limit in _limits(rule, min(values), max(values), _COARSE)]
    place = next((place for place, one in enumerate(coarse) if one.alerts > wanted), None)
    if place is None:
        near: tuple[Tried, ...] = (max(coarse, key=lambda one: one.alerts),)
    elif place == 0:
        near = (coarse[0],)
    else:
        near = _between(tried, coarse[place - 1], coarse[place], wanted)
    best = min(near, key=lambda one: abs(one.alerts - wanted))
    return Suggestion(best=best, near=near, fits=abs(best.alerts - wanted) <= _ABOUT * wanted)


def _between(tried: Callable[[float], Tried], mild: Tried, strict: Tried, wanted: float) -> tuple[Tried, Tried]:
    """The two limits closest to each other of which one alerts at most as often as wanted and the other more often."""
    for _ in range(_FINE):
        middle = _rounded((limit_of(mild.rule) + limit_of(strict.rule)) / 2)
        if middle in (limit_of(mild.rule), limit_of(strict.rule)):
            break
        one = tried(middle)
        mild, strict = (mild, one) if one.alerts > wanted else (one, strict)
    return mild, strict


def limit_of(rule: Threshold) -> float:
    """The one limit, or how many spreads."""
    if rule.relative is not None:
        return rule.relative.deviation
    return rule.good.passed(0.0)


def _limits(rule: Threshold, low: float, high: float, number: int) -> list[float]:
    """Round limits over the range, from the mildest to the strictest."""
    step = _nice((high - low) / number) if high > low else max(abs(high), 1.0)
    # A limit itself is still good, so the strictest one lies beside the range of values.
    first, last = math.floor(low / step) - 1, math.ceil(high / step) + 1
    ends = (0 if low >= 0 else -math.inf, 1 if low >= 0 and high <= 1 else math.inf)
    limits = [_clean(place * step, step) for place in range(first, last + 1)]
    limits = [limit for limit in limits if ends[0] <= limit <= ends[1] and (limit > 0 or rule.relative is None)]
    return limits if rule.fire_below is not None else limits[::-1]


def _nice(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least * 0.999)


def _rounded(value: float) -> float:
    """To about a hundredth of itself: nobody writes a finer limit."""
    if value == 0:
        return value
    step = _nice(abs(value) / 100)
    return _clean(round(value / step) * step, step)


def _clean(value: float, step: float) -> float:
    return round(value, max(0, 1 - math.floor(math.log10(step))))


def _moved(rule: Threshold, limit: float) -> Threshold:
    """With the clear value at the same part of the way: 10 of 15 % are 20 of 30 %; of a floor that of what is missing to 1."""
    if rule.relative is not None:
        part = rule.relative.clear_deviation / rule.relative.deviation
        return replace(rule, relative=replace(rule.relative, deviation=limit, clear_deviation=_short(limit * part)))
    was, clear = limit_of(rule), rule.clear_at
    if rule.fire_above is not None:
        moved = limit if clear is None or was <= 0 else min(_short(limit * clear / was), limit)
        return replace(rule, fire_above=limit, clear_at=None if clear is None else moved)
    if clear is None:
        return replace(rule, fire_below=limit)
    share = was < 1 and clear <= 1
    moved = 1 - (1 - clear) * (1 - limit) / (1 - was) if share else limit + clear - was
    return replace(rule, fire_below=limit, clear_at=max(_short(moved), limit))


def _short(value: float) -> float:
    return float(f"{value:.3g}")
