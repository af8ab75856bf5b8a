"""Reports by hour go in, an average day or week comes out: how much arrives in each hour, how long it takes, who is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from plugin.kpi.metric import Report, Row
from plugin.kpi.period import Period
from plugin.policy.localtime import zone

#: what a profile is made of
KPIS = ("offered", "aht", "login_time", "pause_time")
HOUR_S = 3600.0
DAY_HOURS = 24
SlotOf = Callable[[Period], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """An hour on average over `hours` of them. `aht_s` None: nothing was answered; `agents` None: nobody tells who is there."""

    contacts: float
    aht_s: float | None
    agents: float | None
    hours: int


def hour_of_day(period: Period) -> int:
    return period.start.astimezone(zone(period.timezone)).hour


def hour_of_week(period: Period) -> int:
    """0 for the hour after midnight on Monday."""
    return period.start.astimezone(zone(period.timezone)).weekday() * DAY_HOURS + hour_of_day(period)


def profile(part: Report, whole: Report, slot_of: SlotOf) -> dict[int, Hour]:
    """`part` and `whole` measure KPIS by hour over the same range; they are the same report when all of the centre is meant.

    Agents log in to the centre, not to a queue. Those of a part are those of the whole, shared out by handle time as costs are.
    """
    told = "login_time" not in whole.unavailable
    rows: dict[int, list[tuple[Row, float]]] = defaultdict(list)
    for one, all_of_it in zip(part.rows, whole.rows, strict=True):
        rows[slot_of(one.period)].append((one, _agents(one, all_of_it)))
    return {slot: _hour(found, told=told) for slot, found in sorted(rows.items())}


def _hour(rows: list[tuple[Row, float]], *, told: bool) -> Hour:
    answered = sum(_parts(row, "aht")[1] for row, _ in rows)
    handled_s = sum(_parts(row, "aht")[0] for row, _ in rows)
    return Hour(
        contacts=sum(_parts(row, "offered")[0] for row, _ in rows) / len(rows),
        aht_s=handled_s / answered if answered and handled_s else None,
        agents=sum(agents for _, agents in rows) / len(rows) if told else None,
        hours=len(rows),
    )


def _agents(one: Row, whole: Row) -> float:
    """Agents that are logged in and not on a pause, on average over the hour."""
    there_s = _parts(whole, "login_time")[0] - _parts(whole, "pause_time")[0]
    handled_s, of_all_s = _parts(one, "aht")[0], _parts(whole, "aht")[0]
    share = 1.0 if one is whole else handled_s / of_all_s if of_all_s else 0.0
    length_s = (whole.period.end - whole.period.start).total_seconds()
    return max(0.0, there_s) * share / length_s


def _parts(row: Row, kpi: str) -> tuple[float, float]:
    """(numerator, denominator); nothing when it was not measured."""
    one = row.values.get(kpi)
    return (0.0, 0.0) if one is None else (one.numerator, one.denominator or 0.0)
