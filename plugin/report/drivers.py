"""Two periods of one KPI split by group go in, how much of the change each group made comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.kpi.metric import Measurement

Groups = Mapping[str, Measurement]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """`amount` is in the unit of the KPI; the amounts of all groups add up to the change of the whole."""

    group: str
    amount: float


def contributions(now: Groups, before: Groups) -> tuple[Contribution, ...]:
    """Largest first. Empty when the KPI has no value on either side.

    For Σn/Σd a group counts with what it adds to the new value beyond the old average, less what it added to the old one. So a
    group that grew and is worse than average is charged for both, and nothing is left over.
    """
    groups = sorted({*now, *before})
    whole_now, whole_before = _total(now), _total(before)
    if whole_now is None or whole_before is None or whole_now.value is None or whole_before.value is None:
        return ()
    found = [Contribution(group=group, amount=_amount(group, now, before, whole_now, whole_before)) for group in groups]
    return tuple(sorted(found, key=lambda one: -abs(one.amount)))


def _total(groups: Groups) -> Measurement | None:
    total: Measurement | None = None
    for one in groups.values():
        total = one if total is None else total + one
    return total


def _amount(group: str, now: Groups, before: Groups, whole_now: Measurement, whole_before: Measurement) -> float:
    new, old = now.get(group), before.get(group)
    if whole_now.denominator is None or whole_before.denominator is None:
        return (new.numerator if new else 0.0) - (old.numerator if old else 0.0)
    average = whole_before.value or 0.0
    return _beyond(new, average) / whole_now.n - _beyond(old, average) / whole_before.n


def _beyond(one: Measurement | None, average: float) -> float:
    return 0.0 if one is None else one.numerator - average * one.n


def main_driver(found: tuple[Contribution, ...], change: float, share: float = 0.5) -> Contribution | None:
    """The group that made at least this share of the change, in its direction; None when no single one did."""
    if not change:
        return None
    strongest = max(found, key=lambda one: one.amount / change, default=None)
    return strongest if strongest and strongest.amount / change >= share else None
