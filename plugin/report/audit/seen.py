"""What an audit looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from plugin.kpi.metric import Measurement
from plugin.kpi.period import Period
from plugin.notify.message import Link
from plugin.report.advice.seen import CostSeen
from plugin.report.goal import Goal


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleUse:
    """How often a rule alerted within a period, and for which share of it."""

    alerts: int
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What of the policy was used in a period: events by source, messages by channel, alerts by rule, also where there are none."""

    events: Mapping[str, int] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, RuleUse] = field(default_factory=dict)
    #: KPI --> why it is not available
    unavailable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A queue, or an hour of the day: its value of a KPI in each step (a day or a month) of the period."""

    dimension: str
    group: str
    kpi: str
    values: tuple[Measurement, ...]
    goal: Goal


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """`past`: KPI --> its values of the last periods, the newest last. `step`: day or month, what `places` were measured by."""

    title: str
    period: Period
    now_at: datetime
    past: Mapping[str, tuple[Measurement, ...]] = field(default_factory=dict)
    goals: Mapping[str, Goal] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    step: str = "day"
    costs: tuple[CostSeen, ...] = ()
    usage: Usage = field(default_factory=Usage)
    excluded: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    due_at: datetime | None = None
    currency: str = ""
    language: str = "en"
