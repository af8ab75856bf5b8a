"""Every KPI of the catalogue with its value for a period, by what it is about; why there is none where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.kpi.catalogue import CHAPTERS
from plugin.kpi.metric import Metric
from plugin.report.goals import goals_for
from plugin.report.material import Material
from plugin.report.remarks import unavailable
from plugin.report.wording import label
from plugin.web.choice import Choice
from plugin.web.overview import Reading
from plugin.web.tiles import Tile, tile


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """`tile` is None when no source supplies the facts; `missing` then says which."""

    kpi: str
    label: str
    tile: Tile | None
    missing: str


def catalogue(reading: Reading, choice: Choice, language: str) -> Mapping[str, list[Entry]]:
    """Chapter --> its entries, in the order of the catalogue, those that are available first."""
    # Variants are on the page of their KPI.
    chapters = {name: [m for m in metrics if "." not in m.key] for name, metrics in CHAPTERS.items()}
    kpis = tuple(metric.key for metrics in chapters.values() for metric in metrics)
    material = Material(
        title="",
        kpis=kpis,
        period=choice.period,
        now_at=reading.now,
        now=reading.report(kpis, choice.period),
        previous=choice.before,
        before=reading.report(kpis, choice.before),
        goals=goals_for(reading.document, kpis, choice.period, {}, reading.now),
        language=language,
    )
    found = {
        name: [_entry(metric, material, reading, language) for metric in metrics] for name, metrics in chapters.items()
    }
    return {name: sorted(entries, key=lambda entry: entry.tile is None) for name, entries in found.items()}


def _entry(metric: Metric, material: Material, reading: Reading, language: str) -> Entry:
    reason = material.now.unavailable.get(metric.key)
    named = label(metric.key, language)
    if reason is None:
        return Entry(kpi=metric.key, label=named, tile=tile(metric.key, material, reading.document), missing="")
    told = unavailable({metric.key: reason}, language)[0]
    return Entry(
        kpi=metric.key, label=named, tile=None, missing=told.removeprefix(label(metric.key, language)).lstrip(": ")
    )
