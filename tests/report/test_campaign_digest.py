"""Digests of campaigns: only within their dates, one about the whole once it is over, and one line for each campaign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sample_report import ZONE, of, report

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between
from plugin.policy.document import Document
from plugin.policy.problems import PolicyError
from plugin.policy.text import parse
from plugin.report.compose import Composer
from plugin.report.due import comparisons, is_wanted, last_due, period_for
from plugin.report.send import period_key
from plugin.report.wording import period_name

POLICY = """
timezone = "Europe/Riga"
[campaigns.spring]
queues = ["Sales"]
from = 2026-10-12
to = 2026-10-30
[campaigns.summer]
queues = ["Shop"]
[[targets]]
kpi = "abandonment_rate"
value = 0.05
scope = { campaign = "spring" }
[[targets]]
kpi = "offered"
value = 50
direction = "higher"
grain = "day"
[digests.whole]
title = "Spring"
kind = "campaign"
scope = { campaign = "spring" }
kpis = ["offered", "abandonment_rate"]
weekdays = ["monday"]
compare = ["previous", "year"]
[digests.weekly]
grain = "week"
scope = { campaign = "spring" }
[digests.each]
grain = "week"
by = "campaign"
kpis = ["offered", "abandonment_rate", "cost_per_contact"]
"""
DOCUMENT = parse(POLICY)
NOW = datetime(2026, 11, 2, 7, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_whole_campaign_is_its_dates_and_is_told_once_after_them() -> None:
    digest = DOCUMENT.digests["whole"]
    for moment in (at("2026-10-01T00:00+03:00"), NOW, at("2027-03-01T00:00+02:00")):
        period = period_for(digest, DOCUMENT, moment)
        assert (period.start, period.end) == (at("2026-10-12T00:00+03:00"), at("2026-10-31T00:00+02:00"))
        # the campaign ends on a Friday, and the digest is sent on Mondays
        assert last_due(digest, DOCUMENT, moment) == at("2026-11-02T08:00+02:00")
    assert period_key(period) == "days:2026-10-12..2026-10-30"
    assert [period_name(period, language) for language in ("en", "lv", "ru", "zh")] == [
        "12–30 Oct 2026",
        "2026. gada 12.–30. okt.",
        "12–30 окт. 2026\u202fг.",
        "2026年10月12日至30日",
    ]


def test_it_is_compared_with_as_many_days_before_and_its_dates_a_year_before() -> None:
    digest = DOCUMENT.digests["whole"]
    found = comparisons(digest, DOCUMENT, period_for(digest, DOCUMENT, NOW))
    assert [(one.first_date.isoformat(), one.last_date.isoformat()) for one in found] == [
        ("2026-09-23", "2026-10-11"),
        ("2025-10-12", "2025-10-30"),
    ]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [("2026-10-05", False), ("2026-10-12", True), ("2026-10-26", True), ("2026-11-02", False)],
)
def test_a_weekly_digest_of_a_campaign_keeps_to_its_dates(day: str, wanted: bool) -> None:
    week = period_of(Grain.WEEK, at(f"{day}T12:00+02:00"), ZONE)
    assert is_wanted(DOCUMENT.digests["weekly"], DOCUMENT, week) is wanted
    assert is_wanted(DOCUMENT.digests["each"], DOCUMENT, week)


class Centre:
    """Ten contacts a day in each queue, one of which gives up; keeps the questions."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def __call__(self, ask: Ask) -> Report:
        self.asked.append(ask)
        periods = self._periods(ask)
        groups = [dict.fromkeys(ask.by, group) for group in (("spring", "summer") if ask.by else ("",))]
        rows = [Row(period=one, group=group, values=self._values(one, ask)) for one in periods for group in groups]
        return report(rows, definitions={"cost_per_contact": {"currency": "EUR"}})

    def _periods(self, ask: Ask) -> list[Period]:
        if ask.grain is not None:
            return list(periods_between(ask.grain, ask.start, ask.end, ZONE))
        return [Period(grain=Grain.DAY, start=ask.start, end=ask.end, timezone=ZONE)]

    def _values(self, period: Period, ask: Ask) -> dict[str, Measurement]:
        contacts = 10 * round((period.end - period.start) / timedelta(days=1))
        known = {
            "offered": of(contacts),
            "abandonment_rate": of(contacts / 10, contacts),
            "cost_per_contact": of(contacts * 4.5, contacts),
        }
        return {kpi: one for kpi, one in known.items() if kpi in ask.kpis}


def test_the_digest_of_a_whole_campaign_has_its_days_and_its_targets() -> None:
    centre = Centre()
    composer = Composer(document=DOCUMENT, ask=centre, now=NOW, base_url="https://gauge.example.com")
    message = composer.message("whole", period_for(DOCUMENT.digests["whole"], DOCUMENT, NOW))
    assert message.title == "Spring: 12–30 Oct 2026"
    assert message.table
    assert message.table.columns[:3] == ("KPI", "12–30 Oct", "Target (attained)")
    assert message.table.columns[5] == "vs 12–30 Oct 2025"
    # a target of days says nothing of nineteen
    assert [row[2].text for row in message.table.rows] == ["", "≤\u00a05%\u00a0✗ (0.0%)"]
    assert message.chart
    assert len(message.chart.series[0].points) == 19
    assert all(ask.only.get("campaign") == "spring" for ask in centre.asked if ask.by or ask.grain is Grain.DAY)
    assert message.links == ()


def test_a_digest_by_campaign_has_a_line_for_each_with_its_cost_per_contact() -> None:
    week = period_of(Grain.WEEK, at("2026-10-14T12:00+03:00"), ZONE)
    message = Composer(document=DOCUMENT, ask=Centre(), now=NOW).message("each", week)
    section = next(one for one in message.sections if one.title == "By campaign")
    assert section.text.splitlines() == [
        "spring: Contacts offered 70 · Abandonment rate 10.0%\u00a0✗ · Cost per contact €4.50",
        # the target is that of spring alone
        "summer: Contacts offered 70 · Abandonment rate 10.0% · Cost per contact €4.50",
    ]


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (
            '[digests.d]\nkind = "campaign"',
            'digests.d.kind: is about a campaign; name it with scope = { campaign = "spring" }',
        ),
        (
            '[campaigns.a]\n[digests.d]\nkind = "campaign"\nscope = { campaign = "a" }',
            "digests.d.scope.campaign: a has no dates; add from and to to [campaigns.a]",
        ),
        (
            '[digests.d]\nscope = { campaign = "b" }',
            'digests.d.scope.campaign: "b" does not exist; add [campaigns.b] or remove it',
        ),
        ("[campaigns.a]\nfrom = 2026-10-01", "campaigns.a: needs both from and to, or neither"),
        (
            "[campaigns.a]\nfrom = 2026-10-02\nto = 2026-10-01",
            "campaigns.a: from (2026-10-02) must not be after to (2026-10-01); exchange them",
        ),
        (
            '[digests.d]\nkind = "campaign"\ncompare = "weekday"',
            'digests.d.compare: a campaign has no weekday; write "previous" or "year"',
        ),
    ],
)
def test_what_a_digest_of_a_campaign_needs_is_said(policy: str, problem: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(policy)
    assert problem in str(caught.value).splitlines()


def test_the_weeks_of_a_campaign_follow_each_other() -> None:
    digest, document = DOCUMENT.digests["weekly"], DOCUMENT
    moments = [at("2026-10-01T12:00+03:00") + timedelta(days=day) for day in range(50)]
    weeks = dict.fromkeys(period_for(digest, document, last_due(digest, document, moment)) for moment in moments)
    wanted = [week for week in weeks if is_wanted(digest, document, week)]
    assert [week.first_date.isoformat() for week in wanted] == ["2026-10-12", "2026-10-19", "2026-10-26"]
    assert all(a.end == b.start for a, b in pairwise(wanted))


def test_the_document_is_read_back_as_it_was_written() -> None:
    again = Document.model_validate(DOCUMENT.model_dump(mode="json", exclude_unset=True))
    assert again == DOCUMENT
