"""A Monday of a made-up centre, with the Monday before, as reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between
from plugin.report.goal import Goal
from plugin.report.material import Material, Split

ZONE = "Europe/Riga"
MONDAY = period_of(Grain.DAY, datetime(2026, 11, 23, 9, tzinfo=UTC), ZONE)
WEEK_BEFORE = period_of(Grain.DAY, datetime(2026, 11, 16, 9, tzinfo=UTC), ZONE)
KPIS = ("offered", "answered", "abandonment_rate", "service_level", "asa", "aht", "csat", "cost_per_call")
DEFINITIONS: Mapping[str, Mapping[str, object]] = {
    **{kpi: {"version": 1} for kpi in KPIS},
    "service_level": {"version": 1, "variant": "SL-3", "threshold_s": 20.0},
    "aht": {"version": 1, "components": "talk + hold, no wrap-up"},
    "cost_per_call": {"version": 1, "currency": "EUR"},
}
GOALS = {
    "abandonment_rate": Goal(at_most=0.05),
    "service_level": Goal(at_least=0.80),
    "csat": Goal(at_least=0.85),
}


def of(part: float, whole: float | None = None) -> Measurement:
    return Measurement(numerator=part, denominator=whole)


def values(offered: int, abandoned: int, in_time: int, wait_s: float = 24.0) -> dict[str, Measurement]:
    answered = offered - abandoned
    return {
        "offered": of(offered),
        "answered": of(answered),
        "abandonment_rate": of(abandoned, offered),
        "service_level": of(in_time, offered),
        "asa": of(answered * wait_s, answered),
        "aht": of(answered * 312.0, answered),
        "csat": of(round(answered * 0.09), round(answered * 0.1)),
        "cost_per_call": of(answered * 4.215, answered),
    }


TODAY = {"Support": values(812, 118, 431, 52.0), "Sales": values(206, 8, 178, 11.0), "Billing": values(94, 3, 83, 9.0)}
BEFORE = {"Support": values(701, 41, 540, 21.0), "Sales": values(198, 9, 170, 12.0), "Billing": values(90, 3, 80, 10.0)}


def report(rows: list[Row], **changes: object) -> Report:
    parts: dict[str, object] = {"timezone": ZONE, "definitions": DEFINITIONS, "rows": tuple(rows), **changes}
    return Report(**parts)  # type: ignore[arg-type]


def whole(period: Period, groups: Mapping[str, Mapping[str, Measurement]], **changes: object) -> Report:
    total: dict[str, Measurement] = {}
    for group in groups.values():
        for kpi, one in group.items():
            total[kpi] = total[kpi] + one if kpi in total else one
    return report([Row(period=period, group={}, values=total)], **changes)


def by_queue(period: Period, groups: Mapping[str, Mapping[str, Measurement]]) -> Report:
    return report([Row(period=period, group={"queue": name}, values=one) for name, one in groups.items()])


def by_hour(period: Period) -> Report:
    """Quiet at night, a bad stretch from 10 to 12."""
    rows = []
    for number, hour in enumerate(periods_between(Grain.HOUR, period.start, period.end, ZONE)):
        offered = [0] * 8 + [62, 118, 164, 171, 120, 96, 101, 99, 88, 60, 20, 8, 5] + [0] * 3
        bad = 0.21 if number in (10, 11) else 0.06
        calls = offered[number]
        rows.append(
            Row(period=hour, group={}, values=values(calls, round(calls * bad), round(calls * (0.9 - 3 * bad))))
        )
    return report(rows)


def material(**changes: object) -> Material:
    parts: dict[str, object] = {
        "title": "Support daily",
        "kpis": (*KPIS, "occupancy"),
        "period": MONDAY,
        "now_at": MONDAY.end + timedelta(hours=8),
        "now": whole(
            MONDAY,
            TODAY,
            unavailable={"occupancy": "missing fact: agent_state, login"},
            excluded={"internal": 12, "open": 3, "quarantined": 2},
        ),
        "previous": WEEK_BEFORE,
        "before": whole(WEEK_BEFORE, BEFORE),
        "split": Split(dimension="queue", now=by_queue(MONDAY, TODAY), before=by_queue(WEEK_BEFORE, BEFORE)),
        "series": by_hour(MONDAY),
        "goals": GOALS,
        **changes,
    }
    return Material(**parts)  # type: ignore[arg-type]
