"""Runs alerts beside the little model of `alert_hearing`: after every step, all that was said must be what the model says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from alert_breaches import Sound
from alert_desk import Desk, create_tables, message, said
from alert_hearing import Hearing, Span
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, delete
from sqlmodel import Session, SQLModel, col, select

from plugin.alert.answer import Press, answer, unsnooze_rule
from plugin.alert.evaluate import MeasureWindow, evaluate_rules
from plugin.alert.tables import Incident, IncidentGroup, RuleState
from plugin.database import open_engine, session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.deliver import deliver_due
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.tables import Attempt, Mode, OutboxMessage
from plugin.policy.document import Document

#: 02:50 in Riga; at 04:00 its clocks go back to 03:00
START = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: open over the hour that comes twice
HOURS = dict.fromkeys(DAYS, ("03:15-09:00", "14:00-18:00"))
WORKERS = st.sampled_from([1, 1, 1, 2])
#: what was put into the outbox, with the number of the incident that opened the thread
Rows = Sequence[tuple[OutboxMessage, int]]
_TABLES: tuple[type[SQLModel], ...] = (RuleState, Incident, IncidentGroup, OutboxMessage, Attempt)


def open_hours() -> list[Span]:
    """`HOURS` in UTC from five weeks before the start up to the next spring: in summer time up to the opening of the first day."""
    first = datetime(2026, 10, 25, tzinfo=UTC)
    found = []
    for number in range(-35, 150):
        day = first + number * timedelta(days=1)
        morning, rest = (3 if number <= 0 else 2), (3 if number < 0 else 2)
        found += [
            (day - morning * 60 * MINUTE + 195 * MINUTE, day + (9 - rest) * 60 * MINUTE),
            (day + (14 - rest) * 60 * MINUTE, day + (18 - rest) * 60 * MINUTE),
        ]
    return found


class Ears:
    """Takes all that is sent; after the end of a thread nothing more of it may come."""

    def __init__(self) -> None:
        self.over = set[tuple[str, str]]()

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        thread = (envelope.target, envelope.follows.reference if envelope.follows else envelope.id)
        assert thread not in self.over, message.title
        if message.data.get("state") == "recovered" and envelope.follows:
            self.over.add(thread)
        return Receipt(where=envelope.target, reference=thread[1])

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        assert envelope.follows
        return envelope.follows

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None


class Telling(RuleBasedStateMachine):
    """`engine` belongs to the test and is emptied for each sequence. What a machine adds decides what is measured, and `expect`."""

    engine: Engine
    policy: Document
    hearing: Hearing
    #: measures for one worker at one moment
    measure: MeasureWindow

    def __init__(self) -> None:
        super().__init__()
        create_tables(self.engine)
        with session_scope(self.engine) as session:
            for model in _TABLES:
                session.execute(delete(model))
        self.desk, self.ears, self.now = Desk(self.engine, self.policy), Ears(), START
        #: for when each message was meant, which is not known any more when it was sent
        self.at: dict[str, datetime] = {}

    @property
    def hearings(self) -> Sequence[Hearing]:
        """Each of rules that are told together."""
        return (self.hearing,)

    def expect(self) -> None:
        """Tells the model what every rule sees at this moment."""
        raise NotImplementedError

    def evaluate(self, ahead: timedelta, workers: int = 1) -> None:
        self.now += ahead
        together = Barrier(workers, timeout=60)

        def measure(kpi: str, only: dict[str, str], start: datetime, end: datetime) -> Measurement | None:
            if end == self.now:
                together.wait()
            return self.measure(kpi, only, start, end)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: evaluate_rules(self.desk.engine, self.policy, measure, self.now), range(workers)))
        self.expect()

    def press(self, button: str, number: int, now: datetime, who: Sequence[str] = ("Anna",)) -> None:
        """`number` counts incidents from 1 on; all `who` press at the same moment."""
        incident = self.desk.incidents()[number - 1].id or 0

        def presses(name: str) -> None:
            with session_scope(self.desk.engine) as session:
                answer(session, self.policy, Press(button=button, incident=incident, who=name), now)

        with ThreadPoolExecutor(len(who)) as people:
            list(people.map(presses, who))
        for _ in who:
            self.hearing.press(button.removeprefix("alert."), number, now)

    def unsnooze(self, name: str) -> None:
        with session_scope(self.desk.engine) as session:
            unsnooze_rule(session, self.policy, name, self.now)
        self.hearing.unsnooze_rule(name, self.now)

    def deliver(self) -> None:
        self._look()
        while deliver_due(self.desk.engine, {"slack": self.ears, "email": self.ears}, self.now):
            continue
        for hearing in self.hearings:
            hearing.deliver(self.now)

    @rule()
    def a_restart(self) -> None:
        self.teardown()
        self.desk = Desk(open_engine(self.engine.url.render_as_string(hide_password=False)), self.policy)

    # -- what must hold

    @invariant()
    def all_that_is_said_has_its_reason(self) -> None:
        self._look()
        for hearing in self.hearings:
            numbers = [each.id or 0 for each in self.incidents if each.rule in hearing.rules]
            rows = [(row, numbers.index(of(row)) + 1) for row in self.rows if of(row) in numbers]
            self._people_hear_what_the_model_says(hearing, rows)
            self._every_change_of_a_message_has_a_reason(hearing, rows)
            self._a_message_says_how_each_of_its_incidents_is(hearing, rows)
        assert {each.rule for each in self.incidents} <= {name for each in self.hearings for name in each.rules}

    def _people_hear_what_the_model_says(self, hearing: Hearing, rows: Rows) -> None:
        heard = Counter(
            Sound(said(row), thread, row.target, self.at[row.id]) for row, thread in rows if row.mode != Mode.EDIT
        )
        assert _differences(heard, Counter(hearing.sounds)) == []

    def _every_change_of_a_message_has_a_reason(self, hearing: Hearing, rows: Rows) -> None:
        changed = Counter((said(row), thread) for row, thread in rows if row.mode == Mode.EDIT)
        assert changed <= Counter(hearing.changes)

    def _a_message_says_how_each_of_its_incidents_is(self, hearing: Hearing, rows: Rows) -> None:
        """Where it can be changed, and in a list that waits."""
        expected = {
            each.thread.leader: [one.stands for one in each.thread.members]
            for each in hearing.breaches
            if each.thread is not None
        }
        shown = {
            thread: states(message(row))
            for row, thread in sorted(rows, key=lambda each: each[0].mode == Mode.EDIT)
            if row.kind == "slack" and row.mode != Mode.REPLY and said(row) != "handover"
        }
        assert shown == {thread: expected[thread] for thread in expected if shown}
        for row, thread in rows:
            if said(row) == "joined" and row.mode == Mode.REPLY and not row.attempts:
                assert states(message(row)) == expected[thread]

    def changes_nothing(self, act: Callable[[], object]) -> None:
        before = self._stored()
        act()
        assert self._stored() == before

    # -- how

    def _look(self) -> None:
        self.rows, self.incidents = self.desk.outbox(), self.desk.incidents()
        for row in self.rows:
            self.at.setdefault(row.id, row.next_attempt_at)

    def _stored(self) -> list[tuple[str, str]]:
        """All that was told, and where the rules stand."""
        told = [(row.id, row.payload) for row in self.desk.outbox()]
        with Session(self.desk.engine) as session:
            rows = session.exec(select(RuleState).order_by(col(RuleState.rule))).all()
        return [*told, *((one.rule, one.state) for one in rows)]

    def teardown(self) -> None:
        if self.desk.engine is not self.engine:
            self.desk.engine.dispose()


def of(row: OutboxMessage) -> int:
    """The incident that opened the thread."""
    return int(row.what.split(":")[1])


def _differences(heard: Counter[Sound], expected: Counter[Sound]) -> list[str]:
    return [f"too much: {each}" for each in heard - expected] + [f"missing: {each}" for each in expected - heard]


def states(shown: Message) -> list[str]:
    """Of the incidents in it, as a program is told."""
    incidents = shown.data["incidents"]
    assert isinstance(incidents, list)
    return [str(each["state"]) for each in incidents if isinstance(each, dict)]


def run(machine: type[Telling], engine: Engine, examples: int, steps: int) -> None:
    here = type("Here", (machine,), {"engine": engine})
    few = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        # To shorten a sequence that failed takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(here, settings=few)  # type: ignore[no-untyped-call]
