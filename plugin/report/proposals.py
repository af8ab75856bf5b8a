"""What was reached in the last months goes in, targets for the next one come out, as policy TOML that a person may apply."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from plugin.kpi.attainment import target_for
from plugin.kpi.metric import Better, Measurement, Unit
from plugin.kpi.period import Period
from plugin.policy.document import Document, Target
from plugin.policy.text import table_entry
from plugin.report import figures, subject
from plugin.report.goal import met
from plugin.report.goals import goal
from plugin.report.wording import label, text

#: a day counts with so many items, a proposal needs so many days and months
ENOUGH, DAYS, MONTHS = 20, 20, 3
#: up to a value (in seconds) --> the step in which people write a time
_TIMES = ((30.0, 1.0), (120.0, 5.0), (600.0, 10.0), (3600.0, 60.0), (math.inf, 300.0))
#: scopes that a target may have
_SCOPES = {"queue", "team", "channel", "campaign"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """`old` and `new` are the target's value; `reached` is what the better half of `days` had in the middle."""

    target: Target
    old: float
    new: float
    reached: float
    days: int
    #: whether the present target was met in every month; else it was missed in every one
    was_met: bool


def propose(
    document: Document,
    days: Sequence[Mapping[str, Measurement]],
    months: Sequence[Mapping[str, Measurement]],
    kpis: Sequence[str],
    period: Period,
    only: dict[str, str],
) -> tuple[Proposal, ...]:
    """For each KPI whose target was met in every month and can be harder, or was missed in every month and has to be easier.

    Nothing for a volume, a band, a target that is a sum, and where there are fewer than DAYS days or MONTHS months.
    """
    if not set(only) <= _SCOPES:
        return ()
    found = (_proposal(document, kpi, days, months, period, only) for kpi in kpis)
    return tuple(one for one in found if one is not None)


def _proposal(
    document: Document,
    kpi: str,
    days: Sequence[Mapping[str, Measurement]],
    months: Sequence[Mapping[str, Measurement]],
    period: Period,
    only: dict[str, str],
) -> Proposal | None:
    target = target_for(document, kpi, period, only)
    if target is None or target.value is None or target.sum or subject.is_volume(kpi):
        return None
    wanted = goal(target, subject.better(kpi))
    lower = wanted.at_least is None
    values = sorted(_known(kpi, days, ENOUGH), reverse=not lower)
    verdicts = {met(value, wanted) for value in _known(kpi, months, 1)}
    if len(values) < DAYS or len(verdicts) != 1 or len(list(_known(kpi, months, 1))) < MONTHS:
        return None
    reached, was_met = median(values[: math.ceil(len(values) / 2)]), verdicts == {True}
    new = written(reached, subject.unit(kpi), up=lower)
    better = new < target.value if lower else new > target.value
    if new == target.value or better != was_met:
        return None
    changed = _changed(target, new, only)
    return Proposal(target=changed, old=target.value, new=new, reached=reached, days=len(values), was_met=was_met)


def _known(kpi: str, rows: Sequence[Mapping[str, Measurement]], least: int) -> Iterator[float]:
    for row in rows:
        one = row.get(kpi)
        if one is not None and one.value is not None and one.n >= least:
            yield one.value


def _changed(target: Target, value: float, only: Mapping[str, str]) -> Target:
    """With the scope that was measured, so that a target of the whole centre is not changed for one queue."""
    kept = {name: getattr(target, name) for name in ("direction", "grain") if getattr(target, name) is not None}
    return Target.model_validate({"kpi": target.kpi, "value": value, **kept, **({"scope": dict(only)} if only else {})})


def written(value: float, unit: Unit, *, up: bool) -> float:
    """Rounded to the easier side as people write it: whole per cent (half ones below 10 %), 5 seconds, minutes, two digits."""
    step = _step(abs(value), unit)
    steps = round(value / step, 6)
    return round((math.ceil(steps) if up else math.floor(steps)) * step, 6)


def _step(value: float, unit: Unit) -> float:
    if unit is Unit.RATIO:
        return 0.005 if value < 0.1 else 0.01
    if unit is Unit.SECONDS:
        return next(step for limit, step in _TIMES if value < limit)
    return float(10.0 ** (math.floor(math.log10(value)) - 1)) if value else 1.0


def lines(proposals: Sequence[Proposal], currency: str, language: str) -> list[str]:
    """A sentence for each, then the TOML of all."""
    if not proposals:
        return []
    said = [_line(one, currency, language) for one in proposals]
    return [*said, text("proposal.apply", language), *toml(proposals).strip().splitlines()]


def toml(proposals: Sequence[Proposal]) -> str:
    """Entries of `[[targets]]`; behind the others in the document they hold, since of equal ones the last does."""
    return "\n".join(_entry(one.target) for one in proposals)


def _entry(target: Target) -> str:
    return table_entry("targets", target.model_dump(mode="json", exclude_unset=True, exclude_none=True))


def _line(one: Proposal, currency: str, language: str) -> str:
    kpi = one.target.kpi
    unit = subject.unit(kpi)
    money = currency if unit is Unit.MONEY else None
    new, old = (figures.limit(value, unit, language, money) for value in (one.new, one.old))
    return text(
        "proposal.met" if one.was_met else "proposal.missed",
        language,
        label=label(kpi, language),
        new=text(_sign(one.target), language, limit=new),
        old=text(_sign(one.target), language, limit=old),
        reached=figures.figure(one.reached, unit, language, money),
        months=MONTHS,
        days=figures.number(one.days, language),
    )


def _sign(target: Target) -> str:
    better = subject.better(target.kpi)
    lower = target.direction == "lower" or (target.direction is None and better == Better.LOWER)
    return "target.lower" if lower else "target.higher"
