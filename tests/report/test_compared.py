"""`report --compare`: the earlier range, and both values with the change in one report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sample_report import BEFORE, MONDAY, TODAY, WEEK_BEFORE, ZONE, by_queue, of, report, whole

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Row
from plugin.kpi.period import Grain
from plugin.report.compared import Comparison, compared
from plugin.report.render_csv import report_csv
from plugin.report.render_html import report_html
from plugin.report.render_json import report_json
from plugin.report.render_text import report_text


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("comparison", "grain", "start", "end", "earlier_start", "earlier_end"),
    [
        (
            "previous",
            "day",
            "2026-11-23T00:00+02:00",
            "2026-11-24T00:00+02:00",
            "2026-11-22T00:00+02:00",
            "2026-11-23T00:00+02:00",
        ),
        (
            "previous",
            "day",
            "2026-11-20T00:00+02:00",
            "2026-11-23T00:00+02:00",
            "2026-11-17T00:00+02:00",
            "2026-11-20T00:00+02:00",
        ),
        # a whole month against the whole month before, although it has one day more
        (
            "previous",
            "day",
            "2026-11-01T00:00+02:00",
            "2026-12-01T00:00+02:00",
            "2026-10-01T00:00+03:00",
            "2026-11-01T00:00+02:00",
        ),
        (
            "previous",
            "hour",
            "2026-11-23T09:00+02:00",
            "2026-11-23T12:00+02:00",
            "2026-11-23T06:00+02:00",
            "2026-11-23T09:00+02:00",
        ),
        # a day that is not over against the same part of the day before
        (
            "previous",
            "day",
            "2026-11-23T00:00+02:00",
            "2026-11-23T12:00+02:00",
            "2026-11-22T00:00+02:00",
            "2026-11-22T12:00+02:00",
        ),
        # the day before the change of the clock has 24 hours, the one after it 25
        (
            "previous",
            "day",
            "2026-10-26T00:00+02:00",
            "2026-10-27T00:00+02:00",
            "2026-10-25T00:00+03:00",
            "2026-10-26T00:00+02:00",
        ),
        (
            "weekday",
            "day",
            "2026-10-26T00:00+02:00",
            "2026-10-27T00:00+02:00",
            "2026-10-19T00:00+03:00",
            "2026-10-20T00:00+03:00",
        ),
        (
            "weekday",
            "day",
            "2026-11-16T00:00+02:00",
            "2026-11-23T00:00+02:00",
            "2026-11-09T00:00+02:00",
            "2026-11-16T00:00+02:00",
        ),
        (
            "weekday",
            "day",
            "2026-11-01T00:00+02:00",
            "2026-11-11T00:00+02:00",
            "2026-10-18T00:00+03:00",
            "2026-10-28T00:00+02:00",
        ),
        (
            "year",
            "month",
            "2026-11-01T00:00+02:00",
            "2026-12-01T00:00+02:00",
            "2025-11-01T00:00+02:00",
            "2025-12-01T00:00+02:00",
        ),
        (
            "year",
            "day",
            "2024-02-29T00:00+02:00",
            "2024-03-01T00:00+02:00",
            "2023-02-28T00:00+02:00",
            "2023-03-01T00:00+02:00",
        ),
    ],
)
def test_the_earlier_range_follows_the_local_calendar(
    comparison: str, grain: str, start: str, end: str, earlier_start: str, earlier_end: str
) -> None:
    ask = Ask(kpis=("offered",), start=at(start), end=at(end), grain=Grain(grain), timezone=ZONE)
    earlier = Comparison(comparison).earlier(ask)
    assert (earlier.start, earlier.end) == (at(earlier_start), at(earlier_end))
    assert earlier.kpis == ("offered",)


def test_both_values_and_the_change_stand_side_by_side() -> None:
    found = compared(whole(MONDAY, TODAY), whole(WEEK_BEFORE, BEFORE), Comparison.WEEKDAY)
    values = found.rows[0].values
    assert values["offered"] == of(1112)
    assert values["offered.weekday"] == of(989)
    assert values["offered.change"].value == pytest.approx(123 / 989)
    assert values["abandonment_rate.change"].value == pytest.approx(129 / 1112 - 53 / 989)
    written = report_json(found)["definitions"]
    assert isinstance(written, dict)
    assert written["offered.weekday"] == {
        "version": 1,
        "of": "offered",
        "start": "2026-11-16T00:00:00+02:00",
        "end": "2026-11-17T00:00:00+02:00",
    }
    assert written["abandonment_rate.change"] == {"of": "abandonment_rate", "against": "weekday", "kind": "points"}


def test_every_form_shows_the_comparison() -> None:
    found = compared(whole(MONDAY, TODAY), whole(WEEK_BEFORE, BEFORE), Comparison.WEEKDAY)
    lines = [" ".join(line.split()) for line in report_text(found).splitlines()]
    assert "Abandonment rate, a week before 5.4% 53 / 989" in lines
    assert "Abandonment rate, change +6.2 pp" in lines
    assert "Contacts offered, change +12.4%" in lines
    assert "Cost per call, a week before €4.22 3,945 / 936" in lines
    assert report_csv(found).splitlines()[0].startswith("start,end,offered,offered.weekday,offered.change,answered,")
    assert "+6.2 pp" in report_html(found)


def test_a_group_without_a_counterpart_is_not_compared() -> None:
    fewer = {"Support": BEFORE["Support"]}
    found = compared(by_queue(MONDAY, TODAY), by_queue(WEEK_BEFORE, fewer), Comparison.PREVIOUS)
    support, sales, _ = found.rows
    assert support.values["offered.previous"] == of(701)
    assert sales.values["offered.previous"].value is None
    assert sales.values["offered.change"].value is None
    assert "n/a" not in report_csv(found)


def test_nothing_before_has_no_change() -> None:
    now = report([Row(period=MONDAY, group={}, values={"offered": of(5)})])
    before = report([Row(period=WEEK_BEFORE, group={}, values={"offered": of(0)})])
    values = compared(now, before, Comparison.PREVIOUS).rows[0].values
    assert values["offered.previous"].value == 0
    assert values["offered.change"].value is None
