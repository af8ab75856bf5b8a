"""What the rules of advice look at, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plugin.kpi.metric import Measurement, Report
from plugin.kpi.profile import Hour
from plugin.kpi.staffing import Target
from plugin.report.material import Material

#: on fewer contacts, in an hour or of a group, nothing is advised
ENOUGH = 20
#: what is worth fewer contacts than this is not told
LEAST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of the contacts of a slot of the day or week, over all its hours in the period."""

    offered: Measurement
    abandoned: Measurement
    level: Measurement | None
    callbacks: float

    @property
    def lost(self) -> float:
        """The share of the offered contacts that gave up."""
        return self.abandoned.n / self.offered.n if self.offered.n else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueHours:
    """The hours of a queue that missed a target of waiting. `name` empty: the whole part that the digest is about.

    `slot_names`: what each slot is called in the reader's language.
    """

    name: str
    hours: Mapping[int, Hour]
    outcomes: Mapping[int, Outcome]
    slot_names: Mapping[int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostSeen:
    """A cost line of one channel or team in the period, and how many contacts and tickets of it there were."""

    category: str
    group: str
    dimension: str
    amount: float
    contacts: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """`groups`: KPI --> a report with a row per group of its dimension. `target` None: no service level was promised."""

    material: Material
    target: Target | None = None
    queues: tuple[QueueHours, ...] = ()
    costs: tuple[CostSeen, ...] = ()
    groups: Mapping[str, Report] = field(default_factory=dict)
    #: what one contact costs, None when unknown
    cost_per_contact: float | None = None
    #: seconds of handling per contact, None when unknown
    aht_s: float | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """`worth` is in contacts: those that would have been answered in time, kept, or not come at all."""

    text: str
    worth: float
