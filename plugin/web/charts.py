"""The pictures of a page: a report of steps goes in, neutral charts come out, each with its sentence and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from plugin.kpi.metric import Report, Row, Unit
from plugin.kpi.period import Grain
from plugin.notify.chart import LIGHT, Theme, describe, render_svg
from plugin.notify.message import Chart, ChartKind, ChartUnit, Point, Series, Tone
from plugin.report import figures, subject
from plugin.report.goal import Goal, met
from plugin.report.wording import label, step_name
from plugin.web.wording import say

#: The page's own colours, so that one drawing serves light and dark.
PAGE_THEME = Theme(
    background="var(--surface)",
    text="var(--ink)",
    muted="var(--muted)",
    grid="var(--line)",
    accent="var(--accent)",
    bad="var(--bad)",
    quiet="var(--quiet)",
)
THEMES = {"page": PAGE_THEME, "light": LIGHT}
_UNITS = {Unit.RATIO: ChartUnit.RATIO, Unit.SECONDS: ChartUnit.DURATION}
#: name --> what is drawn as bars, what as strokes across them
VOLUMES = {"contacts": ("offered", "answered"), "tickets": ("received", "solved")}
#: name --> what is drawn as a course, against its target
COURSES = {"service_level": "service_level", "abandonment": "abandonment_rate"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A chart by its name, with the same values in words and as rows."""

    name: str
    chart: Chart
    words: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def pictures(series: Report, goals: dict[str, Goal], now: datetime, language: str) -> tuple[Picture, ...]:
    """What there is to draw: a chart needs two steps in which something was measured."""
    found = [_volume(name, series, now, language) for name in VOLUMES]
    found += [_course(name, kpi, series, goals.get(kpi), now, language) for name, kpi in COURSES.items()]
    return tuple(picture for picture in found if picture is not None)


def course_of(kpi: str, series: Report, goal: Goal | None, now: datetime, language: str) -> Picture | None:
    """The course of any KPI over the steps of a report: bars for what is counted, a line for what is measured."""
    if subject.unit(kpi) != Unit.COUNT:
        return _course("course", kpi, series, goal, now, language)
    rows = lively(series, (kpi,), now)
    return _picture("course", (kpi,), series, rows, goal, language, ChartKind.BAR)


def lively(series: Report, kpis: Sequence[str], now: datetime) -> tuple[Row, ...]:
    """The steps that have begun, from the first in which something happened; the empty hours of a closed night end it too."""
    rows = [row for row in series.rows if row.period.start <= now]
    busy = [n for n, row in enumerate(rows) if any(row.values[kpi].n for kpi in kpis if kpi in row.values)]
    if not busy:
        return ()
    by_clock = rows[0].period.grain in (Grain.HOUR, Grain.QUARTER_HOUR)
    return tuple(rows[busy[0] : busy[-1] + 1 if by_clock else None])


@lru_cache(maxsize=256)
def drawn(chart: Chart, theme: str, width: int, language: str) -> str:
    """Raises `ChartFailed`."""
    return render_svg(chart, theme=THEMES[theme], width=width, language=language)


def _volume(name: str, series: Report, now: datetime, language: str) -> Picture | None:
    kpis = tuple(kpi for kpi in VOLUMES[name] if kpi not in series.unavailable)
    if not kpis or kpis[0] != VOLUMES[name][0]:
        return None
    rows = lively(series, kpis, now)
    if not any(row.values[kpis[0]].value for row in rows):
        return None
    return _picture(name, kpis, series, rows, None, language, ChartKind.BAR)


def _course(name: str, kpi: str, series: Report, goal: Goal | None, now: datetime, language: str) -> Picture | None:
    return _picture(name, (kpi,), series, lively(series, (kpi,), now), goal, language, ChartKind.LINE)


def _picture(
    name: str,
    kpis: Sequence[str],
    series: Report,
    rows: tuple[Row, ...],
    goal: Goal | None,
    language: str,
    kind: ChartKind,
) -> Picture | None:
    measured = [row for row in rows if kpis[0] in row.values and row.values[kpis[0]].value is not None]
    if kpis[0] in series.unavailable or len(measured) < 2:
        return None
    chart = Chart(
        title=say(f"chart.{kpis[0]}" if len(kpis) > 1 else "chart.one", language, label=label(kpis[0], language)),
        series=tuple(_series(kpi, series, rows, goal, language) for kpi in kpis),
        kind=kind,
        unit=_UNITS.get(subject.unit(kpis[0]), ChartUnit.NUMBER),
    )
    if goal is not None:
        bound = goal.at_most if goal.at_least is None else goal.at_least
        chart = replace(chart, target=bound, target_label=say("target", language))
    return Picture(
        name=name,
        chart=chart,
        words=describe(chart, language),
        columns=(say(f"step.{rows[0].period.grain}", language), *(label(kpi, language) for kpi in kpis)),
        rows=tuple(_line(row, kpis, series, language) for row in rows),
    )


def _series(kpi: str, series: Report, rows: tuple[Row, ...], goal: Goal | None, language: str) -> Series:
    points = []
    for row in rows:
        value = row.values[kpi].value if kpi in row.values else None
        points.append(
            Point(
                label=step_name(row.period, language),
                value=value,
                text=figures.figure(value, subject.unit(kpi), language, subject.currency(kpi, series.definitions)),
                tone=Tone.BAD if goal and met(value, goal) is False else Tone.NEUTRAL,
            )
        )
    return Series(name=label(kpi, language), points=tuple(points))


def _line(row: Row, kpis: Sequence[str], series: Report, language: str) -> tuple[str, ...]:
    return (
        step_name(row.period, language),
        *(subject.shown(kpi, row.values.get(kpi), series, language) for kpi in kpis),
    )
