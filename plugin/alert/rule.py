"""A rule of the policy goes in, the limits of the state machine and the names that messages use come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from plugin.alert.threshold import Relative, Side, Threshold
from plugin.alert.trouble import Trouble
from plugin.kpi.metric import Better
from plugin.policy.calendar import Calendar
from plugin.policy.document import Document
from plugin.policy.fields import Severity
from plugin.policy.sending import Rule
from plugin.report.goals import only_of
from plugin.report.subject import better, is_share
from plugin.report.wording import group_name, joined

#: of shares of counted items, where the rule does not say
CONFIDENCE = 0.95
#: the side that is bad of a KPI, where the rule does not say
_BAD_SIDE: dict[Better, Side] = {
    Better.LOWER: "above",
    Better.HIGHER: "below",
    Better.NEUTRAL: "both",
    Better.BAND: "both",
}
#: the count below which nothing came
_FIRST = 1
#: (rule, KPI, scope): that by which the state of a rule is kept
Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One rule as it is evaluated. `scope` is part of the key under which its state is kept; `only` restricts the measurement.

    `hours` are those in which something can be expected; None: always.
    """

    name: str
    kpi: str
    scope: str
    only: dict[str, str]
    window: timedelta
    limits: Threshold
    hours: Calendar | None = None
    critical: bool
    title: str
    timezone: str
    language: str
    currency: str
    #: what is wrong with Deskgauge itself, where that is watched
    trouble: Trouble | None = None

    @property
    def key(self) -> Key:
        return self.name, self.kpi, self.scope

    @property
    def where(self) -> str:
        return joined([group_name(value, self.language, key) for key, value in self.only.items()], self.language)


def watch(name: str, rule: Rule, document: Document) -> Watch:
    only = only_of(rule.scope)
    return Watch(
        name=name,
        kpi=rule.kpi,
        scope=",".join(f"{key}={value}" for key, value in sorted(only.items())),
        only=only,
        window=timedelta(seconds=rule.window_s),
        limits=threshold(rule),
        hours=document.hours_of_rule(rule),
        critical=rule.severity == Severity.CRITICAL,
        title=rule.title or name,
        timezone=document.timezone,
        language=document.language,
        currency=document.currency,
    )


def threshold(rule: Rule) -> Threshold:
    return Threshold(
        fire_above=rule.fire_above,
        fire_below=_FIRST if rule.absent else rule.fire_below,
        clear_at=rule.clear_at,
        clear_by=rule.clear_by,
        hold=timedelta(seconds=rule.hold_s),
        clear_hold=timedelta(seconds=rule.clear_hold_s),
        cooldown=timedelta(seconds=rule.cooldown_s),
        min_sample=rule.min_sample,
        confidence=_confidence(rule),
        relative=_relative(rule),
        absent=rule.absent,
    )


def _relative(rule: Rule) -> Relative | None:
    if rule.deviation is None:
        return None
    return Relative(
        deviation=rule.deviation,
        clear_deviation=rule.deviation if rule.clear_deviation is None else rule.clear_deviation,
        side=rule.side or _BAD_SIDE[better(rule.kpi)],
        weeks=rule.weeks,
        weeks_min=rule.weeks_min,
    )


def _confidence(rule: Rule) -> float:
    usual = CONFIDENCE if is_share(rule.kpi) else 0.0
    return usual if rule.confidence is None else rule.confidence
