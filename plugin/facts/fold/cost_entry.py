"""What somebody entered as a cost, as the one entry that counts."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plugin.contract.event import Event, Kind
from plugin.facts.fold.order import milli, text

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_MILLI = 2**62


@dataclass(frozen=True, kw_only=True, slots=True)
class CostEntryFacts:
    """A cost from the start of `first_on` to the end of `last_on`, in thousandths of the currency."""

    category: str
    first_on: date
    last_on: date
    amount_milli: int
    currency: str | None
    channel: str | None
    team: str | None
    note: str | None


def fold_cost_entry(events: Sequence[Event]) -> CostEntryFacts | None:
    """`events` are sorted by `in_order`; the last one is the whole entry.

    None when it was removed, and where the amount, the days or the currency make no sense.
    """
    event = events[-1]
    if event.kind is Kind.COST_REMOVED:
        return None
    days, amount, currency = _days(event), milli(event, "amount"), text(event, "currency")
    if days is None or amount is None or not 0 <= amount < _MOST_MILLI:
        return None
    if currency is not None and not _CURRENCY.fullmatch(currency):
        return None
    return CostEntryFacts(
        category=text(event, "category") or "other",
        first_on=days[0],
        last_on=days[1],
        amount_milli=amount,
        currency=currency,
        channel=event.channel,
        team=text(event, "team"),
        note=text(event, "note"),
    )


def _days(event: Event) -> tuple[date, date] | None:
    """The first and the last day: of the month, else the two that are stated."""
    if month := _MONTH.fullmatch(text(event, "month") or ""):
        year, number = int(month[1]), int(month[2])
        return (date(year, number, 1), date(year, number, monthrange(year, number)[1])) if year else None
    try:
        first, last = (date.fromisoformat(text(event, name) or "") for name in ("from", "to"))
    except ValueError:
        return None
    return (first, last) if first <= last else None
