"""The costs of a document and a range of dates go in, the part of them that falls into it comes out, per currency."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from plugin.contract.event import Channel
from plugin.policy.document import Document
from plugin.policy.plan import Category, Cost

_Key = tuple[Category, Channel | None, str | None, str]


class MixedCurrencies(ValueError):
    """Amounts of several currencies cannot be added up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """`channel` and `team` are None for what the whole centre bears."""

    category: Category
    channel: Channel | None
    team: str | None
    currency: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """`pro_rated`: at least one entry reaches beyond the range, so that only its days within were taken."""

    lines: tuple[CostLine, ...]
    pro_rated: bool

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(sorted({line.currency for line in self.lines}))

    def total(self) -> Decimal:
        """Raises `MixedCurrencies`; 0 without any cost."""
        if len(self.currencies) > 1:
            raise MixedCurrencies(
                f"costs are in {' and '.join(self.currencies)}; enter them in one currency, or report each"
            )
        return sum((line.amount for line in self.lines), Decimal(0))


def dates_of(cost: Cost) -> tuple[date, date]:
    """The first date of the entry, and the date after its last."""
    if cost.month is not None:
        year, month = (int(part) for part in cost.month.split("-"))
        first = date(year, month, 1)
        return first, first + timedelta(days=monthrange(year, month)[1])
    assert cost.first is not None
    assert cost.last is not None
    return cost.first, cost.last + timedelta(days=1)


def costs_between(document: Document, start: date, end: date) -> Costs:
    """Costs of the local dates in [start, end): `end` is the date after the last. Each entry is spread evenly over its days."""
    amounts: defaultdict[_Key, Fraction] = defaultdict(Fraction)
    pro_rated = False
    for cost in document.costs:
        first, after = dates_of(cost)
        days = (min(after, end) - max(first, start)).days
        if days <= 0:
            continue
        pro_rated = pro_rated or days < (after - first).days
        key = (cost.category, cost.channel, cost.team, cost.currency or document.currency)
        amounts[key] += Fraction(cost.amount) * days / (after - first).days
    return Costs(lines=tuple(_line(key, amount) for key, amount in amounts.items()), pro_rated=pro_rated)


def _line(key: _Key, amount: Fraction) -> CostLine:
    category, channel, team, currency = key
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return CostLine(category=category, channel=channel, team=team, currency=currency, amount=exact)
