"""What a customer system counted of a span of days, in the one form that retention and churn are worked out from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from plugin.contract.event import Event
from plugin.facts.fold.order import text

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCountFacts:
    """Customers from the start of `first_on` to the end of `last_on`; `joined` came and `lost` went in between."""

    first_on: date
    last_on: date
    at_start: int
    at_end: int | None
    joined: int | None
    lost: int | None


def fold_customer_count(events: Sequence[Event]) -> CustomerCountFacts | None:
    """`events` are sorted by `in_order`; what a later one states replaces what an earlier one did.

    None while the dates or the number at the start are unknown or make no sense.
    """
    first_on, last_on = (_last([_date(event, name) for event in events]) for name in ("from", "to"))
    at_start, at_end, joined, lost = (
        _last([_number(event, name) for event in events]) for name in ("at_start", "at_end", "new", "lost")
    )
    if first_on is None or last_on is None or last_on < first_on or at_start is None:
        return None
    return CustomerCountFacts(
        first_on=first_on, last_on=last_on, at_start=at_start, at_end=at_end, joined=joined, lost=lost
    )


def _last(values: Sequence[_T | None]) -> _T | None:
    return next((value for value in reversed(values) if value is not None), None)


def _date(event: Event, name: str) -> date | None:
    value = text(event, name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _number(event: Event, name: str) -> int | None:
    """A whole number of customers, at least 0."""
    value = event.data.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value >= 0 and value % 1 == 0 and value < 2**62 else None
