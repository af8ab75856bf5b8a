"""Rules that share a channel, in any order of events, on both databases: people hear what the little model of `alert_hearing` says.

Every sound and every change of a message is one that a change of state explains: fired, joined, repeated, passed on, acknowledged,
snoozed, woken, recovered, handed over. Restarts, jumps of the clock, the hour that comes twice and second workers leave no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from alert_breaches import Manner
from alert_desk import policy_of
from alert_hearing import Hearing, Sees
from alert_machine import HOURS, MINUTE, START, WORKERS, Telling, open_hours, run
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Engine

from plugin.alert.board import ACKNOWLEDGE, OPENING, SNOOZE, SNOOZES, UNSNOOZE
from plugin.kpi.metric import Measurement

EXAMPLES = {"sqlite": 5, "postgresql": 3}
STEPS = 20
FLOOR, LEADS, BOSS = "C0FLOOR", "lead@example.com", "boss@example.com"
RULES = {
    "desk": Manner(hours=True, repeat=5 * MINUTE, most=2, escalate_after=8 * MINUTE),
    "plain": Manner(hours=True),
    "always": Manner(repeat=10 * MINUTE, most=3),
    "loud": Manner(hours=True, critical=True, escalate_after=6 * MINUTE),
}


def _rule(manner: Manner) -> dict[str, object]:
    found: dict[str, object] = {"calendar": "desk"} if manner.hours else {}
    if manner.critical:
        found["severity"] = "critical"
    if manner.repeat:
        found |= {"repeat": f"{manner.repeat // MINUTE}m", "repeat_most": manner.most}
    if manner.escalate_after:
        found |= {"escalate_after": f"{manner.escalate_after // MINUTE}m", "escalate_to": ["boss"]}
    return found


POLICY = policy_of(
    {name: _rule(manner) for name, manner in RULES.items()},
    channels={
        "floor": {"kind": "slack", "channel": FLOOR},
        "leads": {"kind": "email", "to": [LEADS]},
        "boss": {"kind": "email", "to": [BOSS]},
    },
    calendars={"desk": HOURS},
    alerting={"group_window": "3m"},
)
READINGS = {
    "bad": Measurement(numerator=25, denominator=50),
    "between": Measurement(numerator=6, denominator=50),
    "good": Measurement(numerator=2, denominator=50),
    None: None,
}
SEES: st.SearchStrategy[Sees] = st.sampled_from(["bad", "bad", "bad", "good", "good", "between", None])
AHEAD = st.sampled_from([20, 20, 60, 60, 60, 300, 1200, 3 * 3600]).map(lambda seconds: timedelta(seconds=seconds))
BACK = st.sampled_from([0, 1, 90, 3600, 86400]).map(lambda seconds: timedelta(seconds=seconds))
#: how far the clock of a web process is behind
BEHIND = st.sampled_from([0, 0, 30]).map(lambda seconds: timedelta(seconds=seconds))
BUTTONS = (ACKNOWLEDGE, UNSNOOZE, *(SNOOZE + name for name in (*SNOOZES, OPENING)))


class Sharing(Telling):
    """Each rule sees what it saw before until that changes."""

    policy = POLICY

    def __init__(self) -> None:
        super().__init__()
        self.sees: dict[str, Sees] = dict.fromkeys(RULES, "good")
        self.hearing = Hearing(
            rules=RULES,
            targets=(FLOOR, LEADS),
            mails=(LEADS, BOSS),
            boss=BOSS,
            window=3 * MINUTE,
            open_hours=open_hours(),
        )

    def measure(self, kpi: str, only: dict[str, str], start: datetime, end: datetime) -> Measurement | None:
        return READINGS[self.sees[only["queue"]]]

    def expect(self) -> None:
        self.hearing.evaluate(self.sees, self.now)

    @rule(name=st.sampled_from(list(RULES)), sees=SEES, ahead=AHEAD, workers=WORKERS)
    def one_rule_sees_something_else(self, name: str, sees: Sees, ahead: timedelta, workers: int = 1) -> None:
        self.sees[name] = sees
        self.evaluate(ahead, workers)

    @rule(sees=SEES, ahead=AHEAD, workers=WORKERS)
    def all_see_the_same(self, sees: Sees, ahead: timedelta, workers: int = 1) -> None:
        self.sees = dict.fromkeys(RULES, sees)
        self.evaluate(ahead, workers)

    @rule(names=st.permutations(list(RULES)), ahead=st.sampled_from([20, 60]), delivered=st.booleans())
    def one_fails_after_the_other(self, names: list[str], ahead: int, delivered: bool) -> None:
        for name in names:
            self.one_rule_sees_something_else(name, "bad", timedelta(seconds=ahead))
            if delivered:
                self.deliver()

    @rule(minutes=st.integers(3, 9), workers=WORKERS)
    def it_stays_so(self, minutes: int, workers: int) -> None:
        for _ in range(minutes):
            self.evaluate(MINUTE, workers)

    @rule()
    def what_waits_is_delivered(self) -> None:
        self.deliver()

    @rule()
    def the_doors_open(self) -> None:
        self.evaluate(self.hearing.next_opening(self.now) - self.now)

    @precondition(lambda self: self.hearing.breaches)
    @rule(button=st.sampled_from(BUTTONS), which=st.integers(0, 3), behind=BEHIND, two=st.booleans())
    def somebody_answers(self, button: str, which: int, behind: timedelta, two: bool) -> None:
        number = max(1, len(self.hearing.breaches) - which)
        self.press(button, number, self.now - behind, ["Anna", "Boris"] if two else ["Anna"])

    @precondition(lambda self: any(not each.ended for each in self.hearing.breaches))
    @rule(ahead=AHEAD)
    def it_comes_back_within_a_snooze_that_is_ended(self, ahead: timedelta) -> None:
        breach = next(each for each in self.hearing.breaches if not each.ended)
        self.press(SNOOZE + "2h", breach.number, self.now)
        self.one_rule_sees_something_else(breach.rule, "good", MINUTE)
        self.one_rule_sees_something_else(breach.rule, "bad", MINUTE)
        self.unsnooze(breach.rule)
        self.evaluate(ahead)

    @rule(name=st.sampled_from(list(RULES)))
    def a_snooze_is_ended_by_the_name_of_its_rule(self, name: str) -> None:
        self.unsnooze(name)

    @rule()
    def all_is_over_and_nothing_is_left_untold(self) -> None:
        self.all_see_the_same("good", MINUTE)
        self.now = max([self.now, *self.hearing.snoozed.values()])
        self.the_doors_open()
        self.deliver()
        assert all(each.told_at for each in self.desk.incidents())
        assert all(row.state == "sent" for row in self.desk.outbox())

    @precondition(lambda self: self.now > START)
    @rule(back=BACK, sees=SEES)
    def a_moment_comes_again(self, back: timedelta, sees: Sees) -> None:
        self.changes_nothing(lambda: self.desk.at(self.now - back, READINGS[sees]))


def _answered(here: Sharing, button: str) -> None:
    """What fails next is told aloud; while the answer holds nothing is repeated or passed on, afterwards it is counted anew."""
    for name in ("desk", "loud"):
        here.one_rule_sees_something_else(name, "bad", MINUTE)
        here.press(button, len(here.hearing.breaches), here.now)
        here.one_rule_sees_something_else("plain", "good", MINUTE)
        here.one_rule_sees_something_else("plain", "bad", MINUTE / 3)
    here.it_stays_so(11, 1)
    here.evaluate(19 * MINUTE)
    here.it_stays_so(9, 1)


def _snoozed_together(here: Sharing) -> None:
    here.all_see_the_same("bad", MINUTE)
    here.press(SNOOZE + "30m", 1, here.now)
    here.evaluate(30 * MINUTE)
    here.it_stays_so(9, 1)


def _over_a_night(here: Sharing, ends: Sees) -> None:
    """It fails five minutes before the doors close; until they open again nothing is said of it."""
    closes = next(closes for _, closes in here.hearing.open_hours if closes > here.now)
    here.evaluate(closes - here.now - 5 * MINUTE)
    here.one_rule_sees_something_else("desk", "bad", timedelta(seconds=1))
    here.evaluate(6 * MINUTE)
    here.all_see_the_same(ends, MINUTE)
    here.the_doors_open()
    here.it_stays_so(4, 1)


def _one_after_the_other(here: Sharing) -> None:
    here.one_fails_after_the_other(["desk", "plain", "always", "loud"], 100, delivered=True)
    here.all_is_over_and_nothing_is_left_untold()


def _back_within_a_snooze(here: Sharing) -> None:
    here.one_rule_sees_something_else("desk", "bad", MINUTE)
    here.it_comes_back_within_a_snooze_that_is_ended(6 * MINUTE)


SCENES: dict[str, Callable[[Sharing], None]] = {
    "acknowledged": partial(_answered, button=ACKNOWLEDGE),
    "snoozed": partial(_answered, button=SNOOZE + "30m"),
    "snoozed together": _snoozed_together,
    "over a night": partial(_over_a_night, ends="bad"),
    "over at night": partial(_over_a_night, ends="good"),
    "one after the other": _one_after_the_other,
    "back within a snooze": _back_within_a_snooze,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_that_chance_seldom_makes_is_heard_as_the_model_says(engine: Engine, scene: str) -> None:
    here = type("Here", (Sharing,), {"engine": engine})()
    here.the_doors_open()
    SCENES[scene](here)
    here.all_that_is_said_has_its_reason()


def test_people_hear_of_every_change_of_state_once_and_of_nothing_else(engine: Engine) -> None:
    run(Sharing, engine, EXAMPLES[engine.dialect.name], STEPS)
