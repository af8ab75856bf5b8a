"""Costs shared out over channels and groups, so that the parts add up to the whole (`docs/kpi/cost_per_call.md`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from plugin.contract.event import Channel
from plugin.kpi.gather import Sums
from plugin.kpi.question import NOT_ALLOCATED, Group

#: the measures that each rule shares out by
WEIGHTS = {"handle_time": ("worked_ms",), "contacts": ("contacts_connected", "tickets_answered")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Part of the costs of a period; channel and team are None for what all of them bear."""

    category: str
    channel: str | None
    team: str | None
    amount: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharing:
    """Who may bear costs. `parts` are the sums of each group of `names`, of which the first is `channel`.

    `rule` is one of WEIGHTS, or the percentages of the channels. `names` has the team where a cost is borne by one.
    """

    names: tuple[str, ...]
    rule: str | Mapping[Channel, float]
    parts: Mapping[Group, Sums]

    def shares(self, channel: str | None, team: str | None) -> dict[Group, float]:
        """The share of a cost that each group bears; together 1."""
        bearing = self.parts if team is None else self._of_team(team)
        found: dict[Group, float] = {}
        for name, share in self._channels(channel, bearing).items():
            within = self._weighed({group: sums for group, sums in bearing.items() if group[0] == name})
            for group, weight in (within or {self._nobody(name, team): 1.0}).items():
                found[group] = share * weight
        return found

    def _channels(self, channel: str | None, bearing: Mapping[Group, Sums]) -> dict[str, float]:
        if channel is not None:
            return {channel: 1.0}
        if not isinstance(self.rule, str):
            return {name.value: percent / 100 for name, percent in self.rule.items()}
        shares: dict[str, list[float]] = defaultdict(list)
        for group, share in self._weighed(bearing).items():
            shares[group[0]].append(share)
        return {name: fsum(found) for name, found in sorted(shares.items())} or {NOT_ALLOCATED: 1.0}

    def _weighed(self, parts: Mapping[Group, Sums]) -> dict[Group, float]:
        """Shares that add up to 1, by handle time where there is any, else by contacts; empty without either."""
        first = self.rule if isinstance(self.rule, str) else "handle_time"
        for rule in dict.fromkeys((first, "contacts")):
            weights = {group: sum(sums.get(key, 0) for key in WEIGHTS[rule]) for group, sums in parts.items()}
            total = sum(weights.values())
            if total:
                return {group: weight / total for group, weight in weights.items() if weight}
        return {}

    def _of_team(self, team: str) -> dict[Group, Sums]:
        place = self.names.index("team")
        return {group: sums for group, sums in self.parts.items() if group[place] == team}

    def _nobody(self, channel: str, team: str | None) -> Group:
        known = {"channel": channel, "team": team or NOT_ALLOCATED}
        return tuple(known.get(name, NOT_ALLOCATED) for name in self.names)


def spread(costs: Iterable[Cost], sharing: Sharing) -> dict[Group, Sums]:
    """What each group bears: `cost`, `voice_cost` and `cost_<category>`."""
    amounts: dict[Group, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for cost in costs:
        for group, share in sharing.shares(cost.channel, cost.team).items():
            for key in _measures(cost, group[0]):
                amounts[group][key].append(cost.amount * share)
    return {group: {key: fsum(found) for key, found in keys.items()} for group, keys in amounts.items()}


def _measures(cost: Cost, channel: str) -> tuple[str, ...]:
    always = ("cost", f"cost_{cost.category}")
    return (*always, "voice_cost") if channel == Channel.VOICE else always
