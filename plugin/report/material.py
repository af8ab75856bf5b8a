"""Everything that a digest is written from: measured reports, targets, what was revised, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Period
from plugin.notify.message import Link
from plugin.report import subject
from plugin.report.compare import Change, change
from plugin.report.goal import Goal
from plugin.report.per_day import Days, key_of, per_day
from plugin.report.proposals import Proposal
from plugin.report.provisional import is_whole
from plugin.report.published import Revision

#: what the policy says where it says nothing
GRACE = timedelta(hours=24)


class Finality(StrEnum):
    OPEN = "open"
    PROVISIONAL = "provisional"
    #: late events are no longer waited for, but something that began in the period goes on
    UNSETTLED = "unsettled"
    FINAL = "final"


def finality(period: Period, now: datetime, grace: timedelta = GRACE, *, unsettled: bool = False) -> Finality:
    if now < period.end:
        return Finality.OPEN
    if now < period.end + grace:
        return Finality.PROVISIONAL
    return Finality.UNSETTLED if unsettled else Finality.FINAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The same two periods once more, one row per group."""

    dimension: str
    now: Report
    before: Report | None = None
    #: group --> its own targets; a group that is not here has those of the whole
    goals: Mapping[str, Mapping[str, Goal]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Further:
    """One more period that the digest is compared with."""

    period: Period
    report: Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """`now` and `before` have one row each, `series` one per step of `period`; `now_at` is the moment of writing.

    `others` are more splits of what moved, in which the group that moved it is looked for.
    """

    title: str
    kpis: tuple[str, ...]
    period: Period
    now_at: datetime
    now: Report
    previous: Period | None = None
    before: Report | None = None
    #: beyond `previous`, of which only the change is shown
    further: tuple[Further, ...] = ()
    split: Split | None = None
    others: tuple[Split, ...] = ()
    series: Report | None = None
    goals: Mapping[str, Goal] = field(default_factory=dict)
    #: KPI --> how much of its target was reached, 1.0 is all of it
    attained: Mapping[str, float] = field(default_factory=dict)
    #: what the digest is for, in the centre's words; empty: its targets
    goal: str = ""
    #: sentences, what is worth most first
    advice: tuple[str, ...] = ()
    #: targets of the next period, with their figures
    proposals: tuple[Proposal, ...] = ()
    revisions: tuple[Revision, ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    #: business days of both periods, where they are not as many
    days: Days | None = None
    due_at: datetime | None = None
    #: how long after its end late events are waited for
    grace: timedelta = GRACE
    language: str = "en"

    def value(self, kpi: str) -> Measurement | None:
        return first_value(self.now, kpi)

    def value_before(self, kpi: str) -> Measurement | None:
        return first_value(self.before, kpi)

    def change(self, kpi: str) -> Change | None:
        return change(self.value(kpi), self.value_before(kpi), subject.unit(kpi))

    def change_since(self, kpi: str, further: Further) -> Change | None:
        return change(self.value(kpi), first_value(further.report, kpi), subject.unit(kpi))

    def per_day(self, kpi: str) -> tuple[Measurement | None, Measurement | None, Change | None] | None:
        """A volume per business day, now and before, and the change; None where the periods have as many of them."""
        if self.days is None or not subject.is_volume(kpi):
            return None
        now, before = per_day(self.value(kpi), self.days[0]), per_day(self.value_before(kpi), self.days[1])
        return now, before, change(now, before, subject.unit(key_of(kpi)))

    @property
    def compares(self) -> bool:
        """Whether anything was measured for the period that it is compared with."""
        return self.previous is not None and not is_empty(self.before)

    @property
    def passed(self) -> Period:
        """The part of the period that is over at the moment of writing."""
        running = self.period.start < self.now_at < self.period.end
        return replace(self.period, end=self.now_at) if running else self.period

    def written(self, kpi: str, value: Measurement | None) -> str:
        return subject.shown(kpi, value, self.now, self.language)

    @property
    def shown(self) -> tuple[str, ...]:
        """The KPIs that are available, in the order that the digest asks for."""
        return tuple(kpi for kpi in self.kpis if self.value(kpi) is not None)

    @property
    def row(self) -> Row | None:
        return self.now.rows[0] if self.now.rows else None

    @property
    def row_before(self) -> Row | None:
        return self.before.rows[0] if self.before and self.before.rows else None

    @property
    def unsettled(self) -> bool:
        """Whether any number that is shown may still change."""
        return self.row is not None and any(kpi in self.row.unsettled for kpi in self.shown)

    @property
    def marks_period(self) -> bool:
        """Whether all numbers that are shown may still change, so that the period carries the mark."""
        return is_whole(self.row, self.shown)

    @property
    def finality(self) -> Finality:
        return finality(self.period, self.now_at, self.grace, unsettled=self.unsettled)

    @property
    def final_from(self) -> datetime:
        """Up to which moment the numbers of a running period reach, or from which on they are final."""
        return self.now_at if self.finality is Finality.OPEN else self.period.end + self.grace

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
