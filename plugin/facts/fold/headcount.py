"""The events of one count of people in, the count as it was last told out; None for one that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plugin.contract.event import Event
from plugin.facts.fold.order import latest, number, text


@dataclass(kw_only=True, slots=True)
class HeadcountFacts:
    """`headcount` is the average from `first_day` to `last_day`, both included; `leavers` None: not told."""

    team: str
    first_day: date
    last_day: date
    headcount: float
    leavers: int | None


def fold_headcount(events: Iterable[Event]) -> HeadcountFacts | None:
    """`events` in any order: each says everything about the count, and the latest decides."""
    event = latest(events)
    first_day, last_day = _day(text(event, "from")), _day(text(event, "to"))
    headcount, leavers = number(event, "headcount"), number(event, "leavers")
    if first_day is None or last_day is None or last_day < first_day or headcount is None or headcount < 0:
        return None
    known = leavers is not None and leavers >= 0 and leavers.is_integer()
    return HeadcountFacts(
        team=text(event, "team") or "",
        first_day=first_day,
        last_day=last_day,
        headcount=headcount,
        leavers=int(leavers) if leavers is not None and known else None,
    )


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None
