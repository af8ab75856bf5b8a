"""Customers kept and lost, from counts of whole spans of days: the first one's start, the last one's end.

Defined in `docs/kpi/retention.md` and `churn.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from plugin.kpi.gather import Place, Sums, add_up
from plugin.kpi.question import Group, Question, grouping
from plugin.kpi.terms import Terms
from plugin.policy.localtime import zone

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Customers of the days from `first_on` to `last_on`, both included."""

    source: str
    subject: str
    first_on: date
    last_on: date
    at_start: int
    at_end: int | None
    joined: int | None
    lost: int | None


def customer_counts(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """A count belongs to the periods that hold all of its days; counts of several sources add up."""
    found: dict[Place, Sums] = {}
    for number, group, chain in _chains(connection, question, terms):
        add_up(found.setdefault((number, group), {}), summed(chain))
    return found


def listed_counts(
    connection: Connection, question: Question, terms: Terms
) -> Iterator[tuple[Group, Mapping[str, Any]]]:
    """The counts behind the number of the first period, each with what it adds to every measure, as `adds_` and its key."""
    for number, group, chain in _chains(connection, question, terms):
        for count, share in zip(chain, shares(chain) if number == 0 else (), strict=False):
            days = {"first_on": count.first_on.isoformat(), "last_on": count.last_on.isoformat()}
            yield group, {**asdict(count), **days, **{f"adds_{key}": value for key, value in share.items()}}


def _chains(connection: Connection, question: Question, terms: Terms) -> Iterator[tuple[int, Group, list[Count]]]:
    counts, group_of = _counts(connection), grouping(question, terms)
    for source, own in counts.items():
        group = group_of(tuple(source if name == "source" else "" for name in question.dimensions))
        if group is None:
            continue
        for number, period in enumerate(question.periods):
            first = period.start.astimezone(zone(terms.timezone))
            end = period.end.astimezone(zone(terms.timezone))
            first_on = first.date() if first.time() == first.time().min else first.date() + _DAY
            within = [count for count in own if count.first_on >= first_on and count.last_on < end.date()]
            if chain := chained(within):
                yield number, group, chain


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
    found: Sums = {}
    for share in shares(chain):
        add_up(found, share)
    return found


def shares(chain: Sequence[Count]) -> list[Sums]:
    """What each count of a chain adds to the whole; none where that is unknown."""
    joined, lost = (_total(values) for values in ((each.joined for each in chain), (each.lost for each in chain)))
    by_end = bool(chain) and chain[-1].at_end is not None and joined is not None
    if not chain or (not by_end and lost is None):
        return []
    found: list[Sums] = []
    for place, count in enumerate(chain):
        start = count.at_start if place == 0 else 0
        end = (count.at_end or 0) if place == len(chain) - 1 else 0
        kept = end - (count.joined or 0) if by_end else start - (count.lost or 0)
        gone = start - kept if lost is None else count.lost or 0
        found.append({"customers_at_start": start, "customers_kept": kept, "customers_lost": gone})
    return found


def _total(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


def _counts(connection: Connection) -> dict[str, list[Count]]:
    query = "SELECT source, subject, first_on, last_on, at_start, at_end, joined, lost FROM customer_count ORDER BY subject_key"
    found: dict[str, list[Count]] = defaultdict(list)
    for row in connection.execute(text(query)):
        found[row.source].append(
            Count(
                source=row.source,
                subject=row.subject,
                first_on=date.fromisoformat(row.first_on),
                last_on=date.fromisoformat(row.last_on),
                at_start=row.at_start,
                at_end=row.at_end,
                joined=row.joined,
                lost=row.lost,
            )
        )
    return found
