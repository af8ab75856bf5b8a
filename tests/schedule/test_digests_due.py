"""Sent when the period is complete, or late and labelled; held for what is not read yet; never twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from installed import installed
from sqlalchemy import Engine, text

from plugin.contract.request import WebhookRequest
from plugin.database import reading
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.installation import Installation
from plugin.notify.message import Message, from_json
from plugin.schedule import jobs
from plugin.work import settle_inbox

POLICY = """
timezone = "Europe/Riga"
[sources.pbx]
adapter = "asterisk"
[channels.team]
kind = "slack"
channel = "C0SUPPORT"
[channels.boss]
kind = "email"
to = ["boss@example.com"]
[digests.daily]
at = "08:00"
kpis = ["offered", "abandonment_rate"]
channels = ["team", "boss"]
"""
#: Tuesday 24 November at eight in Riga
DUE = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Installation:
    return installed(engine, tmp_path, POLICY)


def feed(opened: Installation, number: int, received_at: datetime) -> None:
    """A caller of Monday noon who gave up."""
    second = int(datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()) + number
    lines = [
        f"{second}|{second}.1|support|NONE|ENTERQUEUE||+4930555{number:04}|1",
        f"{second + 9}|{second}.1|support|NONE|ABANDON|1|1|9",
    ]
    body = json.dumps({"host": "pbx", "lines": lines}).encode()
    request = WebhookRequest(method="POST", url="/hooks/pbx", headers={}, body=body, received_at=received_at)
    insert_deliveries(opened.engine, [delivery_row("pbx", request, None)])


def said(opened: Installation) -> list[Message]:
    with reading(opened.engine) as connection:
        rows = connection.execute(text("SELECT payload FROM message WHERE kind = 'slack' ORDER BY created_at, id"))
        return [from_json(json.loads(row.payload)) for row in rows]


def offered(message: Message) -> str:
    assert message.table
    return message.table.rows[0][1].text


def test_a_digest_is_held_for_deliveries_that_are_not_read_yet_and_then_has_them(opened: Installation) -> None:
    feed(opened, 1, DUE - timedelta(hours=2))
    assert jobs.send_due_digests(opened, DUE) == 0
    settle_inbox(opened)
    assert jobs.send_due_digests(opened, DUE + timedelta(minutes=1)) == 2
    (message,) = said(opened)
    assert offered(message) == "1"
    assert not any("not read yet" in one.text for one in message.sections)
    assert "Sent late" not in message.footer


def test_after_its_wait_it_is_sent_and_says_what_is_missing(opened: Installation) -> None:
    feed(opened, 1, DUE - timedelta(hours=2))
    settle_inbox(opened)
    feed(opened, 2, DUE - timedelta(seconds=1))
    assert jobs.send_due_digests(opened, DUE + timedelta(minutes=29)) == 0
    assert jobs.send_due_digests(opened, DUE + timedelta(minutes=31)) == 2
    (message,) = said(opened)
    assert offered(message) == "1"
    assert message.sections[-1].title == "Data quality"
    assert message.sections[-1].text.startswith("Sent although deliveries that had come by then were not read yet (1)")
    assert "Sent late: this digest was due at Tue 24 Nov 08:00." in message.footer


def test_what_comes_after_its_time_does_not_hold_it(opened: Installation) -> None:
    feed(opened, 1, DUE - timedelta(hours=2))
    settle_inbox(opened)
    feed(opened, 2, DUE + timedelta(seconds=1))
    assert jobs.send_due_digests(opened, DUE + timedelta(seconds=5)) == 2


def test_a_digest_that_waits_for_nothing_goes_out_at_once(engine: Engine, tmp_path: Path) -> None:
    hasty = installed(engine, tmp_path, POLICY + 'wait = "0s"\n')
    feed(hasty, 1, DUE - timedelta(hours=2))
    assert jobs.send_due_digests(hasty, DUE) == 2


def test_a_worker_that_was_down_over_the_moment_sends_late_and_says_so(opened: Installation) -> None:
    assert jobs.send_due_digests(opened, DUE + timedelta(hours=3)) == 2
    (message,) = said(opened)
    assert message.title.endswith("Monday 23 November 2026")
    assert "Sent late: this digest was due at Tue 24 Nov 08:00." in message.footer


def test_after_days_only_the_newest_is_sent(opened: Installation) -> None:
    assert jobs.send_due_digests(opened, DUE - timedelta(days=4)) == 2
    assert jobs.send_due_digests(opened, DUE) == 2
    assert [message.title.partition(": ")[2] for message in said(opened)] == [
        "Thursday 19 November 2026",
        "Monday 23 November 2026",
    ]


def test_two_workers_at_the_same_moment_send_once(opened: Installation) -> None:
    feed(opened, 1, DUE - timedelta(hours=2))
    settle_inbox(opened)
    start, sent = Barrier(2), list[int]()

    def work() -> None:
        start.wait()
        sent.append(jobs.send_due_digests(opened, DUE))

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == [0, 2]
    assert len(said(opened)) == 1
    with reading(opened.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM published_value")).scalar() == 2


def test_the_digest_of_a_whole_campaign_waits_for_its_end_and_is_sent_once(engine: Engine, tmp_path: Path) -> None:
    policy = """
[campaigns.spring]
queues = ["support"]
from = 2026-11-10
to = 2026-11-23
"""
    whole = 'kind = "campaign"\nscope = { campaign = "spring" }\n'
    opened = installed(engine, tmp_path, POLICY + whole + policy)
    sent = [jobs.send_due_digests(opened, DUE + timedelta(days=days)) for days in (-3, 0, 1, 6, 8)]
    assert sent == [0, 2, 0, 0, 0]
    assert [message.title for message in said(opened)] == ["daily: 10–23 Nov 2026"]


def test_on_monday_friday_and_an_open_saturday_are_told_each_once_in_their_order(
    engine: Engine, tmp_path: Path
) -> None:
    days = ", ".join(f'"{day}"' for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
    hours = "".join(f'{day} = ["09:00-18:00"]\n' for day in ("friday", "saturday", "monday"))
    calendar = f"[calendars.desk]\n{hours}"
    policy = f'business_calendar = "desk"\n{POLICY}weekdays = [{days}]\n{calendar}'
    opened = installed(engine, tmp_path, policy)
    monday = DUE - timedelta(days=1)
    assert jobs.send_due_digests(opened, monday) == 4
    titles = [message.title for message in said(opened)]
    assert ["20 November" in titles[0], "21 November" in titles[1]] == [True, True], titles
    assert jobs.send_due_digests(opened, monday + timedelta(minutes=1)) == 0
