"""Agents' sessions and activities, with the intervals that follow written as literals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.contract.event import Event, Kind
from plugin.facts.fold import Interval, fold_agent, in_order

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def state(minute: float, **data: Any) -> Event:
    at = NINE + timedelta(minutes=minute)
    key = f"{minute}:{sorted(data.items())}"
    return Event(kind=Kind.AGENT_STATE, at=at, subject="Ann", dedupe_key=key, agent="Ann", data=data)


def short(intervals: list[Interval]) -> list[tuple[str, str, float, float | None]]:
    return [
        (
            interval.track,
            interval.state,
            (interval.started_at - NINE) / timedelta(minutes=1),
            None if interval.ended_at is None else (interval.ended_at - NINE) / timedelta(minutes=1),
        )
        for interval in intervals
    ]


def fold(*events: Event) -> list[tuple[str, str, float, float | None]]:
    return short(fold_agent(in_order(events)))


def test_a_session_lasts_from_login_to_logout() -> None:
    assert fold(state(0, session="login"), state(90, session="logout")) == [("session", "login", 0, 90)]


def test_a_session_that_was_not_ended_still_lasts() -> None:
    assert fold(state(5, session="login")) == [("session", "login", 5, None)]


def test_two_ways_of_being_logged_in_are_one_session_while_either_lasts() -> None:
    events = (
        state(0, session="login", of="queue a"),
        state(10, session="login", of="queue b"),
        state(20, session="logout", of="queue a"),
        state(30, session="logout", of="queue b"),
    )
    assert fold(*events) == [("session", "login", 0, 30)]


def test_a_nested_pause_is_ignored() -> None:
    events = (state(0, activity="break"), state(2, activity="break"), state(10, activity="available"))
    assert fold(*events) == [("activity", "break", 0, 10)]


def test_pausing_everything_and_each_queue_at_once_is_one_pause() -> None:
    events = (
        state(0, activity="break"),
        state(0, activity="break", of="queue a"),
        state(0, activity="break", of="queue b"),
        state(9, activity="available", of="queue a"),
        state(10, activity="available"),
    )
    assert fold(*events) == [("activity", "break", 0, 10)]


def test_a_logoff_whose_login_was_not_seen_has_the_length_that_it_states() -> None:
    assert fold(state(10, session="logout", session_s=300)) == [("session", "login", 5, 10)]


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        # the login that was not seen goes back to the one before, at most
        ((), [("session", "login", 15, 20)]),
        (
            (state(0, session="login"), state(15, session="logout")),
            [("session", "login", 0, 15), ("session", "login", 15, 20)],
        ),
        ((state(0, session="login"), state(16, session="logout")), [("session", "login", 0, 16)]),
    ],
)
def test_an_unseen_session_is_not_laid_over_one_that_was_seen(
    earlier: tuple[Event, ...], expected: list[tuple[str, str, float, float | None]]
) -> None:
    assert fold(*earlier, state(20, session="logout", session_s=300)) == expected


def test_a_logoff_says_how_long_it_was_only_where_nothing_is_known_of_the_login() -> None:
    # he is still logged in elsewhere, or was seen to log in
    assert fold(state(0, session="login", of="a"), state(20, session="logout", of="b", session_s=300)) == [
        ("session", "login", 0, None)
    ]
    assert fold(state(18, session="login"), state(20, session="logout", session_s=300)) == [
        ("session", "login", 18, 20)
    ]
    assert fold(state(20, session="logout", session_s=0)) == []
    assert fold(state(20, activity="available", session_s=300)) == []


def test_only_what_comes_after_the_last_interval_is_folded_onto_it() -> None:
    last = Interval(track="activity", state="break", started_at=NINE, keys={"": "break"})
    again = fold_agent([state(0, activity="meeting"), state(9, activity="available")], {"activity": last})
    assert short(again) == [("activity", "break", 0, 9)]
    # what it is folded from is left as it was
    assert (last.ended_at, last.keys) == (None, {"": "break"})


def test_the_last_interval_lasts_again_until_something_ends_it() -> None:
    ended = Interval(track="activity", state="break", started_at=NINE, ended_at=NINE + HOUR, keys={"a": "break"})
    assert fold_agent([], {"activity": ended}) == [replace(ended, ended_at=None)]


def test_what_is_closed_after_the_last_interval_leaves_its_other_keys_open() -> None:
    last = Interval(track="activity", state="meeting", started_at=NINE, keys={"a": "break", "b": "meeting"})
    again = fold_agent([state(9, activity="available", of="b")], {"activity": last})
    assert short(again) == [("activity", "meeting", 0, 9), ("activity", "break", 9, None)]


def test_keys_that_are_opened_in_the_same_moment_are_all_open() -> None:
    (interval,) = fold_agent(in_order([state(0, activity="break", of="a"), state(0, activity="break", of="b")]))
    assert interval.keys == {"a": "break", "b": "break"}


def test_an_interval_names_its_reason_and_the_keys_that_were_open() -> None:
    (first, second) = fold_agent(
        in_order([state(0, activity="break", of="a", reason="lunch"), state(5, activity="meeting", of="b")])
    )
    assert (first.reason, first.keys, second.reason, second.keys) == (
        "lunch",
        {"a": "break"},
        None,
        {"a": "break", "b": "meeting"},
    )


def test_what_changes_in_the_same_moment_lasted_for_no_time_and_is_none() -> None:
    assert fold(state(0, activity="break"), state(0, activity="meeting"), state(5, activity="available")) in (
        [("activity", "break", 0, 5)],
        [("activity", "meeting", 0, 5)],
    )


def test_the_pause_that_is_opened_last_holds_until_it_is_closed() -> None:
    events = (
        state(0, activity="break", of="a"),
        state(5, activity="meeting", of="b"),
        state(7, activity="break", of="a"),
        state(9, activity="available", of="a"),
        state(12, activity="available", of="b"),
    )
    assert fold(*events) == [
        ("activity", "break", 0, 5),
        ("activity", "meeting", 5, 7),
        ("activity", "break", 7, 9),
        ("activity", "meeting", 9, 12),
    ]


def test_activities_follow_each_other() -> None:
    events = (state(0, activity="on_contact"), state(4, activity="wrap_up"), state(5, activity="available"))
    assert fold(*events) == [("activity", "on_contact", 0, 4), ("activity", "wrap_up", 4, 5)]


DAY = (
    state(0, session="login", of="a"),
    state(0, activity="available"),
    state(10, activity="break"),
    state(12, session="login", of="b"),
    state(15, activity="meeting"),
    state(20, activity="available"),
    state(25, session="logout", of="a"),
    state(26, activity="break", of="b"),
    state(30, session="logout", of="b"),
    state(31, activity="available"),
)


@given(st.integers(min_value=1, max_value=len(DAY)))
def test_folding_goes_on_from_any_interval(place: int) -> None:
    """What the store does: resume each track at its last interval that began before the earliest new event."""
    whole = fold_agent(in_order(DAY))
    earliest = DAY[place - 1].at
    known = fold_agent(in_order(DAY[: place - 1])) if place > 1 else []
    last = {interval.track: interval for interval in known if interval.started_at < earliest}
    kept = [interval for interval in known if interval.started_at < last[interval.track].started_at] if last else []
    resumed = [
        interval
        for track in ("session", "activity")
        for interval in fold_agent(
            [event for event in DAY if track not in last or event.at > last[track].started_at],
            {track: last[track]} if track in last else None,
        )
        if interval.track == track
    ]
    assert sorted(short([*kept, *resumed])) == sorted(short(whole))


@given(st.permutations(DAY))
def test_the_order_of_arrival_has_no_say(arrived: list[Event]) -> None:
    assert fold(*arrived) == fold(*DAY)
