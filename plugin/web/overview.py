"""The overview of a period: the reports that it needs, asked of the one calculation, and nothing computed beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from plugin.kpi.answer import Ask, answer
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain, Period, period_of
from plugin.kpi.tables import CELL, CellGrain
from plugin.policy.document import Document
from plugin.policy.revisions import latest
from plugin.report.goals import goals_for
from plugin.report.headline import headline
from plugin.report.material import Material, Split
from plugin.report.moved import Move, moves
from plugin.report.per_day import days_of
from plugin.report.publications import revised_since, revision_text
from plugin.report.published import published
from plugin.web.choice import Choice
from plugin.web.site import Site

#: what is shown when nobody set a target, in order; what no source supplies is left out
HEADLINE = (
    "service_level",
    "abandonment_rate",
    "asa",
    "offered",
    "answered",
    "abandoned",
    "aht",
    "received",
    "solved",
    "first_response_time",
    "resolution_time",
    "backlog",
    "csat",
    "cost_per_contact",
)
#: the columns of the tables by group: contacts, then tickets
CONTACTS = ("offered", "answered", "abandoned", "abandonment_rate", "service_level", "asa", "aht")
TICKETS = ("received", "solved", "first_response_time", "resolution_time", "backlog", "csat")
_COURSE = ("offered", "answered", "abandoned", "abandonment_rate", "service_level", "asa", "received", "solved")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One consistent view of the data: everything on a page is read with the same connection, policy and moment."""

    connection: Connection
    document: Document
    site: Site
    now: datetime

    def report(
        self,
        kpis: tuple[str, ...],
        period: Period,
        *,
        grain: Grain | None = None,
        by: tuple[str, ...] = (),
        only: Mapping[str, str] | None = None,
    ) -> Report:
        ask = Ask(
            kpis=kpis,
            start=period.start,
            end=period.end,
            grain=grain,
            by=by,
            timezone=period.timezone,
            only=only or {},
        )
        return answer(self.connection, self.document, ask, self.now, self.site.knows())


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    choice: Choice
    material: Material
    moved: tuple[Move, ...]
    summary: str


def overview(reading: Reading, choice: Choice, language: str) -> Overview:
    kpis = headline_kpis(reading.document)
    groups = tuple(dict.fromkeys([*CONTACTS, *TICKETS, *kpis]))
    material = Material(
        title="",
        kpis=kpis,
        period=choice.period,
        now_at=reading.now,
        now=reading.report(kpis, choice.period),
        previous=choice.before,
        before=reading.report(kpis, choice.before),
        split=Split(
            dimension=choice.by,
            now=reading.report(groups, choice.period, by=(choice.by,)),
            before=reading.report(groups, choice.before, by=(choice.by,)),
        ),
        series=course(reading, choice),
        goals=goals_for(reading.document, kpis, choice.period, {}, reading.now),
        days=days_of(reading.document.calendar(), choice.period, choice.before, reading.now),
        grace=timedelta(hours=reading.document.definitions.grace_h),
        language=language,
    )
    moved = () if material.empty else moves(material)
    return Overview(choice=choice, material=material, moved=moved, summary=headline(material, moved))


def course(reading: Reading, choice: Choice) -> Report:
    """The values of every step of the period."""
    return reading.report(_COURSE, choice.period, grain=choice.step)


def newest_day(reading: Reading) -> Period | None:
    """The last day on which anything happened; None when nothing ever did."""
    query = select(func.max(CELL.c.start)).where(CELL.c.grain == CellGrain.DAY)
    start = reading.connection.execute(query).scalar()
    if start is None:
        return None
    return period_of(Grain.DAY, start, reading.document.timezone, reading.document.week_starts_on.number)


def headline_kpis(document: Document) -> tuple[str, ...]:
    """Those with a target for the whole centre first."""
    unscoped = [target.kpi for target in document.targets if not target.scope.model_dump(exclude_none=True)]
    return tuple(dict.fromkeys([*unscoped, *HEADLINE]))


def revised(reading: Reading, material: Material, language: str, kpi: str | None = None) -> list[str]:
    """What digests said of this period and is another number now: of all that are shown, or of one KPI."""
    with Session(reading.connection) as session:
        revision = latest(session)
        now = published(material.now, reading.document, revision.id or 0 if revision else 0)
        found = revised_since(session, material.period, now)
    return [revision_text(one, language) for one in found if kpi is None or one.kpi == kpi]
