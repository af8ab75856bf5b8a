"""Everything that a digest is written from: measured reports, targets, what was revised, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.kpi.finality import GRACE
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Period
from plugin.notify.message import Link
from plugin.report import subject
from plugin.report.compare import Change, change
from plugin.report.goal import Goal
from plugin.report.published import Revision

__all__ = ["GRACE", "Finality", "Material", "Split", "finality", "first_value", "is_empty"]


class Finality(StrEnum):
    OPEN = "open"
    PROVISIONAL = "provisional"
    FINAL = "final"


def finality(period: Period, now: datetime, grace: timedelta = GRACE) -> Finality:
    if now < period.end:
        return Finality.OPEN
    return Finality.PROVISIONAL if now < period.end + grace else Finality.FINAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The same two periods once more, one row per group."""

    dimension: str
    now: Report
    before: Report | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """`now` and `before` have one row each, `series` one per step of `period`; `now_at` is the moment of writing."""

    title: str
    kpis: tuple[str, ...]
    period: Period
    now_at: datetime
    now: Report
    previous: Period | None = None
    before: Report | None = None
    split: Split | None = None
    series: Report | None = None
    goals: Mapping[str, Goal] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    due_at: datetime | None = None
    language: str = "en"

    def value(self, kpi: str) -> Measurement | None:
        return first_value(self.now, kpi)

    def value_before(self, kpi: str) -> Measurement | None:
        return first_value(self.before, kpi)

    def change(self, kpi: str) -> Change | None:
        return change(self.value(kpi), self.value_before(kpi), subject.unit(kpi))

    def written(self, kpi: str, value: Measurement | None) -> str:
        return subject.shown(kpi, value, self.now, self.language)

    @property
    def shown(self) -> tuple[str, ...]:
        """The KPIs that are available, in the order that the digest asks for."""
        return tuple(kpi for kpi in self.kpis if self.value(kpi) is not None)

    @property
    def empty(self) -> bool:
        return is_empty(self.now)


def first_value(report: Report | None, kpi: str) -> Measurement | None:
    if report is None or not report.rows or kpi in report.unavailable:
        return None
    return report.rows[0].values.get(kpi)


def is_empty(report: Report | None) -> bool:
    """Nothing was counted at all: every count is 0 and every ratio is over nothing. A stock that is left over is something."""
    values = [one for row in report.rows for one in row.values.values()] if report else []
    return all(not one.value for one in values if one.denominator is None) and all(
        not one.denominator for one in values if one.denominator is not None
    )
