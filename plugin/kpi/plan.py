"""An average week goes in, for each of its hours the agents that are needed and those that are there come out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plugin.kpi.profile import HOUR_S, Hour
from plugin.kpi.staffing import Load, Need, StaffingError, Target, needed, outlook


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedHour:
    """`slot` counts from Monday's midnight. `expected`: the service level with the agents that are there, None when unknown."""

    slot: int
    hour: Hour
    need: Need
    expected: float | None

    @property
    def missing(self) -> float | None:
        """How many agents more are needed; negative when there are more than that."""
        return None if self.hour.agents is None else self.need.outlook.agents - self.hour.agents


def plan(
    hours: Mapping[int, Hour], target: Target, shrinkage: float = 0.0, patience_s: float = math.inf
) -> Iterator[PlannedHour]:
    """Hours in which nothing arrives are left out; one without a handle time has that of the others."""
    known = [hour for hour in hours.values() if hour.aht_s is not None]
    answered = sum(hour.contacts for hour in known)
    if not answered:
        raise StaffingError("period", "nothing was answered in it, so that no handle time is known")
    mean_s = sum(hour.contacts * (hour.aht_s or 0) for hour in known) / answered
    for slot, hour in hours.items():
        if hour.contacts > 0:
            load = Load(contacts=hour.contacts, interval_s=HOUR_S, aht_s=hour.aht_s or mean_s, patience_s=patience_s)
            need = needed(load, target, shrinkage)
            yield PlannedHour(slot=slot, hour=hour, need=need, expected=_expected(load, hour.agents, target))


def _expected(load: Load, agents: float | None, target: Target) -> float | None:
    """Of whole agents only, since half an agent answers no call; without end when there are too few, which is no service at all."""
    if agents is None:
        return None
    try:
        return outlook(load, math.floor(agents), target.threshold_s).answered_in_time
    except StaffingError:
        return 0.0
