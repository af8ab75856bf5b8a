"""Two periods of one KPI split by group go in, how much of the change each group made comes out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.kpi.metric import Measurement
from plugin.report.figures import half_up

Groups = Mapping[str, Measurement]
#: by how much groups may differ from the whole, as a contact of two queues makes them; and how much may be without a name
_SLACK, _UNNAMED = 0.02, 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """`amount` is in the unit of the KPI; the amounts of all groups add up to the change of the whole.

    Of a ratio or mean, `rate` is what came from the group's own value, `mix` from its share of the whole; both make the amount.
    """

    group: str
    amount: float
    rate: float | None = None
    mix: float | None = None


def contributions(now: Groups, before: Groups) -> tuple[Contribution, ...]:
    """Largest first. Empty when the KPI has no value on either side.

    For Σn/Σd a group counts with what it adds to the new value beyond the old average, less what it added to the old one. So a
    group that grew and is worse than average is charged for both, and nothing is left over.
    """
    groups = sorted({*now, *before})
    whole_now, whole_before = _total(now), _total(before)
    if whole_now is None or whole_before is None or whole_now.value is None or whole_before.value is None:
        return ()
    found = [_contribution(group, now.get(group), before.get(group), whole_now, whole_before) for group in groups]
    return tuple(sorted(found, key=lambda one: -abs(one.amount)))


def _total(groups: Groups) -> Measurement | None:
    total: Measurement | None = None
    for one in groups.values():
        total = one if total is None else total + one
    return total


def _contribution(
    group: str, new: Measurement | None, old: Measurement | None, whole_now: Measurement, whole_before: Measurement
) -> Contribution:
    if whole_now.denominator is None or whole_before.denominator is None:
        return Contribution(group=group, amount=(new.numerator if new else 0.0) - (old.numerator if old else 0.0))
    average = whole_before.value or 0.0
    amount = _beyond(new, average) / whole_now.n - _beyond(old, average) / whole_before.n
    rate = _rate(new, old, whole_now, whole_before)
    return Contribution(group=group, amount=amount, rate=rate, mix=amount - rate)


def _rate(new: Measurement | None, old: Measurement | None, whole_now: Measurement, whole_before: Measurement) -> float:
    """The change of the group's value at the mean of its two shares; a group that came or went only changed the mix."""
    if new is None or old is None or new.value is None or old.value is None:
        return 0.0
    share = (new.n / whole_now.n + old.n / whole_before.n) / 2
    return share * (new.value - old.value)


def _beyond(one: Measurement | None, average: float) -> float:
    return 0.0 if one is None else one.numerator - average * one.n


def main_driver(found: tuple[Contribution, ...], change: float, share: float = 0.5) -> Contribution | None:
    """The named group that made at least this share of the change, in its direction; None when no single one did."""
    if not change:
        return None
    strongest = max((one for one in found if one.group), key=lambda one: one.amount / change, default=None)
    return strongest if strongest and strongest.amount / change >= share else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Driver:
    """The group of a dimension that moved a KPI most. `part` and `rest` make the change; `share` is its share of all now."""

    dimension: str
    part: Contribution
    change: float
    share: float

    @property
    def rest(self) -> float:
        return self.change - self.part.amount

    @property
    def telling(self) -> float:
        """How much more of the change it made than of the whole it is: nine tenths made by nine tenths tell nothing."""
        return min(1.0, self.part.amount / self.change) - self.share


def driver_of(dimension: str, now: Groups, before: Groups, whole: tuple[Measurement, Measurement]) -> Driver | None:
    """`whole` is the measured value now and before. None when no group stands out, or groups do not make up the whole."""
    names = {*now, *before}
    if len(names) < 2 or not (_makes_up(now, whole[0]) and _makes_up(before, whole[1])):
        return None
    change = (whole[0].value or 0.0) - (whole[1].value or 0.0)
    part = main_driver(contributions(now, before), change)
    if part is None:
        return None
    held = now[part.group].n / whole[0].n if part.group in now and whole[0].n else 0.0
    return Driver(dimension=dimension, part=part, change=change, share=held)


def _makes_up(groups: Groups, whole: Measurement) -> bool:
    """Distinct counts and stocks do not add up, and what hardly any group is named for says nothing of groups."""
    total = _total(groups)
    unnamed = groups[""].n if "" in groups else 0.0
    return total is not None and abs(total.n - whole.n) <= _SLACK * whole.n and unnamed <= _UNNAMED * whole.n


def in_steps(parts: Sequence[float], step: float) -> tuple[float, ...]:
    """Rounded to whole steps that still make the rounded sum: what is left over goes to the largest remainders."""
    exact = [part / step for part in parts]
    found = [math.floor(one + 1e-9) for one in exact]
    left = int(half_up(sum(exact), 0)) - sum(found)
    for place in sorted(range(len(exact)), key=lambda place: found[place] - exact[place])[: max(0, left)]:
        found[place] += 1
    return tuple(one * step for one in found)
