from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.kpi.period import (
    Grain,
    Period,
    PeriodTextError,
    label,
    parse_period_text,
    period_of,
    period_of_date,
    periods_between,
    previous,
    same_period_last_year,
    same_weekday_before,
    week_date,
)
from plugin.policy.localtime import UnknownZone, instant_of, transition

RIGA = "Europe/Riga"
SUNDAY = 6


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def local_day(zone: str, *parts: int) -> Period:
    return period_of_date(Grain.DAY, date(*parts), zone)


def hours_of(period: Period) -> list[Period]:
    return list(periods_between(Grain.HOUR, period.start, period.end, period.timezone))


def length(period: Period) -> timedelta:
    return period.end - period.start


def test_a_day_begins_at_local_midnight() -> None:
    day = period_of(Grain.DAY, utc(2026, 10, 5, 22, 30), RIGA)
    assert (day.start, day.end) == (utc(2026, 10, 5, 21), utc(2026, 10, 6, 21))
    assert label(day) == "2026-10-06"


def test_an_instant_on_the_border_belongs_to_the_period_that_it_begins() -> None:
    assert label(period_of(Grain.DAY, utc(2026, 10, 5, 21), RIGA)) == "2026-10-06"
    assert label(period_of(Grain.DAY, utc(2026, 10, 5, 20, 59, 59, 999999), RIGA)) == "2026-10-05"


def test_the_evening_of_a_day_belongs_to_it_where_utc_has_the_next_one() -> None:
    assert label(period_of(Grain.DAY, utc(2026, 10, 6, 2), "America/New_York")) == "2026-10-05"


def test_the_days_of_the_clock_changes_have_23_and_25_hours() -> None:
    assert length(local_day(RIGA, 2026, 3, 29)) == timedelta(hours=23)
    assert length(local_day(RIGA, 2026, 10, 25)) == timedelta(hours=25)
    assert len(hours_of(local_day(RIGA, 2026, 3, 29))) == 23
    assert len(hours_of(local_day(RIGA, 2026, 10, 25))) == 25


def test_the_repeated_hour_is_two_hours_told_apart_by_their_offset() -> None:
    labels = [label(hour) for hour in hours_of(local_day(RIGA, 2026, 10, 25))]
    assert labels[2:6] == [
        "2026-10-25 02:00",
        "2026-10-25 03:00+03:00",
        "2026-10-25 03:00+02:00",
        "2026-10-25 04:00",
    ]


def test_the_skipped_hour_is_absent() -> None:
    labels = [label(hour) for hour in hours_of(local_day(RIGA, 2026, 3, 29))]
    assert labels[2:4] == ["2026-03-29 02:00", "2026-03-29 04:00"]


def test_a_month_with_a_clock_change_has_all_its_days() -> None:
    october = period_of_date(Grain.MONTH, date(2026, 10, 1), "Europe/London")
    days = list(periods_between(Grain.DAY, october.start, october.end, "Europe/London"))
    assert [day.first_date.day for day in days] == list(range(1, 32))
    assert length(october) == timedelta(days=31, hours=1)


def test_a_year_has_twelve_months_in_every_zone_with_clock_changes() -> None:
    year = period_of_date(Grain.YEAR, date(2026, 1, 1), "Europe/London")
    months = [label(month) for month in periods_between(Grain.MONTH, year.start, year.end, "Europe/London")]
    assert months == [f"2026-{month:02}" for month in range(1, 13)]


def test_a_midnight_that_does_not_exist_is_resolved_forward() -> None:
    # Iran, 22 March 2022: 00:00 +03:30 became 01:00 +04:30, so the day begins at 20:30 UTC and shows 01:00.
    day = local_day("Asia/Tehran", 2022, 3, 22)
    assert day.start == utc(2022, 3, 21, 20, 30)
    assert length(day) == timedelta(hours=23)
    assert label(day) == "2022-03-22"
    assert label(hours_of(day)[0]) == "2022-03-22 01:00"
    # Brazil, 4 November 2018: 00:00 -03 became 01:00 -02.
    assert local_day("America/Sao_Paulo", 2018, 11, 4).start == utc(2018, 11, 4, 3)


def test_a_midnight_that_happens_twice_begins_the_day_the_first_time() -> None:
    # Cuba, 1 November 2026: 01:00 -04 becomes 00:00 -05.
    day = local_day("America/Havana", 2026, 11, 1)
    assert day.start == utc(2026, 11, 1, 4)
    assert length(day) == timedelta(hours=25)
    assert [label(hour) for hour in hours_of(day)[:2]] == ["2026-11-01 00:00-04:00", "2026-11-01 00:00-05:00"]


def test_a_clock_that_falls_back_over_midnight_does_not_reopen_the_day_before() -> None:
    # Newfoundland, 7 November 2010: 00:01 -02:30 became 23:01 -03:30 of the day before.
    again = utc(2010, 11, 7, 2, 45)
    assert again.astimezone(ZoneInfo("America/St_Johns")).isoformat() == "2010-11-06T23:15:00-03:30"
    assert label(period_of(Grain.DAY, again, "America/St_Johns")) == "2010-11-07"
    assert local_day("America/St_Johns", 2010, 11, 7).start == utc(2010, 11, 7, 2, 30)


def test_a_gap_around_midnight_begins_the_day_where_the_clock_lands() -> None:
    # Toronto, 30 March 1919: 23:30 -05 became 00:30 -04 of the next day.
    assert local_day("America/Toronto", 1919, 3, 31).start == utc(1919, 3, 31, 4, 30)


def test_a_day_that_a_zone_left_out_is_not_listed() -> None:
    # Samoa had no 30 December 2011.
    days = periods_between(Grain.DAY, utc(2011, 12, 29, 12), utc(2011, 12, 31, 12), "Pacific/Apia")
    assert [label(day) for day in days] == ["2011-12-29", "2011-12-31", "2012-01-01"]


def test_hours_follow_the_clock_of_a_zone_with_an_odd_offset() -> None:
    hour = period_of(Grain.HOUR, utc(2026, 5, 1, 0, 20), "Asia/Kathmandu")  # 06:05 +05:45
    assert (hour.start, hour.end) == (utc(2026, 5, 1, 0, 15), utc(2026, 5, 1, 1, 15))
    assert label(hour) == "2026-05-01 06:00"


def test_a_half_hour_clock_change_cuts_the_hour_in_which_it_happens() -> None:
    # Lord Howe, 5 April 2026: 02:00 +11 becomes 01:30 +10:30.
    hours = hours_of(local_day("Australia/Lord_Howe", 2026, 4, 5))
    assert [label(hour) for hour in hours[:4]] == [
        "2026-04-05 00:00",
        "2026-04-05 01:00",
        "2026-04-05 01:30+10:30",
        "2026-04-05 02:00",
    ]
    assert length(hours[2]) == timedelta(minutes=30)
    # 4 October 2026: 02:00 +10:30 becomes 02:30 +11.
    spring = hours_of(local_day("Australia/Lord_Howe", 2026, 10, 4))
    assert [label(hour) for hour in spring[1:4]] == ["2026-10-04 01:00", "2026-10-04 02:30", "2026-10-04 03:00"]


def test_a_clock_change_within_an_hour_ends_it() -> None:
    # Newfoundland, 7 November 2010: 00:01 -02:30 became 23:01 -03:30 of the day before.
    hour = period_of(Grain.HOUR, utc(2010, 11, 7, 2, 30, 20), "America/St_Johns")
    assert (hour.start, hour.end) == (utc(2010, 11, 7, 2, 30), utc(2010, 11, 7, 2, 31))


def test_a_clock_change_is_found_to_the_second() -> None:
    changed_at, riga = utc(2026, 10, 25, 1), ZoneInfo(RIGA)
    for seconds in range(1, 9):
        before = changed_at - timedelta(seconds=seconds)
        for after in (0, 0.5, 1, 2, 6, 3600):
            assert transition(before, changed_at + timedelta(seconds=after), riga) == changed_at


def test_an_instant_keeps_the_fraction_of_its_second() -> None:
    assert instant_of(datetime(2026, 10, 5, 9, 0, 0, 250_000), ZoneInfo(RIGA)) == utc(2026, 10, 5, 6, 0, 0, 250_000)  # noqa: DTZ001


def test_weeks_begin_on_monday_unless_another_day_is_chosen() -> None:
    monday, sunday, now = utc(2026, 10, 5), utc(2026, 10, 4), utc(2026, 10, 8, 12)
    for chosen, start in (((), monday), ((SUNDAY,), sunday)):
        assert week_date(2026, 41, *chosen) == start.date()
        assert period_of_date(Grain.WEEK, date(2026, 10, 8), "UTC", *chosen).start == start
        assert next(periods_between(Grain.WEEK, now, utc(2026, 10, 9), "UTC", *chosen)).start == start
        assert parse_period_text("2026-W41", now, "UTC", *chosen).start == start
        assert parse_period_text("this week", now, "UTC", *chosen).start == start


def test_the_number_of_a_week_is_that_of_most_of_its_days() -> None:
    firsts = [week_date(2026, 41, week_start).day for week_start in range(7)]
    assert firsts == [5, 6, 7, 8, 2, 3, 4]


@pytest.mark.parametrize("year", ["1900", "2999"])
def test_years_from_1900_to_2999_can_be_written(year: str) -> None:
    assert label(parse_period_text(year, utc(2026, 1, 1), RIGA)) == year


def test_a_week_begins_on_the_chosen_day() -> None:
    thursday = utc(2026, 10, 8, 12)
    assert period_of(Grain.WEEK, thursday, "UTC").start == utc(2026, 10, 5)
    assert period_of(Grain.WEEK, thursday, "UTC", SUNDAY).start == utc(2026, 10, 4)


def test_the_week_over_new_year_belongs_to_one_year() -> None:
    week = period_of(Grain.WEEK, utc(2024, 12, 31, 12), "UTC")
    assert (label(week), week.start) == ("2025-W01", utc(2024, 12, 30))
    assert label(period_of(Grain.WEEK, utc(2024, 12, 31, 12), "UTC", SUNDAY)) == "2025-W01"


def test_previous_keeps_to_the_calendar() -> None:
    assert label(previous(period_of_date(Grain.MONTH, date(2026, 3, 5), RIGA))) == "2026-02"
    assert label(previous(period_of_date(Grain.QUARTER, date(2026, 3, 5), RIGA))) == "2025-Q4"
    assert length(previous(local_day(RIGA, 2026, 10, 26))) == timedelta(hours=25)
    week = period_of_date(Grain.WEEK, date(2026, 10, 8), "UTC", SUNDAY)
    assert previous(week).start == utc(2026, 9, 27)


def test_the_hour_before_the_second_three_o_clock_is_the_first() -> None:
    hours = hours_of(local_day(RIGA, 2026, 10, 25))
    assert previous(hours[4]) == hours[3]


def test_the_same_weekday_is_seven_local_days_back() -> None:
    monday = local_day(RIGA, 2026, 10, 26)  # the clock changed in between
    assert same_weekday_before(monday) == local_day(RIGA, 2026, 10, 19)
    ten = period_of(Grain.HOUR, utc(2026, 10, 26, 8), RIGA)
    assert label(ten) == "2026-10-26 10:00"
    assert label(same_weekday_before(ten)) == "2026-10-19 10:00"
    with pytest.raises(ValueError, match='compare it with "previous"'):
        same_weekday_before(period_of_date(Grain.MONTH, date(2026, 3, 5), RIGA))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2028-02-29", "2027-02-28"),
        ("2026-10-05", "2025-10-05"),
        ("2026-W53", "2025-W52"),
        ("2027-W01", "2026-W01"),
        ("2026-10", "2025-10"),
        ("2026-Q3", "2025-Q3"),
        ("2026", "2025"),
        ("2026-10-26 10:00", "2025-10-26 10:00"),
    ],
)
@pytest.mark.parametrize("week_start", range(7))
def test_the_same_period_last_year(period: str, expected: str, week_start: int) -> None:
    parsed = parse_period_text(period, utc(2026, 1, 1), "America/New_York", week_start)
    assert label(same_period_last_year(parsed)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yesterday", "2026-10-05"),
        ("Today", "2026-10-06"),
        ("last week", "2026-W40"),
        ("this  month", "2026-10"),
        ("last quarter", "2026-Q3"),
        ("last hour", "2026-10-06 00:00"),
        ("2026-10", "2026-10"),
        ("2026-W40", "2026-W40"),
        ("2026-w40", "2026-W40"),
        ("2026-10-05", "2026-10-05"),
        ("2026-Q3", "2026-Q3"),
        ("2026", "2026"),
        ("2026-10-05T14:00", "2026-10-05 14:00"),
        ("2026-10-25 03:00+02:00", "2026-10-25 03:00+02:00"),
    ],
)
def test_a_period_can_be_written_in_words_or_digits(text: str, expected: str) -> None:
    now = utc(2026, 10, 5, 22, 30)  # 01:30 of the 6th in Riga
    assert label(parse_period_text(text, now, RIGA)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "is not a period; write yesterday"),
        ("", "is not a period"),
        ("2026-13", "not in the calendar"),
        ("2026-02-29", "not in the calendar"),
        ("2025-W53", "not in the calendar"),
        ("2026-Q5", "not in the calendar"),
        ("2026-Q0", "not in the calendar"),
        ("0001", "too far away"),
        ("1899", "too far away"),
        ("3000", "too far away"),
        ("0000", "not in the calendar"),
        ("2026-10-25 03:00", "happens twice; add \\+03:00 or \\+02:00"),
        ("2026-03-29 03:00", "not the beginning of an hour in Europe/Riga"),
        ("2026-10-25 03:30", "not the beginning of an hour"),
        ("2026-10-05 14:00+05:00", "not the beginning of an hour"),
        ("2026-10-05 25:00", "not in the calendar"),
    ],
)
def test_a_text_that_names_no_period_is_refused(text: str, said: str) -> None:
    with pytest.raises(PeriodTextError, match=said) as refused:
        parse_period_text(text, utc(2026, 10, 5), RIGA)
    assert str(refused.value).startswith(f"{text!r} ")


@pytest.mark.parametrize("name", ["+03:00", "UTC+3", "", "../zone", "Europe", "Mars/Base"])
def test_an_offset_or_an_unknown_name_is_not_a_zone(name: str) -> None:
    with pytest.raises(UnknownZone, match="Europe/Riga"):
        period_of(Grain.DAY, utc(2026, 10, 5), name)


ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Riga",
        "Europe/Dublin",
        "America/Sao_Paulo",
        "America/New_York",
        "America/St_Johns",
        "America/Havana",
        "Asia/Tehran",
        "Asia/Kathmandu",
        "Asia/Kolkata",
        "Asia/Gaza",
        "Asia/Pyongyang",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Atlantic/Azores",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Antarctica/Troll",
    ]
)
EPOCH = datetime(1985, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=19_000)).map(EPOCH.__add__)
WEEK_STARTS = st.integers(0, 6)
SPANS = {
    Grain.QUARTER_HOUR: timedelta(days=1),
    Grain.HOUR: timedelta(days=3),
    Grain.DAY: timedelta(days=40),
    Grain.WEEK: timedelta(days=100),
    Grain.MONTH: timedelta(days=700),
    Grain.QUARTER: timedelta(days=1000),
    Grain.YEAR: timedelta(days=1500),
}


@given(zone=ZONES, grain=st.sampled_from(Grain), start=INSTANTS, share=st.floats(0, 1), week_start=WEEK_STARTS)
def test_periods_tile_the_range(zone: str, grain: Grain, start: datetime, share: float, week_start: int) -> None:
    end = start + SPANS[grain] * share
    periods = list(periods_between(grain, start, end, zone, week_start))
    assert bool(periods) == (start < end)
    for one, two in pairwise(periods):
        assert one.end == two.start
        assert previous(two) == one
    for period in periods:
        assert period.start < period.end
        assert period.start < end
        assert start < period.end
        assert period_of(grain, period.start, zone, week_start) == period
        assert period_of(grain, period.end - timedelta(microseconds=1), zone, week_start) == period


@given(zone=ZONES, grain=st.sampled_from(list(Grain)[1:]), instant=INSTANTS, week_start=WEEK_STARTS)
def test_a_label_can_be_read_back(zone: str, grain: Grain, instant: datetime, week_start: int) -> None:
    period = period_of(grain, instant, zone, week_start)
    assert parse_period_text(label(period), utc(2026, 1, 1), zone, week_start) == period


@given(zone=ZONES, instant=INSTANTS, grain=st.sampled_from([Grain.QUARTER_HOUR, Grain.HOUR]))
def test_days_are_made_of_whole_hours_and_quarters(zone: str, instant: datetime, grain: Grain) -> None:
    day = period_of(Grain.DAY, instant, zone)
    parts = list(periods_between(grain, day.start, day.end, zone))
    assert sum((length(part) for part in parts), timedelta()) >= length(day)
    if zone != "America/St_Johns":  # its clocks once changed at one minute past midnight
        assert (parts[0].start, parts[-1].end) == (day.start, day.end)


@given(zone=ZONES, instant=INSTANTS)
def test_hours_have_labels_of_their_own(zone: str, instant: datetime) -> None:
    day = period_of(Grain.DAY, instant, zone)
    labels = [label(hour) for hour in hours_of(day)]
    assert len(set(labels)) == len(labels)
