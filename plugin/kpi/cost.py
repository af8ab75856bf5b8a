"""What the centre cost in a period, spread over channels and groups so that the parts add up to the whole (KPIS 7).

Parts are added with `fsum`, whose result does not depend on the order in which a database returns them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import fsum

from sqlalchemy import Connection

from plugin.contract.event import Channel
from plugin.kpi.catalogue import METRICS
from plugin.kpi.measure import Group, Question, Sums, measure_sums, measured_value
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Period
from plugin.kpi.terms import Terms
from plugin.policy.costs import costs_between
from plugin.policy.document import Document
from plugin.policy.localtime import midnight, zone

WEIGHTS = ("handle_ms", "contacts_connected", "tickets_answered")
COUNTS = ("contacts_connected", "tickets_answered", "calls_connected")
Scope = tuple[str | None, str | None]
#: (channel, values of the groupings)
Part = tuple[str, Group]


class CostError(ValueError):
    """The costs cannot be given as one number; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodCosts:
    """Amounts by (channel, team); None where an entry is borne by all of them."""

    amounts: Mapping[Scope, float]
    pro_rated: bool

    @property
    def total(self) -> float:
        return fsum(self.amounts.values())


def costs_of(document: Document, start: datetime, end: datetime) -> PeriodCosts:
    """The costs of [start, end) in the centre's days; a part of a day bears that part of its costs."""
    amounts: defaultdict[Scope, float] = defaultdict(float)
    pro_rated = False
    for first, after, share in _days(document, start, end):
        found = costs_between(document, first, after)
        if len(found.currencies) > 1:
            raise CostError(f"costs are in {' and '.join(found.currencies)}; enter them in one currency")
        pro_rated = pro_rated or found.pro_rated or share < 1
        for line in found.lines:
            amounts[line.channel.value if line.channel else None, line.team] += float(line.amount) * share
    return PeriodCosts(amounts=dict(amounts), pro_rated=pro_rated)


def has_costs(document: Document, start: datetime, end: datetime) -> bool:
    return any(costs_between(document, first, after).lines for first, after, _ in _days(document, start, end))


def _days(document: Document, start: datetime, end: datetime) -> Iterator[tuple[date, date, float]]:
    """(first date, date after the last, share of them): a cut day at either side, and the whole days between together."""
    tz = zone(document.timezone)
    first, last = start.astimezone(tz).date(), (end - timedelta(microseconds=1)).astimezone(tz).date()
    whole_from = first if midnight(first, tz) == start else first + timedelta(days=1)
    whole_to = last + timedelta(days=1) if midnight(last + timedelta(days=1), tz) == end else last
    if whole_from < whole_to:
        yield whole_from, whole_to, 1.0
    for day in sorted({day for day in (first, last) if not whole_from <= day < whole_to}):
        opens, closes = midnight(day, tz), midnight(day + timedelta(days=1), tz)
        yield day, day + timedelta(days=1), (min(closes, end) - max(opens, start)) / (closes - opens)


def add_costs(
    connection: Connection,
    document: Document,
    measured: dict[tuple[int, Group], dict[str, Measurement]],
    keys: Sequence[str],
    question: Question,
    terms: Terms,
) -> tuple[str, ...]:
    """Adds the cost metrics to every row; returns notes on how they came about. Raises `CostError`."""
    parts = _parts(connection, question, terms)
    notes: set[str] = set()
    for number, period in enumerate(question.periods):
        costs = costs_of(document, period.start, period.end)
        if costs.pro_rated:
            notes.add("Costs are pro-rated by calendar days.")
        spread = _spread(costs, parts.get(number, {}), document.allocation, question, terms)
        for group in _groups(measured, parts.get(number, {}), number, question):
            values = measured.setdefault((number, group), {})
            sums = _sums_of(group, period, costs, parts.get(number, {}), spread, question)
            values.update({key: measured_value(METRICS[key], sums) for key in keys})
    return tuple(sorted(notes))


def _groups(
    measured: Mapping[tuple[int, Group], object], parts: Mapping[Part, Sums], number: int, question: Question
) -> list[Group]:
    """Those of the report and those that bear costs, where the report is about no other number."""
    if not question.by:
        return [()]
    names = _names(question)
    bearing = {
        tuple(part[1][names.index(name)] for name in question.by)
        for part in parts
        if all(part[1][names.index(name)] == value for name, value in question.only.items())
    }
    return sorted({group for place, group in measured if place == number} | bearing)


def _names(question: Question) -> tuple[str, ...]:
    """The groupings of a part, in order: the channel, then what the report asks about."""
    return tuple(dict.fromkeys(["channel", *question.by, *question.only]))


def _parts(connection: Connection, question: Question, terms: Terms) -> dict[int, dict[Part, Sums]]:
    """Per period, the weights of every (channel, group) of the whole centre, whatever the report is restricted to."""
    everything = replace(question, by=_names(question), only={})
    found: dict[int, dict[Part, Sums]] = defaultdict(dict)
    for (number, group), sums in measure_sums(connection, sorted({*WEIGHTS, *COUNTS}), everything, terms).items():
        found[number][group[0], group] = sums
    return found


def _weight(sums: Sums, rule: str) -> float:
    contacts = sums.get("contacts_connected", 0) + sums.get("tickets_answered", 0)
    return contacts if rule == "contacts" else sums.get("handle_ms", 0)


def _spread(
    costs: PeriodCosts,
    parts: Mapping[Part, Sums],
    allocation: str | Mapping[Channel, float],
    question: Question,
    terms: Terms,
) -> dict[Part, float]:
    """The amount that each (channel, group) bears; the parts add up to the costs as long as there was any contact."""
    rule = allocation if isinstance(allocation, str) else "handle_time"
    spread: dict[Part, float] = defaultdict(float)
    for (channel, team), amount in costs.amounts.items():
        for share_channel, share in _channel_shares(channel, parts, allocation, rule).items():
            bearing = {part: sums for part, sums in parts.items() if part[0] == share_channel}
            if team is not None and (named := _of_team(bearing, team, question)):
                bearing = named
            for part, weight in _shares(bearing, rule).items():
                spread[part] += amount * share * weight
    return spread


def _channel_shares(
    channel: str | None, parts: Mapping[Part, Sums], allocation: str | Mapping[Channel, float], rule: str
) -> dict[str, float]:
    if channel is not None:
        return {channel: 1.0}
    if not isinstance(allocation, str):
        return {name.value: percent / 100 for name, percent in allocation.items()}
    shares: dict[str, list[float]] = defaultdict(list)
    for part, share in _shares(parts, rule).items():
        shares[part[0]].append(share)
    return {name: fsum(found) for name, found in sorted(shares.items())}


def _shares(parts: Mapping[Part, Sums], rule: str) -> dict[Part, float]:
    """Shares that add up to 1, by handle time where there is any, else by contacts; empty without either."""
    for by in dict.fromkeys((rule, "contacts")):
        weights = {part: _weight(sums, by) for part, sums in parts.items()}
        total = sum(weights.values())
        if total:
            return {part: weight / total for part, weight in weights.items()}
    return {}


def _of_team(parts: Mapping[Part, Sums], team: str, question: Question) -> dict[Part, Sums]:
    names = _names(question)
    if "team" not in names:
        return {}
    place = names.index("team")
    return {part: sums for part, sums in parts.items() if part[1][place] == team}


def _sums_of(
    group: Group,
    period: Period,
    costs: PeriodCosts,
    parts: Mapping[Part, Sums],
    spread: Mapping[Part, float],
    question: Question,
) -> dict[str, float]:
    """What the cost metrics are made of, for one row of the report."""
    names = _names(question)
    wanted = {**question.only, **dict(zip(question.by, group, strict=True))}
    mine = [part for part in parts if all(part[1][names.index(name)] == value for name, value in wanted.items())]
    sums: dict[str, float] = {key: sum(parts[part].get(key, 0) for part in mine) for key in COUNTS}
    # The whole centre bears everything, also in a period in which nobody called.
    sums["cost"] = costs.total if not wanted else fsum(spread.get(part, 0) for part in mine)
    sums["voice_cost"] = fsum(spread.get(part, 0) for part in mine if part[0] == Channel.VOICE)
    return sums
