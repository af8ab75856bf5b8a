"""Advice about groups: a cost line that serves nobody, a queue whose customers come back or are handed on, long wrap-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from plugin.kpi.metric import Measurement, Unit
from plugin.report import figures, subject
from plugin.report.advice.seen import ENOUGH, Advice, CostSeen, Seen
from plugin.report.compare import BEYOND_CHANCE, surprise
from plugin.report.moved import by_group
from plugin.report.wording import group_name, joined, label, text

#: a group stands out from this multiple of what is usual on, and a share by so many points
_MUCH, _POINTS = 1.5, 0.03
_NAMED = 3
Groups = Mapping[str, Measurement]


def idle_costs(seen: Seen) -> Iterator[Advice]:
    """Costs of a channel or team that had no contact and no ticket in the period; what is paid for them would pay for others."""
    for cost in seen.costs:
        if cost.amount > 0 and not cost.contacts:
            worth = cost.amount / seen.cost_per_contact if seen.cost_per_contact else float(ENOUGH)
            yield Advice(text=idle_text(cost, seen.currency, seen.material.language), worth=worth)


def idle_text(cost: CostSeen, currency: str, language: str) -> str:
    return text(
        "advice.cost",
        language,
        label=label(f"total_cost.{cost.category}", language),
        dimension=text(f"dimension.{cost.dimension}", language),
        group=group_name(cost.group, language),
        amount=figures.figure(cost.amount, Unit.MONEY, language, currency),
    )


def repeats(seen: Seen) -> Iterator[Advice]:
    """A queue whose customers come back far more often than those of the others."""
    yield from _standing_out(seen, "repeat_contact_rate", "advice.repeat")


def transfers(seen: Seen) -> Iterator[Advice]:
    """A queue that hands on far more of its contacts than the others."""
    yield from _standing_out(seen, "transfer_rate", "advice.transfer")


def _standing_out(seen: Seen, kpi: str, key: str) -> Iterator[Advice]:
    language, groups = seen.material.language, _groups(seen, kpi, "queue")
    for name, one in groups.items():
        rest = _rest(groups, name)
        if not name or rest is None or rest.value is None or one.value is None:
            continue
        beyond = surprise(one, rest, Unit.RATIO) >= BEYOND_CHANCE and one.value >= max(
            _MUCH * rest.value, rest.value + _POINTS
        )
        if beyond and min(one.n, rest.n) >= ENOUGH:
            said = text(
                key,
                language,
                group=group_name(name, language),
                rate=figures.percent(one.value, language),
                n=figures.number(one.n, language),
                rest=figures.percent(rest.value, language),
            )
            yield Advice(text=said, worth=(one.value - rest.value) * one.n)


def wrap_up(seen: Seen) -> Iterator[Advice]:
    """Agents whose wrap-up is far longer than the median of all agents with enough contacts."""
    groups = {
        name: one
        for name, one in _groups(seen, "wrap_up_time", "agent").items()
        if name and one.n >= ENOUGH and one.value
    }
    if len(groups) < _NAMED or not seen.aht_s:
        return
    usual = median(one.value or 0.0 for one in groups.values())
    spent = {name: one.numerator - usual * one.n for name, one in groups.items() if _is_long(one, usual)}
    named = sorted(spent, key=lambda name: -spent[name])[:_NAMED]
    if named:
        yield Advice(
            text=_wrap_up_text(seen, groups, named, usual), worth=sum(spent[name] for name in named) / seen.aht_s
        )


def _is_long(one: Measurement, usual_s: float) -> bool:
    """Far beyond the usual, and beyond chance: a mean of n durations varies by about itself over the root of n."""
    own = one.value or 0.0
    return own >= _MUCH * usual_s and own - usual_s >= BEYOND_CHANCE * usual_s / one.n**0.5


def _wrap_up_text(seen: Seen, groups: Groups, named: list[str], usual_s: float) -> str:
    language = seen.material.language
    agents = [
        text(
            "advice.wrap_up.agent",
            language,
            agent=name,
            own=figures.clock(groups[name].value or 0.0),
            n=figures.number(groups[name].n, language),
        )
        for name in named
    ]
    return text("advice.wrap_up", language, agents=joined(agents, language), usual=figures.clock(usual_s))


def _groups(seen: Seen, kpi: str, dimension: str) -> Groups:
    report = seen.groups.get(kpi)
    return by_group(report, dimension, kpi) if report is not None and subject.metric(kpi) else {}


def _rest(groups: Groups, name: str) -> Measurement | None:
    total: Measurement | None = None
    for other, one in groups.items():
        if other != name:
            total = one if total is None else total + one
    return total
