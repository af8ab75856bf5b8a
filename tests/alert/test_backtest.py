"""How often a rule would have alerted, from readings of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alert_desk import policy
from hypothesis import given
from hypothesis import strategies as st

from plugin.alert.backtest import backtest, rolling
from plugin.alert.backtest_text import backtest_text
from plugin.alert.rule import Watch, threshold, watch
from plugin.alert.standing_text import standing
from plugin.alert.state import State, step
from plugin.alert.threshold import Relative, Threshold
from plugin.alert.usual import Usual
from plugin.kpi.metric import Measurement
from plugin.policy.sending import Rule

START = datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def of(part: float, whole: float) -> Measurement:
    return Measurement(numerator=part, denominator=whole)


BAD, GOOD = of(17, 50), of(2, 50)


def series(*readings: Measurement | None, step_by: timedelta = FIVE) -> list[tuple[datetime, Measurement | None]]:
    return [(START + place * step_by, reading) for place, reading in enumerate(readings)]


def watched(**rule: object) -> Watch:
    document = policy(**rule)
    return watch("support-abandonment", document.rules["support-abandonment"], document)


def test_episodes_have_begin_end_and_peak() -> None:
    found = backtest(Threshold(fire_above=0.15), series(GOOD, BAD, of(30, 60), GOOD, BAD))
    assert [(one.opened_at, one.ended_at) for one in found.episodes] == [
        (START + FIVE, START + 3 * FIVE),
        (START + 4 * FIVE, None),
    ]
    assert found.episodes[0].peak == of(30, 60)
    assert found.lasted(found.episodes[0]) == timedelta(minutes=10)


def test_a_hold_time_counts_with_readings_a_quarter_of_an_hour_apart() -> None:
    rule = Threshold(fire_above=0.15, hold=timedelta(minutes=30))
    found = backtest(rule, series(BAD, BAD, BAD, BAD, GOOD, step_by=timedelta(minutes=15)))
    assert [one.fired_at for one in found.episodes] == [START + timedelta(minutes=30)]


def test_the_text_says_how_often_how_long_and_when() -> None:
    found = backtest(watched().limits, series(GOOD, BAD, BAD, GOOD, None, BAD, GOOD))
    assert backtest_text(watched(), found).splitlines() == [
        "Support abandonment would have alerted 2 × from Sun 25 Oct 09:00 to Sun 25 Oct 09:30 (Europe/Riga).",
        "Longest: 10 min, Sun 25 Oct 09:05. Median: 5 min.",
        "",
        "Sun 25 Oct 09:05  10 min  worst 34.0% (17 of 50 calls)",
        "Sun 25 Oct 09:25  5 min  worst 34.0% (17 of 50 calls)",
        "",
        "By hour of day",
        "09:00 ████████████████████████ 2",
        "",
        "14.3% of the readings allowed no verdict (too few calls, or no data).",
    ]


def test_a_rule_that_never_fired_says_so() -> None:
    found = backtest(watched().limits, series(GOOD, GOOD))
    assert backtest_text(watched(), found) == (
        "Support abandonment would not have alerted from Sun 25 Oct 09:00 to Sun 25 Oct 09:05 (Europe/Riga)."
    )


def test_an_incident_that_is_still_open_is_marked() -> None:
    text = backtest_text(watched(), backtest(watched().limits, series(GOOD, BAD, BAD)))
    assert "Sun 25 Oct 09:05  5 min  worst 34.0% (17 of 50 calls), still open at the end" in text


def test_no_readings_at_all() -> None:
    assert backtest_text(watched(), backtest(watched().limits, [])) == "Not evaluated yet."


EVENING = datetime(2026, 10, 26, 16, 0, tzinfo=UTC)  # Monday, 18:00 in Riga: the desk closes


def test_what_falls_into_closed_hours_counts_as_it_is_told() -> None:
    document = policy(calendar="desk")
    rule = document.rules["support-abandonment"]
    hours = document.calendar(rule.calendar)
    night = [
        (EVENING - FIVE, BAD),  # told at once
        (EVENING, GOOD),
        (EVENING + FIVE, BAD),  # comes and goes
        (EVENING + 2 * FIVE, GOOD),
        (EVENING + 3 * FIVE, BAD),  # still there at the opening
        (EVENING + timedelta(hours=16), GOOD),
    ]
    found = backtest(threshold(rule), night)
    opening = EVENING + timedelta(hours=15)
    assert [one.told_at(hours) for one in found.episodes] == [EVENING - FIVE, None, opening]
    assert [one.told_at(None) for one in found.episodes] == [one.fired_at for one in found.episodes]
    text = backtest_text(watched(calendar="desk"), found, hours).splitlines()
    assert text[0].startswith("Support abandonment would have alerted 2 × ")
    assert text[1] == "Another 1 × it came and went in closed hours; that is handed over at the opening."
    assert text[5] == "Mon 26 Oct 18:05  5 min  worst 34.0% (17 of 50 calls), in closed hours"
    assert [line for line in text if "█" in line] == [
        "09:00 ████████████████████████ 1",
        "17:00 ████████████████████████ 1",
    ]


def test_a_backtest_takes_the_rule_as_it_stood() -> None:
    relative = Threshold(relative=Relative(deviation=3, clear_deviation=3, side="above"))

    def stood(_: Measurement | None, at: datetime) -> Threshold:
        return replace(relative, usual=Usual(median=0.1 if at < START + FIVE else 0.3, spread=0.02, weeks=8))

    assert len(backtest(relative, series(BAD, BAD), stood).episodes) == 1
    assert backtest(relative, series(BAD, BAD), stood).episodes[0].ended_at == START + FIVE
    assert backtest(relative, series(BAD, BAD)).unjudged == 2


def test_rolling_windows_are_sums_of_neighbouring_slots() -> None:
    slots = series(of(1, 10), of(2, 10), of(3, 10), None, of(4, 10), of(5, 10), step_by=timedelta(minutes=15))
    found = rolling(slots, timedelta(minutes=15), timedelta(minutes=30))
    assert [reading for _, reading in found] == [of(3, 20), of(5, 20), None, None, of(9, 20)]
    assert found[0][0] == START + timedelta(minutes=30)


def test_the_longest_wait_of_a_window_is_the_longest_of_its_slots_and_a_stock_its_last() -> None:
    slots = series(*(Measurement(numerator=seconds) for seconds in (40, 90, 20)))
    assert [one.numerator for _, one in rolling(slots, FIVE, 2 * FIVE, "longest_wait") if one] == [90, 90]
    assert [one.numerator for _, one in rolling(slots, FIVE, 2 * FIVE, "backlog") if one] == [90, 20]
    assert [one.numerator for _, one in rolling(slots, FIVE, 2 * FIVE, "offered") if one] == [130, 110]


def test_a_rule_of_the_policy_becomes_its_limits() -> None:
    rule = Rule.model_validate(
        {"kpi": "service_level", "fire_below": 0.7, "clear_at": 0.8, "for": "5m", "clear_for": "10m", "cooldown": "1h"}
    )
    assert threshold(rule) == Threshold(
        fire_below=0.7,
        clear_at=0.8,
        hold=timedelta(minutes=5),
        clear_hold=timedelta(minutes=10),
        cooldown=timedelta(hours=1),
        min_sample=20,
        confidence=0.95,
    )


def test_the_interval_is_on_for_shares_of_counted_items_and_off_for_all_else() -> None:
    def confidence(kpi: str, **keys: object) -> float:
        return threshold(Rule.model_validate({"kpi": kpi, "fire_above": 0.1, **keys})).confidence

    assert {confidence(kpi) for kpi in ("abandonment_rate", "service_level.sl2", "csat", "fcr")} == {0.95}
    others = ("asa", "asa.p90", "offered", "occupancy", "quality_score", "resolution_rate", "plan_attainment", "nps")
    assert {confidence(kpi) for kpi in others} == {0}
    assert confidence("abandonment_rate", confidence=0) == 0
    assert confidence("abandonment_rate", confidence=0.99) == 0.99


readings = st.lists(
    st.one_of(st.none(), st.integers(0, 60).flatmap(lambda n: st.integers(0, n).map(lambda part: of(part, n)))),
    max_size=80,
)


@given(readings, st.integers(0, 4), st.integers(0, 4))
def test_the_backtest_counts_what_would_have_been_sent(
    past: list[Measurement | None], hold: int, clear_hold: int
) -> None:
    rule = Threshold(fire_above=0.3, clear_at=0.2, min_sample=10, hold=hold * FIVE, clear_hold=clear_hold * FIVE)
    found = backtest(rule, series(*past))
    state, fired, ended = State(), 0, 0
    for at, reading in series(*past):
        state, notice = step(state, reading, rule, at)
        fired += notice is not None and notice.kind == "fired"
        ended += notice is not None and notice.kind == "recovered"
    assert len(found.episodes) == fired
    assert sum(one.ended_at is not None for one in found.episodes) == ended


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_every_status_has_its_own_text(language: str) -> None:
    watched_here = replace(watched(), language=language)
    texts = set()
    for reading in (GOOD, BAD, of(1, 2), None):
        state, _ = step(State(), reading, watched_here.limits, START)
        texts.add(standing(watched_here, state, START))
    pending, _ = step(State(), BAD, replace(watched_here.limits, hold=FIVE), START)
    relative = Threshold(relative=Relative(deviation=3, clear_deviation=3))
    history, _ = step(State(), BAD, relative, START)
    closed, _ = step(State(), BAD, replace(relative, closed=True), START)
    texts |= {standing(replace(watched_here, limits=relative), one, START) for one in (history, closed)}
    unsure, _ = step(State(), of(5, 22), watched_here.limits, START)
    texts |= {standing(watched_here, one, START) for one in (pending, unsure, State())}
    assert len(texts) == 9
