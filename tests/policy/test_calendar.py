from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.policy.calendar import (
    Calendar,
    Interval,
    after_open_ms,
    is_open,
    next_opening,
    open_ms,
    open_seconds,
    open_spans,
    parse_interval,
)

RIGA = "Europe/Riga"
OFFICE = ["09:00-12:30", "13:00-18:00"]
HOUR = 3600


def calendar(*week: list[str], timezone: str = RIGA, **exceptions: list[str]) -> Calendar:
    """A calendar of the given days from Monday, the rest closed; exceptions as `_2026_12_25=[]`."""
    days = [tuple(parse_interval(text) for text in day) for day in week]
    return Calendar(
        timezone=timezone,
        week=tuple(days + [()] * (7 - len(days))),
        exceptions={
            date(*map(int, name.strip("_").split("_"))): tuple(parse_interval(text) for text in texts)
            for name, texts in exceptions.items()
        },
    )


def riga(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(RIGA))  # type: ignore[misc, arg-type]


WEEKDAYS = calendar(*[OFFICE] * 5)
ALWAYS = calendar(*[["00:00-24:00"]] * 7)
NIGHT = calendar(*[["22:00-06:00"]] * 7)


def test_it_is_closed_over_lunch_and_at_the_closing_minute() -> None:
    monday = [riga(2026, 10, 5, 12, 29), riga(2026, 10, 5, 12, 30), riga(2026, 10, 5, 13, 0), riga(2026, 10, 5, 18, 0)]
    assert [is_open(WEEKDAYS, at) for at in monday] == [True, False, True, False]


def test_open_time_leaves_out_lunch_and_nights() -> None:
    # Monday 12:00-12:30, 13:00-18:00 = 5.5 h; Tuesday 09:00-10:00 = 1 h
    assert open_seconds(WEEKDAYS, riga(2026, 10, 5, 12), riga(2026, 10, 6, 10)) == 6.5 * HOUR


def test_open_time_over_a_weekend() -> None:
    # Friday 16:30-18:00 = 1.5 h; Monday 09:00-09:30 = 0.5 h
    assert open_seconds(WEEKDAYS, riga(2026, 10, 9, 16, 30), riga(2026, 10, 12, 9, 30)) == 2 * HOUR


def test_open_time_that_ends_before_it_begins_is_none() -> None:
    assert open_seconds(WEEKDAYS, riga(2026, 10, 6, 10), riga(2026, 10, 5, 10)) == 0


def test_a_night_shift_is_an_hour_longer_or_shorter_when_the_clock_changes() -> None:
    assert open_seconds(NIGHT, riga(2026, 10, 24, 12), riga(2026, 10, 25, 12)) == 9 * HOUR
    assert open_seconds(NIGHT, riga(2026, 3, 28, 12), riga(2026, 3, 29, 12)) == 7 * HOUR
    assert open_seconds(NIGHT, riga(2026, 5, 1, 12), riga(2026, 5, 2, 12)) == 8 * HOUR


def test_opening_hours_stay_at_the_clock_over_a_clock_change() -> None:
    # 09:00 is 06:00 UTC before and 07:00 UTC after the change of 25 October 2026
    assert next_opening(WEEKDAYS, riga(2026, 10, 23, 18)) == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert next_opening(WEEKDAYS, riga(2026, 10, 15, 20)) == datetime(2026, 10, 16, 6, tzinfo=UTC)


def test_a_holiday_stands_in_place_of_its_weekday() -> None:
    christmas = calendar(*[OFFICE] * 5, _2026_12_24=["09:00-13:00"], _2026_12_25=[])
    assert not is_open(christmas, riga(2026, 12, 25, 10))
    assert open_seconds(christmas, riga(2026, 12, 24), riga(2026, 12, 26)) == 4 * HOUR
    assert next_opening(christmas, riga(2026, 12, 24, 13)) == riga(2026, 12, 28, 9)


def test_a_shift_belongs_to_the_day_on_which_it_begins() -> None:
    night = calendar(*[["22:00-06:00"]] * 7, _2026_12_25=[])
    assert is_open(night, riga(2026, 12, 25, 3))
    assert not is_open(night, riga(2026, 12, 25, 23))
    assert not is_open(night, riga(2026, 12, 26, 3))


def test_a_shift_of_the_day_before_counts_where_utc_has_the_day_after() -> None:
    shift = calendar(["22:00-21:00"], ["21:00-21:30"], timezone="America/New_York")
    at = datetime(2026, 10, 6, 20, 30, tzinfo=ZoneInfo("America/New_York"))  # half past midnight of the 7th in UTC
    assert is_open(shift, at)
    assert open_seconds(shift, at, at + timedelta(hours=2)) == HOUR
    assert after_open_ms(shift, at, 60_000) == at + timedelta(minutes=1)
    assert next_opening(shift, at) == datetime(2026, 10, 12, 22, tzinfo=ZoneInfo("America/New_York"))


def test_hours_that_close_when_they_open_last_a_day() -> None:
    day = replace(calendar(), exceptions={date(2026, 10, 5): (Interval(540, 540),)})
    assert open_seconds(day, riga(2026, 10, 5), riga(2026, 10, 8)) == 24 * HOUR


def test_hours_after_a_shift_that_goes_on_at_midnight_count_too() -> None:
    both = calendar(["22:00-06:00"], ["06:00-08:00", "09:00-10:00"])
    assert open_seconds(both, riga(2026, 10, 5), riga(2026, 10, 7)) == 11 * HOUR


def test_opening_times_are_cut_to_the_span_and_none_is_empty() -> None:
    monday = [(riga(2026, 10, 5, 12), riga(2026, 10, 5, 12, 30)), (riga(2026, 10, 5, 13), riga(2026, 10, 5, 14))]
    assert list(open_spans(WEEKDAYS, riga(2026, 10, 5, 12), riga(2026, 10, 5, 14))) == monday
    assert list(open_spans(WEEKDAYS, riga(2026, 10, 5, 18), riga(2026, 10, 6, 9))) == []


@pytest.mark.parametrize(("days", "found"), [(400, True), (401, False)])
def test_an_opening_is_looked_for_on_400_days(days: int, found: bool) -> None:
    once = replace(calendar(), exceptions={date(2026, 10, 5) + timedelta(days=days): (Interval(540, 600),)})
    assert (next_opening(once, riga(2026, 10, 5)) is not None) is found


def test_the_next_opening_is_after_the_instant() -> None:
    assert next_opening(WEEKDAYS, riga(2026, 10, 5, 9)) == riga(2026, 10, 5, 13)
    assert next_opening(WEEKDAYS, riga(2026, 10, 5, 8, 59)) == riga(2026, 10, 5, 9)
    assert next_opening(WEEKDAYS, riga(2026, 10, 9, 18)) == riga(2026, 10, 12, 9)


def test_neither_an_empty_nor_an_endless_calendar_has_a_next_opening() -> None:
    assert next_opening(calendar(), riga(2026, 10, 5)) is None
    assert next_opening(ALWAYS, riga(2026, 10, 5)) is None
    assert open_seconds(calendar(), riga(2026, 10, 5), riga(2026, 10, 6)) == 0


def test_hours_that_overlap_count_once() -> None:
    double = calendar(["09:00-13:00", "12:00-18:00"])
    assert open_seconds(double, riga(2026, 10, 5), riga(2026, 10, 6)) == 9 * HOUR


def test_an_opening_that_the_clock_jumps_over_is_the_jump() -> None:
    sunday = calendar([], [], [], [], [], [], ["03:15-05:00"])
    assert next_opening(sunday, riga(2026, 3, 28, 12)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert open_seconds(sunday, riga(2026, 3, 29), riga(2026, 3, 30)) == HOUR


@pytest.mark.parametrize(
    "text", ["9-12", "9:00-12:00", "09:00", "25:00-26:00", "24:00-06:00", "09:60-10:00", "08:00-24:01", ""]
)
def test_a_malformed_interval_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match='like "09:00-12:30"'):
        parse_interval(text)


def test_an_interval_of_no_length_says_how_to_write_a_whole_day() -> None:
    with pytest.raises(ValueError, match="00:00-24:00"):
        parse_interval("09:00-09:00")
    assert str(parse_interval("00:00-24:00")) == "00:00-24:00"
    assert parse_interval("22:00-06:00") == Interval(1320, 360)
    assert parse_interval("09:59-17:59") == Interval(599, 1079)


STARTS = st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda span: datetime(2020, 1, 1, tzinfo=UTC) + span)
SPANS = st.timedeltas(timedelta(0), timedelta(days=20))
CALENDARS = st.sampled_from(
    [WEEKDAYS, ALWAYS, NIGHT, calendar(["00:00-02:30", "02:30-24:00"], ["20:00-20:30"], timezone="America/Sao_Paulo")]
)


@given(calendar=CALENDARS, start=STARTS, cuts=st.lists(SPANS, min_size=2, max_size=4))
def test_open_time_of_the_parts_is_that_of_the_whole(
    calendar: Calendar, start: datetime, cuts: list[timedelta]
) -> None:
    borders = [start + cut for cut in sorted(cuts)]
    parts = sum(open_seconds(calendar, one, two) for one, two in pairwise(borders))
    assert parts == pytest.approx(open_seconds(calendar, borders[0], borders[-1]), abs=1e-3)


@given(start=STARTS, span=SPANS)
def test_a_centre_that_never_closes_is_open_for_every_second(start: datetime, span: timedelta) -> None:
    assert open_seconds(ALWAYS, start, start + span) == pytest.approx(span.total_seconds(), abs=1e-3)
    assert is_open(ALWAYS, start)


@given(calendar=CALENDARS, start=STARTS)
def test_it_is_closed_until_the_next_opening_or_open_now(calendar: Calendar, start: datetime) -> None:
    opening = next_opening(calendar, start)
    if opening is not None:
        assert is_open(calendar, opening)
        assert not is_open(calendar, opening - timedelta(microseconds=1))
        assert is_open(calendar, start) or open_seconds(calendar, start, opening) == 0


def test_each_week_covers_the_part_of_a_time_that_it_was_in_force() -> None:
    short = (parse_interval("10:00-11:00"),)
    changed = replace(WEEKDAYS, later=((date(2026, 10, 7), (short,) * 7), (date(2026, 10, 8), ((),) * 7)))
    # Tuesday 8.5 h, Wednesday 1 h, Thursday closed
    assert open_seconds(changed, riga(2026, 10, 6), riga(2026, 10, 9)) == 9.5 * HOUR
    assert is_open(changed, riga(2026, 10, 6, 17))
    assert not is_open(changed, riga(2026, 10, 7, 17))


def test_a_holiday_is_closed_unless_an_exception_says_otherwise() -> None:
    # 18 November, Latvia's independence day, is a Wednesday in 2026.
    latvian = replace(WEEKDAYS, holidays="LV")
    assert open_seconds(latvian, riga(2026, 11, 17), riga(2026, 11, 20)) == 17 * HOUR
    special = replace(calendar(*[OFFICE] * 5, _2026_11_18=["10:00-12:00"]), holidays="LV")
    assert open_seconds(special, riga(2026, 11, 17), riga(2026, 11, 20)) == 19 * HOUR


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = datetime(2026, 1, 6, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    assert not is_open(replace(WEEKDAYS, holidays="DE-BY"), epiphany)
    assert is_open(replace(WEEKDAYS, holidays="DE"), epiphany)


def test_open_time_is_negative_when_the_end_is_first_and_wall_time_without_a_calendar() -> None:
    assert open_ms(WEEKDAYS, riga(2026, 10, 6, 10), riga(2026, 10, 5, 12)) == -int(6.5 * HOUR * 1000)
    assert open_ms(None, riga(2026, 10, 6, 10), riga(2026, 10, 5, 10)) == -86_400_000


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 400 * 3_600_000))  # noqa: DTZ001
def test_what_is_due_after_open_time_is_due_at_its_first_instant(naive: datetime, wanted_ms: int) -> None:
    start = naive.replace(microsecond=0, tzinfo=UTC)
    due = after_open_ms(WEEKDAYS, start, wanted_ms)
    assert due is not None
    assert open_ms(WEEKDAYS, start, due) == wanted_ms
    assert wanted_ms == 0 or open_ms(WEEKDAYS, start, due - timedelta(milliseconds=1)) == wanted_ms - 1


def test_what_is_due_at_closing_time_is_due_then() -> None:
    assert after_open_ms(WEEKDAYS, riga(2026, 10, 5, 9), int(3.5 * HOUR * 1000)) == riga(2026, 10, 5, 12, 30)


def test_what_is_due_in_a_calendar_that_never_opens_is_never_due() -> None:
    assert after_open_ms(calendar(), riga(2026, 10, 5), 1) is None
    assert after_open_ms(None, riga(2026, 10, 5), 60_000) == riga(2026, 10, 5, 0, 1)
