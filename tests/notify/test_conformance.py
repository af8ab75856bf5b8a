"""Every way out of the house is held to the same promises, over real servers and through the real outbox."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import fake_slack
import hook_receiver
import pytest
import smtp_server
from fake_slack import CUT_AFTER_ACCEPTING, RATE_LIMITED, START, TOKEN, Fault
from hook_receiver import CUT, SECRET, HookReceiver
from sqlalchemy import Engine

from plugin.config import Config
from plugin.database import session_scope
from plugin.notify.apprise import AppriseNotifier
from plugin.notify.deliver import deliver_due
from plugin.notify.files import FileNotifier
from plugin.notify.message import (
    Cell,
    Chart,
    ChartUnit,
    Link,
    Message,
    Point,
    Section,
    Series,
    Table,
    Tone,
    from_json,
    to_json,
)
from plugin.notify.notifier import Envelope, Notifier
from plugin.notify.outbox import enqueue, message_id
from plugin.notify.registry import KINDS, notifiers
from plugin.notify.tables import OutboxMessage, State
from plugin.notify.webhook import WebhookNotifier

EVIL = "VIP <b>&co</b> <!here>"
MESSAGE = Message(
    title="Sunday, 22 November",
    summary="Service level 78.4 % of 1,240 calls",
    sections=(Section(title="What moved", text="Billing −3.1\u00a0pp"), Section(text=EVIL)),
    table=Table(
        columns=("KPI", "Yesterday", "Target"),
        rows=(
            (Cell(text="Service level"), Cell(text="78.4 %", tone=Tone.BAD), Cell(text="80 %")),
            (Cell(text=EVIL), Cell(text="0:34"), Cell(text="–")),
        ),
    ),
    chart=Chart(
        title="Service level by hour",
        unit=ChartUnit.RATIO,
        series=(Series(name="", points=(Point(label="08", value=0.915), Point(label="09", value=None))),),
    ),
    links=(Link(label="Open", url="https://desk.example.org/r?from=1&to=2"),),
    footer="Europe/Riga, SL-3",
)
NUMBERS = ("78.4 %", "1,240", "−3.1\u00a0pp", "80 %", "0:34", "91.5%", "Europe/Riga, SL-3", "Sunday, 22 November")


@dataclass
class Way:
    """One notifier with its other side: what a reader there sees, and how to bring trouble about."""

    kind: str
    target: str
    notifier: Notifier
    seen: Callable[[], list[str]]
    trouble: Callable[[str], None]
    knows_repeats: bool = True


def _slack_seen(slack: fake_slack.FakeSlack) -> list[str]:
    """The texts as Slack shows them: its escapes undone, and the picture's description for who does not see it."""
    shown = []
    for message in slack.messages["C0SUPPORT"]:
        _assert_no_markup(message["blocks"])
        raw = json.dumps(message["blocks"], ensure_ascii=False)
        described = " ".join(str(file["alt_txt"]) for file in slack.files)
        shown.append(unescape(raw) + described)
    return shown


def _assert_no_markup(blocks: list[dict[str, Any]]) -> None:
    """The cells of a table are the one place that Slack shows as they are, https://docs.slack.dev/reference/block-kit/blocks/table-block"""
    read = json.dumps([block for block in blocks if block["type"] != "table"], ensure_ascii=False)
    assert "<!here>" not in read
    assert "<b>" not in read


def _mail_seen(mails: list[EmailMessage]) -> list[str]:
    return [_mail_text(mail) for mail in mails]


def _mail_text(mail: EmailMessage) -> str:
    """The HTML body as it is read; the plain one must say the same numbers."""
    html, plain = (mail.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None
    assert plain is not None
    raw, text = str(html.get_content()), str(plain.get_content())
    assert "<b>" not in raw
    assert "<!here>" not in raw
    for number in NUMBERS:
        assert number in text
    described = " ".join(re.findall(r'alt="([^"]*)"', raw))
    return unescape(re.sub(r"<[^>]+>", "", raw) + described) + str(mail["Subject"])


def _files_seen(folder: Path) -> list[str]:
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]
    for path in folder.glob("*.slack.json"):
        _assert_no_markup(json.loads(path.read_text(encoding="utf-8"))["blocks"])
    return _mail_seen(mails)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        data_dir=tmp_path / "data", database_url="", base_url="https://desk.example.org", mail_from="d@desk.example.org"
    )


def _slack_way(slack: fake_slack.FakeSlack) -> Way:
    faults = {
        "passing": RATE_LIMITED,
        "permanent": Fault(error="not_in_channel"),
        "cut": CUT_AFTER_ACCEPTING,
    }
    kinds = notifiers(
        Config(data_dir=Path(), database_url="", base_url="", slack_bot_token=TOKEN, slack_api_url=slack.url)
    )
    return Way(
        kind="slack",
        target="C0SUPPORT",
        notifier=kinds["slack"],
        seen=lambda: _slack_seen(slack),
        trouble=lambda name: slack.fail("chat.postMessage", faults[name]),
    )


def _mail_way(box: smtp_server.Mailbox) -> Way:
    def trouble(name: str) -> None:
        if name == "cut":
            box.cut_after_accepting = 1
        else:
            box.answers.append({"passing": "451 later", "permanent": "554 refused"}[name])

    config = Config(data_dir=Path(), database_url="", base_url="", smtp_url=box.url(), mail_from="d@desk.example.org")
    return Way(
        kind="email",
        target="lead@example.org",
        notifier=notifiers(config)["email"],
        seen=lambda: _mail_seen(list({str(mail["Message-ID"]): mail for mail in box.mails}.values())),
        trouble=trouble,
    )


def _file_way(folder: Path) -> Way:
    """A folder has one kind of trouble: it cannot be written."""
    folder.parent.mkdir(exist_ok=True)

    def trouble(name: str) -> None:
        if name != "permanent":
            pytest.skip("a folder knows no passing trouble")
        folder.write_text("a file where the folder should be")

    return Way(
        kind="file",
        target="slack",
        notifier=FileNotifier(folder=folder),
        seen=lambda: _files_seen(folder) if folder.is_dir() else [],
        trouble=trouble,
    )


def _webhook_way(receiver: HookReceiver) -> Way:
    answers = {"passing": 503, "permanent": 410, "cut": CUT}
    values = {"ONCALL_URL": receiver.url, "ONCALL_SECRET": SECRET, "ONCALL_PRIVATE": "yes"}
    return Way(
        kind="webhook",
        target="oncall",
        notifier=WebhookNotifier(values=values, clock=receiver.clock),
        seen=lambda: [_hook_seen(body) for body in receiver.taken().values()],
        trouble=lambda name: receiver.answers.append(answers[name]),
    )


def _hook_seen(body: dict[str, Any]) -> str:
    return json.dumps(body["data"], ensure_ascii=False)


def _apprise_way(receiver: HookReceiver) -> Way:
    def trouble(name: str) -> None:
        if name != "passing":
            pytest.skip("Apprise says neither why it could not send, nor whether it had sent")
        receiver.answers.append(503)

    url = receiver.url.replace("http://", "json://")
    return Way(
        kind="apprise",
        target="boss",
        notifier=AppriseNotifier(values={"BOSS": url}),
        seen=lambda: [unescape(body["title"] + body["message"]) for body in receiver.bodies],
        trouble=trouble,
        knows_repeats=False,
    )


@pytest.fixture(params=KINDS)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    if request.param == "slack":
        with fake_slack.running() as slack:
            yield _slack_way(slack)
    elif request.param == "email":
        with smtp_server.running(tmp_path) as box:
            yield _mail_way(box)
    elif request.param in ("webhook", "apprise"):
        with hook_receiver.running() as receiver:
            yield {"webhook": _webhook_way, "apprise": _apprise_way}[request.param](receiver)
    elif request.param == "file":
        yield _file_way(tmp_path / "out" / "box")
    else:
        pytest.fail(f"{request.param} is not held to these promises yet: add it here")


def _enqueue(engine: Engine, way: Way) -> str:
    with session_scope(engine) as session:
        enqueue(session, MESSAGE, what="digest", period_key="2026-11-22", target=way.target, kind=way.kind, now=START)
    return message_id("digest", "2026-11-22", way.target)


def _row(engine: Engine, identity: str) -> OutboxMessage:
    with session_scope(engine) as session:
        return session.get_one(OutboxMessage, identity)


def test_every_reader_sees_the_same_numbers_and_no_markup_of_the_data(way: Way) -> None:
    way.notifier.send(MESSAGE, Envelope(id="a" * 32, target=way.target, created_at=START))
    (seen,) = way.seen()
    for number in NUMBERS:
        assert number in seen
    assert seen.count(EVIL) >= 2
    assert "https://desk.example.org/r?from=1&to=2" in seen or way.kind != "slack"


def test_a_passing_trouble_is_tried_again(engine: Engine, way: Way) -> None:
    way.trouble("passing")
    identity = _enqueue(engine, way)
    assert deliver_due(engine, {way.kind: way.notifier}, START) == 0
    assert _row(engine, identity).state == State.PENDING
    assert way.seen() == []
    assert deliver_due(engine, {way.kind: way.notifier}, START + timedelta(seconds=30)) == 1
    assert len(way.seen()) == 1


def test_a_permanent_refusal_is_not_tried_again(engine: Engine, way: Way) -> None:
    way.trouble("permanent")
    identity = _enqueue(engine, way)
    for hours in (0, 1, 30):
        assert deliver_due(engine, {way.kind: way.notifier}, START + timedelta(hours=hours)) == 0
    row = _row(engine, identity)
    assert row.state in (State.BROKEN, State.FAILED)
    assert row.attempts == 1
    assert row.error


def test_what_was_accepted_before_a_cut_reaches_the_reader_once(engine: Engine, way: Way) -> None:
    """Slack is asked; mail is sent again under the same Message-ID, which its reader's side shows once."""
    way.trouble("cut")
    identity = _enqueue(engine, way)
    assert deliver_due(engine, {way.kind: way.notifier}, START) == 0
    assert deliver_due(engine, {way.kind: way.notifier}, START + timedelta(seconds=30)) == 1
    assert _row(engine, identity).state == State.SENT
    assert len(way.seen()) == 1


def test_a_restart_between_acceptance_and_record_repeats_nothing(engine: Engine, way: Way) -> None:
    if not way.knows_repeats:
        pytest.skip("nobody on the way knows a repeat, and twice is better than never")
    identity = _enqueue(engine, way)
    deliver_due(engine, {way.kind: way.notifier}, START)
    with session_scope(engine) as session:
        row = session.get_one(OutboxMessage, identity)
        # as a killed worker leaves it: claimed, accepted outside, nothing written down
        row.state, row.receipt, row.sent_at = State.SENDING, None, None
        row.next_attempt_at = START + timedelta(minutes=5)
    assert deliver_due(engine, {way.kind: way.notifier}, START + timedelta(minutes=6)) == 1
    assert len(way.seen()) == 1


def test_a_message_is_the_same_after_the_outbox() -> None:
    assert from_json(json.loads(json.dumps(to_json(MESSAGE)))) == MESSAGE


def test_only_what_is_set_up_can_be_used(config: Config) -> None:
    assert set(notifiers(config)) == {"file"}
