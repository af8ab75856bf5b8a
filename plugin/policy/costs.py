"""The costs of a document and a range of dates go in, the part of them that falls into it comes out, per currency.

What is in another currency is converted at the rate that was in force on each of its days; without one it stays apart.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

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
    """`pro_rated`: at least one entry reaches beyond the range, so that only its days within were taken.

    `converted`: the currencies of which at least a part was taken at a rate.
    """

    lines: tuple[CostLine, ...]
    pro_rated: bool
    converted: tuple[str, ...] = ()

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
    pro_rated, converted = False, set[str]()
    for cost in document.costs:
        first, after = dates_of(cost)
        days = (min(after, end) - max(first, start)).days
        if days <= 0:
            continue
        pro_rated = pro_rated or days < (after - first).days
        entered, daily = cost.currency or document.currency, Fraction(cost.amount) / (after - first).days
        for currency, worth in _worth(document, entered, max(first, start), min(after, end)):
            amounts[cost.category, cost.channel, cost.team, currency] += daily * worth
            converted |= {entered} - {currency}
    lines = tuple(_line(key, amount) for key, amount in amounts.items())
    return Costs(lines=lines, pro_rated=pro_rated, converted=tuple(sorted(converted)))


def _worth(document: Document, currency: str, start: date, end: date) -> Iterator[tuple[str, Fraction]]:
    """(currency, what one unit a day makes in it) of the dates in [start, end): the document's where there is a rate."""
    rates = [(rate.valid_from or date.min, Fraction(rate.rate)) for rate in document.rates if rate.currency == currency]
    borders = [start, *(min(max(begins, start), end) for begins, _ in rates), end]
    if days := (borders[1] - start).days:
        yield currency, Fraction(days)
    for (_, rate), (begins, ends) in zip(rates, pairwise(borders[1:]), strict=True):
        if days := (ends - begins).days:
            yield document.currency, rate * days


def _line(key: _Key, amount: Fraction) -> CostLine:
    category, channel, team, currency = key
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return CostLine(category=category, channel=channel, team=team, currency=currency, amount=exact)
