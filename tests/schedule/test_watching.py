"""Deskgauge's own troubles are told once, by a way out that works, and over when they are; on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from installed import installed
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from plugin.alert.selfwatch import told_to
from plugin.alert.tables import Incident, RuleState
from plugin.contract.request import WebhookRequest
from plugin.database import session_scope, writing
from plugin.inbox.heard import Slot, note
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.installation import Installation
from plugin.notify.deliver import deliver_due
from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Message, from_json
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.outbox import enqueue
from plugin.notify.outcome import mark_broken
from plugin.notify.tables import Mode, OutboxMessage
from plugin.policy import revisions
from plugin.policy.text import parse
from plugin.report.addressees import Addressee
from plugin.report.leaving import Recipient, leave
from plugin.schedule import jobs
from plugin.schedule.lease import beat
from plugin.schedule.watching import look_from_outside
from plugin.schedule.watchman import round_of
from plugin.work import settle_inbox

MINUTE = timedelta(minutes=1)
#: a Monday, in opening hours
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLACK, MAIL = Addressee(kind="slack", target="C0FLOOR"), Addressee(kind="email", target="lead@example.com")
CHANNELS = """
[channels.floor]
kind = "slack"
channel = "C0FLOOR"
[channels.leads]
kind = "email"
to = ["lead@example.com"]
"""


def opened_with(engine: Engine, folder: Path, policy: str) -> Installation:
    opened = installed(engine, folder)
    with session_scope(engine) as session:
        revisions.apply(session, parse(policy), "test", NOON - timedelta(days=30))
    return opened


def said(engine: Engine) -> list[tuple[str, str, str]]:
    """(what of which incident, target, title), as they were put into the outbox; edits left out."""
    with Session(engine) as session:
        query = select(OutboxMessage).where(
            OutboxMessage.mode != Mode.EDIT, col(OutboxMessage.what).startswith("alert:")
        )
        rows = session.exec(query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.target))).all()
        return [(row.what.rpartition(":")[2], row.target, message(row).title) for row in rows]


def message(row: OutboxMessage) -> Message:
    return from_json(json.loads(row.payload))


def summaries(engine: Engine) -> list[str]:
    with Session(engine) as session:
        query = select(OutboxMessage).where(col(OutboxMessage.what).startswith("alert:"))
        return [message(row).summary for row in session.exec(query.order_by(col(OutboxMessage.created_at))).all()]


def watch(opened: Installation, minutes: Iterable[int], start: datetime = NOON) -> None:
    for number in minutes:
        jobs.watch_itself(opened, start + number * MINUTE)


def opened_again(opened: Installation) -> Installation:
    return Installation(config=opened.config, engine=opened.engine)


# -- channels


class Refusing:
    """A way out that refuses what is sent to it while it has a reason."""

    def __init__(self, failure: DeliveryFailed | None = None) -> None:
        self.failure = failure

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        if self.failure is not None:
            raise self.failure
        return Receipt(where=envelope.target, reference="1")

    edit = send

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None


def to_floor(engine: Engine, title: str, at: datetime) -> None:
    with session_scope(engine) as session:
        enqueue(session, Message(title=title), what=title, period_key="", target="C0FLOOR", kind="slack", now=at)


def test_a_broken_channel_is_told_on_another_one_with_what_was_lost_and_so_is_its_repair(
    engine: Engine, tmp_path: Path
) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    slack = Refusing(DeliveryFailed("The channel is archived: choose another one.", permanent=True, broken=True))
    to_floor(engine, "Abandonment is 34%", NOON)
    deliver_due(engine, {"slack": slack, "email": Refusing()}, NOON)
    watch(opened, range(3))
    watch(opened_again(opened), range(2, 5))
    assert said(engine) == [("fired", "lead@example.com", "The channel floor has not worked since 12:00")]
    assert summaries(engine)[0].startswith(
        "Reason: “The channel is archived: choose another one”. Not delivered there: “Abandonment is 34%”."
    )
    slack.failure = None
    jobs.retry_broken_channels(opened, NOON + 5 * MINUTE)
    deliver_due(engine, {"slack": slack, "email": Refusing()}, NOON + 5 * MINUTE)
    watch(opened, range(6, 9))
    assert said(engine)[1:] == [("recovered", "lead@example.com", "Back to normal: the channel floor works again")]
    assert summaries(engine)[-1] == "It lasted 6 min, from 12:00 to 12:06."


class Choosy(Refusing):
    """Refuses what is called Broken, for what it says."""

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        if message.title == "Broken":
            raise DeliveryFailed("Slack refused the layout: invalid_blocks.", permanent=True)
        return super().send(message, envelope)


@pytest.mark.parametrize("between", [0, 1])
def test_a_message_that_is_given_up_while_another_arrives_is_told_once(
    engine: Engine, tmp_path: Path, between: int
) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    to_floor(engine, "Broken", NOON)
    to_floor(engine, "Abandonment is 34%", NOON + between * timedelta(seconds=20))
    for second in (0, 20):
        deliver_due(engine, {"slack": Choosy(), "email": Refusing()}, NOON + timedelta(seconds=second))
    watch(opened, range(1, 10))
    assert said(engine) == [
        ("fired", "lead@example.com", "A message to the channel floor was lost (12:00); others arrive there"),
        ("recovered", "lead@example.com", "Back to normal: the channel floor works again"),
    ]
    assert summaries(engine)[0] == (
        "Reason: “Slack refused the layout: invalid_blocks”. Not delivered there: “Broken”. "
        "It was given up and is not sent again; `deskgauge doctor` names it."
    )


def test_a_mail_server_that_cannot_be_reached_is_told_after_a_quarter_of_an_hour(
    engine: Engine, tmp_path: Path
) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    slack = Refusing(DeliveryFailed("Slack could not be reached.", permanent=False))
    to_floor(engine, "Morning", NOON)
    for minute in range(17):
        deliver_due(engine, {"slack": slack, "email": Refusing()}, NOON + minute * MINUTE)
        watch(opened, [minute])
        assert len(said(engine)) == (minute > 15)
    slack.failure = None
    deliver_due(engine, {"slack": slack, "email": Refusing()}, NOON + timedelta(hours=1))
    watch(opened, [61])
    assert [what for what, _, _ in said(engine)] == ["fired", "recovered"]


@pytest.mark.parametrize(
    ("targets", "broken", "about", "told"),
    [
        ("", [], None, [MAIL]),
        ("", [], SLACK, [MAIL]),
        ("", [], MAIL, [SLACK]),
        ("", [MAIL], None, [SLACK]),
        ('targets = ["floor"]', [], None, [SLACK]),
        ('targets = ["floor"]', [], SLACK, [MAIL]),
        ('targets = ["floor", "leads"]', [], SLACK, [MAIL]),
        ('targets = ["floor"]', [], MAIL, [SLACK]),
        # There is nobody else: better there than nowhere.
        ("", [MAIL, SLACK], SLACK, [MAIL]),
    ],
)
def test_nothing_is_told_only_where_it_cannot_arrive(
    engine: Engine, targets: str, broken: list[Addressee], about: Addressee | None, told: list[Addressee]
) -> None:
    document = parse(f"{CHANNELS}[watch]\n{targets}\n")
    with session_scope(engine) as session:
        for each in broken:
            mark_broken(session, each.kind, each.target, "archived", NOON)
        assert told_to(session, document, about) == tuple(told)


def test_a_second_channel_of_the_same_kind_is_no_other_way_out(engine: Engine) -> None:
    document = parse(f'{CHANNELS}[channels.other]\nkind = "slack"\nchannel = "C0OTHER"\n[watch]\ntargets = ["other"]\n')
    with session_scope(engine) as session:
        other = Addressee(kind="slack", target="C0OTHER")
        assert told_to(session, document, SLACK) == (other, MAIL)
        assert told_to(session, document, MAIL) == (other,)


# -- digests

DIGEST = CHANNELS + '[digests.morning]\nat = "08:00"\nchannels = ["floor"]\n'
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


DAY = timedelta(days=1)


def put(engine: Engine, day: str, state: str, error: str | None = None) -> None:
    """The digest of a day, as far as it came."""
    with session_scope(engine) as session:
        to = {"target": "C0FLOOR", "kind": "slack"}
        enqueue(session, Message(title=day), what="digest:morning", period_key=f"day:{day}", now=EIGHT, **to)
        told = {"state": state, "error": error, "key": f"day:{day}"}
        session.execute(text("UPDATE message SET state = :state, error = :error WHERE period_key = :key"), told)


def test_a_digest_that_is_not_there_half_an_hour_after_it_may_be_held_is_told_and_over_when_it_was_sent(
    engine: Engine, tmp_path: Path
) -> None:
    opened = opened_with(engine, tmp_path, DIGEST)
    put(engine, "2026-11-22", "sent")
    watch(opened, [-5, -1, 0, 15, 60], EIGHT + DAY)
    assert said(engine) == []
    watch(opened, [61, 62, 90], EIGHT + DAY)
    assert said(engine) == [
        ("fired", "lead@example.com", "The digest morning has not been sent; it is due since 08:00")
    ]
    put(engine, "2026-11-23", "pending")
    watch(opened, [91], EIGHT + DAY)
    put(engine, "2026-11-23", "sent")
    watch(opened, [92, 93], EIGHT + DAY)
    assert [what for what, _, _ in said(engine)] == ["fired", "recovered"]


@pytest.mark.parametrize(("days", "fired"), [(("20", "22"), True), (("20", "21", "22"), False)])
def test_of_the_days_that_monday_tells_none_may_be_missing(
    engine: Engine, tmp_path: Path, days: Sequence[str], fired: bool
) -> None:
    weekdays = '["monday", "tuesday", "wednesday", "thursday", "friday"]'
    opened = opened_with(engine, tmp_path, f"{DIGEST}weekdays = {weekdays}\n")
    for day in days:
        put(engine, f"2026-11-{day}", "sent")
    watch(opened, [59, 60, 61, 62])
    assert [what for what, _, _ in said(engine)] == ["fired"] * fired


def test_a_digest_that_was_refused_is_told_at_once_and_the_next_one_is_not_its_end_before_it_is_sent(
    engine: Engine, tmp_path: Path
) -> None:
    opened = opened_with(engine, tmp_path, DIGEST)
    put(engine, "2026-11-22", "failed", "The message is too long.")
    watch(opened, [1])
    assert [what for what, _, _ in said(engine)] == ["fired"]
    assert summaries(engine)[0].startswith("Reason: “The message is too long”. `deskgauge doctor` says")
    watch(opened, [1], EIGHT + DAY)
    assert len(said(engine)) == 1
    put(engine, "2026-11-23", "sent")
    watch(opened, [2], EIGHT + DAY)
    assert [what for what, _, _ in said(engine)] == ["fired", "recovered"]


def test_who_left_a_digest_does_not_miss_it(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, DIGEST.replace('["floor"]', '["floor", "leads"]'))
    put(engine, "2026-11-22", "sent")
    with writing(engine) as connection:
        leave(connection, Recipient(digest="morning", address="lead@example.com"), "page", EIGHT)
    watch(opened, [61, 62, 90])
    assert said(engine) == []


def test_a_digest_that_was_added_after_its_time_is_not_late(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, DIGEST)
    monthly = DIGEST + '[digests.month]\ngrain = "month"\nchannels = ["floor"]\n'
    with session_scope(engine) as session:
        revisions.apply(session, parse(monthly), "test", NOON)
    put(engine, "2026-11-22", "sent")
    # It was due on 1 November, and the daily one is watched as before.
    watch(opened_again(opened), range(0, 60, 10))
    assert said(engine) == []


# -- the evaluation itself


def test_who_comes_back_tells_the_gap(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    jobs.evaluate(opened, NOON)
    watch(opened, [1, 2])
    back = NOON + timedelta(hours=4, minutes=20)
    for minute in range(3):
        jobs.watch_itself(opened_again(opened), back + minute * MINUTE)
        jobs.evaluate(opened_again(opened), back + minute * MINUTE)
    assert said(engine) == [
        ("fired", "lead@example.com", "Nothing was evaluated from 12:00 to 16:20 (4 hr 20 min)"),
        ("recovered", "lead@example.com", "Back to normal: rules are evaluated again"),
    ]


def test_a_process_that_evaluates_nothing_tells_that_nobody_does(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    jobs.evaluate(opened, NOON)
    assert [look_from_outside(opened, NOON + minute * MINUTE) for minute in (1, 5, 6, 7)] == [False, False, True, True]
    assert said(engine) == [("fired", "lead@example.com", "Nothing has been evaluated since 12:00: no worker runs")]
    for minute in (30, 31, 32):
        jobs.watch_itself(opened, NOON + minute * MINUTE)
        jobs.evaluate(opened, NOON + minute * MINUTE)
    assert [what for what, _, _ in said(engine)] == ["fired", "recovered"]
    assert summaries(engine)[-1] == "It lasted 31 min, from 12:00 to 12:31."


def test_the_web_process_tells_itself_while_no_worker_lives(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    jobs.evaluate(opened, NOON)
    ways = {"slack": Refusing(), "email": Refusing()}
    to_floor(engine, "Morning", NOON)
    # While rules are evaluated, or without the settings for each channel, the outbox is a worker's.
    assert round_of(opened, ways, NOON + MINUTE) == 0
    assert round_of(opened, {"email": Refusing()}, NOON + 6 * MINUTE) == 0
    assert round_of(opened_again(opened), ways, NOON + 6 * MINUTE) == 2
    assert round_of(opened_again(opened), ways, NOON + 7 * MINUTE) == 0
    assert [what for what, _, _ in said(engine)] == ["fired"]


def test_that_no_web_process_lives_is_told_and_no_source_is_silent_meanwhile(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, PHONE)
    heard(engine, NOON)
    round_of(opened, None, NOON)
    for minute in range(60):
        watch(opened, [minute])
        beat(engine, "evaluation", NOON + minute * MINUTE)
    assert [(what, title) for what, _, title in said(engine)] == [
        ("fired", "Nothing can be received since 12:00: no web server runs")
    ]
    round_of(opened, None, NOON + 60 * MINUTE)
    heard(engine, NOON + 60 * MINUTE)
    watch(opened, [60, 61])
    assert said(engine)[-1][2] == "Back to normal: deliveries are received again"


def test_after_a_stop_of_everything_the_web_process_has_a_minute_to_come_back(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    beat(engine, "evaluation", NOON)
    round_of(opened, None, NOON)
    watch(opened, [60])
    beat(engine, "evaluation", NOON + 60 * MINUTE)
    round_of(opened, None, NOON + 60 * MINUTE)
    watch(opened, [61, 62])
    assert not any("received" in title for _, _, title in said(engine))


def test_an_ordinary_restart_is_no_trouble_and_neither_is_the_first_start(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS)
    assert not look_from_outside(opened, NOON)
    watch(opened, [0])
    beat(engine, "evaluation", NOON)
    watch(opened, [5])
    assert said(engine) == []


# -- sources

PHONE = (
    """
timezone = "UTC"
[sources.pbx]
adapter = "asterisk"
[rules.abandoning]
title = "Support abandonment"
kpi = "abandonment_rate"
window = "30m"
fire_above = 0.3
clear_at = 0.1
for = "5m"
min_sample = 10
cooldown = 0
confidence = 0
targets = ["floor"]
[rules.tickets]
kpi = "received"
fire_above = 5
targets = ["floor"]
"""
    + CHANNELS
)


def heard(engine: Engine, until: datetime, number: int = 28 * 144) -> None:
    """Something every ten minutes."""
    moments = [until - each * timedelta(minutes=10) for each in range(number)]
    slots = [Slot(first_at=moment, last_at=moment) for moment in moments]
    with writing(engine) as connection:
        note(connection, "pbx", slots)


def abandoned(opened: Installation, at: datetime, number: int) -> None:
    lines = []
    for second in range(int(at.timestamp()), int(at.timestamp()) + 60 * number, 60):
        lines.append(f"{second}|{second}.1|support|NONE|ENTERQUEUE||+49305551000|1")
        lines.append(f"{second + 9}|{second}.1|support|NONE|ABANDON|1|1|9")
    body = ('{"host": "pbx", "lines": [' + ", ".join(f'"{line}"' for line in lines) + "]}").encode()
    request = WebhookRequest(method="POST", url="/hooks/pbx", headers={}, body=body, received_at=at)
    insert_deliveries(opened.engine, [delivery_row("pbx", request, None)])
    settle_inbox(opened)


def steps(opened: Installation, minutes: Iterable[int]) -> None:
    """As a worker goes on, one of them at a time."""
    for number in minutes:
        again = opened_again(opened)
        jobs.watch_itself(again, NOON + number * MINUTE)
        jobs.evaluate(again, NOON + number * MINUTE)


def states(engine: Engine) -> dict[str, tuple[str, str | None]]:
    with Session(engine) as session:
        return {row.rule: (row.status, row.muted_by) for row in session.exec(select(RuleState)).all()}


def test_a_silent_source_mutes_the_rules_that_it_feeds_and_nothing_is_called_normal(
    engine: Engine, tmp_path: Path
) -> None:
    opened = opened_with(engine, tmp_path, PHONE)
    heard(engine, NOON)
    abandoned(opened, NOON - 30 * MINUTE, 30)
    steps(opened, range(6))
    assert [(what, target) for what, target, _ in said(engine)] == [("fired", "C0FLOOR")]
    steps(opened, range(6, 40))
    assert said(engine)[1:] == [
        (
            "fired",
            "lead@example.com",
            "Source pbx has been silent since 12:00: nothing for 31 min in which it usually sends (allowed: 30 min)",
        )
    ]
    assert summaries(engine)[-1].startswith("Until it sends again, these rules do not judge: Support abandonment.")
    assert states(engine)["abandoning"] == ("no_data", "pbx")
    assert states(engine)["tickets"][1] is None
    # It sends again: the hold begins anew, and the open incident is still open.
    heard(engine, NOON + 70 * MINUTE, 4)
    steps(opened, range(41, 46))
    assert [what for what, _, _ in said(engine)] == ["fired", "fired", "recovered"]
    assert states(engine)["abandoning"] == ("no_data", "pbx")
    with Session(engine) as session:
        still_open = session.exec(select(Incident.rule).where(col(Incident.closed).is_(None))).all()
    assert still_open == ["abandoning"]
    steps(opened, range(72, 74))
    assert states(engine)["abandoning"][1] is None


def test_a_rule_that_is_muted_does_not_fire_and_holds_anew_afterwards(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, PHONE)
    heard(engine, NOON)
    abandoned(opened, NOON - timedelta(days=1), 30)
    steps(opened, [0, 31])
    abandoned(opened, NOON + 20 * MINUTE, 30)  # it comes late, by another way
    steps(opened, range(32, 50))
    assert [target for _, target, _ in said(engine)] == ["lead@example.com"]
    heard(engine, NOON + 90 * MINUTE, 5)
    abandoned(opened, NOON + 51 * MINUTE, 60)
    steps(opened, range(50, 90))
    fired = [row for row in said(engine) if row[1] == "C0FLOOR"]
    assert len(fired) == 1
    with Session(engine) as session:
        incident = session.exec(select(Incident).where(Incident.rule == "abandoning")).one()
    # The silence was over at 12:50; half an hour of window and five minutes of hold later.
    assert incident.opened_at == NOON + 80 * MINUTE
    assert incident.fired_at == NOON + 85 * MINUTE


def test_two_workers_and_a_restart_tell_a_silence_once(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, PHONE)
    heard(engine, NOON)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.watch_itself(opened_again(opened), NOON + 31 * MINUTE), range(8)))
    watch(opened_again(opened), range(31, 35))
    assert [what for what, _, _ in said(engine)] == ["fired"]


def test_an_import_and_a_source_that_is_gone_are_no_silence(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, PHONE)
    abandoned(opened, NOON - timedelta(days=20), 60)  # what is imported is in the inbox, and was not heard
    watch(opened, [0])
    heard(engine, NOON)
    watch(opened, [31])
    with session_scope(engine) as session:
        revisions.apply(session, parse(CHANNELS), "test", NOON + 32 * MINUTE)
    watch(opened_again(opened), [33, 34])
    assert [what for what, _, _ in said(engine)] == ["fired"]
    with Session(engine) as session:
        assert session.exec(select(Incident.closed)).all() == ["rule_changed"]


def test_outside_its_calendar_a_trouble_waits_for_the_opening(engine: Engine, tmp_path: Path) -> None:
    calendar = '[watch]\ncalendar = "desk"\n[calendars.desk]\ntuesday = ["09:00-18:00"]\n'
    opened = opened_with(engine, tmp_path, CHANNELS + calendar)
    with session_scope(engine) as session:
        mark_broken(session, "slack", "C0FLOOR", "archived", NOON)
    watch(opened, [1, 2])
    assert said(engine) == []
    watch(opened, [21 * 60 + 1])
    assert [what for what, _, _ in said(engine)] == ["fired"]


def test_what_nobody_wants_to_know_is_not_looked_at(engine: Engine, tmp_path: Path) -> None:
    opened = opened_with(engine, tmp_path, CHANNELS + '[watch]\noff = ["broken_channel"]\n')
    with session_scope(engine) as session:
        mark_broken(session, "slack", "C0FLOOR", "archived", NOON)
    watch(opened, [1, 2])
    assert said(engine) == []
