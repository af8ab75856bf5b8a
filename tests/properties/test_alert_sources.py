"""Two sources that feed a rule each, with the real inbox, facts and jobs, on both databases.

A source that falls silent is told of once and mutes what it feeds: no alert, no end, no reminder rests on what it does not tell.
What it sends late, or what is imported, is judged from then on. Restarts, jumps of the clock and a second worker leave no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from alert_breaches import Manner
from alert_hearing import Hearing, Sees
from alert_ledger import Call, Observer
from alert_machine import MINUTE, START, WORKERS, Telling, run
from alert_sources import SILENT_AFTER, WINDOW, Lost, Pbx, Silence
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from installed import installed
from sqlalchemy import Engine, delete
from sqlmodel import SQLModel

from plugin.database import session_scope, writing
from plugin.installation import Installation
from plugin.notify.outcome import mark_broken
from plugin.notify.tables import ChannelState
from plugin.policy.text import parse
from plugin.schedule import jobs
from plugin.work import settle_inbox

EXAMPLES = {"sqlite": 3, "postgresql": 1}
STEPS = 8
FLOOR, LEADS = "C0FLOOR", "lead@example.com"
POLICY = """
timezone = "Europe/Riga"
[channels.floor]
kind = "slack"
channel = "C0FLOOR"
[channels.leads]
kind = "email"
to = ["lead@example.com"]
[watch]
off = ["stopped", "missing_digest"]
"""
FED = """
[sources.{source}]
adapter = "asterisk"
silent_after = "20m"
[rules.{queue}]
kpi = "abandonment_rate"
scope = {{queue = "{queue}"}}
window = "15m"
fire_above = 0.3
clear_at = 0.1
for = "2m"
min_sample = 5
confidence = 0
cooldown = 0
repeat = "10m"
targets = ["floor"]
"""
SOURCES = {"pbx": "support", "second": "sales"}
TEXT = POLICY + "".join(FED.format(source=source, queue=queue) for source, queue in SOURCES.items())
#: calls in two minutes
NUMBERS = st.fixed_dictionaries({source: st.sampled_from([0, 2, 4]) for source in SOURCES})
LOST = st.sampled_from([0.0, 0.5, 1.0])
AHEAD = st.sampled_from([1, 4, 11, 21, 21, 40, 90, 1440]).map(lambda minutes: minutes * MINUTE)


class Fed(Telling):
    """`folder` is for the installation."""

    folder: Path
    policy = parse(TEXT)

    def __init__(self) -> None:
        self.empty()
        super().__init__()
        self.opened = installed(self.engine, self.folder, TEXT)
        self.pbxes = {source: Pbx(source=source, queue=queue) for source, queue in SOURCES.items()}
        self.silences = {source: Silence(pbx=pbx) for source, pbx in self.pbxes.items()}
        self.observers: dict[str, Observer] = {
            each.pbx.queue: Lost(ledger=each.pbx.ledger, window=WINDOW, hold=2 * MINUTE, silence=each)
            for each in self.silences.values()
        }
        self.is_broken = False
        for pbx in self.pbxes.values():
            pbx.send(self.engine, self._calls(START - MINUTE, 1, 0.0), START)
        self.alerts = hearing({queue: Manner(repeat=10 * MINUTE) for queue in SOURCES.values()}, FLOOR)
        self.silent = hearing({f"silent_source:source={source}": Manner() for source in SOURCES}, LEADS)
        self.broken = hearing({f"broken_channel:channel={name}": Manner() for name in ("floor", "leads")}, LEADS)

    @property
    def hearings(self) -> Sequence[Hearing]:
        return self.alerts, self.silent, self.broken

    def empty(self) -> None:
        with writing(self.engine) as connection:
            for table in reversed(SQLModel.metadata.sorted_tables):
                connection.execute(delete(table))

    def evaluate(self, ahead: timedelta, workers: int = 1) -> None:
        """As a worker does in each minute."""
        self.now += ahead
        opened = [Installation(config=self.opened.config, engine=self.desk.engine) for _ in range(workers)]

        def work(one: Installation) -> None:
            jobs.watch_itself(one, self.now)
            jobs.evaluate(one, self.now)

        settle_inbox(opened[0])
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, opened))
        self.expect()

    def expect(self) -> None:
        saw = {f"silent_source:source={source}": each.sees(self.now) for source, each in self.silences.items()}
        self.silent.evaluate(saw, self.now)
        floor: Sees = "bad" if self.is_broken else "good"
        self.broken.evaluate(dict(zip(self.broken.rules, (floor, "good"), strict=True)), self.now)
        self.alerts.evaluate({queue: each.sees(self.now) for queue, each in self.observers.items()}, self.now)

    @rule(numbers=NUMBERS, times=st.sampled_from([2, 5, 7]), lost=LOST, workers=WORKERS)
    def calls_come(self, numbers: dict[str, int], times: int, lost: float, workers: int) -> None:
        for _ in range(times):
            then, self.now = self.now, self.now + 2 * MINUTE
            for source, number in numbers.items():
                calls = self._calls(then + MINUTE / 6, number, lost)
                if calls:
                    self.pbxes[source].send(self.desk.engine, calls, self.now)
            self.evaluate(timedelta(0), workers)

    @rule(ahead=AHEAD, workers=WORKERS)
    def nothing_is_heard(self, ahead: timedelta, workers: int) -> None:
        self.evaluate(ahead, workers)

    @rule(
        source=st.sampled_from(list(SOURCES)),
        ago=st.sampled_from([3, 12, 25, 70, 8 * 1440]),
        number=st.integers(1, 12),
        lost=LOST,
        by_itself=st.booleans(),
        after=st.sampled_from([1, 2]),
    )
    def calls_become_known_late(
        self, source: str, ago: int, number: int, lost: float, by_itself: bool, after: int
    ) -> None:
        calls = self._calls(self.now - ago * MINUTE + MINUTE / 6, number, lost)
        self.pbxes[source].send(self.desk.engine, calls, self.now, by_itself=by_itself)
        if self.now > START:
            self.changes_nothing(self._again)
        self.evaluate(after * MINUTE)

    @initialize(source=st.sampled_from(list(SOURCES)), imported=LOST, again=LOST)
    def it_falls_silent_when_it_had_gone_wrong(self, source: str, imported: float, again: float) -> None:
        self.calls_come({source: 4}, 3, 1.0, 1)
        self.evaluate(SILENT_AFTER + MINUTE)
        self.calls_become_known_late(source, 12, 12, imported, by_itself=False, after=2)
        self.evaluate(2 * MINUTE)
        self.calls_come({source: 4}, 8, again, 1)

    @precondition(lambda self: self.now > START)
    @rule(back=st.sampled_from([0, 1, 30, 1440]).map(lambda minutes: minutes * MINUTE))
    def a_moment_comes_again(self, back: timedelta) -> None:
        self.changes_nothing(lambda: self._again(back))

    @rule(ahead=AHEAD)
    def the_floor_breaks_or_is_mended(self, ahead: timedelta) -> None:
        self.is_broken = not self.is_broken
        with session_scope(self.desk.engine) as session:
            if self.is_broken:
                mark_broken(session, "slack", FLOOR, "archived", self.now)
            else:
                session.execute(delete(ChannelState))
        self.evaluate(ahead)

    def _calls(self, first: datetime, number: int, lost: float) -> list[Call]:
        moments = [first + each * timedelta(seconds=3) for each in range(number)]
        return [Call(at, self.now, (place + 0.5) / number < lost) for place, at in enumerate(moments)]

    def _again(self, back: timedelta = timedelta(0)) -> None:
        again = Installation(config=self.opened.config, engine=self.desk.engine)
        settle_inbox(again)
        jobs.watch_itself(again, self.now - back)
        jobs.evaluate(again, self.now - back)


def hearing(rules: dict[str, Manner], target: str) -> Hearing:
    return Hearing(
        rules=rules,
        targets=(target,),
        mails=(LEADS,),
        boss="",
        window=timedelta(seconds=45),
        open_hours=[],
    )


def test_a_silent_source_is_told_of_once_and_mutes_what_it_feeds(engine: Engine, tmp_path: Path) -> None:
    assert SILENT_AFTER > WINDOW
    machine = type("Here", (Fed,), {"folder": tmp_path})
    run(machine, engine, EXAMPLES[engine.dialect.name], STEPS)
