"""What a digest asks the one calculation: its period, the others beside it, the groups and the steps within."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain, Period
from plugin.report.digest_chart import STEPS
from plugin.report.material import Split
from plugin.report.moved import HOUR

AskReport = Callable[[Ask], Report]


@dataclass(frozen=True, kw_only=True, slots=True)
class Questions:
    """All about the same queue, team, … in `only`."""

    ask: AskReport
    only: dict[str, str]

    def whole(self, kpis: tuple[str, ...], period: Period) -> Report:
        report = self.ask(Ask(kpis=kpis, start=period.start, end=period.end, timezone=period.timezone, only=self.only))
        # Without a grain the row is called a day, whatever its length; the reader knows it by the digest's own name.
        return replace(report, rows=tuple(replace(row, period=period) for row in report.rows))

    def steps(self, kpis: tuple[str, ...], period: Period, grain: Grain) -> Report:
        return self.ask(
            Ask(kpis=kpis, start=period.start, end=period.end, grain=grain, timezone=period.timezone, only=self.only)
        )

    def series(self, kpis: tuple[str, ...], period: Period) -> Report | None:
        """For the chart: the steps of the period, days where it is more than one; None when it has none."""
        several_days = period.grain is Grain.DAY and period.last_date > period.first_date
        grain = Grain.DAY if several_days else STEPS.get(period.grain)
        return self.steps(kpis, period, grain) if grain is not None else None

    def split(self, dimension: str, kpis: tuple[str, ...], period: Period, before: Period) -> Split:
        now_report, before_report = (self._groups(dimension, kpis, one) for one in (period, before))
        return Split(dimension=dimension, now=now_report, before=before_report)

    def _groups(self, dimension: str, kpis: tuple[str, ...], period: Period) -> Report:
        if dimension == HOUR:
            return self.steps(kpis, period, Grain.HOUR)
        return self.ask(
            Ask(
                kpis=kpis,
                start=period.start,
                end=period.end,
                by=(dimension,),
                timezone=period.timezone,
                only=self.only,
            )
        )
