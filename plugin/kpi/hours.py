"""A question about opening hours in, questions about pieces of time out: periods cut where the calendar opens and closes.

A queue follows its own calendar, so there is one question for each calendar; each takes from the answer what its queues did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from plugin.kpi.period import Period
from plugin.kpi.question import CALENDAR, CLOSED, HOURS, OPEN, Group, Question
from plugin.kpi.terms import Terms
from plugin.policy.calendar import open_spans

Place = tuple[int, Group]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """`question` has pieces for periods; `owners` gives the period of each piece and whether it is open or closed.

    `calendar` None: all queues have the same.
    """

    question: Question
    owners: tuple[tuple[int, str], ...]
    by: tuple[str, ...]
    calendar: str | None

    def place(self, place: Place) -> Place | None:
        """Where an answer to `question` belongs in the answer to the whole; None when it is of queues with another calendar."""
        number, state = self.owners[place[0]]
        group = place[1]
        if self.calendar is not None:
            if group[-1] != self.calendar:
                return None
            group = group[:-1]
        if HOURS in self.by:
            index = self.by.index(HOURS)
            group = (*group[:index], state, *group[index:])
        return number, group


def parts_of(question: Question, terms: Terms) -> Iterator[Part]:
    """One question for each calendar that a queue may have."""
    names = terms.calendar_names
    by = tuple(name for name in question.by if name != HOURS)
    only = {name: value for name, value in question.only.items() if name != HOURS}
    for name in names:
        owned = [
            (number, state, piece)
            for number, period in enumerate(question.periods)
            for state, piece in pieces(period, name, terms)
            if question.only.get(HOURS, state) == state
        ]
        if not owned:
            continue
        yield Part(
            question=replace(
                question,
                periods=tuple(piece for _, _, piece in owned),
                by=by if len(names) == 1 else (*by, CALENDAR),
                only=only,
            ),
            owners=tuple((number, state) for number, state, _ in owned),
            by=question.by,
            calendar=None if len(names) == 1 else name,
        )


def pieces(period: Period, calendar: str, terms: Terms) -> Iterator[tuple[str, Period]]:
    """The period in order, cut where it opens and closes; without a calendar it is always open."""
    known = terms.calendars.get(calendar)
    if known is None:
        yield OPEN, period
        return
    at = period.start
    for opens, closes in open_spans(known, period.start, period.end):
        if at < opens:
            yield CLOSED, replace(period, start=at, end=opens)
        yield OPEN, replace(period, start=opens, end=closes)
        at = closes
    if at < period.end:
        yield CLOSED, replace(period, start=at)
