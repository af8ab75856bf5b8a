"""`report --compare`: the earlier range, and both values with the change in one report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sample_report import BEFORE, MONDAY, TODAY, WEEK_BEFORE, ZONE, by_queue, of, report, whole

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Row
from plugin.kpi.period import Grain, Period, period_of
from plugin.policy.calendar import Calendar
from plugin.policy.text import parse
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
    assert "+6.2 pp" in report_html(found)
    head, row = report_csv(found).splitlines()
    assert head.startswith("start,end,against_start,against_end,offered,offered.weekday,offered.change,answered,")
    days = [f"2026-11-{day}T00:00:00+02:00" for day in (23, 24, 16, 17)]
    assert row.startswith(",".join(days))


def test_every_form_prints_both_ranges() -> None:
    found = compared(whole(MONDAY, TODAY), whole(WEEK_BEFORE, BEFORE), Comparison.WEEKDAY)
    assert "Monday 23 November 2026 (Europe/Riga)\nCompared with: Monday 16 November 2026\n" in report_text(found)
    groups = compared(by_queue(MONDAY, TODAY), by_queue(WEEK_BEFORE, BEFORE), Comparison.WEEKDAY)
    head, line, *_ = report_text(groups).splitlines()
    assert " ".join(head.split()).startswith("Period Compared with queue offered")
    assert line.startswith("Mon 23 Nov  Mon 16 Nov")
    assert '<td class="name">Mon 16 Nov</td>' in report_html(groups)
    (row,) = report_json(found)["rows"]  # type: ignore[misc]
    assert row["against"] == {  # type: ignore[index,call-overload]
        "start": "2026-11-16T00:00:00+02:00",
        "end": "2026-11-17T00:00:00+02:00",
    }
    assert "against" not in report_json(whole(MONDAY, TODAY))["rows"][0]  # type: ignore[index,operator]
    assert "against_start" not in report_csv(whole(MONDAY, TODAY))


OFFICE = parse(
    'timezone = "Europe/Riga"\nbusiness_calendar = "office"\n[calendars.office]\n'
    + "".join(f'{day} = ["09:00-17:00"]\n' for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
    + '[calendars.office.exceptions]\n2026-11-18 = "closed"\n'
)


def week(day: int) -> Period:
    return period_of(Grain.WEEK, datetime(2026, 11, day, 9, tzinfo=UTC), ZONE)


def test_volumes_stand_per_business_day_where_the_ranges_have_different_numbers_of_them() -> None:
    # 5 days from 23 November, 4 from 16 November, of which Wednesday was closed
    found = compared(whole(week(23), TODAY), whole(week(16), BEFORE), Comparison.PREVIOUS, OFFICE.calendar())
    values = found.rows[0].values
    assert values["offered.per_business_day"] == of(1112, 5)
    assert values["offered.per_business_day.previous"] == of(989, 4)
    assert values["offered.per_business_day.change"].value == pytest.approx(1112 / 5 / (989 / 4) - 1)
    assert "abandonment_rate.per_business_day" not in values
    lines = [" ".join(line.split()) for line in report_text(found).splitlines()]
    assert "Contacts offered per business day 222.4 1,112 / 5" in lines
    assert "Contacts offered per business day, before 247.3 989 / 4" in lines
    assert "Contacts offered per business day, change −10.1%" in lines
    assert found.definitions["offered.per_business_day.previous"]["of"] == "offered.per_business_day"
    assert "offered.per_business_day_denominator" in report_csv(found)


def test_of_a_running_period_only_the_business_days_that_are_over_count() -> None:
    # Tuesday at 13:00 in Riga: a day and a half of this week
    now = datetime(2026, 11, 24, 11, tzinfo=UTC)
    found = compared(whole(week(23), TODAY), whole(week(16), BEFORE), Comparison.PREVIOUS, OFFICE.calendar(), now)
    assert found.rows[0].values["offered.per_business_day"] == of(1112, 1.5)


@pytest.mark.parametrize("calendar", [None, OFFICE.calendar()])
def test_as_many_business_days_or_no_calendar_make_no_such_line(calendar: Calendar | None) -> None:
    found = compared(whole(MONDAY, TODAY), whole(WEEK_BEFORE, BEFORE), Comparison.WEEKDAY, calendar)
    assert not any("per_business_day" in key for key in (*found.rows[0].values, *found.definitions))


def test_what_did_not_happen_before_has_no_number_per_day() -> None:
    fewer = {"Support": BEFORE["Support"]}
    found = compared(by_queue(week(23), TODAY), by_queue(week(16), fewer), Comparison.PREVIOUS, OFFICE.calendar())
    assert found.rows[1].values["offered.per_business_day.previous"].value is None
    assert found.rows[1].values["offered.per_business_day.change"].value is None


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
