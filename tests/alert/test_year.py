"""The made-up year in small: the default rules beside the bare limits of the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from plugin.alert.rule import threshold
from plugin.alert.threshold import Relative, Threshold
from tests.alert_year._centre import QUEUES, centre, told
from tests.alert_year._incidents import Incident, Kind
from tests.alert_year._rules import default_rules
from tests.alert_year._score import score
from tests.alert_year._trial import BARE, DEFAULT, scored, tasks, tried
from tests.alert_year._watching import Alert, bare, farther, readings

SEED, WEEKS = 1, 4
WATCHED = ("Support", "Bot")


def test_guards_halve_false_alerts_and_find_as_much() -> None:
    scores = scored([tried(task) for task in tasks([SEED], WEEKS) if task.queue.name in WATCHED])
    assert scores[DEFAULT].found >= scores[BARE].found > 0
    for name, other in scores.items():
        assert name == DEFAULT or scores[DEFAULT].false <= other.false / 2


def test_the_same_seed_is_the_same_centre() -> None:
    emergency = next(queue for queue in QUEUES if queue.name == "Emergency")
    first, again, other = (told(centre(seed, 6), emergency) for seed in (1, 1, 2))
    assert first == again != other


def test_a_contact_is_in_the_window_of_its_entry_from_when_its_end_is_known() -> None:
    minutes = [None, [(0, True, True), (1, False, False)], None, [(1, True, False)], None, None]
    measured = readings(minutes, [True], "abandonment_rate", 3)
    assert [measured.at(minute).numerator for minute in range(6)] == [0, 1, 1, 1, 0, 0]
    assert [measured.at(minute).denominator for minute in range(6)] == [0, 2, 2, 2, 0, 0]
    assert measured.opened == [1, 2, 3, 3, 3, 3]


def test_bare_limits_are_the_same_limits_without_guards() -> None:
    rules = dict(default_rules(QUEUES[0]))
    guarded = threshold(rules["support_loses_callers"])
    assert (guarded.hold, guarded.confidence) == (timedelta(minutes=5), 0.95)
    assert bare(guarded) == Threshold(fire_above=guarded.fire_above)
    unusual = bare(threshold(rules["support_unusual"]))
    assert unusual.relative == Relative(deviation=4, clear_deviation=4)


def test_limits_farther_out_leave_less_room_beyond_them() -> None:
    assert farther(Threshold(fire_above=0.2), 2) == Threshold(fire_above=0.6)
    assert farther(Threshold(fire_below=0.5), 2) == Threshold(fire_below=0.25)
    unusual = farther(Threshold(relative=Relative(deviation=4, clear_deviation=2)), 1.5)
    assert unusual.relative == Relative(deviation=6, clear_deviation=6)


def test_an_alert_is_right_only_about_its_own_queue_and_time() -> None:
    incident = Incident(kind=Kind.SPIKE, queues=("Sales",), start=100_000, end=100_100, strength=3)
    right = Alert(rule="r", queue="Sales", fired=100_020, told=100_025, over=100_090)
    others = [replace(right, queue="Support"), replace(right, fired=99_999), replace(right, fired=100_161)]
    found = score([right, *others], [incident], 52)
    assert (found.found, found.false, found.alerts, found.minutes, found.messages) == (1, 3, 4, (25,), 8)
    assert score(others, [incident], 52).found == 0


def test_what_fires_in_every_week_finds_by_chance() -> None:
    incident = Incident(kind=Kind.SPIKE, queues=("Sales",), start=100_000, end=100_100, strength=3)
    one = Alert(rule="r", queue="Sales", fired=100_020, told=100_025, over=100_090)
    after = replace(one, fired=one.fired + 10_080, told=one.told + 10_080, over=100_090 + 10_080)
    assert score([one], [incident], 52).by_chance == 0
    assert score([one, after], [incident], 52).by_chance == 1
