"""What is asked: which periods, by which groups, of which part of the centre."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from plugin.kpi.measures import DIMENSIONS
from plugin.kpi.period import Period
from plugin.kpi.terms import Terms
from plugin.policy.document import Attribution

Group = tuple[str, ...]
#: the group of a cost that nothing in the period can bear, such as the fixed share of a channel without contacts
NOT_ALLOCATED = "not allocated"
#: whether the calendar of the queue was open when the fact counts
HOURS, OPEN, CLOSED = "hours", "open", "closed"
#: the name of the calendar of the queue
CALENDAR = "calendar"
#: the level of support of the queue, 1 for the first
TIER = "tier"
#: a dimension of a report --> the stored dimensions that it is worked out from
GROUPINGS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in DIMENSIONS},
    "team": ("queue", "agent"),
    "campaign": ("queue",),
    TIER: ("queue",),
    HOURS: (),
    CALENDAR: ("queue",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What to measure. `periods` tile a range; `by` are keys of GROUPINGS; `only` restricts them to one value each."""

    periods: tuple[Period, ...]
    by: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime
    #: contacts in the periods of their entry or end, read from the facts; None: as the policy chose for each source
    attribution: Attribution | None = None
    #: nothing from cells, which hold the policy's limits only
    from_facts: bool = False

    @property
    def tells_hours(self) -> bool:
        return HOURS in self.by or HOURS in self.only

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The stored dimensions that are needed to answer it."""
        needed = {name for key in (*self.by, *self.only) for name in GROUPINGS[key]}
        return tuple(name for name in DIMENSIONS if name in needed)


def grouping(question: Question, terms: Terms) -> Callable[[tuple[str, ...]], Group | None]:
    """A function from values of the question's dimensions to the group that they belong to; None for what is not asked about."""
    dimensions = question.dimensions
    known: dict[tuple[str, ...], Group | None] = {}

    def find(values: tuple[str, ...]) -> Group | None:
        stored = dict(zip(dimensions, values, strict=True))
        if any(_group_value(name, stored, terms) != value for name, value in question.only.items()):
            return None
        return tuple(_group_value(name, stored, terms) for name in question.by)

    def group_of(values: tuple[str, ...]) -> Group | None:
        if values not in known:
            known[values] = find(values)
        return known[values]

    return group_of


def _group_value(name: str, stored: Mapping[str, str], terms: Terms) -> str:
    if name == "team":
        return terms.team_of_agent.get(stored["agent"]) or terms.team_of_queue.get(stored["queue"], "")
    if name == "campaign":
        return terms.campaign_of_queue.get(stored["queue"], "")
    if name == TIER:
        return str(terms.tier_of_queue.get(stored["queue"], ""))
    if name == CALENDAR:
        return terms.calendar_of_queue.get(stored["queue"], terms.business_calendar)
    return stored[name]
