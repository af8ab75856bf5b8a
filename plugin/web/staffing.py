"""The page of staffing: its form goes in, the answer of the one calculation comes out, or what to write into which field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from plugin.kpi.answer import answer
from plugin.kpi.period import Period
from plugin.kpi.plan import PlannedHour
from plugin.kpi.staffing import Load, Need, StaffingError, Target, needed
from plugin.kpi.staffing_text import seconds_of, target_of
from plugin.kpi.tables import CELL, CellGrain
from plugin.policy.document import Document
from plugin.report.staffing import Step, steps, week_of
from plugin.web.choice import read_period
from plugin.web.errors import BadQuery
from plugin.web.overview import Reading

LOAD, HISTORY = "load", "history"
INTERVALS = ("15m", "30m", "1h")
_USUAL = {
    "from": LOAD,
    "contacts": "100",
    "interval": "30m",
    "aht": "180",
    "queue": "",
    "period": "last week",
    "patience": "",
    "shrinkage": "30",
    "occupancy": "85",
}
#: what the calculation calls a field --> what the form calls it
_FIELDS = {"contacts": "contacts", "interval_s": "interval", "aht_s": "aht", "patience_s": "patience"}
_FIELDS |= {"target": "target", "max_occupancy": "occupancy", "shrinkage": "shrinkage"}


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadAnswer:
    load: Load
    target: Target
    need: Need
    steps: tuple[Step, ...]

    @property
    def fewer(self) -> Step | None:
        """The largest shown number of agents that is not enough."""
        return max((step for step in self.steps if not step.enough), key=lambda step: step.agents, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekAnswer:
    """`day` is the weekday that is drawn, 0 for Monday: the asked one, else that on which most agents were missing."""

    period: Period
    target: Target
    hours: tuple[PlannedHour, ...]
    day: int

    @property
    def of_day(self) -> tuple[PlannedHour, ...]:
        return tuple(one for one in self.hours if one.slot // 24 == self.day)

    @property
    def days(self) -> tuple[int, ...]:
        return tuple(sorted({one.slot // 24 for one in self.hours}))

    @property
    def clock_hours(self) -> tuple[int, ...]:
        found = [one.slot % 24 for one in self.hours]
        return tuple(range(min(found), max(found) + 1))

    def at(self, day: int, hour: int) -> PlannedHour | None:
        return next((one for one in self.hours if one.slot == day * 24 + hour), None)

    @property
    def short(self) -> tuple[PlannedHour, ...]:
        """The hours in which fewer agents were there than needed, the worst first."""
        return tuple(sorted((one for one in self.hours if is_short(one)), key=lambda one: -(one.missing or 0)))

    @property
    def told(self) -> bool:
        """Whether any source tells who is there."""
        return any(one.hour.agents is not None for one in self.hours)


@dataclass(frozen=True, kw_only=True, slots=True)
class Staffing:
    """`values` are the fields as they were written; `faults`: field --> the key of the text that says what to write."""

    values: Mapping[str, str]
    queues: tuple[str, ...]
    faults: Mapping[str, str]
    load: LoadAnswer | None = None
    week: WeekAnswer | None = None


def is_short(one: PlannedHour) -> bool:
    return one.missing is not None and one.missing > 0


def staffing(reading: Reading, args: Mapping[str, str]) -> Staffing:
    values = _values(args, reading.document)
    queues = _queues(reading)
    numbers, faults = _numbers(values)
    if faults:
        return Staffing(values=values, queues=queues, faults=faults)
    try:
        target = target_of(values["target"], numbers["occupancy"])
        if values["from"] == HISTORY:
            week = _week(reading, values, target, numbers)
            return Staffing(values=values, queues=queues, faults={}, week=week)
        return Staffing(values=values, queues=queues, faults={}, load=_load(target, numbers))
    except StaffingError as error:
        field = _FIELDS.get(error.field, "period")
        key = "nothing" if field == "period" else field
    except BadQuery:
        field = key = "period"
    return Staffing(values=values, queues=queues, faults={field: f"staffing.bad.{key}"})


def _values(args: Mapping[str, str], document: Document) -> dict[str, str]:
    usual = {**_USUAL, "target": _usual_target(document)}
    # A field that was left empty on purpose stays so.
    values = {name: args.get(name, text).strip() for name, text in usual.items()}
    return values | {"from": HISTORY if values["from"] == HISTORY else LOAD, "day": args.get("day", "")}


def _usual_target(document: Document) -> str:
    found = [one.value for one in document.targets if one.kpi == "service_level" and one.value is not None]
    share = found[0] if found and 0 < found[0] < 1 else 0.8
    return f"{share * 100:g}/{document.definitions.service_level_threshold_s:g}"


def _number(text: str) -> float:
    """With a decimal comma or point; raises ValueError."""
    return float(text.replace("\u00a0", "").replace(" ", "").replace("%", "").replace(",", "."))


def _within(low: float, high: float, found: float) -> float:
    """Above `low` and below `high`; raises ValueError, for NaN too."""
    if not low < found < high:
        raise ValueError(found)
    return found


def _length(text: str) -> float:
    return _within(0, math.inf, seconds_of(text.replace(",", "."), "length"))


_READ: Mapping[str, Callable[[str], float]] = {
    "contacts": lambda text: _within(0, math.inf, _number(text)),
    "interval": _length,
    "aht": _length,
    "patience": lambda text: _length(text) if text else math.inf,
    "shrinkage": lambda text: _within(-1e-9, 1, _number(text) / 100) if text else 0.0,
    "occupancy": lambda text: _within(0, 1 + 1e-9, _number(text) / 100) if text else 1.0,
    "target": lambda text: target_of(text, 1).share,
}


def _numbers(values: Mapping[str, str]) -> tuple[dict[str, float], dict[str, str]]:
    """Field --> number, and field --> the key of what is wrong with it: all at once, so that nobody corrects them one by one."""
    found: dict[str, float] = {}
    faults: dict[str, str] = {}
    for name, read in _READ.items():
        if values["from"] == HISTORY and name in ("contacts", "interval", "aht"):
            continue
        try:
            found[name] = read(values[name])
        except ValueError:
            faults[name] = f"staffing.bad.{name}"
    return found, faults


def _load(target: Target, numbers: Mapping[str, float]) -> LoadAnswer:
    load = Load(
        contacts=numbers["contacts"],
        interval_s=numbers["interval"],
        aht_s=numbers["aht"],
        patience_s=numbers["patience"],
    )
    need = needed(load, target, numbers["shrinkage"])
    return LoadAnswer(load=load, target=target, need=need, steps=steps(load, target, need))


def _week(reading: Reading, values: Mapping[str, str], target: Target, numbers: Mapping[str, float]) -> WeekAnswer:
    period = read_period(values["period"] or _USUAL["period"], reading.document, reading.now)
    hours = week_of(
        lambda ask: answer(reading.connection, reading.document, ask, reading.now, reading.site.knows()),
        period,
        {"queue": values["queue"]} if values["queue"] else {},
        target,
        numbers["shrinkage"],
        numbers["patience"],
    )
    days = {one.slot // 24 for one in hours}
    asked = int(values["day"]) - 1 if values["day"].isdecimal() else -1
    return WeekAnswer(period=period, target=target, hours=hours, day=asked if asked in days else _worst(hours))


def _worst(hours: tuple[PlannedHour, ...]) -> int:
    """The weekday on which most agents were missing; without any, the one that needs most."""
    missing: dict[int, tuple[float, float]] = {}
    for one in hours:
        short, need = missing.get(one.slot // 24, (0.0, 0.0))
        missing[one.slot // 24] = (short + max(0.0, one.missing or 0.0), need + one.need.outlook.agents)
    return max(missing, key=lambda day: (*missing[day], -day))


def _queues(reading: Reading) -> tuple[str, ...]:
    query = select(CELL.c.queue).where(CELL.c.grain == CellGrain.MONTH_WITHOUT_AGENT, CELL.c.queue != "").distinct()
    return tuple(sorted(reading.connection.execute(query).scalars()))
