"""The clock of a ticket that is moved between queues: one that is open at nine, one that opens later, one that always is."""

from __future__ import annotations

from datetime import UTC, datetime

from plugin.facts.fold.clock import Clock
from plugin.policy.calendar import Calendar, parse_interval

HOUR = 3_600_000


def daily(*texts: str) -> Calendar:
    return Calendar(timezone="UTC", week=(tuple(parse_interval(text) for text in texts),) * 7, exceptions={})


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


EARLY, LATE, NEVER = daily("09:00-12:00"), daily("13:00-18:00"), daily()
#: from nine o'clock on with the early queue, from eleven on with the late one, from three o'clock on without hours
CLOCK = Clock(pieces=((on(2, 9), EARLY), (on(2, 11), LATE), (on(2, 15), None)))


def test_each_queue_counts_the_opening_time_of_its_part() -> None:
    # early 9:00-11:00 = 2 h, late 13:00-15:00 = 2 h, then by the wall 5 h
    assert CLOCK.ms(on(2, 8), on(2, 20)) == 9 * HOUR
    assert CLOCK.ms(on(2, 8), on(2, 10)) == 1 * HOUR
    assert CLOCK.ms(on(2, 8), on(2, 14)) == 3 * HOUR
    assert CLOCK.ms(on(2, 14), on(2, 16)) == 2 * HOUR


def test_the_first_queue_also_counts_what_was_before_it() -> None:
    assert CLOCK.ms(on(1, 9), on(2, 8)) == 3 * HOUR
    assert CLOCK.after(on(1, 9), HOUR) == on(1, 10)


def test_what_ends_before_it_starts_is_as_much_below_zero() -> None:
    assert CLOCK.ms(on(2, 20), on(2, 8)) == -9 * HOUR


def test_a_duration_is_over_in_the_queue_in_which_it_runs_out() -> None:
    hours = [on(2, 10), on(2, 14), on(2, 16)]
    assert [CLOCK.after(on(2, 9), wanted * HOUR) for wanted in (1, 3, 5)] == hours


def test_a_duration_that_runs_out_at_the_move_is_over_then() -> None:
    assert CLOCK.after(on(2, 9), 2 * HOUR) == on(2, 11)


def test_at_the_move_itself_the_new_queue_counts() -> None:
    assert CLOCK.after(on(2, 11), 0) == on(2, 13)


def test_a_queue_that_never_opens_leaves_everything_to_the_next_one() -> None:
    clock = Clock(pieces=((on(2, 9), NEVER), (on(2, 11), LATE)))
    assert clock.after(on(2, 9), HOUR) == on(2, 14)
    assert Clock(pieces=((on(2, 9), EARLY), (on(2, 11), NEVER))).after(on(2, 9), 3 * HOUR) is None
