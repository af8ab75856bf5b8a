"""What a page shows: the period, what it is compared with, the steps of its charts and the groups of its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from plugin.kpi.measure import GROUPINGS
from plugin.kpi.period import (
    Grain,
    Period,
    PeriodTextError,
    label,
    parse_period_text,
    period_of,
    previous,
    same_period_last_year,
    same_weekday_before,
)
from plugin.kpi.question import CLOSED, HOURS, OPEN
from plugin.policy.document import Document
from plugin.report.compared import Comparison
from plugin.web.errors import BadQuery

_E = TypeVar("_E", bound=StrEnum)
#: grain of the period --> grains of its steps, the usual one first
STEPS: dict[Grain, tuple[Grain, ...]] = {
    Grain.HOUR: (Grain.QUARTER_HOUR,),
    Grain.DAY: (Grain.HOUR, Grain.QUARTER_HOUR),
    Grain.WEEK: (Grain.DAY, Grain.HOUR),
    Grain.MONTH: (Grain.DAY, Grain.WEEK),
    Grain.QUARTER: (Grain.MONTH, Grain.WEEK, Grain.DAY),
    Grain.YEAR: (Grain.MONTH, Grain.WEEK, Grain.QUARTER),
}
#: the periods that a page offers by name
WORDS = ("today", "yesterday", "this week", "last week", "this month", "last month")


#: A Monday is compared with a Monday, since centres live by the week.
_USUAL = {Grain.HOUR: Comparison.WEEKDAY, Grain.DAY: Comparison.WEEKDAY}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """`before` is as long as what has passed of `period`, when that is not over: a part is never compared with a whole."""

    word: str
    period: Period
    against: Comparison
    before: Period
    step: Grain
    by: str
    #: open or closed: only what came in these hours; empty: at any time
    hours: str = ""

    @property
    def only(self) -> dict[str, str]:
        """The part of the centre that is shown, in the words of a question."""
        return {HOURS: self.hours} if self.hours else {}

    def passed(self, now: datetime) -> Period:
        """The part of the period that `before` is as long as."""
        return to_date(self.period, self.period, now)

    def is_open(self, now: datetime) -> bool:
        return now < self.period.end


def choose(args: Mapping[str, str], document: Document, now: datetime, usual: str = "yesterday") -> Choice:
    """Reads `period`, `compare`, `grain`, `by` and `hours`; raises `BadQuery`."""
    word = " ".join(args.get("period", "").split()) or usual
    period = read_period(word, document, now)
    against = _one_of(Comparison, args.get("compare", ""), "compare") or _USUAL.get(period.grain, Comparison.PREVIOUS)
    return Choice(
        word=word.lower() if word.lower() in WORDS else label(period),
        period=period,
        against=against,
        before=to_date(compared(period, against), period, now),
        step=_step(args.get("grain", ""), period.grain),
        by=_grouping(args.get("by", "")),
        hours=_hours(args.get("hours", ""), document),
    )


def read_period(text: str, document: Document, now: datetime) -> Period:
    try:
        return parse_period_text(text, now, document.timezone, document.week_starts_on.number)
    except PeriodTextError as error:
        message, _, remedy = str(error).partition("; ")
        raise BadQuery("period", message, remedy or "write a period like yesterday or 2026-W40") from None


def compared(period: Period, against: Comparison) -> Period:
    if against is Comparison.YEAR:
        return same_period_last_year(period)
    if against is Comparison.WEEKDAY and period.grain in (Grain.HOUR, Grain.DAY, Grain.WEEK):
        return same_weekday_before(period)
    return previous(period)


def to_date(before: Period, period: Period, now: datetime) -> Period:
    """The first part of `before`, as long as what has passed of `period`; whole when that is over."""
    if not period.start < now < period.end:
        return before
    passed = now.replace(second=0, microsecond=0) - period.start
    return replace(before, end=min(before.end, before.start + max(passed, timedelta(minutes=1))))


def next_to(period: Period, document: Document) -> tuple[str, str]:
    """The names of the periods just before and after."""
    after = period_of(period.grain, period.end, period.timezone, document.week_starts_on.number)
    return label(previous(period)), label(after)


def _step(text: str, grain: Grain) -> Grain:
    usual, *_ = STEPS[grain]
    chosen = _one_of(Grain, text, "grain") or usual
    if chosen is grain:
        # A link of a digest names the grain of its period beside the period.
        return usual
    if chosen not in STEPS[grain]:
        raise BadQuery("grain", f"a {grain} has no steps of a {chosen}", f"choose from {', '.join(STEPS[grain])}")
    return chosen


def _grouping(text: str) -> str:
    if text and text not in GROUPINGS:
        raise BadQuery("by", f"{text!r} is not a grouping", f"choose from {', '.join(GROUPINGS)}")
    return text or "queue"


def _hours(text: str, document: Document) -> str:
    if text and not document.calendars:
        raise BadQuery(
            "hours", "the policy has no calendar", "add one under [calendars] to tell open from closed hours"
        )
    if text and text not in (OPEN, CLOSED):
        raise BadQuery("hours", f"{text!r} is not known", f"choose from {OPEN}, {CLOSED}")
    return text


def _one_of(kind: type[_E], text: str, field: str) -> _E | None:
    try:
        return kind(text) if text else None
    except ValueError:
        raise BadQuery(field, f"{text!r} is not known", f"choose from {', '.join(kind)}") from None
