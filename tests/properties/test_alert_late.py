"""Bands, absences and what is usual, over calls of which some become known late, on both databases.

A late call changes what windows of the past and of the present measure. It never makes a second alert or end of an incident, nor a
message about a moment that is over: what is said at a moment is what was known then of the window that ends there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alert_breaches import Manner
from alert_desk import message, policy_of, said
from alert_hearing import Hearing
from alert_ledger import Absence, Band, Call, Ledger, Observer, Unusual
from alert_machine import HOURS, MINUTE, START, WORKERS, Telling, open_hours, run
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import Engine

from plugin.kpi.metric import Measurement

EXAMPLES = {"sqlite": 5, "postgresql": 3}
STEPS = 20
FLOOR, LEADS = "C0FLOOR", "lead@example.com"
WEEK = timedelta(days=7)
COUNT = {"kpi": "offered", "fire_above": None, "clear_at": None, "calendar": "desk"}
KINDS: dict[str, dict[str, object]] = {
    "band": {
        "fire_below": 0.2,
        "fire_above": 0.6,
        "clear_at": None,
        "clear_by": 0.1,
        "confidence": 0,
        "min_sample": 5,
        "for": "2m",
        "clear_for": "2m",
    },
    "absent": {**COUNT, "absent": True, "window": "20m"},
    "usual": {**COUNT, "deviation": 3.0, "clear_deviation": 2.0, "side": "above", "weeks": 4, "weeks_min": 2},
}
POLICY = policy_of(KINDS, calendars={"desk": HOURS}, alerting={"group_window": 0})
#: calls in two minutes
CALM, RUSH, NOTHING = ({"band": 4, "absent": each, "usual": each} for each in (1, 12, 0))
ANY = st.fixed_dictionaries({name: st.sampled_from([0, 1, 2, 9]) for name in KINDS})
RATES = st.one_of(st.sampled_from([CALM, RUSH, NOTHING]), ANY)
LATE = st.sampled_from([0, 0, 0, 3, 12, 40, 7 * 24 * 60]).map(lambda minutes: minutes * MINUTE)
AGO = st.sampled_from([1, 8, 18, 200, *(week * 7 * 24 * 60 + more for week in (1, 2, 3) for more in (-8, 2))])
AHEAD = st.sampled_from([20, 60, 700, 3600]).map(lambda seconds: timedelta(seconds=seconds))
LOST = st.sampled_from([0.0, 0.5, 1.0, 1.0])


class Late(Telling):
    """Each rule watches a queue of its own name; of one it is known what came in the weeks before."""

    policy = POLICY

    def __init__(self) -> None:
        super().__init__()
        hours = open_hours()
        past = [START - 4 * WEEK + number * 4 * MINUTE for number in range(4 * 7 * 24 * 15)]
        known = [Call(each, each, lost=False) for each in past if (each + MINUTE * 600).weekday() in (6, 0)]
        self.ledgers = {"band": Ledger(), "absent": Ledger(), "usual": Ledger(calls=known)}
        self.observers: dict[str, Observer] = {
            "band": Band(ledger=self.ledgers["band"], window=15 * MINUTE, hold=2 * MINUTE, clear_hold=2 * MINUTE),
            "absent": Absence(ledger=self.ledgers["absent"], window=20 * MINUTE, open_hours=hours),
            "usual": Unusual(ledger=self.ledgers["usual"], window=15 * MINUTE, open_hours=hours),
        }
        self.hearing = Hearing(
            rules={"band": Manner(), "absent": Manner(hours=True), "usual": Manner(hours=True)},
            targets=(FLOOR, LEADS),
            mails=(LEADS,),
            boss="",
            window=timedelta(0),
            open_hours=hours,
        )
        #: what was known of its window at each moment
        self.known: dict[tuple[str, datetime], float] = {}

    def measure(self, kpi: str, only: dict[str, str], start: datetime, end: datetime) -> Measurement | None:
        lost, offered = self.ledgers[only["queue"]].count(start, end, self.now)
        if kpi == "offered":
            return Measurement(numerator=offered)
        return Measurement(numerator=lost, denominator=offered)

    def expect(self) -> None:
        self.hearing.evaluate({name: each.sees(self.now) for name, each in self.observers.items()}, self.now)
        for name, each in self.observers.items():
            self.known[name, self.now] = each.counted(self.now).offered

    @rule(rates=RATES, times=st.sampled_from([2, 5, 8]), lost=LOST, late=LATE, workers=WORKERS)
    def calls_come(self, rates: dict[str, int], times: int, lost: float, late: timedelta, workers: int) -> None:
        for _ in range(times):
            for name, rate in rates.items():
                for number in range(rate):
                    at = self.now + (number + 1) * timedelta(seconds=9)
                    bad = (number + 0.5) / rate < lost
                    self.ledgers[name].calls.append(Call(at, at + late, bad))
            self.evaluate(2 * MINUTE, workers)

    @rule()
    def what_waits_is_delivered(self) -> None:
        self.deliver()

    @rule(ahead=AHEAD, workers=WORKERS)
    def time_passes(self, ahead: timedelta, workers: int) -> None:
        self.evaluate(ahead, workers)

    @rule(after=st.sampled_from([0, 10, 30]), days=st.sampled_from([0, 0, 1, 6]))
    def the_doors_open(self, after: int, days: int) -> None:
        opening = self.hearing.next_opening(self.now + days * timedelta(days=1))
        self.evaluate(opening - self.now + after * MINUTE)

    @rule(name=st.sampled_from(list(KINDS)), ago=AGO, number=st.integers(1, 25), lost=st.booleans())
    def calls_become_known_late(self, name: str, ago: int, number: int, lost: bool) -> None:
        at = self.now - ago * MINUTE
        self.ledgers[name].calls += [Call(at + each * timedelta(seconds=1), self.now, lost) for each in range(number)]
        if self.known:
            self.changes_nothing(lambda: self.evaluate_again(timedelta(0)))

    @precondition(lambda self: self.known)
    @rule(back=st.sampled_from([0, 1, 90, 3600, 7 * 86400]))
    def a_moment_comes_again(self, back: int) -> None:
        self.changes_nothing(lambda: self.evaluate_again(timedelta(seconds=back)))

    def evaluate_again(self, back: timedelta) -> None:
        self.desk.queues(self.now - back, {name: Measurement(numerator=0) for name in KINDS})

    @invariant()
    def what_is_said_was_known_of_the_window_that_ends_then(self) -> None:
        for row in (row for row in self.rows if said(row) == "fired"):
            (told,) = message(row).data["incidents"]  # type: ignore[misc, union-attr]
            assert isinstance(told, dict)
            if told["opened_at"] == row.created_at.isoformat():
                assert told["n"] == self.known[str(told["rule"]), row.created_at]


def test_what_becomes_known_late_is_judged_from_then_on_and_nothing_is_told_of_what_is_over(engine: Engine) -> None:
    run(Late, engine, EXAMPLES[engine.dialect.name], STEPS)
