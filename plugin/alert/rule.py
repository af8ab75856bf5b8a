"""A rule of the policy goes in, the limits of the state machine and the names that messages use come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from plugin.alert.threshold import Threshold
from plugin.policy.document import Document
from plugin.policy.fields import Severity
from plugin.policy.sending import Rule
from plugin.report.goals import only_of
from plugin.report.subject import is_share
from plugin.report.wording import joined

#: of shares of counted items, where the rule does not say
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One rule as it is evaluated. `scope` is the key under which its state is kept; `only` restricts the measurement."""

    name: str
    kpi: str
    scope: str
    only: dict[str, str]
    window: timedelta
    limits: Threshold
    critical: bool
    title: str
    timezone: str
    language: str
    currency: str

    @property
    def where(self) -> str:
        return joined(list(self.only.values()), self.language)


def watch(name: str, rule: Rule, document: Document) -> Watch:
    only = only_of(rule.scope)
    return Watch(
        name=name,
        kpi=rule.kpi,
        scope=",".join(f"{key}={value}" for key, value in sorted(only.items())),
        only=only,
        window=timedelta(seconds=rule.window_s),
        limits=threshold(rule),
        critical=rule.severity == Severity.CRITICAL,
        title=rule.title or name,
        timezone=document.timezone,
        language=document.language,
        currency=document.currency,
    )


def threshold(rule: Rule) -> Threshold:
    return Threshold(
        fire_above=rule.fire_above,
        fire_below=rule.fire_below,
        clear_at=rule.clear_at,
        clear_by=rule.clear_by,
        hold=timedelta(seconds=rule.hold_s),
        clear_hold=timedelta(seconds=rule.clear_hold_s),
        cooldown=timedelta(seconds=rule.cooldown_s),
        min_sample=rule.min_sample,
        confidence=_confidence(rule),
    )


def _confidence(rule: Rule) -> float:
    usual = CONFIDENCE if is_share(rule.kpi) else 0.0
    return usual if rule.confidence is None else rule.confidence
