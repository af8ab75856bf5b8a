"""Mails that come back: what marks an address, what does not, and when the mark goes away."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_slack import START
from sqlalchemy import Engine
from sqlmodel import Session, select

from plugin.cli.returned import returned as command
from plugin.database import session_scope
from plugin.notify.deliver import deliver_due
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.outbox import enqueue, message_id
from plugin.notify.returned import mark, returned
from plugin.notify.tables import ChannelState

ID = message_id("digest:daily", "1", "lead@example.org")


def report(identity: str = ID, action: str = "failed", status: str = "5.1.1", part: str = "message/rfc822") -> bytes:
    """As Postfix writes it."""
    return f"""From: MAILER-DAEMON@mx.example.org
To: returns@desk.example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 23 Nov 2026 07:00:00 +0000 (UTC)

Final-Recipient: rfc822; somebody-else@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <lead@example.org>:
    User unknown

--b1
Content-Type: {part}

From: Deskgauge <d@desk.example.org>
To: lead@example.org
Subject: Support daily
Message-ID: <{identity}@deskgauge.desk.example.org>

x
--b1--
""".replace("\n", "\r\n").encode()


class Takes:
    """A mail server that takes everything."""

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        return Receipt(where=envelope.target, reference=f"<{envelope.id}@deskgauge.desk.example.org>")

    edit = send

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None


def send(engine: Engine, period: str, now: datetime) -> None:
    with session_scope(engine) as session:
        message = Message(title="Support daily")
        what, target = "digest:daily", "lead@example.org"
        enqueue(session, message, what=what, period_key=period, target=target, kind="email", now=now)
    assert deliver_due(engine, {"email": Takes()}, now) == 1


def broken(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        return [(row.target, row.reason) for row in session.exec(select(ChannelState))]


@pytest.mark.parametrize("part", ["message/rfc822", "text/rfc822-headers"])
def test_an_address_from_which_mail_came_back_is_marked_with_the_reason(engine: Engine, part: str) -> None:
    send(engine, "1", START)
    found = returned(report(part=part))
    assert found is not None
    with session_scope(engine) as session:
        assert mark(session, found, START) == "lead@example.org"
    reason = "Mail came back: 5.1.1 550 5.1.1 <lead@example.org>: User unknown"
    assert broken(engine) == [("lead@example.org", reason)]


def test_a_server_that_takes_the_next_mail_proves_nothing_for_three_days(engine: Engine) -> None:
    send(engine, "1", START)
    found = returned(report())
    assert found is not None
    with session_scope(engine) as session:
        mark(session, found, START)
    send(engine, "2", START + timedelta(days=1))
    assert len(broken(engine)) == 1
    send(engine, "3", START + timedelta(days=3, minutes=1))
    assert broken(engine) == []


@pytest.mark.parametrize(
    "raw",
    [
        report(action="delayed", status="4.4.1"),
        report(status="4.2.2"),
        report(identity="not-ours"),
        b"From: a@example.org\r\nSubject: Out of office\r\n\r\nI am away.",
        report()[:700],
        b"",
        b"\xff\x00" * 50,
    ],
    ids=["delay", "temporary", "not ours", "out of office", "cut", "empty", "noise"],
)
def test_anything_else_marks_nobody(raw: bytes) -> None:
    assert returned(raw) is None


def test_a_return_of_what_was_never_sent_marks_nobody(engine: Engine) -> None:
    found = returned(report(identity="f" * 32))
    assert found is not None
    with session_scope(engine) as session:
        assert mark(session, found, START) is None
    assert broken(engine) == []


def test_the_command_reads_a_mail_a_maildir_and_standard_input(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKGAUGE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    send(engine, "1", START)
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1.x").write_bytes(report())
    (tmp_path / "box" / "new" / "2.x").write_bytes(b"From: a@example.org\r\n\r\nhello")
    (tmp_path / "mail").write_bytes(report())
    for arguments, given, told in (
        ([str(tmp_path / "box")], None, "2 read, 1 came back from here."),
        ([str(tmp_path / "mail")], None, "1 read, 1 came back"),
        (["-"], report(), "1 read, 1 came back"),
    ):
        result = CliRunner().invoke(command, arguments, input=given)
        assert told in result.output
        assert "lead@example.org: 5.1.1 550" in result.output
    assert len(broken(engine)) == 1
