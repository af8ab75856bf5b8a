"""Every kind of message that leaves the house, in one language: what is checked against mail programs and Slack, and looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from every_alert import alerts
from sample_report import BEFORE, GOALS, KPIS, TODAY, ZONE, by_queue, report, values, whole

from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between, previous
from plugin.notify.follow_up.mail import question_of
from plugin.notify.follow_up.words import CHOICES, choice
from plugin.notify.message import Action, Link, Message
from plugin.policy.follow_up import FollowUp
from plugin.policy.plan import Target
from plugin.report.audit.message import audit_message
from plugin.report.audit.seen import RuleUse, Seen, Usage
from plugin.report.digest import build_digest
from plugin.report.digest_chart import STEPS
from plugin.report.material import Material, Split
from plugin.report.proposals import Proposal

LANGUAGES = ("en", "lv", "ru", "zh")
GRAINS = (Grain.HOUR, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
_PROPOSAL = Proposal(
    target=Target(kpi="abandonment_rate", value=0.04), old=0.05, new=0.04, reached=0.036, days=62, was_met=True
)
_PAGE = "https://gauge.example.com/?period=2026-11-23"


@cache
def every_message(language: str) -> Mapping[str, Message]:
    """Name --> message, as it would wait in the outbox."""
    digests = {f"digest {grain}": digest(grain, language) for grain in GRAINS}
    surveys = {f"survey {kind}": survey(kind, language) for kind in CHOICES}
    return {
        **digests,
        "digest without targets": digest(Grain.DAY, language, goals={}),
        "digest that is late": digest(Grain.DAY, language, due_at=datetime(2026, 11, 24, 6, tzinfo=UTC)),
        "digest with proposals": digest(Grain.MONTH, language, proposals=(_PROPOSAL,)),
        "digest of an empty day": build_digest(_empty(language)),
        "audit": audit_message(_weak_points(language)),
        **surveys,
        **dict(alerts(language)),
    }


def digest(grain: Grain, language: str, **changes: Any) -> Message:
    return build_digest(replace(_material(grain, language), **changes))


@cache
def largest(language: str) -> Message:
    """Every KPI of the catalogue with numbers, in both periods, under long names of queues."""
    numbers = {key: Measurement(numerator=1234567, denominator=2345678) for key in METRICS}
    groups = {f"Second-line support for enterprise customers, shift {place}": numbers for place in range(12)}
    month = _material(Grain.MONTH, language)
    assert month.previous is not None
    return digest(
        Grain.MONTH,
        language,
        kpis=tuple(METRICS),
        now=whole(month.period, groups),
        before=whole(month.previous, groups),
        split=Split(dimension="queue", now=by_queue(month.period, groups), before=by_queue(month.previous, groups)),
        goals={key: next(iter(GOALS.values())) for key in METRICS},
    )


def survey(kind: str, language: str) -> Message:
    """As it is while it is sent, with its links."""
    actions = tuple(
        Action(
            action_id=f"survey.{score}",
            label=choice(score, language),
            url=f"https://gauge.example.com/s/{'0' * 70}{score}",
        )
        for score in CHOICES[kind]
    )
    return replace(question_of(FollowUp(type=kind), language), actions=actions)  # type: ignore[arg-type]


def _weak_points(language: str) -> Seen:
    month = _material(Grain.MONTH, language)
    past = {"abandonment_rate": tuple(Measurement(numerator=part, denominator=1000) for part in (60, 70, 80))}
    usage = Usage(events={"zendesk": 0}, messages={"floor": 0}, rules={"queue": RuleUse(alerts=0, share=0.0)})
    return Seen(
        title="Audit",
        period=month.period,
        now_at=month.now_at,
        past=past,
        goals=GOALS,
        usage=usage,
        excluded={"internal": 12},
        currency="EUR",
        language=language,
    )


def _material(grain: Grain, language: str) -> Material:
    period = previous(period_of(grain, datetime(2026, 11, 24, 9, tzinfo=UTC), ZONE))
    before = previous(period)
    return Material(
        title="Support",
        kpis=(*KPIS, "occupancy"),
        period=period,
        now_at=period.end + timedelta(hours=8),
        now=whole(
            period,
            TODAY,
            unavailable={"occupancy": "missing fact: agent_state, login"},
            excluded={"internal": 12, "open": 3, "quarantined": 2},
        ),
        previous=before,
        before=whole(before, BEFORE),
        split=Split(dimension="queue", now=by_queue(period, TODAY), before=by_queue(before, BEFORE)),
        series=_series(period),
        goals=GOALS,
        links=(Link(label="Deskgauge", url=_PAGE),),
        language=language,
    )


def _series(period: Period) -> Report | None:
    """A course that rises and falls, bad in its middle."""
    grain = STEPS.get(period.grain)
    if grain is None:
        return None
    steps = list(periods_between(grain, period.start, period.end, ZONE))
    middle = len(steps) // 2
    rows = []
    for place, step in enumerate(steps):
        calls, bad = 200 - 120 * abs(place - middle) // (middle or 1), 0.2 if abs(place - middle) < 2 else 0.04
        rows.append(
            Row(period=step, group={}, values=values(calls, round(calls * bad), round(calls * (0.9 - 3 * bad))))
        )
    return report(rows)


def _empty(language: str) -> Material:
    material = _material(Grain.DAY, language)
    nothing = Report(timezone=ZONE, definitions={}, rows=())
    return replace(material, now=nothing, split=None, series=None)
