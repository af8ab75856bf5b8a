"""Asks what an audit needs to know of the last periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from plugin.kpi.answer import STANDARD_KPIS, Ask
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Grain, Period, previous
from plugin.kpi.profile import hour_of_day
from plugin.report.advice.look import Look, costs
from plugin.report.audit.seen import Place, Seen
from plugin.report.goal import Goal
from plugin.report.goals import goals_for
from plugin.report.moved import HOUR

#: so many periods are looked at
PAST = 6
#: grain of the audit --> by what its queues and hours are judged
STEPS = {Grain.WEEK: Grain.DAY, Grain.MONTH: Grain.DAY, Grain.QUARTER: Grain.MONTH, Grain.YEAR: Grain.MONTH}


def measured(look: Look, seen: Seen, kpis: tuple[str, ...], now: datetime) -> Seen:
    """The rest of what is seen, from answers."""
    wanted = dict.fromkeys((*(kpis or STANDARD_KPIS), *(target.kpi for target in look.document.targets)))
    goals = goals_for(look.document, wanted, look.period, dict(look.only), now)
    first = look.period
    for _ in range(PAST - 1):
        first = previous(first)
    past = _ask(look, tuple(goals), replace(look.period, start=first.start), look.period.grain)
    step = STEPS[look.period.grain]
    return replace(
        seen,
        goals=goals,
        past=_by_kpi(past),
        places=(*_queues(look, tuple(goals), step, now), *_hours(look, goals, step)),
        step=step.value,
        costs=() if look.only else tuple(costs(look)),
        excluded=look.of(tuple(wanted)).excluded,
        currency=look.document.currency,
    )


def _ask(look: Look, kpis: tuple[str, ...], period: Period, grain: Grain, by: tuple[str, ...] = ()) -> Report:
    return look.ask(
        Ask(
            kpis=kpis,
            start=period.start,
            end=period.end,
            grain=grain,
            by=by,
            timezone=period.timezone,
            only=look.only,
        )
    )


def _by_kpi(report: Report) -> Mapping[str, tuple[Measurement, ...]]:
    """Without the periods before anything was measured."""
    found: dict[str, list[Measurement]] = defaultdict(list)
    for row in report.rows:
        for kpi, one in row.values.items():
            if one.value is not None and one.n:
                found[kpi].append(one)
    return {kpi: tuple(values) for kpi, values in found.items()}


def _queues(look: Look, kpis: tuple[str, ...], step: Grain, now: datetime) -> Iterator[Place]:
    if "queue" in look.only or not kpis:
        return
    values: dict[tuple[str, str], list[Measurement]] = defaultdict(list)
    for row in _ask(look, kpis, look.period, step, by=("queue",)).rows:
        for kpi, one in row.values.items():
            values[row.group["queue"], kpi].append(one)
    for (queue, kpi), found in values.items():
        goals = goals_for(look.document, (kpi,), look.period, {**look.only, "queue": queue}, now) if queue else {}
        if kpi in goals:
            yield Place(dimension="queue", group=queue, kpi=kpi, values=tuple(found), goal=goals[kpi])


def _hours(look: Look, goals: Mapping[str, Goal], step: Grain) -> Iterator[Place]:
    """Hours of the day; of months and years they would be an average of averages."""
    if step is not Grain.DAY or not goals:
        return
    # An hour that the clock shows twice is one hour of its day.
    values: dict[tuple[int, str], dict[date, Measurement]] = defaultdict(dict)
    for row in _ask(look, tuple(goals), look.period, Grain.HOUR).rows:
        for kpi, one in row.values.items():
            days, day = values[hour_of_day(row.period), kpi], row.period.first_date
            days[day] = days[day] + one if day in days else one
    for (hour, kpi), days in values.items():
        yield Place(dimension=HOUR, group=f"{hour:02}:00", kpi=kpi, values=tuple(days.values()), goal=goals[kpi])
