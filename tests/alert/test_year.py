"""The made-up year in small: the default rules beside the bare limits of the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import exp, factorial

import pytest

from plugin.alert.rule import threshold
from plugin.alert.threshold import Relative, Threshold
from tests.alert_year import _trial
from tests.alert_year._centre import QUEUES, Centre, centre
from tests.alert_year._incidents import DAY, HOUR, Incident, Kind
from tests.alert_year._line import year
from tests.alert_year._readings import minutes_of, readings
from tests.alert_year._rules import default_rules
from tests.alert_year._score import score
from tests.alert_year._served import Served, abandonment
from tests.alert_year._silence import muted, silent
from tests.alert_year._trial import BARE, DEFAULT, Task, scored, tried
from tests.alert_year._watching import Alert, bare, farther, notices

SEED, WEEKS = 1, 4
SUPPORT, SALES, EMERGENCY, BOT = (queue for queue in QUEUES if queue.name != "Billing")


def _days(number: int, seed: int = SEED) -> Centre:
    """Without anything planted."""
    return replace(centre(seed, WEEKS), incidents=(), minutes=number * DAY)


def test_guards_halve_false_alerts_find_as_much_and_are_mostly_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_trial, "FACTORS", (1.3,))
    scores = scored([tried(Task(seed=SEED, weeks=WEEKS, queues=(queue,))) for queue in (SUPPORT, BOT)])
    assert scores[DEFAULT].found >= scores[BARE].found > 0
    assert scores[DEFAULT].precision > 0.5
    for name, other in scores.items():
        assert name == DEFAULT or scores[DEFAULT].false <= other.false / 2


def test_the_same_seed_is_the_same_centre() -> None:
    first, again, other = (year(_days(5, seed), EMERGENCY).told for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("kpi", ["service_level", "offered"])
def test_minutes_passed_over_change_nothing_of_what_is_told(kpi: str) -> None:
    of = _days(36)
    known = year(of, SALES).told
    rule = next(rule for _, rule in default_rules(SALES) if rule.kpi == kpi)
    limits, window = threshold(rule), int(rule.window_s // 60)
    minutes = minutes_of(readings(known, of.open_hours["Sales"], kpi, window), window, limits.relative)
    # Close to what is usual, so that much is told.
    if limits.relative is None:
        limits = replace(limits, fire_below=0.85, clear_at=0.9, confidence=0.5)
    else:
        limits = replace(limits, relative=replace(limits.relative, deviation=2.5))
    for each in (limits, bare(limits)):
        told = list(notices(minutes, each, 28 * DAY))
        assert len(told) > 4
        assert told == list(notices(minutes, each, 28 * DAY, each=True))


def test_as_many_give_up_as_the_formula_expects() -> None:
    # As long as patience equals handling, leaving is as quick at any number: that number is Poisson.
    load, agents = 1.5 * 3, 4
    waiting = sum((k - agents) * exp(-load) * load**k / factorial(k) for k in range(agents, 60))
    assert abandonment(1.5, agents, 3.0) == pytest.approx(waiting / load)
    of = _days(40)
    found = year(of, SALES)
    lost = sum(not one[1] for known in found.told for one in known or ())
    at_once = 0.02 * found.served.callers[-1]
    assert lost - at_once == pytest.approx(found.served.lost[-1], rel=0.25)


def test_callers_are_badly_served_when_one_in_ten_is_bound_to_give_up() -> None:
    served = Served()
    for minute in range(120):
        served.add(1.0, 7 if minute < 60 else 4, 5.0)
    assert abandonment(1.0, 7, 5.0) < 0.1 < abandonment(1.0, 4, 5.0)
    assert (served.was_bad(60), served.was_bad(90)) == (False, True)
    served.add(1.0, 0, 5.0)
    assert served.callers[-1] == served.callers[-2], "a closed queue serves nobody"


def test_callers_of_a_closed_queue_are_heard_of_but_not_offered() -> None:
    of = _days(7)
    nights = [
        known
        for minute, known in enumerate(year(of, SUPPORT).told)
        if known is not None and not of.open_hours["Support"][minute // HOUR] and minute % DAY < 6 * HOUR
    ]
    assert nights
    assert not any(nights)


def test_a_silent_source_is_told_once_for_all_its_queues_and_mutes_their_rules() -> None:
    of = _days(80)
    start = next(day for day in range(60, 80) if of.open_hours["Sales"][day * 24 + 10]) * DAY + 10 * HOUR
    silence = Incident(kind=Kind.SILENT_SOURCE, queues=("Sales", "Emergency"), start=start, end=start + 180, strength=0)
    of = replace(of, incidents=(silence,), minutes=start + DAY)
    [alert] = silent(of, silence.queues, [year(of, queue).told for queue in (SALES, EMERGENCY)])
    assert start + 30 <= alert.fired <= start + 170
    assert start + 180 < (alert.over or 0) <= start + 200
    assert alert.queues == silence.queues
    assert muted([alert], timedelta(minutes=30)) == [(alert.fired, (alert.over or 0) + 30)]


def test_a_muted_rule_does_not_fire() -> None:
    lost = [[(minute, False, False)] for minute in range(60)]
    minutes = minutes_of(readings(lost, [True], "abandonment_rate", 15), 15, None)
    limits = Threshold(fire_above=0.2)
    assert [minute for _, minute in notices(minutes, limits, 0)] == [1]
    assert [minute for _, minute in notices(minutes.muted([(0, 40)]), limits, 0)] == [41]


def test_a_contact_is_in_the_window_of_its_entry_from_when_its_end_is_known() -> None:
    minutes = [None, [(0, True, True), (1, False, False)], None, [(1, True, False)], None, None]
    measured = readings(minutes, [True], "abandonment_rate", 3)
    assert [measured.at(minute).numerator for minute in range(6)] == [0, 1, 1, 1, 0, 0]
    assert [measured.at(minute).denominator for minute in range(6)] == [0, 2, 2, 2, 0, 0]
    assert measured.opened == [1, 2, 3, 3, 3, 3]


def test_bare_limits_are_the_same_limits_without_guards() -> None:
    rules = dict(default_rules(QUEUES[0]))
    guarded = threshold(rules["support_loses_callers"])
    assert (guarded.hold, guarded.confidence) == (timedelta(minutes=5), 0.999)
    assert bare(guarded) == Threshold(fire_above=guarded.fire_above)
    unusual = bare(threshold(rules["support_unusual"]))
    assert unusual.relative == Relative(deviation=6, clear_deviation=6)


def test_limits_farther_out_leave_less_room_beyond_them() -> None:
    assert farther(Threshold(fire_above=0.2), 2) == Threshold(fire_above=0.6)
    assert farther(Threshold(fire_below=0.5), 2) == Threshold(fire_below=0.25)
    unusual = farther(Threshold(relative=Relative(deviation=4, clear_deviation=2)), 1.5)
    assert unusual.relative == Relative(deviation=6, clear_deviation=6)


def test_an_alert_is_right_only_about_its_own_queue_and_time() -> None:
    incident = Incident(kind=Kind.SPIKE, queues=("Sales",), start=100_000, end=100_100, strength=3)
    right = Alert(rule="r", queues=("Sales",), fired=100_020, told=100_025, over=100_090)
    others = [replace(right, queues=("Support",)), replace(right, fired=99_999), replace(right, fired=100_161)]
    found = score([right, *others], [incident], 52)
    assert (found.found, found.planted, found.true, found.false, found.alerts) == (1, 1, 0, 3, 4)
    assert (found.minutes, found.messages) == ((25,), 8)
    assert score(others, [incident], 52).found == 0


def test_an_alert_when_callers_were_badly_served_is_not_false_and_not_planted() -> None:
    incident = Incident(kind=Kind.SPIKE, queues=("Sales",), start=100_000, end=100_100, strength=3)
    true = Alert(rule="r", queues=("Support",), fired=100_020, told=100_025, over=100_090, badly_served=True)
    found = score([true, replace(true, badly_served=False)], [incident], 52)
    assert (found.planted, found.true, found.false) == (0, 1, 1)
    assert (found.precision, found.strict_precision) == (0.5, 0)


def test_what_fires_in_every_week_finds_by_chance() -> None:
    incident = Incident(kind=Kind.SPIKE, queues=("Sales",), start=100_000, end=100_100, strength=3)
    one = Alert(rule="r", queues=("Sales",), fired=100_020, told=100_025, over=100_090)
    after = replace(one, fired=one.fired + 10_080, told=one.told + 10_080, over=100_090 + 10_080)
    assert score([one], [incident], 52).by_chance == 0
    assert score([one, after], [incident], 52).by_chance == 1
