"""What changed between two periods by more than chance, the strongest first, with the group that made most of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.kpi.metric import Better, Measurement, Report, Unit
from plugin.kpi.profile import hour_of_day
from plugin.report import subject
from plugin.report.compare import BEYOND_CHANCE, Change, ChangeKind, surprise
from plugin.report.drivers import Driver, driver_of
from plugin.report.material import Material, Split

#: what else a dimension may be: not a stored one, but the hour of the day
HOUR = "hour"

#: One story is told once: of KPIs that say the same, the one that moved most.
_SAME_STORY = {
    "abandoned": "abandonment",
    "abandonment_rate": "abandonment",
    "abandonment_rate_excl_short": "abandonment",
    "answer_rate": "abandonment",
    "lost_rate": "abandonment",
    "service_level": "service_level",
    "asa": "wait",
    "average_wait": "wait",
    "longest_wait": "wait",
    "aht": "handling",
    "hold_time": "handling",
    "resolution_rate": "resolution",
    "cost_per_contact": "cost",
    "cost_per_call": "cost",
    "cost_per_ticket": "cost",
    "cost_per_resolution": "cost",
    "cost_per_minute": "cost",
    "total_cost": "cost",
}
#: Smaller changes are not worth a manager's time, however certain: one point, a twentieth.
_WORTH = {ChangeKind.POINTS: 0.01, ChangeKind.RELATIVE: 0.05, ChangeKind.DIFFERENCE: 1.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    kpi: str
    change: Change
    surprise: float
    driver: Driver | None = None


def moves(material: Material) -> tuple[Move, ...]:
    """The strongest first. Volumes are not news by themselves; a stock that grew is."""
    found = sorted(_candidates(material), key=lambda move: -abs(move.surprise))
    told: dict[str, Move] = {}
    for move in found:
        told.setdefault(_SAME_STORY.get(move.kpi.partition(".")[0], move.kpi), move)
    return tuple(told.values())


def _candidates(material: Material) -> Iterator[Move]:
    for kpi in material.shown:
        if subject.better(kpi) not in (Better.HIGHER, Better.LOWER) or _only_volume(kpi):
            continue
        change = material.change(kpi)
        strength = surprise(material.value(kpi), material.value_before(kpi), subject.unit(kpi))
        if change and abs(strength) >= BEYOND_CHANCE and abs(change.amount) >= _WORTH[change.kind]:
            yield Move(kpi=kpi, change=change, surprise=strength, driver=_driver(material, kpi))


def _only_volume(kpi: str) -> bool:
    found = subject.metric(kpi)
    return subject.unit(kpi) == Unit.COUNT and not (found and found.over_time in ("last", "end"))


def _driver(material: Material, kpi: str) -> Driver | None:
    """Of all dimensions the group that tells most."""
    now, before = material.value(kpi), material.value_before(kpi)
    if now is None or before is None or not subject.adds_up(kpi):
        return None
    splits = [split for split in (material.split, *material.others) if split and split.before]
    found = [_driver_in(split, kpi, (now, before)) for split in splits]
    return max((one for one in found if one), key=lambda one: one.telling, default=None)


def _driver_in(split: Split, kpi: str, whole: tuple[Measurement, Measurement]) -> Driver | None:
    assert split.before is not None
    now, before = (by_group(report, split.dimension, kpi) for report in (split.now, split.before))
    return driver_of(split.dimension, now, before, whole)


def by_group(report: Report, dimension: str, kpi: str) -> dict[str, Measurement]:
    """Group --> value; of a report by hour the hours of the day are the groups."""
    found: dict[str, Measurement] = {}
    for row in report.rows:
        if kpi in row.values:
            name = f"{hour_of_day(row.period):02}:00" if dimension == HOUR else row.group.get(dimension, "")
            found[name] = found[name] + row.values[kpi] if name in found else row.values[kpi]
    return found
