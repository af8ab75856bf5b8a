"""Rules that share a channel, in any order of events, on both databases: people hear what the little model of `alert_hearing` says.

Every sound and every change of a message is one that a change of state explains: fired, joined, repeated, passed on, acknowledged,
snoozed, woken, recovered, handed over. Restarts, jumps of the clock, the hour that comes twice and second workers leave no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from alert_desk import Desk, create_tables, message, policy_of, said
from alert_hearing import Hearing, Manner, Sees, Sound, Span
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, delete
from sqlmodel import Session, SQLModel, col, select

from plugin.alert.answer import Press, answer, unsnooze_rule
from plugin.alert.board import ACKNOWLEDGE, OPENING, SNOOZE, SNOOZES, UNSNOOZE
from plugin.alert.evaluate import evaluate_rules
from plugin.alert.tables import Incident, IncidentGroup, RuleState
from plugin.database import open_engine, session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.deliver import deliver_due
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.tables import Mode, OutboxMessage
from plugin.policy.document import Document

#: 02:50 in Riga; at 04:00 its clocks go back to 03:00
START = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
EXAMPLES = {"sqlite": 6, "postgresql": 4}
STEPS = 25
FLOOR, LEADS, BOSS = "C0FLOOR", "lead@example.com", "boss@example.com"
MINUTE = timedelta(minutes=1)
WINDOW = 3 * MINUTE
RULES = {
    "desk": Manner(hours=True, repeat=5 * MINUTE, most=2, escalate_after=8 * MINUTE),
    "plain": Manner(hours=True),
    "always": Manner(repeat=10 * MINUTE, most=3),
    "loud": Manner(hours=True, critical=True, escalate_after=6 * MINUTE),
}
HOURS = ["03:15-09:00", "14:00-18:00"]


def _open_hours() -> list[Span]:
    """The same in UTC: on the first day it opens before the clocks go back, and closes after it."""
    first = datetime(2026, 10, 25, tzinfo=UTC)
    spans = [(75, 7 * 60), (12 * 60, 16 * 60)]
    days = [(first + day * timedelta(days=1)) for day in range(60)]
    later = [(day + opens * MINUTE, day + closes * MINUTE) for day in days for opens, closes in spans]
    return [(first + 15 * MINUTE, first + 7 * 60 * MINUTE), *later[1:]]


def _policy() -> Document:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    rules = {name: _rule(manner) for name, manner in RULES.items()}
    boss = {"kind": "email", "to": [BOSS]}
    floor, leads = {"kind": "slack", "channel": FLOOR}, {"kind": "email", "to": [LEADS]}
    return policy_of(
        rules,
        channels={"floor": floor, "leads": leads, "boss": boss},
        calendars={"desk": dict.fromkeys(days, HOURS)},
        alerting={"group_window": "3m"},
    )


def _rule(manner: Manner) -> dict[str, object]:
    found: dict[str, object] = {"calendar": "desk"} if manner.hours else {}
    if manner.critical:
        found["severity"] = "critical"
    if manner.repeat:
        found |= {"repeat": f"{manner.repeat // MINUTE}m", "repeat_most": manner.most}
    if manner.escalate_after:
        found |= {"escalate_after": f"{manner.escalate_after // MINUTE}m", "escalate_to": ["boss"]}
    return found


POLICY = _policy()
READINGS = {
    "bad": Measurement(numerator=25, denominator=50),
    "between": Measurement(numerator=6, denominator=50),
    "good": Measurement(numerator=2, denominator=50),
    None: None,
}
SEES: st.SearchStrategy[Sees] = st.sampled_from(["bad", "bad", "bad", "good", "good", "between", None])
AHEAD = st.sampled_from([20, 20, 60, 60, 60, 300, 1200, 3 * 3600]).map(lambda seconds: timedelta(seconds=seconds))
BACK = st.sampled_from([0, 1, 90, 3600, 86400]).map(lambda seconds: timedelta(seconds=seconds))
WORKERS = st.sampled_from([1, 1, 1, 2])
#: how far the clock of a web process is behind
BEHIND = st.sampled_from([0, 0, 30]).map(lambda seconds: timedelta(seconds=seconds))
BUTTONS = (ACKNOWLEDGE, UNSNOOZE, *(SNOOZE + name for name in (*SNOOZES, OPENING)))


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
    """`engine` belongs to the test and is emptied for each sequence."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        create_tables(self.engine)
        models: tuple[type[SQLModel], ...] = (RuleState, Incident, IncidentGroup, OutboxMessage)
        with session_scope(self.engine) as session:
            for model in models:
                session.execute(delete(model))
        self.desk, self.ears, self.now = Desk(self.engine, POLICY), Ears(), START
        #: for when each message was meant, which is not known any more when it was sent
        self.at: dict[str, datetime] = {}
        self.sees: dict[str, Sees] = dict.fromkeys(RULES, "good")
        self.hearing = Hearing(
            rules=RULES,
            targets=(FLOOR, LEADS),
            mails=(LEADS, BOSS),
            boss=BOSS,
            window=WINDOW,
            open_hours=_open_hours(),
        )

    # -- what happens

    @rule(name=st.sampled_from(list(RULES)), sees=SEES, ahead=AHEAD, workers=WORKERS)
    def one_rule_sees_something_else(self, name: str, sees: Sees, ahead: timedelta, workers: int) -> None:
        self.sees[name] = sees
        self._evaluate(ahead, workers)

    @rule(sees=SEES, ahead=AHEAD, workers=WORKERS)
    def all_see_the_same(self, sees: Sees, ahead: timedelta, workers: int = 1) -> None:
        self.sees = dict.fromkeys(RULES, sees)
        self._evaluate(ahead, workers)

    @rule(names=st.permutations(list(RULES)), ahead=st.sampled_from([20, 60]), delivered=st.booleans())
    def one_fails_after_the_other(self, names: list[str], ahead: int, delivered: bool) -> None:
        for name in names:
            self.sees[name] = "bad"
            self._evaluate(timedelta(seconds=ahead))
            if delivered:
                self.what_waits_is_delivered()

    @rule(minutes=st.integers(3, 9), workers=WORKERS)
    def it_stays_so(self, minutes: int, workers: int) -> None:
        for _ in range(minutes):
            self._evaluate(MINUTE, workers)

    @rule()
    def the_doors_open(self) -> None:
        self._evaluate(self.hearing.next_opening(self.now) - self.now)

    @rule()
    def what_waits_is_delivered(self) -> None:
        self._look()
        while deliver_due(self.desk.engine, {"slack": self.ears, "email": self.ears}, self.now):
            continue
        self.hearing.deliver(self.now)

    @precondition(lambda self: self.hearing.breaches)
    @rule(button=st.sampled_from(BUTTONS), which=st.integers(0, 3), behind=BEHIND, two=st.booleans())
    def somebody_answers(self, button: str, which: int, behind: timedelta, two: bool) -> None:
        number, now = max(1, len(self.hearing.breaches) - which), self.now - behind
        who = ["Anna", "Boris"] if two else ["Anna"]
        with ThreadPoolExecutor(2) as people:
            list(people.map(lambda name: self._press(button, number, now, name), who))
        for _ in who:
            self.hearing.press(button.removeprefix("alert."), number, now)

    @precondition(lambda self: any(not each.ended for each in self.hearing.breaches))
    @rule(ahead=AHEAD)
    def it_comes_back_within_a_snooze(self, ahead: timedelta) -> None:
        breach = next(each for each in self.hearing.breaches if not each.ended)
        self._press(SNOOZE + "2h", breach.number, self.now, "Anna")
        self.hearing.press("snooze.2h", breach.number, self.now)
        for sees in ("good", "bad"):
            self.one_rule_sees_something_else(breach.rule, sees, MINUTE, 1)
        with session_scope(self.desk.engine) as session:
            unsnooze_rule(session, POLICY, breach.rule, self.now)
        self.hearing.unsnooze_rule(breach.rule, self.now)
        self._evaluate(ahead)

    @rule(name=st.sampled_from(list(RULES)))
    def a_snooze_is_ended_by_the_name_of_its_rule(self, name: str) -> None:
        with session_scope(self.desk.engine) as session:
            unsnooze_rule(session, POLICY, name, self.now)
        self.hearing.unsnooze_rule(name, self.now)

    @rule()
    def all_is_over_and_nothing_is_left_untold(self) -> None:
        self.all_see_the_same("good", MINUTE)
        self.now = max([self.now, *self.hearing.snoozed.values()])
        self.the_doors_open()
        self.what_waits_is_delivered()
        assert all(each.told_at for each in self.desk.incidents())
        assert all(row.state == "sent" for row in self.desk.outbox())

    # -- what must change nothing

    @precondition(lambda self: self.now > START)
    @rule(back=BACK, sees=SEES)
    def a_moment_comes_again(self, back: timedelta, sees: Sees) -> None:
        before = self._rows()
        assert self.desk.at(self.now - back, READINGS[sees]) == 0
        assert self._rows() == before

    @rule()
    def a_restart(self) -> None:
        self.teardown()
        self.desk = Desk(open_engine(self.engine.url.render_as_string(hide_password=False)), POLICY)

    # -- what must hold

    @invariant()
    def all_that_is_said_has_its_reason(self) -> None:
        self._look()
        self._people_hear_what_the_model_says()
        self._every_change_of_a_message_has_a_reason()
        self._a_message_says_how_each_of_its_incidents_is()

    def _people_hear_what_the_model_says(self) -> None:
        sounds = [row for row in self.rows if row.mode != Mode.EDIT]
        heard = Counter(Sound(said(row), self._thread(row), row.target, self.at[row.id]) for row in sounds)
        assert _differences(heard, Counter(self.hearing.sounds)) == []

    def _every_change_of_a_message_has_a_reason(self) -> None:
        changed = Counter((said(row), self._thread(row)) for row in self.rows if row.mode == Mode.EDIT)
        assert changed <= Counter(self.hearing.changes)

    def _a_message_says_how_each_of_its_incidents_is(self) -> None:
        rows = [row for row in self.rows if row.target == FLOOR and row.mode != Mode.REPLY]
        shown = {self._thread(row): states(message(row)) for row in rows if said(row) != "handover"}
        assert shown == {
            each.thread.leader: [one.stands for one in each.thread.members]
            for each in self.hearing.breaches
            if each.thread is not None
        }

    # -- how

    def _evaluate(self, ahead: timedelta, workers: int = 1) -> None:
        self.now += ahead
        together = Barrier(workers, timeout=60)

        def measure(kpi: str, only: dict[str, str], *_: object) -> Measurement | None:
            together.wait()
            return READINGS[self.sees[only["queue"]]]

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: evaluate_rules(self.desk.engine, POLICY, measure, self.now), range(workers)))
        self.hearing.evaluate(self.sees, self.now)

    def _look(self) -> None:
        self.rows, self.numbers = self.desk.outbox(), [each.id for each in self.desk.incidents()]
        for row in self.rows:
            self.at.setdefault(row.id, row.next_attempt_at)

    def _press(self, button: str, number: int, now: datetime, who: str) -> None:
        incident = self.numbers[number - 1] or 0
        with session_scope(self.desk.engine) as session:
            answer(session, POLICY, Press(button=button, incident=incident, who=who), now)

    def _thread(self, row: OutboxMessage) -> int:
        return 1 + self.numbers.index(int(row.what.split(":")[1]))

    def _rows(self) -> Sequence[tuple[str, str]]:
        """All that was told, and where the rules stand."""
        told = [(row.id, row.payload) for row in self.desk.outbox()]
        with Session(self.desk.engine) as session:
            states = session.exec(select(RuleState).order_by(col(RuleState.rule))).all()
        return [*told, *((one.rule, one.state) for one in states)]

    def teardown(self) -> None:
        if self.desk.engine is not self.engine:
            self.desk.engine.dispose()


def _differences(heard: Counter[Sound], expected: Counter[Sound]) -> list[str]:
    return [f"too much: {each}" for each in heard - expected] + [f"missing: {each}" for each in expected - heard]


def states(shown: Message) -> list[str]:
    """Of the incidents in it, as a program is told."""
    incidents = shown.data["incidents"]
    assert isinstance(incidents, list)
    return [str(each["state"]) for each in incidents if isinstance(each, dict)]


def test_people_hear_of_every_change_of_state_once_and_of_nothing_else(engine: Engine) -> None:
    class Here(Telling):
        pass

    Here.engine = engine
    few = settings(
        max_examples=EXAMPLES[engine.dialect.name],
        stateful_step_count=STEPS,
        deadline=None,
        # To shorten a sequence that failed takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=few)  # type: ignore[no-untyped-call]
