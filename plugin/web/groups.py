"""A report with groups goes in, tables come out: contacts and tickets apart, each value with its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.kpi.metric import Measurement, Report, Row
from plugin.notify.message import Cell, Tone
from plugin.policy.document import Document
from plugin.report import subject
from plugin.report.goal import met
from plugin.report.goals import goals_for
from plugin.report.material import Material
from plugin.report.wording import group_name, label, text


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRow:
    """`name` is as it is to be read; `value` is that of the dimension, for links."""

    name: str
    value: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupTable:
    kpis: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[GroupRow, ...]
    total: tuple[Cell, ...]


def group_table(material: Material, document: Document, kpis: tuple[str, ...]) -> GroupTable | None:
    """Busiest group first, the whole centre as last line; None when no group has anything of it."""
    split = material.split
    if split is None:
        return None
    shown = tuple(kpi for kpi in kpis if kpi in split.now.definitions)
    rows = sorted((row for row in split.now.rows if _is_busy(row, shown)), key=lambda row: -_volume(row, shown))
    if not rows or not shown:
        return None
    return GroupTable(
        kpis=shown,
        columns=(
            text(f"dimension.{split.dimension}", material.language),
            *(label(kpi, material.language) for kpi in shown),
        ),
        rows=tuple(_row(row, shown, material, document, split.dimension, split.now) for row in rows),
        total=tuple(_cell(kpi, material.value(kpi), {}, material, document, material.now) for kpi in shown),
    )


def _is_busy(row: Row, kpis: tuple[str, ...]) -> bool:
    return any(row.values[kpi].n for kpi in kpis if kpi in row.values)


def _volume(row: Row, kpis: tuple[str, ...]) -> float:
    return max((row.values[kpi].n for kpi in kpis if kpi in row.values), default=0)


def _row(
    row: Row, kpis: tuple[str, ...], material: Material, document: Document, dimension: str, report: Report
) -> GroupRow:
    value = row.group.get(dimension, "")
    return GroupRow(
        name=group_name(value, material.language, dimension),
        value=value,
        cells=tuple(_cell(kpi, row.values.get(kpi), row.group, material, document, report) for kpi in kpis),
    )


def _cell(
    kpi: str,
    value: Measurement | None,
    group: Mapping[str, str],
    material: Material,
    document: Document,
    report: Report,
) -> Cell:
    goal = goals_for(document, (kpi,), material.period, dict(group), material.now_at).get(kpi)
    good = met(value.value, goal) if goal and value else None
    tone = Tone.NEUTRAL if good is None else Tone.GOOD if good else Tone.BAD
    return Cell(text=subject.shown(kpi, value, report, material.language), tone=tone)
