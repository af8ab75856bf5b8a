"""Two average weeks go in, how much more contacts, longer ones and fewer agents should have moved the waiting comes out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from plugin.kpi.measure import measured_value
from plugin.kpi.metric import Metric
from plugin.kpi.profile import HOUR_S, Hour
from plugin.kpi.staffing import Load, outlook
from plugin.kpi.terms import Terms

FACTORS = ("volume", "handle_time", "staffing")
Hours = Mapping[int, Hour]


@dataclass(frozen=True, kw_only=True, slots=True)
class Modelled:
    """What Erlang A expects of both sides; `effects` by FACTORS add up to `now - before`."""

    before: float
    now: float
    patience_s: float
    effects: Mapping[str, float]


def is_modelled(metric: Metric) -> bool:
    """Whether the model of the queue tells this KPI: service level and ASA."""
    return metric.key.startswith("service_level") or metric.key == "asa"


def model(metric: Metric, now: Hours, before: Hours, patience_s: float, terms: Terms) -> Modelled | None:
    """None when the agents or the handle times are not known on both sides, or when nothing arrives on one.

    The effects are Shapley values (Shapley 1953): a factor's effect is averaged over all orders in which the factors change.
    """
    mean_s = {side: _mean_aht(hours) for side, hours in (("now", now), ("before", before))}
    if None in mean_s.values() or any(hour.agents is None for hour in (*now.values(), *before.values())):
        return None

    def value(changed: frozenset[str]) -> float | None:
        sides = {factor: "now" if factor in changed else "before" for factor in FACTORS}
        return expected(metric, _mixed({"now": now, "before": before}, sides, mean_s), patience_s, terms)

    values = {chosen: value(chosen) for chosen in _subsets(FACTORS)}
    known = {chosen: one for chosen, one in values.items() if one is not None}
    if len(known) < len(values):
        return None
    return Modelled(
        before=known[frozenset()],
        now=known[frozenset(FACTORS)],
        patience_s=patience_s,
        effects={factor: shapley(factor, FACTORS, known.__getitem__) for factor in FACTORS},
    )


def shapley(one: str, players: tuple[str, ...], worth: Callable[[frozenset[str]], float]) -> float:
    """What one adds to what is there already, on average over all orders of coming."""
    others = tuple(each for each in players if each != one)
    orders = math.factorial(len(players))
    return sum(
        math.factorial(len(there))
        * math.factorial(len(others) - len(there))
        / orders
        * (worth(there | {one}) - worth(there))
        for there in _subsets(others)
    )


def _subsets(names: tuple[str, ...]) -> Iterator[frozenset[str]]:
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(names, size))


def _mean_aht(hours: Hours) -> float | None:
    known = [(hour.contacts, hour.aht_s) for hour in hours.values() if hour.aht_s is not None and hour.contacts]
    contacts = sum(number for number, _ in known)
    return sum(number * aht_s for number, aht_s in known) / contacts if contacts else None


def _mixed(
    sides: Mapping[str, Hours], chosen: Mapping[str, str], mean_s: Mapping[str, float | None]
) -> Iterator[tuple[float, float, float]]:
    """(contacts, AHT, agents) of every hour, each from the side that is chosen for it."""
    nothing = Hour(contacts=0, aht_s=None, agents=0, hours=0)
    for slot in sides["now"].keys() | sides["before"].keys():
        found = {factor: sides[chosen[factor]].get(slot, nothing) for factor in FACTORS}
        aht_s = found["handle_time"].aht_s or mean_s[chosen["handle_time"]] or 0.0
        yield found["volume"].contacts, aht_s, found["staffing"].agents or 0.0


def expected(
    metric: Metric, hours: Iterator[tuple[float, float, float]], patience_s: float, terms: Terms
) -> float | None:
    """The KPI's value by its own formula from the sums that the model expects. 7.4 agents are 7 for 0.6 of the hour, then 8."""
    sums: dict[str, float] = defaultdict(float)
    for contacts, aht_s, agents in hours:
        if contacts <= 0:
            continue
        load, few = Load(contacts=contacts, interval_s=HOUR_S, aht_s=aht_s, patience_s=patience_s), math.floor(agents)
        for number, share in ((few, few + 1 - agents), (few + 1, agents - few)):
            if share > 0:
                _add(sums, load, number, share * contacts, metric, terms)
    return measured_value(metric, sums).value


def _add(sums: dict[str, float], load: Load, agents: int, contacts: float, metric: Metric, terms: Terms) -> None:
    found = outlook(load, agents, terms.threshold_ms / 1000)
    sums["answered"] += contacts * found.answered
    sums["answered_waits"] += contacts * found.answered
    sums["answered_in_time"] += contacts * found.answered_in_time
    sums["answered_wait_ms"] += contacts * found.answered * (found.asa_s or 0) * 1000
    sums["abandoned"] += contacts * found.abandoned
    sums["abandoned_in_time"] += contacts * found.abandoned_in_time
    if "abandoned_short" in {*metric.numerator, *(metric.denominator or {})}:
        sums["abandoned_short"] += contacts * outlook(load, agents, terms.short_ms / 1000).abandoned_in_time
