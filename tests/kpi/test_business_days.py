"""Plans of sums are held against the business days that are over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.kpi.attainment import attained, elapsed_share
from plugin.kpi.business_days import business_days
from plugin.kpi.metric import Better
from plugin.kpi.period import Grain, period_of
from plugin.policy.calendar import Calendar, parse_interval
from plugin.policy.document import Document
from plugin.policy.plan import Target
from plugin.report.goals import goals_for

ZONE = "Europe/Riga"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
DOCUMENT = Document.model_validate(
    {
        "timezone": ZONE,
        "business_calendar": "office",
        "calendars": {"office": {day: ["09:00-17:00"] for day in DAYS}},
        "targets": [{"kpi": "offered", "value": 2100, "sum": True, "grain": "month"}],
    }
)
#: 21 working days; begins on a Sunday
NOVEMBER = period_of(Grain.MONTH, datetime(2026, 11, 10, tzinfo=UTC), ZONE)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo(ZONE))


def test_the_example_of_the_page_comes_out() -> None:
    # Friday the 13th at 13:00: the 2nd to the 6th and the 9th to the 12th are 9 days, and half of a day
    share = elapsed_share(DOCUMENT, NOVEMBER, at(13, 13))
    assert share * 21 == pytest.approx(9.5)
    target = Target(kpi="offered", value=2100, sum=True)
    assert attained(1026, target, Better.NEUTRAL, share) == pytest.approx(1026 / 950)
    assert goals_for(DOCUMENT, ["offered"], NOVEMBER, {}, at(13, 13))["offered"].at_least == pytest.approx(950)


def test_a_weekend_and_a_night_add_nothing_to_the_plan() -> None:
    friday, monday = (elapsed_share(DOCUMENT, NOVEMBER, moment) for moment in (at(13, 17), at(16, 9)))
    assert friday == monday == pytest.approx(10 / 21)


@pytest.mark.parametrize(("moment", "share"), [(at(1), 0), (datetime(2026, 12, 5, tzinfo=UTC), 1)])
def test_before_a_period_nothing_is_over_and_after_it_everything(moment: datetime, share: float) -> None:
    assert elapsed_share(DOCUMENT, NOVEMBER, moment) == share


def test_without_a_calendar_or_without_a_business_day_time_counts() -> None:
    always = Document.model_validate({"timezone": ZONE})
    assert elapsed_share(always, NOVEMBER, at(16)) == pytest.approx(0.5)
    sunday = period_of(Grain.DAY, at(15, 12), ZONE)
    assert elapsed_share(DOCUMENT, sunday, at(15, 12)) == pytest.approx(0.5)


MOMENTS = st.datetimes(
    datetime.fromisoformat("2026-10-20"), datetime.fromisoformat("2026-11-05"), timezones=st.just(UTC)
)


@given(MOMENTS, MOMENTS)
def test_parts_of_a_range_make_the_whole_over_a_change_of_clocks(one: datetime, two: datetime) -> None:
    hours = (parse_interval("22:00-06:00"),)
    night = Calendar(timezone=ZONE, week=(hours,) * 7, exceptions={date(2026, 10, 26): ()})
    start, end = sorted((one, two))
    middle = start + (end - start) / 3
    parts = business_days(night, start, middle) + business_days(night, middle, end)
    assert parts == pytest.approx(business_days(night, start, end), abs=1e-9)
