"""An answer about staffing goes in, its picture comes out: service by number of agents, or a weekday's need and who was there."""

from __future__ import annotations

from plugin.kpi.metric import Unit
from plugin.kpi.plan import PlannedHour
from plugin.notify.chart import describe
from plugin.notify.message import Chart, ChartUnit, Point, Series, Tone
from plugin.report import figures
from plugin.report.staffing import Step
from plugin.report.wording import label, weekday_name
from plugin.web.charts import Picture
from plugin.web.staffing import LoadAnswer, Staffing, WeekAnswer, is_short
from plugin.web.wording import say

#: the names of these pictures
NAMES = ("staffing-load", "staffing-day")


def staffing_pictures(found: Staffing, language: str) -> tuple[Picture, ...]:
    if found.load:
        return (_service(found.load, language),)
    return (_day(found.week, language),) if found.week else ()


def _service(found: LoadAnswer, language: str) -> Picture:
    agents = found.need.outlook.agents
    chart = Chart(
        title=say("staffing.chart.load", language, agents=figures.number(agents, language)),
        series=(
            Series(
                name=label("service_level", language),
                points=tuple(_service_point(step, language) for step in found.steps),
            ),
        ),
        unit=ChartUnit.RATIO,
        target=found.target.share,
        target_label=say("target", language),
        x_label=say("staffing.agents", language),
        marked=next(place for place, step in enumerate(found.steps) if step.agents == agents),
    )
    return Picture(name=NAMES[0], chart=chart, words=describe(chart, language), columns=(), rows=())


def _service_point(step: Step, language: str) -> Point:
    return Point(
        label=figures.number(step.agents, language),
        value=step.in_time,
        text=figures.percent(step.in_time, language),
        tone=Tone.NEUTRAL if step.enough else Tone.BAD,
    )


def _day(found: WeekAnswer, language: str) -> Picture:
    hours = [(hour, found.at(found.day, hour)) for hour in found.clock_hours]
    need = [_need_point(hour, one, language) for hour, one in hours]
    series = [Series(name=say("staffing.needed", language), points=tuple(need))]
    if found.told:
        there = [Point(label=f"{hour:02}", value=one.hour.agents if one else None) for hour, one in hours]
        series.append(Series(name=say("staffing.there", language), points=tuple(there)))
    chart = Chart(
        title=say("staffing.chart.day", language, day=weekday_name(found.day, language)),
        series=tuple(series),
        unit=ChartUnit.NUMBER,
        x_label=say("step.hour", language),
    )
    return Picture(name=NAMES[1], chart=chart, words=describe(chart, language), columns=(), rows=())


def _need_point(hour: int, one: PlannedHour | None, language: str) -> Point:
    agents = one.need.outlook.agents if one else None
    return Point(
        label=f"{hour:02}",
        value=agents,
        text=figures.figure(agents, Unit.COUNT, language),
        tone=Tone.BAD if one and is_short(one) else Tone.NEUTRAL,
    )
