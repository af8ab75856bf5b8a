"""What an agent did, one thing at a time: the sweep against a plain count of every minute, and its rules one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugin.facts.fold.timeline import DAY_MS, QUARTER_MS, Segment, Stretch, segment_of, sweep

MINUTE = 60_000
LENGTH = 240
#: half an hour before midnight, so that the border of a day lies inside
LOW = 20_000 * DAY_MS - 30 * MINUTE
STATES = {
    "talk": [""],
    "busy": ["", "wrap_up"],
    "session": [""],
    "activity": ["break", "meeting", "training", "other", "offline"],
    "shift": ["work", "break", "meeting", "training", "leave", "sickness", "other"],
}


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    role = draw(st.sampled_from(list(STATES)))
    start = draw(st.integers(-20, LENGTH - 1))
    return Stretch(
        start=LOW + start * MINUTE,
        end=LOW + draw(st.integers(start + 1, LENGTH + 20)) * MINUTE,
        role=role,
        state=draw(st.sampled_from(STATES[role])),
        of=draw(st.sampled_from(["pbx", "chat"])) if role in ("session", "activity") else "",
        productive=role == "shift" and draw(st.booleans()),
        paid=role == "shift" and draw(st.booleans()),
    )


def test_two_conversations_at_once_are_one_time() -> None:
    found = sweep([span("talk", 0, 10), span("talk", 5, 12), span("session", 0, 14)], LOW, LOW + 14 * MINUTE)
    assert [(part.state, minutes(part)) for part in found] == [("busy", 12), ("idle", 2)]


def test_who_is_offline_in_one_system_is_ready_in_another() -> None:
    there = [
        span("session", 0, 9, of="pbx"),
        span("session", 0, 9, of="chat"),
        span("activity", 0, 9, "offline", of="chat"),
    ]
    assert [part.state for part in sweep(there, LOW, LOW + 9 * MINUTE)] == ["idle"]
    assert [part.state for part in sweep([there[1], there[2]], LOW, LOW + 9 * MINUTE)] == ["off"]


def test_a_break_inside_of_a_shift_is_a_break_and_sickness_is_above_all() -> None:
    shift = [span("shift", 0, 9, "work"), span("shift", 3, 5, "break"), span("shift", 4, 9, "sickness")]
    found = sweep(shift, LOW, LOW + 9 * MINUTE)
    assert [(part.scheduled, minutes(part)) for part in found] == [("work", 3), ("break", 1), ("sickness", 5)]


def test_of_two_like_plans_that_begin_together_the_shorter_holds() -> None:
    shift = [span("shift", 0, 9, "meeting"), replace(span("shift", 0, 5, "meeting"), paid=True)]
    found = sweep(shift, LOW, LOW + 9 * MINUTE)
    assert [(part.paid, minutes(part)) for part in found] == [(True, 5), (False, 4)]
    # although the longer would come first by what follows in the order
    shift = [replace(span("shift", 0, 9, "meeting"), paid=True), span("shift", 0, 5, "meeting")]
    found = sweep(shift, LOW, LOW + 9 * MINUTE)
    assert [(part.paid, minutes(part)) for part in found] == [(False, 5), (True, 4)]


def test_what_lasts_is_what_holds_without_an_end() -> None:
    lasting = segment_of([span("session", 0, 0), span("activity", 0, 0, "break")], LOW, None)
    assert lasting == Segment(start=LOW, end=None, state="break", logged_in=True, talking=False)
    assert segment_of([span("activity", 0, 0, "offline")], LOW, None) is None


@given(st.lists(stretches(), max_size=14))
def test_the_segments_are_what_a_count_of_every_minute_finds(given: list[Stretch]) -> None:
    found = sweep(given, LOW, LOW + LENGTH * MINUTE)
    counted: Counter[Any] = Counter()
    for part in found:
        assert part.end is not None
        assert part.start // QUARTER_MS == (part.end - 1) // QUARTER_MS
        counted[what(part)] += part.end - part.start
    assert {key: length // MINUTE for key, length in counted.items()} == dict(by_minutes(given))
    assert all(one.end is not None and one.end <= two.start for one, two in pairwise(found))


@given(st.lists(stretches(), max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_has_no_say(given: list[Stretch], random: Any) -> None:
    shuffled = list(given)
    random.shuffle(shuffled)
    assert sweep(shuffled, LOW, LOW + LENGTH * MINUTE) == sweep(given, LOW, LOW + LENGTH * MINUTE)


@given(st.lists(stretches(), max_size=14))
def test_the_time_of_who_is_logged_in_is_the_time_of_his_logins(given: list[Stretch]) -> None:
    logged_in = sum(minutes(part) for part in sweep(given, LOW, LOW + LENGTH * MINUTE) if part.logged_in)
    logins = [one for one in given if one.role == "session"]
    assert logged_in == sum(any(covers(one, minute) for one in logins) for minute in range(LENGTH))


def span(role: str, start: int, end: int, state: str = "", of: str = "") -> Stretch:
    return Stretch(start=LOW + start * MINUTE, end=LOW + end * MINUTE, role=role, state=state, of=of)


def minutes(part: Segment) -> int:
    return ((part.end or part.start) - part.start) // MINUTE


def covers(one: Stretch, minute: int) -> bool:
    return one.start <= LOW + minute * MINUTE < one.end


def what(part: Segment) -> tuple[object, ...]:
    return part.state, part.logged_in, part.talking, part.scheduled, part.productive, part.paid


def by_minutes(given: list[Stretch]) -> Counter[Any]:
    """Written without looking at the sweep: minute by minute, what is true of it."""
    counted: Counter[Any] = Counter()
    for minute in range(LENGTH):
        now = [one for one in given if covers(one, minute)]
        logins = {one.of for one in now if one.role == "session"}
        activities = [one for one in now if one.role == "activity"]
        pauses = sorted((one.start, one.state) for one in activities if one.state != "offline")
        ready = logins - {one.of for one in activities}
        if any(one.role in ("talk", "busy") for one in now):
            state = "busy"
        elif pauses:
            state = pauses[-1][1]
        else:
            state = "idle" if ready else "off"
        order = ["work", "other", "break", "meeting", "training", "leave", "sickness"]
        shifts = sorted(
            (order.index(one.state), one.start, -one.end, one.productive, one.paid)
            for one in now
            if one.role == "shift"
        )
        rank, _, _, productive, paid = shifts[-1] if shifts else (-1, 0, 0, False, False)
        key = (
            state,
            bool(logins),
            any(one.role == "talk" for one in now),
            order[rank] if shifts else "",
            productive,
            paid,
        )
        if shifts or logins or state != "off":
            counted[key] += 1
    return counted
