"""The incident state machine: worked cases with literal minutes, then what must hold for any sequence of readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.alert.interval import wilson
from plugin.alert.saved import from_json, to_json
from plugin.alert.state import Notice, NoticeKind, State, Status, is_open, step
from plugin.alert.threshold import Relative, Side, Threshold, Unjudged
from plugin.alert.usual import Usual
from plugin.kpi.metric import Measurement

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def of(part: float, whole: float) -> Measurement:
    return Measurement(numerator=part, denominator=whole)


def rule(**changes: object) -> Threshold:
    plain = Threshold(fire_above=0.15, clear_at=0.10, min_sample=20)
    return replace(plain, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Run:
    state: State
    notices: list[Notice]
    statuses: list[str]

    @property
    def told(self) -> list[tuple[str, int]]:
        """(what, minute)."""
        return [(str(notice.kind), int((notice.at - START) / MINUTE)) for notice in self.notices]


def run(limits: Threshold, readings: Sequence[Measurement | None], state: State | None = None) -> Run:
    state = state or State()
    notices, statuses = [], []
    for minute, reading in enumerate(readings):
        state, notice = step(state, reading, limits, START + minute * MINUTE)
        statuses.append(str(state.status))
        notices += [notice] if notice else []
    return Run(state, notices, statuses)


BAD, BETWEEN, GOOD = of(17, 50), of(6, 50), of(2, 50)
FEW = of(3, 3)


def test_a_breach_without_a_hold_time_fires_at_once() -> None:
    assert run(rule(), [GOOD, BAD, BAD]).told == [("fired", 1)]


def test_the_limit_itself_is_not_a_breach() -> None:
    assert run(rule(), [of(3, 20), of(15, 100)]).statuses == ["ok", "ok"]


def test_three_abandoned_of_three_calls_stay_quiet() -> None:
    done = run(rule(), [FEW] * 60)
    assert done.told == []
    assert done.state.status == "insufficient"


def test_a_hold_time_is_counted_from_the_first_bad_reading() -> None:
    done = run(rule(hold=5 * MINUTE), [GOOD, BAD, BAD, BAD, BAD, BAD, BAD])
    assert done.told == [("fired", 6)]
    assert done.statuses == ["ok", "pending", "pending", "pending", "pending", "pending", "firing"]


def test_one_good_reading_ends_the_hold_time() -> None:
    assert run(rule(hold=3 * MINUTE), [BAD, BAD, BAD, GOOD, BAD, BAD, BAD]).told == []


@pytest.mark.parametrize("gap", [FEW, None, of(0, 0)])
def test_a_reading_that_allows_no_verdict_ends_the_hold_time(gap: Measurement | None) -> None:
    assert run(rule(hold=3 * MINUTE), [BAD, BAD, BAD, gap, BAD, BAD, BAD]).told == []


def test_between_the_two_limits_nothing_fires_and_nothing_recovers() -> None:
    assert run(rule(), [BETWEEN] * 5).told == []
    assert run(rule(), [BAD, BETWEEN, BETWEEN]).statuses == ["firing", "firing", "firing"]


def test_recovery_waits_for_the_clear_value_and_its_hold_time() -> None:
    done = run(rule(clear_hold=2 * MINUTE), [BAD, GOOD, GOOD, BETWEEN, GOOD, GOOD, GOOD])
    assert done.told == [("fired", 0), ("recovered", 6)]


def test_recovery_knows_the_duration_and_the_worst_reading() -> None:
    worst = of(30, 60)
    recovered = run(rule(), [BAD, worst, BAD, GOOD]).notices[-1]
    assert recovered.episode.opened_at == START
    assert recovered.at == START + 3 * MINUTE
    assert recovered.episode.peak == worst


def test_the_worst_reading_may_come_before_the_alert() -> None:
    worst = of(40, 50)
    fired = run(rule(hold=2 * MINUTE), [worst, BAD, BAD]).notices[0]
    assert fired.episode.peak == worst


def test_lost_data_never_recovers_an_incident() -> None:
    done = run(rule(), [BAD] + [None] * 600)
    assert done.told == [("fired", 0)]
    assert done.state.status == Status.NO_DATA
    assert is_open(done.state)


def test_too_few_contacts_never_recover_an_incident() -> None:
    done = run(rule(), [BAD] + [of(0, 5)] * 600)
    assert done.told == [("fired", 0)]
    assert done.state.status == Status.INSUFFICIENT


def test_the_time_in_which_nothing_could_be_judged_is_known_at_the_end() -> None:
    recovered = run(rule(), [BAD, None, FEW, None, BAD, BAD, GOOD]).notices[-1]
    assert recovered.episode.unjudged_s == 180


def test_a_breach_that_goes_on_after_lost_data_is_the_same_incident() -> None:
    assert run(rule(), [BAD, None, None, BAD, BAD, GOOD]).told == [("fired", 0), ("recovered", 5)]


def test_lost_data_interrupts_the_hold_time_of_the_recovery() -> None:
    done = run(rule(clear_hold=3 * MINUTE), [BAD, GOOD, GOOD, None, GOOD, GOOD, GOOD, GOOD])
    assert done.told == [("fired", 0), ("recovered", 7)]


def test_after_a_recovery_the_rule_is_armed_again() -> None:
    assert run(rule(), [BAD, GOOD, BAD]).told == [("fired", 0), ("recovered", 1), ("fired", 2)]


def test_within_the_cooldown_a_new_breach_waits() -> None:
    done = run(rule(cooldown=5 * MINUTE), [BAD, GOOD, BAD, BAD, BAD, BAD, BAD])
    assert done.told == [("fired", 0), ("recovered", 1), ("fired", 6)]
    assert done.statuses[2:5] == ["pending", "pending", "pending"]


def test_a_breach_that_ends_within_the_cooldown_is_never_told() -> None:
    assert run(rule(cooldown=5 * MINUTE), [BAD, GOOD, BAD, BAD, GOOD, GOOD, GOOD, GOOD]).told == [
        ("fired", 0),
        ("recovered", 1),
    ]


def test_below_a_floor_works_the_other_way_round() -> None:
    floor = Threshold(fire_below=0.70, clear_at=0.80)
    done = run(floor, [of(7, 10), of(69, 100), of(50, 100), of(75, 100), of(80, 100)])
    assert done.told == [("fired", 1), ("recovered", 4)]
    assert done.notices[-1].episode.peak == of(50, 100)


def test_a_count_needs_no_minimum_sample() -> None:
    backlog = Threshold(fire_above=100, min_sample=20)
    assert run(backlog, [Measurement(numerator=101)]).told == [("fired", 0)]
    assert run(backlog, [Measurement(numerator=3)]).statuses == ["ok"]


def test_a_ratio_over_nothing_is_too_little_even_without_a_minimum() -> None:
    assert run(rule(min_sample=0), [of(0, 0)]).statuses == ["insufficient"]


def test_a_minute_that_was_read_changes_nothing() -> None:
    state, _ = step(State(), BAD, rule(), START)
    assert step(state, GOOD, rule(), START) == (state, None)
    assert step(state, GOOD, rule(), START - MINUTE) == (state, None)


def test_a_hold_time_does_not_run_while_nothing_is_evaluated() -> None:
    limits = rule(hold=5 * MINUTE)
    pending, _ = step(State(), BAD, limits, START)
    later, notice = step(pending, BAD, limits, START + timedelta(hours=3))
    assert notice is None
    assert later.status == "pending"
    assert later.episode
    assert later.episode.opened_at == START + timedelta(hours=3)


def test_an_incident_survives_a_pause_of_the_evaluation() -> None:
    firing, _ = step(State(), BAD, rule(), START)
    still, notice = step(firing, BAD, rule(), START + timedelta(hours=3))
    assert notice is None
    assert still.episode
    assert still.episode.fired_at == START


BAND = Threshold(fire_below=0.75, fire_above=0.85, clear_by=0.02)


def test_a_band_fires_on_either_side_and_its_limits_are_still_good() -> None:
    assert run(BAND, [of(75, 100), of(85, 100)]).told == []
    assert run(BAND, [of(74, 100)]).told == [("fired", 0)]
    assert run(BAND, [of(86, 100)]).told == [("fired", 0)]


def test_within_a_band_it_is_over_at_the_margin_from_both_limits() -> None:
    done = run(BAND, [of(74, 100), of(76, 100), of(84, 100), of(83, 100)])
    assert done.told == [("fired", 0), ("recovered", 3)]
    assert run(replace(BAND, clear_by=0), [of(74, 100), of(75, 100)]).told == [("fired", 0), ("recovered", 1)]


def test_from_one_side_of_a_band_to_the_other_is_one_incident_and_the_farthest_is_the_worst() -> None:
    done = run(BAND, [of(70, 100), of(95, 100), of(66, 100), of(80, 100)])
    assert done.told == [("fired", 0), ("recovered", 3)]
    assert done.notices[-1].episode.peak == of(95, 100)


SURE = Threshold(fire_above=0.15, clear_at=0.10, min_sample=20, confidence=0.95)
# Wilson at 95 %: 5 of 22 is 22.7 % (10.1 to 43.4), 17 of 50 is 34 % (22.4 to 47.8)
CHANCE = of(5, 22)


def test_a_share_that_chance_may_have_made_is_watched_but_not_told() -> None:
    done = run(SURE, [CHANCE] * 60)
    assert done.told == []
    assert set(done.statuses) == {"pending"}
    assert run(replace(SURE, confidence=0), [CHANCE]).told == [("fired", 0)]


def test_the_hold_time_runs_while_it_is_unsure_and_ends_with_a_sure_reading() -> None:
    done = run(replace(SURE, hold=3 * MINUTE), [CHANCE, CHANCE, CHANCE, CHANCE, BAD, BAD])
    assert done.told == [("fired", 4)]
    assert done.notices[0].episode.opened_at == START
    assert run(replace(SURE, hold=3 * MINUTE), [BAD, BAD, BAD, CHANCE]).told == []


def test_an_incident_goes_on_while_it_is_unsure_and_the_value_decides_that_it_is_over() -> None:
    done = run(replace(SURE, clear_hold=2 * MINUTE), [BAD, GOOD, CHANCE, GOOD, GOOD, GOOD])
    assert done.told == [("fired", 0), ("recovered", 5)]
    # 2 of 20 is at the clear value, though its interval reaches to 30 %
    assert run(SURE, [BAD, of(2, 20)]).told == [("fired", 0), ("recovered", 1)]


def test_below_a_floor_the_whole_interval_must_lie_below() -> None:
    floor = Threshold(fire_below=0.80, confidence=0.95)
    # 35 of 50 is 70 % (56.2 to 80.9), 34 of 50 is 68 % (54.2 to 79.2)
    assert run(floor, [of(35, 50), of(34, 50)]).told == [("fired", 1)]


def test_what_is_no_share_needs_no_interval() -> None:
    assert run(replace(SURE, fire_above=60, clear_at=30), [of(2000, 20)]).told == [("fired", 0)]
    assert run(replace(SURE, fire_above=60, clear_at=30), [Measurement(numerator=61)]).told == [("fired", 0)]


RELATIVE = Threshold(relative=Relative(deviation=3, clear_deviation=2, side="above"), min_sample=20)


def at_usual(median: float, spread: float = 0.02) -> Threshold:
    return replace(RELATIVE, usual=Usual(median=median, spread=spread, weeks=8))


def test_relative_to_what_is_usual_the_limits_move_with_it() -> None:
    # the usual is 10 % with a spread of 2 points: fires above 16 %, is over at 14 %
    assert run(at_usual(0.10), [of(16, 100), of(17, 100), of(15, 100), of(14, 100)]).told == [
        ("fired", 1),
        ("recovered", 3),
    ]
    state = run(at_usual(0.10), [of(17, 100)]).state
    later, notice = step(state, of(17, 100), at_usual(0.13), START + MINUTE)
    assert notice
    assert notice.kind == NoticeKind.RECOVERED
    assert later.usual == Usual(median=0.13, spread=0.02, weeks=8)


@pytest.mark.parametrize(("side", "told"), [("above", [2]), ("below", [1]), ("both", [1, 2])])
def test_the_side_says_which_deviation_is_bad(side: Side, told: list[int]) -> None:
    limits = replace(at_usual(0.10), relative=Relative(deviation=3, clear_deviation=3, side=side))
    readings = {1: of(3, 100), 2: of(17, 100)}
    assert [number for number, reading in readings.items() if run(limits, [reading]).told] == told


def test_without_enough_history_there_is_no_verdict_and_no_end() -> None:
    state = run(at_usual(0.10), [of(50, 100)]).state
    later, notice = step(state, of(1, 100), RELATIVE, START + MINUTE)
    assert (later.status, later.why, notice) == (Status.INSUFFICIENT, Unjudged.HISTORY, None)
    assert is_open(later)


ABSENT = Threshold(fire_below=1, absent=True)
NONE_CAME, SOME_CAME = Measurement(numerator=0), Measurement(numerator=3)


def test_an_absence_fires_at_nothing_and_is_over_when_something_comes() -> None:
    done = run(replace(ABSENT, hold=2 * MINUTE), [SOME_CAME, NONE_CAME, NONE_CAME, NONE_CAME, SOME_CAME])
    assert done.told == [("fired", 3), ("recovered", 4)]


def test_in_closed_hours_nothing_is_no_verdict_but_something_is() -> None:
    closed = replace(ABSENT, closed=True)
    assert run(closed, [NONE_CAME, SOME_CAME]).statuses == ["insufficient", "ok"]
    state = run(ABSENT, [NONE_CAME]).state
    later, notice = step(state, SOME_CAME, closed, START + MINUTE)
    assert notice
    assert later.status == "ok"


def test_an_absence_that_cannot_be_measured_is_no_data() -> None:
    assert run(ABSENT, [None]).statuses == ["no_data"]


def test_limits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match=r"clear_at 0\.2 lies on the wrong side"):
        Threshold(fire_above=0.15, clear_at=0.20)
    with pytest.raises(ValueError, match="wrong side"):
        Threshold(fire_below=0.80, clear_at=0.70)
    with pytest.raises(ValueError, match="needs fire_above or fire_below"):
        Threshold()
    with pytest.raises(ValueError, match="no value lies within the band"):
        Threshold(fire_above=1, fire_below=2)
    with pytest.raises(ValueError, match="no value lies within the band"):
        replace(BAND, clear_by=0.06)
    with pytest.raises(ValueError, match="cleared by clear_by"):
        replace(BAND, clear_at=0.8)


# What must hold for every sequence

wholes = st.integers(0, 60)
ratios = wholes.flatmap(lambda whole: st.integers(0, whole).map(lambda part: of(part, whole)))
minutes = st.integers(0, 8).map(lambda count: count * MINUTE)
limits = st.builds(
    lambda hold, clear_hold, cooldown, clear_at, confidence: Threshold(
        fire_above=0.3,
        clear_at=clear_at,
        hold=hold,
        clear_hold=clear_hold,
        cooldown=cooldown,
        min_sample=10,
        confidence=confidence,
    ),
    minutes,
    minutes,
    minutes,
    st.sampled_from([None, 0.1, 0.3]),
    st.sampled_from([0, 0.95]),
)
sequences = st.lists(st.one_of(st.none(), ratios, st.just(of(25, 50)), st.just(of(1, 50))), max_size=60)


@given(limits, sequences)
def test_notices_alternate_beginning_with_an_alert(limits: Threshold, readings: list[Measurement | None]) -> None:
    kinds = [notice.kind for notice in run(limits, readings).notices]
    assert kinds == [NoticeKind.FIRED if index % 2 == 0 else NoticeKind.RECOVERED for index in range(len(kinds))]


@given(limits, sequences)
def test_a_notice_goes_with_a_change_of_state_and_a_value_on_its_side(
    limits: Threshold, readings: list[Measurement | None]
) -> None:
    state = State()
    for minute, reading in enumerate(readings):
        after, notice = step(state, reading, limits, START + minute * MINUTE)
        assert (notice is not None) == (is_open(after) != is_open(state))
        if notice:
            assert reading is not None
            assert reading.n >= 10
            assert reading.value is not None
            assert (reading.value > 0.3) == (notice.kind == NoticeKind.FIRED)
            if limits.confidence and notice.kind == NoticeKind.FIRED:
                assert wilson(reading.numerator, reading.n, 0.95)[0] > 0.3
        state = after


@given(limits, st.lists(st.one_of(st.none(), st.integers(0, 9).map(lambda whole: of(whole, whole))), max_size=60))
def test_too_few_contacts_or_none_say_nothing(limits: Threshold, readings: list[Measurement | None]) -> None:
    assert run(limits, readings).notices == []


@given(st.lists(st.sampled_from([of(16, 50), of(14, 50), of(15, 50)]), min_size=1, max_size=100))
def test_flapping_around_the_limit_is_one_incident(readings: list[Measurement | None]) -> None:
    assert len(run(Threshold(fire_above=0.3, clear_at=0.2), readings).notices) <= 1


@given(limits, sequences, st.integers(0, 60))
def test_a_restart_at_any_point_changes_nothing(
    limits: Threshold, readings: list[Measurement | None], cut: int
) -> None:
    whole = run(limits, readings)
    state, notices = State(), []
    for minute, reading in enumerate(readings):
        if minute == cut:
            state = from_json(to_json(state))
        state, notice = step(state, reading, limits, START + minute * MINUTE)
        notices += [notice] if notice else []
    assert notices == whole.notices
    assert state == whole.state


@given(limits, sequences)
def test_reading_every_minute_twice_changes_nothing(limits: Threshold, readings: list[Measurement | None]) -> None:
    state, notices = State(), []
    for minute, reading in enumerate(readings):
        for _worker in range(2):
            state, notice = step(state, reading, limits, START + minute * MINUTE)
            notices += [notice] if notice else []
    assert notices == run(limits, readings).notices
