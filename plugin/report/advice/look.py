"""Asks what the rules of advice need to know of a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from plugin.kpi.answer import Ask
from plugin.kpi.cost import CostError, costs_of
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Grain, Period
from plugin.kpi.profile import DAY_HOURS, hour_of_day, hour_of_week
from plugin.kpi.staffing import Target
from plugin.kpi.terms import terms_of
from plugin.policy.document import Document
from plugin.report.advice.seen import CostSeen, Outcome, QueueHours, Seen
from plugin.report.goal import met
from plugin.report.goals import goals_for
from plugin.report.material import Material, first_value
from plugin.report.moved import by_group
from plugin.report.questions import AskReport
from plugin.report.why import history
from plugin.report.wording import weekday_name

_WAITING = ("offered", "abandoned", "service_level", "callback_requested")
_ACTIVITY = ("offered", "outbound_contacts", "received")
#: KPI --> the groups whose values are compared with each other
_GROUPED = {"repeat_contact_rate": "queue", "transfer_rate": "queue", "wrap_up_time": "agent"}
#: so many queues are looked into by hour
_MOST_QUEUES = 3
#: of shorter periods a cost line without contacts, and who came back, say nothing
_LONG = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
_BY_HOUR = (Grain.DAY, Grain.WEEK, Grain.MONTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Where to ask, and of what part of the centre."""

    ask: AskReport
    document: Document
    period: Period
    only: Mapping[str, str]

    def of(self, kpis: tuple[str, ...], by: tuple[str, ...] = (), grain: Grain | None = None, **only: str) -> Report:
        period = self.period
        return self.ask(
            Ask(
                kpis=kpis,
                start=period.start,
                end=period.end,
                timezone=period.timezone,
                by=by,
                grain=grain,
                only={**self.only, **only},
            )
        )


def see(look: Look, material: Material) -> Seen:
    long = look.period.grain in _LONG
    kpis = [kpi for kpi in _GROUPED if long or kpi != "repeat_contact_rate"]
    whole = look.of(("aht", "cost_per_contact"))
    return Seen(
        material=material,
        target=_target(look),
        queues=tuple(_queues(look, material)) if look.period.grain in _BY_HOUR else (),
        costs=tuple(costs(look)) if long and not look.only else (),
        groups={kpi: look.of((kpi,), by=(_GROUPED[kpi],)) for kpi in kpis if _GROUPED[kpi] not in look.only},
        cost_per_contact=_value(first_value(whole, "cost_per_contact")),
        aht_s=_value(first_value(whole, "aht")),
        currency=look.document.currency,
    )


def _value(one: Measurement | None) -> float | None:
    return one.value if one else None


def _target(look: Look, **only: str) -> Target | None:
    goals = goals_for(look.document, ("service_level",), look.period, {**look.only, **only}, look.period.end)
    share = goals["service_level"].at_least if "service_level" in goals else None
    threshold_s = terms_of(look.document).threshold_of(look.only) / 1000
    return Target(share=share, threshold_s=threshold_s) if share is not None and 0 < share < 1 else None


def _queues(look: Look, material: Material) -> Iterator[QueueHours]:
    """The queues that missed a target of waiting, those that lost most first."""
    if "queue" in look.only:
        yield _hours(look, material, "")
        return
    found = look.of(("abandoned", "service_level", "abandonment_rate"), by=("queue",))
    lost = {name: one.n for name, one in by_group(found, "queue", "abandoned").items()}
    for name in sorted(_missed(look, found), key=lambda name: -lost.get(name, 0.0))[:_MOST_QUEUES]:
        yield _hours(look, material, name)


def _missed(look: Look, found: Report) -> Iterator[str]:
    for row in found.rows:
        name = row.group["queue"]
        goals = goals_for(look.document, tuple(row.values), look.period, {**look.only, **row.group}, look.period.end)
        if name and any(met(row.values[kpi].value, goal) is False for kpi, goal in goals.items()):
            yield name


def _hours(look: Look, material: Material, queue: str) -> QueueHours:
    daily = look.period.end - look.period.start <= timedelta(hours=25)
    slot_of = hour_of_day if daily else hour_of_week
    only = {**look.only, **({"queue": queue} if queue else {})}
    found = look.of(_WAITING, (), Grain.HOUR, **({"queue": queue} if queue else {}))
    hours = history(look.ask, look.period, only, slot_of)
    names = {slot: _slot_name(slot, material.language, daily=daily) for slot in hours}
    return QueueHours(name=queue, hours=hours, outcomes=_outcomes(found, slot_of), slot_names=names)


def _outcomes(found: Report, slot_of: Callable[[Period], int]) -> dict[int, Outcome]:
    slots: dict[int, dict[str, Measurement]] = defaultdict(dict)
    for row in found.rows:
        sums = slots[slot_of(row.period)]
        for kpi, one in row.values.items():
            sums[kpi] = sums[kpi] + one if kpi in sums else one
    nothing = Measurement(numerator=0)
    return {
        slot: Outcome(
            offered=sums.get("offered", nothing),
            abandoned=sums.get("abandoned", nothing),
            level=sums.get("service_level"),
            callbacks=sums.get("callback_requested", nothing).n,
        )
        for slot, sums in slots.items()
    }


def _slot_name(slot: int, language: str, *, daily: bool) -> str:
    clock = f"{slot % DAY_HOURS:02}:00"
    return clock if daily else f"{weekday_name(slot // DAY_HOURS, language, short=True)} {clock}"


def costs(look: Look) -> Iterator[CostSeen]:
    try:
        found = costs_of(look.document, look.period.start, look.period.end).costs
    except CostError:
        return
    for dimension in ("channel", "team"):
        own = [cost for cost in found if getattr(cost, dimension) is not None]
        active = _activity(look.of(_ACTIVITY, by=(dimension,)), dimension) if own else {}
        for cost in own:
            group = str(getattr(cost, dimension))
            yield CostSeen(
                category=cost.category,
                group=group,
                dimension=dimension,
                amount=cost.amount,
                contacts=active.get(group, 0.0) if active else inf,
            )


def _activity(report: Report, dimension: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for row in report.rows:
        found[row.group[dimension]] += sum(one.n for one in row.values.values())
    return found
