"""Workers: one schedules, all drain; digests by the reader's clock, once; alerts once; nothing twice after a change of holder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fake_slack
import fake_socket_mode
import pytest
import slack_requests
from installed import installed
from sqlalchemy import Engine, text

from plugin.contract.request import WebhookRequest
from plugin.database import reading
from plugin.drain import BATCH
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.installation import Installation, now
from plugin.kpi.cells import refresh_sums
from plugin.kpi.terms import Terms
from plugin.notify.deliver import deliver_due
from plugin.notify.slack import SlackNotifier
from plugin.schedule import jobs
from plugin.schedule.bell import Bell
from plugin.schedule.lease import first_run, heartbeats, hold, release
from plugin.schedule.listening import slack_listener
from plugin.schedule.worker import LEASE, Worker
from plugin.work import settle_inbox

POLICY = """
timezone = "Europe/Riga"
[sources.pbx]
adapter = "asterisk"
[channels.team]
kind = "slack"
channel = "C0SUPPORT"
[digests.daily]
at = "08:00"
channels = ["team"]
[rules.abandoning]
kpi = "abandonment_rate"
window = "30m"
fire_above = 0.3
clear_at = 0.1
min_sample = 10
targets = ["team"]
"""
SUNDAY = datetime(2026, 10, 25, tzinfo=UTC)


def feed(opened: Installation, lines: list[str]) -> None:
    body = ('{"host": "pbx", "lines": [' + ", ".join(f'"{line}"' for line in lines) + "]}").encode()
    request = WebhookRequest(method="POST", url="/hooks/pbx", headers={}, body=body, received_at=SUNDAY)
    insert_deliveries(opened.engine, [delivery_row("pbx", request, None)])


def abandoned(at: datetime, number: int) -> list[str]:
    second = int(at.timestamp())
    call = f"{second}.{number}"
    return [
        f"{second}|{call}|support|NONE|ENTERQUEUE||+4930555{number:04}|1",
        f"{second + 9}|{call}|support|NONE|ABANDON|1|1|9",
    ]


def messages(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT what, period_key FROM message ORDER BY what, period_key"))
        return [(row.what, row.period_key) for row in rows]


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Installation:
    return installed(engine, tmp_path, POLICY)


def test_a_lease_has_one_holder_until_it_runs_out(engine: Engine) -> None:
    term = timedelta(seconds=15)
    assert hold(engine, "scheduler", "a", SUNDAY, term)
    assert not hold(engine, "scheduler", "b", SUNDAY + timedelta(seconds=14), term)
    assert hold(engine, "scheduler", "a", SUNDAY + timedelta(seconds=14), term)
    assert hold(engine, "scheduler", "b", SUNDAY + timedelta(seconds=29), term)
    assert not hold(engine, "scheduler", "a", SUNDAY + timedelta(seconds=30), term)
    release(engine, "scheduler", "b")
    assert hold(engine, "scheduler", "a", SUNDAY + timedelta(seconds=31), term)


def test_a_job_runs_once_for_a_period(engine: Engine) -> None:
    for expected in (True, False):
        with engine.begin() as connection:
            assert first_run(connection, "close", "2026-10-24", SUNDAY) is expected


def test_of_two_workers_one_schedules_and_both_drain(opened: Installation) -> None:
    clock = iter([SUNDAY + timedelta(seconds=n) for n in range(100)])
    workers = [
        Worker(opened=installed(opened.engine, opened.config.data_dir), notifiers={}, clock=lambda: next(clock))
        for _ in range(2)
    ]
    feed(opened, abandoned(SUNDAY, 1))
    try:
        assert [worker.turn() for worker in workers] == [True, False]
        assert [worker._scheduler is not None for worker in workers] == [True, False]
        with reading(opened.engine) as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM queue_visit")).scalar() == 1
            assert set(heartbeats(connection)) == {"worker", "scheduler"}
    finally:
        for worker in workers:
            worker._step_down()


def test_who_schedules_listens_to_slack_and_who_takes_over_goes_on(opened: Installation) -> None:
    with fake_slack.running() as slack, fake_socket_mode.running() as mode:
        slack.socket_url = mode.url
        at = SUNDAY
        workers = []
        for _ in range(2):
            own = installed(opened.engine, opened.config.data_dir)
            own.config = replace(own.config, slack_app_token=fake_slack.APP_TOKEN, slack_api_url=slack.url)
            workers.append(Worker(opened=own, notifiers={}, listener=slack_listener(own), clock=lambda: at))
        try:
            for worker in workers:
                worker.turn()
            mode.wait()
            assert len(mode.connections) == 1
            workers[0]._step_down()
            at += timedelta(minutes=1)
            workers[1].turn()
            mode.wait()
            mode.send("slash_commands", slack_requests.command("help"), accepts_response_payload=True)
            assert "payload" in mode.answer()
        finally:
            for worker in workers:
                worker._step_down()


def test_an_arrival_is_told_at_once_also_by_a_worker_that_does_not_schedule(opened: Installation) -> None:
    at, stop = now() - timedelta(minutes=1), threading.Event()
    feed(opened, [line for number in range(20) for line in abandoned(at, number)])
    # While another worker holds the lease, nothing happens in this one by the clock.
    assert hold(opened.engine, LEASE, "another", now(), timedelta(minutes=5))
    with fake_slack.running() as slack:
        ways = {"slack": SlackNotifier(token=fake_slack.TOKEN, api_url=slack.url)}
        worker = Worker(opened=installed(opened.engine, opened.config.data_dir), notifiers=ways)
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        try:
            wait_for(lambda: slack.messages["C0SUPPORT"])
        finally:
            stop.set()
            thread.join()
        assert worker._scheduler is None
        (alert,) = slack.messages["C0SUPPORT"]
    assert alert["text"].startswith("Abandonment rate is 100.0% (20 of 20")


def wait_for(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_rules_wait_while_the_inbox_is_full_and_are_evaluated_after_it(opened: Installation) -> None:
    evaluated: list[datetime] = []

    class Counting(Worker):
        def _evaluate(self, opened: Installation, at: datetime) -> int:
            evaluated.append(at)
            return 0

    worker = Counting(opened=installed(opened.engine, opened.config.data_dir), notifiers={})
    # The one that has the lease also evaluates when a minute begins.
    assert hold(opened.engine, LEASE, "another", now(), timedelta(minutes=5))
    for number in range(BATCH):
        feed(opened, abandoned(SUNDAY, number))
    with worker._evaluation:
        assert worker.turn()
        assert evaluated == []
        worker.turn()
        wait_for(lambda: evaluated)


@pytest.mark.parametrize(
    ("ago", "order"),
    [(timedelta(minutes=1), ["rung", "cells"]), (timedelta(days=1), ["rung", "cells", "rung"])],
)
def test_rules_wait_for_cells_only_where_a_day_that_is_over_changed(
    opened: Installation, monkeypatch: pytest.MonkeyPatch, ago: timedelta, order: list[str]
) -> None:
    at, happened = SUNDAY + timedelta(hours=12), list[str]()

    class Noting(Bell):
        def ring(self) -> None:
            happened.append("rung")

    def computed(engine: Engine, terms: Terms) -> list[int]:
        happened.append("cells")
        return refresh_sums(engine, terms)

    monkeypatch.setattr("plugin.schedule.worker.refresh_sums", computed)
    worker = Worker(opened=opened, notifiers={}, clock=lambda: at)
    worker._evaluation = Noting(lambda: None)
    assert hold(opened.engine, LEASE, "another", at, timedelta(minutes=5))
    feed(opened, abandoned(at - ago, 1))
    worker.turn()
    assert happened == order


@pytest.mark.parametrize(
    ("now", "said"),
    [
        # 08:00 in Riga is 05:00 UTC in summer and 06:00 after the clocks went back in the night to 25 October.
        (datetime(2026, 10, 24, 4, 59, tzinfo=UTC), "2026-10-22"),
        (datetime(2026, 10, 24, 5, 0, 5, tzinfo=UTC), "2026-10-23"),
        (datetime(2026, 10, 25, 5, 59, tzinfo=UTC), None),
        (datetime(2026, 10, 25, 6, 0, 5, tzinfo=UTC), "2026-10-24"),
    ],
)
def test_a_digest_goes_out_at_the_readers_wall_clock_whatever_the_season(
    opened: Installation, now: datetime, said: str | None
) -> None:
    jobs.send_due_digests(opened, now)
    assert messages(opened.engine) == ([("digest:daily", f"day:{said}")] if said else [])


def test_a_digest_goes_out_once_however_often_the_job_runs(opened: Installation) -> None:
    at = datetime(2026, 10, 25, 6, 0, 5, tzinfo=UTC)
    assert [jobs.send_due_digests(opened, at + timedelta(minutes=10 * n)) for n in range(4)] == [1, 0, 0, 0]
    with fake_slack.running() as slack:
        notifiers = {"slack": SlackNotifier(token=fake_slack.TOKEN, api_url=slack.url)}
        for minute in range(3):
            deliver_due(opened.engine, notifiers, at + timedelta(minutes=minute))
        assert len(slack.messages) == 1


def test_an_empty_period_says_so_in_words(opened: Installation) -> None:
    feed(opened, abandoned(datetime(2026, 10, 20, 9, tzinfo=UTC), 1))
    settle_inbox(opened)
    jobs.send_due_digests(opened, datetime(2026, 10, 25, 6, 0, 5, tzinfo=UTC))
    with reading(opened.engine) as connection:
        payload = connection.execute(text("SELECT payload FROM message")).scalar_one()
    assert "Saturday 24 October 2026" in payload
    assert "No contacts" in payload


def test_a_rule_fires_once_on_a_queue_going_wrong_stays_quiet_on_three_calls_and_recovers(opened: Installation) -> None:
    nine = datetime(2026, 10, 26, 9, tzinfo=UTC)
    lines = [line for n in range(3) for line in abandoned(nine - timedelta(hours=6, minutes=n), n)]
    lines += [line for n in range(20) for line in abandoned(nine + timedelta(seconds=30 * n), 100 + n)]
    for number in range(60):
        second = int((nine + timedelta(minutes=12, seconds=20 * number)).timestamp())
        call = f"{second}.{500 + number}"
        lines.append(f"{second}|{call}|support|NONE|ENTERQUEUE||+49305551{number:03}|1")
        lines.append(f"{second + 3}|{call}|support|Ann|CONNECT|3|x|1")
        lines.append(f"{second + 63}|{call}|support|Ann|COMPLETECALLER|3|60|1")
    feed(opened, lines)
    settle_inbox(opened)
    for minute in range(-7 * 60, 90):
        jobs.evaluate(opened, nine + timedelta(minutes=minute))
    kinds = [what.split(":")[2].partition(".")[0] for what, _ in messages(opened.engine)]
    assert kinds == ["ended", "fired", "recovered"]
