"""A load or a past period goes in; service by number of agents, and what each hour of a week needs, come out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from plugin.kpi.period import Period
from plugin.kpi.plan import PlannedHour, plan
from plugin.kpi.profile import hour_of_week
from plugin.kpi.staffing import Load, Need, Outlook, StaffingError, Target, outlook
from plugin.report.questions import AskReport
from plugin.report.why import history

#: how many numbers of agents are shown below and above the one that is needed
_BELOW, _ABOVE = 5, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """`outlook` None: so few agents that the queue grows without end. `enough`: share and occupancy both keep to the target."""

    agents: int
    outlook: Outlook | None
    enough: bool

    @property
    def in_time(self) -> float:
        return self.outlook.answered_in_time if self.outlook else 0.0


def steps(load: Load, target: Target, need: Need) -> tuple[Step, ...]:
    """Numbers of agents around the needed one. Large groups go in larger steps, since one agent more changes little there."""
    width = max(1, round(math.sqrt(load.erlangs) / 4))
    around = (need.outlook.agents + place * width for place in range(-_BELOW, _ABOVE + 1))
    return tuple(_step(load, target, agents) for agents in around if agents > 0)


def _step(load: Load, target: Target, agents: int) -> Step:
    try:
        found = outlook(load, agents, target.threshold_s)
    except StaffingError:
        return Step(agents=agents, outlook=None, enough=False)
    enough = found.answered_in_time >= target.share and found.occupancy <= target.max_occupancy
    return Step(agents=agents, outlook=found, enough=enough)


def week_of(
    ask: AskReport,
    period: Period,
    only: Mapping[str, str],
    target: Target,
    shrinkage: float = 0.0,
    patience_s: float = math.inf,
) -> tuple[PlannedHour, ...]:
    """The hours of an average week of the period. Raises `StaffingError` when nothing was answered in it."""
    return tuple(plan(history(ask, period, only, hour_of_week), target, shrinkage, patience_s))
