"""Advice about hours: where agents were missing, and where a callback would have kept customers."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.kpi.plan import PlannedHour, plan
from plugin.kpi.staffing import StaffingError, Target
from plugin.report import figures
from plugin.report.advice.seen import ENOUGH, Advice, Outcome, QueueHours, Seen
from plugin.report.wording import comma, group_name, text

#: so many hours are named, the worst first
_NAMED = 3
#: a share of contacts that give up from which on a callback is worth its trouble, and the fewest of them
_MUCH_LOST, _LOST = 0.1, 5
#: within so many hours there has to be a quieter one, in which to call back
_SOON = 4


def staffing(seen: Seen) -> Iterator[Advice]:
    """Hours that missed the service level and had fewer agents than Erlang C needs for it."""
    target = seen.target
    if target is None:
        return
    for queue in seen.queues:
        short = sorted(_short(queue, target), key=lambda hour: -_late(queue.outcomes[hour.slot], target))
        if short:
            yield _more_agents(seen, queue, short[:_NAMED], target)


def _short(queue: QueueHours, target: Target) -> Iterator[PlannedHour]:
    try:
        planned = list(plan(queue.hours, target))
    except StaffingError:
        return
    for hour in planned:
        outcome = queue.outcomes.get(hour.slot)
        enough = outcome is not None and outcome.offered.n >= ENOUGH
        if enough and outcome and _late(outcome, target) > 0 and hour.missing is not None and hour.missing >= 1:
            yield hour


def _late(outcome: Outcome, target: Target) -> float:
    """How many contacts more would have been answered in time at the target."""
    level = outcome.level
    return 0.0 if level is None or level.value is None else (target.share - level.value) * level.n


def _more_agents(seen: Seen, queue: QueueHours, hours: list[PlannedHour], target: Target) -> Advice:
    language = seen.material.language
    named = [_hour_text(queue, hour, language) for hour in hours]
    said = text(
        "advice.staffing",
        language,
        queue=_where(queue, language),
        hours=_list(named, language),
        share=figures.limit_percent(target.share, language),
        threshold=figures.span(target.threshold_s, language),
    )
    return Advice(text=said, worth=sum(_late(queue.outcomes[hour.slot], target) for hour in hours))


def _hour_text(queue: QueueHours, hour: PlannedHour, language: str) -> str:
    level = queue.outcomes[hour.slot].level
    return text(
        "advice.staffing.hour",
        language,
        hour=queue.slot_names[hour.slot],
        level=figures.percent(level.value if level and level.value else 0.0, language),
        needed=figures.number(hour.need.outlook.agents, language),
        there=figures.number(hour.hour.agents or 0.0, language, 1),
        contacts=figures.number(hour.hour.contacts, language),
        aht=figures.clock(hour.hour.aht_s or 0.0),
    )


def callbacks(seen: Seen) -> Iterator[Advice]:
    """Hours in which many gave up, nobody was called back, and a quieter hour followed soon."""
    language = seen.material.language
    for queue in seen.queues:
        found = sorted(_worth_a_callback(queue), key=lambda slot: -queue.outcomes[slot].abandoned.n)[:_NAMED]
        if not found:
            continue
        named = [_lost_text(queue, slot, language) for slot in found]
        said = text("advice.callbacks", language, queue=_where(queue, language), hours=_list(named, language))
        yield Advice(text=said, worth=sum(queue.outcomes[slot].abandoned.n for slot in found))


def _worth_a_callback(queue: QueueHours) -> Iterator[int]:
    for slot, one in queue.outcomes.items():
        many = one.offered.n >= ENOUGH and one.abandoned.n >= _LOST and one.lost >= _MUCH_LOST
        later = (queue.outcomes.get(slot + after) for after in range(1, _SOON + 1))
        if many and not one.callbacks and any(each and each.offered.n and each.lost < one.lost / 2 for each in later):
            yield slot


def _lost_text(queue: QueueHours, slot: int, language: str) -> str:
    one = queue.outcomes[slot]
    counts = {"lost": figures.number(one.abandoned.n, language), "offered": figures.number(one.offered.n, language)}
    return text("advice.callbacks.hour", language, hour=queue.slot_names[slot], **counts)


def _where(queue: QueueHours, language: str) -> str:
    return group_name(queue.name, language) if queue.name else text("advice.centre", language)


def _list(named: list[str], language: str) -> str:
    return ("；" if comma(language) == "，" else "; ").join(named)
