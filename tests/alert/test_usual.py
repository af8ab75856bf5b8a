"""What is usual at an hour of a weekday: which windows of the past count, and what their values make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from plugin.alert.usual import Usual, past_windows, usual
from plugin.kpi.metric import Measurement, Unit
from plugin.policy.calendar import Calendar, parse_interval

QUARTER = timedelta(minutes=15)
DESK = (parse_interval("09:00-18:00"),)
HOURS = Calendar(timezone="Europe/Riga", week=(DESK,) * 5 + ((), ()), exceptions={date(2026, 11, 9): ()})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def counts(*values: float) -> list[Measurement | None]:
    return [Measurement(numerator=value) for value in values]


def ends(end: datetime, weeks: int, hours: Calendar | None = None, window: timedelta = QUARTER) -> list[datetime]:
    spans = past_windows(end, window, weeks, "Europe/Riga", hours)
    assert all(until - since == window for since, until in spans)
    return [until for _, until in spans]


def test_the_windows_end_at_the_same_clock_of_the_same_weekday_the_oldest_first() -> None:
    # Monday 23 November 2026, 10:00 in Riga
    assert ends(utc(2026, 11, 23, 8), 3) == [utc(2026, 11, 2, 8), utc(2026, 11, 9, 8), utc(2026, 11, 16, 8)]


def test_a_change_of_the_clock_between_moves_the_instant_and_not_the_clock() -> None:
    # Riga leaves summer time on 25 October 2026: 10:00 was 07:00 UTC before
    assert ends(utc(2026, 11, 2, 8), 2) == [utc(2026, 10, 19, 7), utc(2026, 10, 26, 8)]


def test_an_hour_that_the_clock_left_out_gives_the_moment_of_the_change() -> None:
    # 28 March 2027, 03:00 to 04:00 does not exist in Riga; a week later 03:30 is 00:30 UTC
    assert ends(utc(2027, 4, 4, 0, 30), 1) == [utc(2027, 3, 28, 1)]


def test_weeks_that_were_closed_do_not_count() -> None:
    assert ends(utc(2026, 11, 23, 8), 3, HOURS) == [utc(2026, 11, 2, 8), utc(2026, 11, 16, 8)]


def test_only_windows_that_were_open_for_as_long_count() -> None:
    # 09:05: five minutes of the window are open, now and in the weeks before; 9 November was a holiday
    assert len(ends(utc(2026, 11, 23, 7, 5), 3, HOURS)) == 2
    short = Calendar(
        timezone="Europe/Riga", week=HOURS.week, exceptions={date(2026, 11, 23): (parse_interval("09:55-12:00"),)}
    )
    assert ends(utc(2026, 11, 23, 8), 3, short) == []


def test_closed_now_nothing_is_usual() -> None:
    assert ends(utc(2026, 11, 23, 20), 3, HOURS) == []


def test_the_median_and_the_spread_that_a_single_wild_week_cannot_move() -> None:
    # median of 40, 42, 44, 46, 300 is 44; deviations 4, 2, 0, 2, 256, their median 2; 2 × 1.4826 = 2.97, below √44 = 6.63
    assert usual(counts(40, 42, 44, 46, 300), Unit.COUNT, 4, 20) == Usual(
        median=44, spread=pytest.approx(6.633, abs=1e-3), weeks=5
    )
    # 100, 120, 140, 160 seconds: median 130, deviations 30, 10, 10, 30, their median 20 × 1.4826
    seconds = [Measurement(numerator=value * 30, denominator=30) for value in (100, 120, 140, 160)]
    assert usual(seconds, Unit.SECONDS, 4, 20) == Usual(median=130, spread=pytest.approx(29.652), weeks=4)


@pytest.mark.parametrize(
    ("value", "unit", "spread"),
    [
        (0.02, Unit.RATIO, 0.01),
        (0.5, Unit.RATIO, 0.05),
        (12, Unit.SECONDS, 5),
        (300, Unit.SECONDS, 30),
        (4, Unit.COUNT, 2),
    ],
)
def test_weeks_that_were_equal_leave_a_spread_all_the_same(value: float, unit: Unit, spread: float) -> None:
    found = usual([Measurement(numerator=value)] * 8, unit, 4, 0)
    assert found
    assert found.spread == pytest.approx(spread)


def test_too_few_weeks_are_no_history() -> None:
    assert usual([*counts(1, 2, 3), None], Unit.COUNT, 4, 20) is None
    assert usual([], Unit.COUNT, 1, 20) is None


def test_a_share_over_few_items_and_one_over_nothing_do_not_count() -> None:
    shares = [Measurement(numerator=2, denominator=whole) for whole in (0, 19, 20, 40, 80)]
    found = usual(shares, Unit.RATIO, 3, 20)
    assert found
    assert (found.median, found.weeks) == (0.05, 3)
    assert usual(shares, Unit.RATIO, 4, 20) is None


def test_the_zeros_before_the_first_contact_are_no_history_and_those_after_it_are() -> None:
    found = usual(counts(0, 0, 0, 5, 0, 7, 6), Unit.COUNT, 4, 20)
    assert found
    assert (found.median, found.weeks) == (5.5, 4)
    assert usual(counts(0, 0, 0, 0), Unit.COUNT, 1, 20) is None
