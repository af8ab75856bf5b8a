"""Open tickets at the end of each local day of a period: what a mean stock is made of (`docs/kpi/backlog.md`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, measure_sums
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.question import Group, Question
from plugin.kpi.terms import Terms

_FLOWS = ("spans_opened", "spans_solved")
#: adapters take no event from before it
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def mean_backlog(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """A day that a period cuts ends where the period does, and the running one now."""
    days = list(_days(question))
    if not days:
        return {}
    before = replace(days[0][1], start=_FIRST_MOMENT, end=days[0][1].start)
    levels = {group: level for (_, group), level in _flows(connection, question, (before,), terms).items()}
    flows = _flows(connection, question, tuple(day for _, day in days), terms)
    groups = {*levels, *(group for _, group in flows), *(() if question.by else ((),))}
    found: dict[Place, Sums] = defaultdict(lambda: {"open_at_day_ends": 0, "day_ends": 0})
    for number, (period, _) in enumerate(days):
        for group in groups:
            levels[group] = levels.get(group, 0) + flows.get((number, group), 0)
            found[period, group]["open_at_day_ends"] += levels[group]
            found[period, group]["day_ends"] += 1
    return dict(found)


def _days(question: Question) -> Iterator[tuple[int, Period]]:
    """(number of the period, one of its days), of those that have begun."""
    for number, period in enumerate(question.periods):
        if period.start >= min(period.end, question.as_of):
            continue
        for day in periods_between(Grain.DAY, period.start, min(period.end, question.as_of), period.timezone):
            yield number, replace(day, start=max(day.start, period.start), end=min(day.end, period.end))


def _flows(
    connection: Connection, question: Question, periods: tuple[Period, ...], terms: Terms
) -> dict[tuple[int, Group], float]:
    """What came less what went."""
    sums = measure_sums(connection, _FLOWS, replace(question, periods=periods), terms)
    return {place: found.get("spans_opened", 0) - found.get("spans_solved", 0) for place, found in sums.items()}
