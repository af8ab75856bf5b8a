"""The one picture of a digest: the KPI that missed its target most, against it; else the volume of each step."""

from __future__ import annotations

from plugin.kpi.metric import Report, Row, Unit
from plugin.kpi.period import Grain
from plugin.notify.message import Chart, ChartKind, ChartUnit, Point, Series, Tone
from plugin.report import figures, subject
from plugin.report.goal import Goal, met
from plugin.report.headline import measured_goals
from plugin.report.material import Material
from plugin.report.wording import label, step_name, text

#: grain of the digest --> grain of its chart
STEPS = {
    Grain.DAY: Grain.HOUR,
    Grain.WEEK: Grain.DAY,
    Grain.MONTH: Grain.DAY,
    Grain.QUARTER: Grain.MONTH,
    Grain.YEAR: Grain.MONTH,
}
#: so many days are known by their weekdays, too; of more the labels would not stand beside each other
_WEEK = 7
_UNITS = {Unit.RATIO: ChartUnit.RATIO, Unit.SECONDS: ChartUnit.DURATION}
_VOLUMES = (("offered", "answered"), ("received", "solved"))


def chart(material: Material) -> Chart | None:
    """None when there are fewer than two steps with a value: one point is no course."""
    if material.series is None or len(material.series.rows) < 2:
        return None
    kpi = _worst(material, material.series)
    return _against_target(material, material.series, kpi) if kpi else _volume(material, material.series)


def busy(series: Report) -> tuple[Row, ...]:
    """Without the empty hours before the first contact and after the last; an empty day or month stays, it says something."""
    rows = series.rows
    if not rows or rows[0].period.grain is not Grain.HOUR:
        return rows
    places = [place for place, row in enumerate(rows) if any(one.value for one in row.values.values())]
    return rows[places[0] : places[-1] + 1] if places else ()


def _worst(material: Material, series: Report) -> str | None:
    missed = {kpi: amount for kpi, amount in measured_goals(material).items() if amount > 0 and _drawable(series, kpi)}
    return max(missed, key=lambda kpi: missed[kpi], default=None)


def _drawable(series: Report, kpi: str) -> bool:
    values = [row.values[kpi].value for row in series.rows if kpi in row.values]
    return subject.unit(kpi) in _UNITS and sum(value is not None for value in values) > 1


def _against_target(material: Material, series: Report, kpi: str) -> Chart:
    goal = material.goals[kpi]
    bound = goal.at_most if goal.at_least is None else goal.at_least
    return Chart(
        title=_title(series, material, label(kpi, material.language)),
        series=(_series(material, series, kpi, goal),),
        kind=ChartKind.LINE,
        unit=_UNITS[subject.unit(kpi)],
        target=bound,
        target_label=text("column.target", material.language),
    )


def _volume(material: Material, series: Report) -> Chart | None:
    pair = next((pair for pair in _VOLUMES if pair[0] in material.shown), None)
    if pair is None or not any(row.values[pair[0]].value for row in series.rows if pair[0] in row.values):
        return None
    kpis = [kpi for kpi in pair if kpi in material.shown]
    names = [label(kpi, material.language) for kpi in kpis]
    title = names[0] if len(names) == 1 else text("chart.title", material.language, first=names[0], last=names[1])
    drawn = tuple(_series(material, series, kpi) for kpi in kpis)
    return Chart(title=_title(series, material, title), series=drawn)


def _title(series: Report, material: Material, name: str) -> str:
    return text(f"chart.by_{series.rows[0].period.grain}", material.language, label=name)


def _series(material: Material, series: Report, kpi: str, goal: Goal | None = None) -> Series:
    rows, points = busy(series), []
    for row in rows:
        value = row.values[kpi].value if kpi in row.values else None
        good = met(value, goal) if goal else None
        points.append(
            Point(
                label=step_name(row.period, material.language, of_many=len(rows) > _WEEK),
                value=value,
                text=figures.figure(value, subject.unit(kpi), material.language),
                tone=Tone.BAD if good is False else Tone.NEUTRAL,
            )
        )
    return Series(name=label(kpi, material.language), points=tuple(points))
