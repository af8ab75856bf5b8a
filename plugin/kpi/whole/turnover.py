"""Who left, and how many people there were meanwhile: counts of people laid over the days of a period.

Defined in `docs/kpi/agent_turnover.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import Connection, text

from plugin.kpi.gather import Place, Sums
from plugin.kpi.period import Period
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms
from plugin.policy.localtime import zone

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """People of a team (empty: of the whole centre) from `first` to `last`, both included."""

    team: str
    first: date
    last: date
    headcount: float
    leavers: int

    def days_in(self, first: date, last: date) -> int:
        return max(0, (min(last, self.last) - max(first, self.first)) // _DAY + 1)


def turnover(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """Only counts that tell of leavers; the centre as a whole, or by team. No other grouping has people."""
    if set(question.by) - {"team"} or set(question.only) - {"team"}:
        return {}
    query = (
        "SELECT team, first_day, last_day, headcount, leavers FROM headcount WHERE leavers IS NOT NULL ORDER BY 1, 2, 3"
    )
    counts = [
        Count(
            team=team,
            first=date.fromisoformat(first),
            last=date.fromisoformat(last),
            headcount=headcount,
            leavers=leavers,
        )
        for team, first, last, headcount, leavers in connection.execute(text(query))
    ]
    found: dict[Place, Sums] = {}
    for number, period in enumerate(question.periods):
        for team in _teams(counts, question):
            sums = _sums(_of(counts, team), *_days(period, terms.timezone))
            if sums is not None:
                found[number, (team,) if question.by else ()] = sums
    return found


def _teams(counts: Iterable[Count], question: Question) -> list[str]:
    """Those that are asked about; empty stands for the whole centre."""
    if "team" in question.only:
        return [question.only["team"]]
    return sorted({count.team for count in counts if count.team}) if question.by else [""]


def _of(counts: list[Count], team: str) -> list[Count]:
    """The counts of a team. Those of the whole centre, where there are any, are not added to those of its teams."""
    own = [count for count in counts if count.team == team]
    return own if own or team else counts


def _days(period: Period, timezone: str) -> tuple[date, date]:
    """The first and the last local day of which the period has a part."""
    local = zone(timezone)
    last: datetime = period.end - timedelta(microseconds=1)
    return period.start.astimezone(local).date(), max(period.start, last).astimezone(local).date()


def _sums(counts: Iterable[Count], first: date, last: date) -> Sums | None:
    """None unless the counts tell of every day; of a count that lies partly in the period, that share of the leavers counts."""
    inside = [(count, count.days_in(first, last)) for count in counts]
    told = {day for count, days in inside if days for day in _each(max(first, count.first), min(last, count.last))}
    length = (last - first) // _DAY + 1
    if len(told) < length:
        return None
    leavers = sum(Fraction(count.leavers) * days / count.days_in(count.first, count.last) for count, days in inside)
    headcount = sum(Fraction(count.headcount) * days for count, days in inside) / length
    return {
        "leavers": float(leavers),
        "average_headcount": float(headcount),
        "headcount_years": float(headcount * _months(first, last) / 12),
    }


def _each(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += _DAY


def _months(first: date, last: date) -> Fraction:
    """Calendar months from one day to another, both included; a part of a month is that share of its days."""
    return sum((Fraction(1, _length(day)) for day in _each(first, last)), Fraction(0))


def _length(day: date) -> int:
    start = day.replace(day=1)
    return ((start + timedelta(days=32)).replace(day=1) - start) // _DAY
