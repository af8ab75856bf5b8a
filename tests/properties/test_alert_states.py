"""Rules evaluated in any order of events, on both databases: what is told is what one undisturbed evaluation would have told.

Beside the program runs the pure step over the moments that count: those later than all before. Restarts, moments that come twice or
too late (with other readings, as late data makes them), jumps of the clock and a second worker must leave no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from alert_desk import Desk, create_tables, said
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, delete
from sqlmodel import Session, SQLModel, col, select

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.evaluate import evaluate_rules
from plugin.alert.rule import threshold
from plugin.alert.state import Notice, NoticeKind, State, step
from plugin.alert.tables import Incident, IncidentGroup, RuleState
from plugin.database import open_engine, session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.tables import OutboxMessage
from plugin.policy.calendar import is_open
from plugin.policy.document import Document

#: 02:50 in Riga; at 04:00 its clocks go back to 03:00
START = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
#: how many sequences each database sees
EXAMPLES = {"sqlite": 8, "postgresql": 6}
STEPS = 20
ALWAYS, DESK = "always", "desk"
#: a channel of each kind for each rule, so that no rule joins the message of the other
TARGETS = {ALWAYS: ("C0ALWAYS", "always@example.com"), DESK: ("C0DESK", "desk@example.com")}
#: open over the hour that comes twice
HOURS = ["03:15-09:00", "14:00-18:00"]


def policy() -> Document:
    watched = {
        "kpi": "abandonment_rate",
        "fire_above": 0.3,
        "clear_at": 0.2,
        "min_sample": 10,
        "for": "2m",
        "clear_for": "1m",
        "cooldown": "5m",
    }
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    channels: dict[str, object] = {}
    for name, (slack, mail) in TARGETS.items():
        channels |= {f"{name}-slack": {"kind": "slack", "channel": slack}}
        channels |= {f"{name}-mail": {"kind": "email", "to": [mail]}}
    return Document.model_validate(
        {
            "timezone": "Europe/Riga",
            "channels": channels,
            "calendars": {"desk": dict.fromkeys(days, HOURS)},
            "rules": {
                name: {**watched, "targets": [f"{name}-slack", f"{name}-mail"], **more}
                for name, more in ((ALWAYS, {}), (DESK, {"calendar": "desk"}))
            },
        }
    )


POLICY = policy()
BAD, GOOD = Measurement(numerator=25, denominator=50), Measurement(numerator=2, denominator=50)
#: conclusive, chance, between, good, too few, and nothing measured
READINGS = st.sampled_from(
    [
        BAD,
        Measurement(numerator=30, denominator=50),
        Measurement(numerator=4, denominator=12),
        Measurement(numerator=13, denominator=50),
        GOOD,
        Measurement(numerator=3, denominator=3),
        None,
    ]
)
AHEAD = st.sampled_from([1, 20, 60, 60, 60, 120, 300, 1200, 5 * 3600]).map(lambda seconds: timedelta(seconds=seconds))
BACK = st.sampled_from([0, 1, 90, 3600, 86400]).map(lambda seconds: timedelta(seconds=seconds))


class Watching(RuleBasedStateMachine):
    """`engine` belongs to the test and is emptied for each sequence."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        create_tables(self.engine)
        models: tuple[type[SQLModel], ...] = (RuleState, Incident, IncidentGroup, OutboxMessage)
        with session_scope(self.engine) as session:
            for model in models:
                session.execute(delete(model))
        self.desk = Desk(self.engine, POLICY)
        self.now = START
        self.state = State()
        self.notices: list[Notice] = []

    @rule(reading=READINGS, ahead=AHEAD)
    def a_moment_passes(self, reading: Measurement | None, ahead: timedelta) -> None:
        self.now += ahead
        changed = self.desk.at(self.now, reading)
        assert changed == len(POLICY.rules) * self._expect(reading)

    @rule(reading=st.sampled_from([BAD, GOOD]), minutes=st.integers(2, 5), two=st.booleans())
    def it_stays_so(self, reading: Measurement, minutes: int, two: bool) -> None:
        for _ in range(minutes):
            (self.two_workers_at_once if two else self.a_moment_passes)(reading, timedelta(minutes=1))

    @rule(reading=READINGS, back=BACK)
    def a_moment_comes_again(self, reading: Measurement | None, back: timedelta) -> None:
        if self.state.read_at is not None:
            before = self._rows()
            assert self.desk.at(self.now - back, reading) == 0
            assert self._rows() == before

    @rule(reading=READINGS, ahead=AHEAD)
    def two_workers_at_once(self, reading: Measurement | None, ahead: timedelta) -> None:
        self.now += ahead
        both = Barrier(2, timeout=60)

        def measure(*_: object) -> Measurement | None:
            both.wait()
            return reading

        def evaluate(_: int) -> int:
            return evaluate_rules(self.desk.engine, POLICY, measure, self.now)

        with ThreadPoolExecutor(2) as workers:
            changed = list(workers.map(evaluate, range(2)))
        assert sum(changed) == len(POLICY.rules) * self._expect(reading)

    @rule()
    def a_restart(self) -> None:
        if self.desk.engine is not self.engine:
            self.desk.engine.dispose()
        self.desk = Desk(open_engine(self.engine.url.render_as_string(hide_password=False)), POLICY)

    @rule()
    def somebody_acknowledges(self) -> None:
        incidents = self.desk.incidents()
        if incidents:
            press = Press(button=ACKNOWLEDGE, incident=incidents[-1].id or 0, who="Anna")
            with session_scope(self.engine) as session:
                answer(session, POLICY, press, self.now)

    @invariant()
    def the_incidents_are_those_of_one_undisturbed_evaluation(self) -> None:
        fired = [one.at for one in self.notices if one.kind is NoticeKind.FIRED]
        ended = [one.at for one in self.notices if one.kind is NoticeKind.RECOVERED]
        for name in POLICY.rules:
            incidents = [one for one in self.desk.incidents() if one.rule == name]
            assert [one.fired_at for one in incidents] == fired
            assert [one.recovered_at for one in incidents if one.closed] == ended

    @invariant()
    def an_incident_is_told_once_and_its_end_once(self) -> None:
        told = self._told()
        for incident in self.desk.incidents():
            for target in TARGETS[incident.rule]:
                beginnings = told[incident.id, "fired", target]
                assert beginnings <= 1
                assert told[incident.id, "recovered", target] == (beginnings if incident.closed else 0)
                if incident.rule == ALWAYS:
                    assert beginnings == 1

    @invariant()
    def what_waited_for_the_opening_is_told_within_opening_hours(self) -> None:
        hours = POLICY.calendar("desk")
        assert hours is not None
        for row in self.desk.outbox():
            if row.target in TARGETS[DESK] and said(row) in ("fired", "handover"):
                assert is_open(hours, row.created_at)

    @invariant()
    def nothing_else_is_said(self) -> None:
        handed = {said(row) for row in self.desk.outbox()}
        assert handed <= {"fired", "recovered", "ended", "handover", "acknowledged"}

    def _expect(self, reading: Measurement | None) -> bool:
        self.state, notice = step(self.state, reading, threshold(POLICY.rules[ALWAYS]), self.now)
        self.notices += [notice] if notice else []
        return notice is not None

    def _told(self) -> Counter[tuple[int | None, str, str]]:
        return Counter((int(row.what.split(":")[1]), said(row), row.target) for row in self.desk.outbox())

    def _rows(self) -> Sequence[tuple[str, str]]:
        """All that was told, and where the rules stand."""
        told = [(row.id, row.payload) for row in self.desk.outbox()]
        with Session(self.engine) as session:
            states = session.exec(select(RuleState).order_by(col(RuleState.rule))).all()
        return [*told, *((one.rule, one.state) for one in states)]

    def teardown(self) -> None:
        if self.desk.engine is not self.engine:
            self.desk.engine.dispose()


def test_what_is_told_is_what_an_undisturbed_evaluation_tells(engine: Engine) -> None:
    class Here(Watching):
        pass

    Here.engine = engine
    few = settings(
        max_examples=EXAMPLES[engine.dialect.name],
        stateful_step_count=STEPS,
        deadline=None,
        # To shorten a sequence that failed takes minutes; it has 20 steps at most.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=few)  # type: ignore[no-untyped-call]
