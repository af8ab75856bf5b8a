"""The weak points: each function is one stated rule (`docs/digests.md`), and gives its sentences, the gravest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

from plugin.kpi.metric import Measurement
from plugin.kpi.period import Grain
from plugin.report import figures, subject
from plugin.report.advice.groups import idle_text
from plugin.report.audit.seen import Place, Seen
from plugin.report.goal import Goal, margin, met
from plugin.report.headline import limits_text
from plugin.report.remarks import left_out, reason_text
from plugin.report.wording import group_name, joined, label, period_name, text

#: a target is missed again and again, or met by far, after so many periods
IN_A_ROW = 3
#: a queue or hour nearly always fails when it did in so much of its steps, and of so many at least; fewer contacts make no step
NEARLY_ALWAYS, STEPS, STEP_CONTACTS = 0.8, 5, 5
#: met by far: better by so much of the target
BY_FAR = 0.5
#: a rule that fires more often than once a day, or for more of the time, is not believed
TOO_OFTEN_A_DAY, TOO_LONG = 1.0, 0.25
_NAMED, _PLACES, _REASONS = 3, 8, 6
#: of a shorter period it says nothing that a channel or a rule was silent
_LONG = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def missed_again(seen: Seen) -> Iterator[str]:
    """Targets that were missed in each of the last periods."""
    runs = {kpi: _run(values, seen.goals[kpi], good=False) for kpi, values in seen.past.items() if kpi in seen.goals}
    for kpi in sorted(runs, key=lambda kpi: -len(runs[kpi])):
        if len(runs[kpi]) >= IN_A_ROW:
            yield _in_a_row(seen, "audit.missed", kpi, runs[kpi])


def met_by_far(seen: Seen) -> Iterator[str]:
    """Targets that ask for nothing."""
    for kpi, values in seen.past.items():
        goal = seen.goals.get(kpi)
        far = [one for one in values if goal and (margin(one.value, goal) or 0.0) >= BY_FAR]
        if goal and len(values) >= IN_A_ROW and len(far) == len(values):
            yield _in_a_row(seen, "audit.easy", kpi, far)


def _run(values: Sequence[Measurement], goal: Goal, *, good: bool) -> list[Measurement]:
    """The newest ones in a row with that verdict, oldest first."""
    return list(takewhile(lambda one: met(one.value, goal) is good, reversed(values)))[::-1]


def _in_a_row(seen: Seen, key: str, kpi: str, values: Sequence[Measurement]) -> str:
    unit, language = subject.unit(kpi), seen.language
    shown = [figures.figure(one.value, unit, language, seen.currency) for one in values]
    target = limits_text(kpi, seen.goals[kpi], seen.currency, language)
    return text(key, language, label=label(kpi, language), target=target, count=len(values), values=" → ".join(shown))


def nearly_always(seen: Seen) -> Iterator[str]:
    """Queues and hours of the day that missed a target in most of their days."""
    failing = []
    for place in seen.places:
        verdicts = [met(one.value, place.goal) for one in place.values if one.n >= STEP_CONTACTS]
        missed = verdicts.count(False)
        if len(verdicts) >= STEPS and missed >= NEARLY_ALWAYS * len(verdicts):
            failing.append((missed / len(verdicts), missed, len(verdicts), place))
    failing.sort(key=lambda one: (-one[0], -one[1]))
    yield from (_place(seen, place, missed, steps) for _, missed, steps, place in failing[:_PLACES])


def _place(seen: Seen, place: Place, missed: int, steps: int) -> str:
    return text(
        f"audit.place.{seen.step}",
        seen.language,
        dimension=text(f"dimension.{place.dimension}", seen.language),
        group=group_name(place.group, seen.language),
        label=label(place.kpi, seen.language),
        target=limits_text(place.kpi, place.goal, seen.currency, seen.language),
        missed=missed,
        steps=steps,
    )


def unused(seen: Seen) -> Iterator[str]:
    """What is paid for or set up, and served nobody in the period."""
    language, period = seen.language, period_name(seen.period, seen.language)
    for cost in seen.costs:
        if cost.amount > 0 and not cost.contacts:
            yield idle_text(cost, seen.currency, language)
    yield from (
        text("audit.source", language, source=name, period=period)
        for name, count in seen.usage.events.items()
        if not count
    )
    yield from (
        text("audit.channel", language, channel=name, period=period)
        for name, count in seen.usage.messages.items()
        if not count and seen.period.grain in _LONG
    )


def rules(seen: Seen) -> Iterator[str]:
    """Rules that alert so often that nobody believes them, and those that never do."""
    language, period = seen.language, period_name(seen.period, seen.language)
    days = max(1.0, (seen.period.end - seen.period.start).total_seconds() / 86400)
    for name, use in sorted(seen.usage.rules.items(), key=lambda item: -item[1].alerts):
        if use.alerts > TOO_OFTEN_A_DAY * days or use.share >= TOO_LONG:
            count, share = figures.number(use.alerts, language), figures.percent(use.share, language)
            yield text("audit.rule.often", language, rule=name, count=count, share=share, period=period)
    never = [name for name, use in seen.usage.rules.items() if not use.alerts]
    if never and seen.period.grain in _LONG:
        yield text("audit.rule.never", language, rules=joined(never, language), period=period)


def unavailable(seen: Seen) -> Iterator[str]:
    """KPIs that nobody can see, by what is missing, the fact that would bring most first."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for kpi, reason in seen.usage.unavailable.items():
        by_reason[reason].append(label(kpi, seen.language))
    found = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for reason, names in found[:_REASONS]:
        more = len(names) - _NAMED
        told = [*names[:_NAMED], text("audit.more", seen.language, count=more)] if more > 0 else names
        yield text(
            "unavailable.line",
            seen.language,
            label=joined(told, seen.language),
            fact=reason_text(reason, seen.language),
        )
    if more := len(found[_REASONS:]):
        yield text("audit.facts", seen.language, count=more)


def quality(seen: Seen) -> Iterator[str]:
    yield from seen.notes
    if left := left_out(seen.excluded, seen.language):
        yield text("quality.line", seen.language, title=text("section.left_out", seen.language), said=left)
