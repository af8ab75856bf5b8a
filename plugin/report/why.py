"""Why a KPI moved between two periods: by group exactly, and for the waiting in a queue by what a model of queues says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from plugin.kpi.answer import Ask, AskError
from plugin.kpi.catalogue import known_kpis
from plugin.kpi.measure import GROUPINGS, metric_for
from plugin.kpi.metric import Measurement
from plugin.kpi.modelled import Modelled, is_modelled, model
from plugin.kpi.period import Grain, Period
from plugin.kpi.profile import KPIS, Hour, hour_of_day, hour_of_week, profile
from plugin.kpi.terms import Terms
from plugin.report import subject
from plugin.report.drivers import Contribution, contributions
from plugin.report.material import first_value
from plugin.report.moved import HOUR, by_group
from plugin.report.questions import AskReport

_DAY = timedelta(hours=25)
#: taken for granted where nobody waited at all, so that no patience can be seen
_PATIENT_S = 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """`groups` and `remainder` add up to the change; the remainder is what groups cannot tell, such as a contact of two queues.

    `modelled` is None for other KPIs than service level and ASA, and where no source tells who is logged in.
    """

    kpi: str
    by: str
    period: Period
    previous: Period
    before: Measurement
    now: Measurement
    groups: tuple[Contribution, ...]
    modelled: Modelled | None = None

    @property
    def change(self) -> float:
        return (self.now.value or 0.0) - (self.before.value or 0.0)

    @property
    def remainder(self) -> float:
        return self.change - sum(one.amount for one in self.groups)

    @property
    def unmodelled(self) -> float:
        """The part of the change that the model does not tell."""
        return self.change - sum(self.modelled.effects.values()) if self.modelled else self.change


def why(
    ask: AskReport,
    kpi: str,
    period: Period,
    previous: Period,
    terms: Terms,
    by: str = "queue",
    only: Mapping[str, str] | None = None,
    *,
    with_model: bool = True,
) -> Why:
    """Raises `AskError` when the KPI does not add up over groups or was not measured in both periods."""
    if kpi not in known_kpis() or not subject.adds_up(kpi):
        raise AskError("kpi", f"{kpi} does not add up over groups; choose a count, a share or a mean")
    if by != HOUR and by not in GROUPINGS:
        raise AskError("by", f"{by} is not a grouping; choose from {', '.join(GROUPINGS)} and {HOUR}")
    if by == HOUR and not subject.adds_up_over_time(kpi):
        raise AskError("by", f"{kpi} is not made of hours; choose from {', '.join(GROUPINGS)}")
    sides = [_side(ask, kpi, one, by, only or {}) for one in (period, previous)]
    (now, groups), (before, groups_before) = sides
    return Why(
        kpi=kpi,
        by=by,
        period=period,
        previous=previous,
        before=before,
        now=now,
        groups=contributions(groups, groups_before),
        modelled=_modelled(ask, kpi, period, previous, terms, only or {}) if with_model else None,
    )


def _side(
    ask: AskReport, kpi: str, period: Period, by: str, only: Mapping[str, str]
) -> tuple[Measurement, dict[str, Measurement]]:
    question = _question((kpi,), period, only)
    report = ask(question)
    if kpi in report.unavailable:
        raise AskError("kpi", f"{kpi} cannot be explained: {report.unavailable[kpi]}")
    whole = first_value(report, kpi)
    if whole is None or whole.value is None:
        raise AskError(
            "period", f"{kpi} was not measured from {period.start:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} UTC"
        )
    if by == HOUR:
        return whole, by_group(ask(replace(question, grain=Grain.HOUR)), HOUR, kpi)
    return whole, by_group(ask(replace(question, by=(by,))), by, kpi)


def _question(kpis: tuple[str, ...], period: Period, only: Mapping[str, str]) -> Ask:
    return Ask(kpis=kpis, start=period.start, end=period.end, timezone=period.timezone, only=only)


def _modelled(
    ask: AskReport, kpi: str, period: Period, previous: Period, terms: Terms, only: Mapping[str, str]
) -> Modelled | None:
    metric = metric_for(kpi, terms)
    if not is_modelled(metric) or kpi.rpartition(".")[2] in ("p50", "p90", "p95"):
        return None
    slot_of = hour_of_day if max(one.end - one.start for one in (period, previous)) <= _DAY else hour_of_week
    now, before = (history(ask, one, only, slot_of) for one in (period, previous))
    own = replace(terms, threshold_ms=terms.threshold_of(only))
    return model(metric, now, before, patience(ask, (period, previous), only), own)


def history(
    ask: AskReport, period: Period, only: Mapping[str, str], slot_of: Callable[[Period], int]
) -> dict[int, Hour]:
    """What the hours of a period were like on average."""
    part = ask(replace(_question(KPIS, period, only), grain=Grain.HOUR))
    whole = ask(replace(_question(KPIS, period, {}), grain=Grain.HOUR)) if only else part
    return profile(part, whole, slot_of)


def patience(ask: AskReport, periods: tuple[Period, ...], only: Mapping[str, str]) -> float:
    """Seconds of patience, by all waits per abandoned contact: the usual estimate when most are answered before they give up."""
    reports = [ask(_question(("average_wait", "abandoned"), period, only)) for period in periods]
    waits = [first_value(report, "average_wait") for report in reports]
    lost = [first_value(report, "abandoned") for report in reports]
    waited_s = sum(one.numerator for one in waits if one)
    return waited_s / max(1.0, sum(one.numerator for one in lost if one)) or _PATIENT_S
