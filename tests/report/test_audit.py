"""An audit lists weak points by stated rules, and is short where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sample_report import ZONE, of

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between
from plugin.notify.message import Message
from plugin.policy.document import Cost, Document
from plugin.report.advice.seen import CostSeen
from plugin.report.audit.message import audit_message
from plugin.report.audit.seen import Place, RuleUse, Seen, Usage
from plugin.report.compose import Composer
from plugin.report.goal import Goal

OCTOBER = period_of(Grain.MONTH, datetime(2026, 10, 5, tzinfo=UTC), ZONE)
NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
FIVE = Goal(at_most=0.05)


def seen(**changes: object) -> Seen:
    parts: dict[str, object] = {"title": "Weak points", "period": OCTOBER, "now_at": NOW, "currency": "EUR", **changes}
    return Seen(**parts)  # type: ignore[arg-type]


def said(message: Message, title: str) -> list[str]:
    return next((one.text.splitlines() for one in message.sections if one.title == title), [])


def shares(*values: float) -> tuple[Measurement, ...]:
    return tuple(of(round(value * 1000), 1000) for value in values)


def abandonment(*values: float) -> Mapping[str, object]:
    return {"past": {"abandonment_rate": shares(*values)}, "goals": {"abandonment_rate": FIVE}}


def test_without_weak_points_it_says_so_in_one_sentence() -> None:
    message = audit_message(seen(**abandonment(0.04, 0.045, 0.04)))
    assert message.title == "Weak points: October 2026"
    assert message.summary == "No weak point was found."
    assert message.sections == ()
    assert message.table is None


def test_a_target_counts_as_missed_again_from_three_periods_in_a_row_up_to_now() -> None:
    message = audit_message(seen(**abandonment(0.04, 0.06, 0.07, 0.08)))
    assert said(message, "Targets missed again and again") == [
        "Abandonment rate (target ≤\u00a05%): missed 3 × in a row, 6.0% → 7.0% → 8.0%"
    ]
    assert message.summary == "Weak points: 1."
    for over in ((0.06, 0.07, 0.08, 0.04), (0.04, 0.06, 0.07)):
        assert audit_message(seen(**abandonment(*over))).sections == ()


def test_a_target_that_is_always_met_by_half_or_more_asks_for_nothing() -> None:
    easy = said(audit_message(seen(**abandonment(0.01, 0.02, 0.025))), "Targets that ask for nothing")
    assert easy[0].startswith(
        "Abandonment rate (target ≤\u00a05%): better by half or more 3 × in a row, 1.0% → 2.0% → 2.5%."
    )
    assert audit_message(seen(**abandonment(0.01, 0.02, 0.03))).sections == ()


def place(*values: Measurement, dimension: str = "queue", group: str = "Support") -> Place:
    return Place(dimension=dimension, group=group, kpi="abandonment_rate", values=values, goal=FIVE)


def test_queues_and_hours_that_miss_on_most_days_are_named_the_worst_first() -> None:
    always = place(*[of(10, 50)] * 8, dimension="hour", group="14:00")
    mostly = place(*[of(10, 50)] * 8, of(0, 50), of(0, 50))
    half = place(*[of(10, 50)] * 5, *[of(0, 50)] * 5, group="Sales")
    few_days, few_calls = place(*[of(10, 50)] * 4, group="Chat"), place(*[of(1, 4)] * 20, group="Billing")
    message = audit_message(seen(places=(half, mostly, always, few_days, few_calls)))
    assert said(message, "Queues and hours that nearly always fail") == [
        "hour 14:00: Abandonment rate missed its target ≤\u00a05% on 8 of 8 days",
        "queue Support: Abandonment rate missed its target ≤\u00a05% on 8 of 10 days",
    ]


def test_what_is_paid_for_or_set_up_and_not_used_is_listed() -> None:
    idle = CostSeen(category="telephony", group="chat", dimension="channel", amount=280.0, contacts=0)
    usage = Usage(events={"pbx": 0, "desk": 12}, messages={"leads": 0, "floor": 3})
    message = audit_message(seen(costs=(idle, replace(idle, contacts=5)), usage=usage))
    assert said(message, "Paid for or set up, and not used") == [
        "Cost: telephony, channel chat: €280.00 served no contact and no ticket. Cancel it, or check its source.",
        "Source pbx: not one event in October 2026",
        "Channel leads: not one message in October 2026",
    ]


def test_rules_that_nobody_believes_and_rules_that_never_alert_are_listed() -> None:
    rules = {
        "sales": RuleUse(alerts=0, share=0),
        "support": RuleUse(alerts=40, share=0.1),
        "chat": RuleUse(alerts=2, share=0.3),
        "billing": RuleUse(alerts=31, share=0.01),
    }
    lines = said(audit_message(seen(usage=Usage(rules=rules))), "Alert rules")
    assert [line.split(" ")[0] for line in lines] == ["support", "chat", "Never"]
    assert lines[0].startswith("support alerted 40 × in October 2026, 10.0% of the time;")
    assert lines[2] == "Never alerted in October 2026: sales. Are their limits of use?"


def test_what_cannot_be_measured_stands_by_the_fact_that_is_missing() -> None:
    missing = dict.fromkeys(["occupancy", "utilisation", "adherence", "shrinkage"], "missing fact: login")
    message = audit_message(seen(usage=Usage(unavailable={"csat": "missing fact: survey:csat", **missing})))
    assert message.summary == "No weak point was found."
    lines = said(message, "Not available")
    assert lines[0] == "Occupancy, Utilisation, Schedule adherence and 1 more: no source supplies login times"
    assert lines[1].startswith("Customer satisfaction (CSAT): no source supplies")


def test_a_channel_or_rule_that_was_silent_for_a_week_is_no_weak_point() -> None:
    week = period_of(Grain.WEEK, datetime(2026, 10, 14, tzinfo=UTC), ZONE)
    usage = Usage(messages={"leads": 0}, rules={"sales": RuleUse(alerts=0, share=0)})
    assert audit_message(seen(period=week, usage=usage)).sections == ()


def test_only_the_facts_that_would_bring_most_are_named() -> None:
    missing = {kpi: f"missing fact: {kpi}" for kpi in ("csat", "nps", "ces", "fcr", "churn", "asa", "aht", "backlog")}
    lines = said(audit_message(seen(usage=Usage(unavailable=missing))), "Not available")
    assert len(lines) == 7
    assert lines[-1] == "Further facts that are missing: 2."


@pytest.mark.parametrize("language", ["lv", "ru", "zh"])
def test_it_is_told_in_the_readers_language(language: str) -> None:
    rules = {"a": RuleUse(alerts=0, share=0), "b": RuleUse(alerts=99, share=0.5)}
    usage = Usage(events={"pbx": 0}, messages={"floor": 0}, rules=rules)
    message = audit_message(
        seen(usage=usage, language=language, places=(place(*[of(10, 50)] * 8),), **abandonment(0.06, 0.07, 0.08))
    )
    told = " ".join([message.summary, *(f"{one.title} {one.text}" for one in message.sections)])
    assert not {"Weak", "missed", "target", "event", "message", "alerted", "Source"} & set(told.split())


class Centre:
    """A queue that loses a tenth of its contacts every hour of every day."""

    def __call__(self, ask: Ask) -> Report:
        values = {kpi: of(10, 100) if kpi == "abandonment_rate" else of(100) for kpi in ask.kpis}
        periods = list(periods_between(ask.grain or Grain.MONTH, ask.start, ask.end, ZONE))
        group = dict.fromkeys(ask.by, "Support")
        rows = tuple(Row(period=period, group=group, values=values) for period in periods)
        return Report(timezone=ZONE, definitions={}, rows=rows)


def test_the_composer_asks_for_six_periods_queues_and_hours() -> None:
    document = Document.model_validate(
        {
            "timezone": ZONE,
            "targets": [{"kpi": "abandonment_rate", "value": 0.05}],
            "digests": {"audit": {"kind": "audit", "grain": "month", "kpis": ["offered"]}},
        }
    )
    composer = Composer(document=document, ask=Centre(), now=NOW, base_url="https://gauge.example.com")
    message = composer.message("audit", OCTOBER)
    assert said(message, "Targets missed again and again")[0].count("10.0%") == 6
    assert said(message, "Queues and hours that nearly always fail")[0] == (
        "queue Support: Abandonment rate missed its target ≤\u00a05% on 31 of 31 days"
    )
    assert message.links[0].url == "https://gauge.example.com/?period=2026-10"


def test_costs_that_were_entered_beside_the_policy_are_looked_at_too() -> None:
    document = Document.model_validate({"timezone": ZONE, "digests": {"audit": {"kind": "audit", "grain": "month"}}})
    entered = Cost.model_validate({"category": "rent", "amount": 70, "month": "2026-10", "channel": "chat"})

    def with_costs(one: Document, period: Period) -> Document:
        assert period == OCTOBER
        return one.model_copy(update={"costs": (entered,)})

    message = Composer(document=document, ask=Centre(), now=NOW, with_costs=with_costs).message("audit", OCTOBER)
    assert said(message, "Paid for or set up, and not used")[0].startswith(
        "Cost: rent and office, channel chat: €70.00"
    )
