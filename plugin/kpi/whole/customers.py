"""Customers kept and lost, from counts of whole spans of days: the first one's start, the last one's end.

Defined in `docs/kpi/retention.md` and `churn.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text

from plugin.kpi.gather import Place, Sums
from plugin.kpi.question import Question, grouping
from plugin.kpi.terms import Terms
from plugin.policy.localtime import zone

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Customers of the days from `first_on` to `last_on`, both included."""

    first_on: date
    last_on: date
    at_start: int
    at_end: int | None
    joined: int | None
    lost: int | None


def customer_counts(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """A count belongs to the periods that hold all of its days; counts of several sources add up."""
    counts, group_of = _counts(connection), grouping(question, terms)
    found: dict[Place, Sums] = {}
    for source, own in counts.items():
        group = group_of(tuple(source if name == "source" else "" for name in question.dimensions))
        if group is None:
            continue
        for number, period in enumerate(question.periods):
            first = period.start.astimezone(zone(terms.timezone))
            end = period.end.astimezone(zone(terms.timezone))
            first_on = first.date() if first.time() == first.time().min else first.date() + _DAY
            within = [count for count in own if count.first_on >= first_on and count.last_on < end.date()]
            totals = found.setdefault((number, group), {}) if (chain := chained(within)) else {}
            for key, value in summed(chain).items():
                totals[key] = totals.get(key, 0) + value
    return found


def chained(counts: Iterable[Count]) -> list[Count]:
    """Counts that follow each other without a gap, the longest first where several begin on a day; none when there is a gap."""
    chain: list[Count] = []
    for count in sorted(counts, key=lambda each: (each.first_on, -each.last_on.toordinal())):
        if chain and count.last_on <= chain[-1].last_on:
            continue
        if chain and count.first_on != chain[-1].last_on + _DAY:
            return []
        chain.append(count)
    return chain


def summed(chain: Sequence[Count]) -> Sums:
    """S, E - N and lost; what follows from the others is worked out, and where one is unknown, so is the whole."""
    if not chain:
        return {}
    start, end = chain[0].at_start, chain[-1].at_end
    joined, lost = _total(each.joined for each in chain), _total(each.lost for each in chain)
    kept = end - joined if end is not None and joined is not None else start - lost if lost is not None else None
    if kept is None:
        return {}
    return {
        "customers_at_start": start,
        "customers_kept": kept,
        "customers_lost": lost if lost is not None else start - kept,
    }


def _total(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


def _counts(connection: Connection) -> dict[str, list[Count]]:
    query = "SELECT source, first_on, last_on, at_start, at_end, joined, lost FROM customer_count ORDER BY subject_key"
    found: dict[str, list[Count]] = defaultdict(list)
    for row in connection.execute(text(query)):
        found[row.source].append(
            Count(
                first_on=date.fromisoformat(row.first_on),
                last_on=date.fromisoformat(row.last_on),
                at_start=row.at_start,
                at_end=row.at_end,
                joined=row.joined,
                lost=row.lost,
            )
        )
    return found
