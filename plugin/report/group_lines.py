"""A line for each of the largest groups of a digest: its volume and how it stands against its own targets."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.kpi.metric import Measurement, Row
from plugin.report import figures, subject
from plugin.report.goal import Goal, met
from plugin.report.material import Material, Split
from plugin.report.wording import group_name, label, text

_GROUPS, _KPIS = 6, 4
_VOLUMES = ("offered", "received")


def group_lines(material: Material) -> list[str]:
    """One group alone would repeat the table. A group that met all its targets says so, and no more than its volume."""
    split = material.split
    if split is None or len(split.now.rows) < 2:
        return []
    kpis = _kpis(material, split)
    volumes = [
        (max((row.values[kpi].n for kpi in kpis if kpi in row.values), default=0), row) for row in split.now.rows
    ]
    rows = [row for volume, row in sorted(volumes, key=lambda pair: -pair[0]) if volume]
    lines = [_line(row, kpis, material, split) for row in rows[:_GROUPS]]
    more = len(rows) - _GROUPS
    return lines + ([text("group.more", material.language, count=more)] if more > 0 else [])


def _kpis(material: Material, split: Split) -> list[str]:
    own = {kpi for goals in split.goals.values() for kpi in goals}
    kpis = [kpi for kpi in material.shown if kpi in material.goals or kpi in own or kpi in _VOLUMES][:_KPIS]
    if split.dimension == "campaign" and "cost_per_contact" in material.shown:
        kpis = list(dict.fromkeys([*kpis, "cost_per_contact"]))
    return kpis


def _line(row: Row, kpis: list[str], material: Material, split: Split) -> str:
    name, language = row.group.get(split.dimension, ""), material.language
    goals = split.goals.get(name, material.goals)
    verdicts = [met(row.values[kpi].value, goals[kpi]) for kpi in kpis if kpi in row.values and kpi in goals]
    fine = verdicts.count(True) > 1 and False not in verdicts
    told = [kpi for kpi in kpis if kpi in row.values and not (fine and kpi in goals and kpi != "cost_per_contact")]
    values = [_value(kpi, row.values[kpi], goals, material) for kpi in told]
    values += [text("group.met", language)] if fine else []
    return text("group.line", language, group=group_name(name, language), values=" · ".join(values))


def _value(kpi: str, value: Measurement, goals: Mapping[str, Goal], material: Material) -> str:
    written = f"{label(kpi, material.language)} {value_text(kpi, value, material)}"
    good = met(value.value, goals[kpi]) if kpi in goals else None
    return (
        written if good is None else text("target.met" if good else "target.missed", material.language, target=written)
    )


def value_text(kpi: str, value: Measurement | None, material: Material) -> str:
    """With its n where that is small."""
    written = material.written(kpi, value)
    if value is None or not subject.is_small(kpi, value, material.now):
        return written
    return text("small_sample", material.language, value=written, n=figures.number(value.n, material.language))
