"""A rule of the policy is tried on what is stored: how often it would have alerted, and at which limit about as often as wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugin.alert.backtest import Backtest, Readings, backtest, rolling
from plugin.alert.backtest_text import backtest_text, suggestion_text
from plugin.alert.minute import limits_at
from plugin.alert.rule import Watch, watch
from plugin.alert.suggest import can_move, suggest
from plugin.alert.threshold import Threshold, Unjudged, judge
from plugin.alert.usual import WEEK
from plugin.database import reading
from plugin.installation import Installation
from plugin.kpi.answer import Ask, answer
from plugin.kpi.measure import Question, measure
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Grain, Period
from plugin.policy.calendar import Calendar
from plugin.report import subject

#: a rule is tried on history in steps of this length
STEP = timedelta(minutes=5)
_CLOCK_CHANGE = timedelta(hours=1)
_UNITS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class TrialError(ValueError):
    """The rule cannot be tried, or not as it was asked; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """`readings` are those that are judged; `stood` is the rule as it stood at each of them; `hours` those of its messages."""

    watch: Watch
    readings: Readings
    stood: dict[datetime, Threshold]
    hours: Calendar | None

    def run(self, rule: Threshold | None = None) -> Backtest:
        """With the limits of the policy, or with others."""
        limits = rule or self.watch.limits

        def stood(_: Measurement | None, at: datetime) -> Threshold:
            then = self.stood[at]
            return replace(limits, usual=then.usual, closed=then.closed)

        moves = limits.relative is not None or limits.absent
        return backtest(limits, self.readings, stood if moves else None)

    def alerts(self, rule: Threshold) -> int:
        return sum(episode.told_at(self.hours) is not None for episode in self.run(rule).episodes)

    def values(self) -> list[float]:
        """What a limit is compared with: the values that allow a verdict, or how many spreads they lie off the usual."""
        found = []
        for at, read in self.readings:
            then = self.stood[at]
            if read is None or read.value is None or isinstance(judge(read, then), Unjudged):
                continue
            off = then.relative.off(then.usual, read.value) if then.relative and then.usual else None
            found.append(read.value if off is None else off)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A rate of alerts as it was written."""

    text: str
    number: int
    per: timedelta

    def in_time(self, length: timedelta) -> float:
        return self.number * (length / self.per)


def wanted_of(text: str) -> Wanted:
    """`2/week`. Raises `TrialError`."""
    number, _, per = text.partition("/")
    if not number.isdigit() or int(number) < 1 or per not in _UNITS:
        raise TrialError("write a number of alerts and a time, such as 2/week, 1/day or 3/month")
    return Wanted(text=text, number=int(number), per=_UNITS[per])


def trial_of(opened: Installation, name: str, last: timedelta, at: datetime) -> Trial:
    """Raises `TrialError` for a KPI that is not measured in slots."""
    document = opened.document
    rule, watched = document.rules[name], watch(name, document.rules[name], document)
    end = at.replace(second=0, microsecond=0)
    relative = watched.limits.relative
    past = WEEK * relative.weeks + _CLOCK_CHANGE if relative else timedelta(0)
    read = rolling(_slots(opened, watched, end, last + watched.window + past), STEP, watched.window, watched.kpi)
    by_end = dict(read)
    judged = [(moment, value) for moment, value in read if moment > end - last]
    stood = {moment: limits_at(watched, value, lambda _, until: by_end.get(until), moment) for moment, value in judged}
    quiet = document.calendar(rule.calendar) if rule.calendar and not watched.critical else None
    return Trial(watch=watched, readings=judged, stood=stood, hours=quiet)


def trial_text(opened: Installation, name: str, last: timedelta, at: datetime, wanted: Wanted | None = None) -> str:
    """How often the rule would have fired in the last days, in words; with `wanted` the limit at which about so often."""
    trial = trial_of(opened, name, last, at)
    said = backtest_text(trial.watch, trial.run(), trial.hours)
    if wanted is None:
        return said
    if not can_move(trial.watch.limits):
        raise TrialError(
            "this rule has no one limit to move; write a rule for each side of a band, or another window of an absence"
        )
    values = trial.values()
    if not values:
        return said
    found = suggest(trial.watch.limits, values, wanted.in_time(last), trial.alerts)
    return "\n".join([said, "", suggestion_text(trial.watch, found, wanted.text)])


def _slots(opened: Installation, watched: Watch, end: datetime, length: timedelta) -> Readings:
    """The KPI in slots, each with its start; None in all of them when it is not available, as the evaluation has it."""
    found = subject.metric(watched.kpi)
    if found is not None and {"cost", "target"} & set(found.needs):
        raise TrialError(
            f"{watched.kpi} depends on costs or targets of whole days, and cannot be tried in slots of minutes"
        )
    count = max(1, -(-length // STEP))
    starts = [end - STEP * (count - number) for number in range(count)]
    if _is_unavailable(opened, watched, end):
        return [(start, None) for start in starts]
    periods = tuple(
        Period(grain=Grain.QUARTER_HOUR, start=start, end=start + STEP, timezone=watched.timezone) for start in starts
    )
    with reading(opened.engine) as connection:
        question = Question(periods=periods, only=watched.only, as_of=end)
        values = measure(connection, [watched.kpi], question, opened.terms)
    return [(start, values.get((number, ()), {}).get(watched.kpi)) for number, start in enumerate(starts)]


def _is_unavailable(opened: Installation, watched: Watch, end: datetime) -> bool:
    asked = Ask(kpis=(watched.kpi,), start=end - STEP, end=end, only=watched.only)
    with reading(opened.engine) as connection:
        return watched.kpi in answer(connection, opened.document, asked, end, opened.knows).unavailable
