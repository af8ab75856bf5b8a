"""Leaving a digest by its link: headers, page, both databases; nobody else and nothing else is concerned."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sample_report import MONDAY, TODAY, ZONE, by_queue, whole
from sqlalchemy import Engine
from sqlmodel import Session, select

from plugin.app import create_app
from plugin.cli.unsubscribed import unsubscribed
from plugin.config import Config
from plugin.database import reading, session_scope
from plugin.kpi.answer import Ask
from plugin.kpi.metric import Report
from plugin.notify.mail_format import Sender, compose, draw
from plugin.notify.message import Message, from_json
from plugin.notify.notifier import Envelope
from plugin.notify.tables import OutboxMessage
from plugin.policy.document import Document
from plugin.policy.revisions import apply
from plugin.report.compose import Composer
from plugin.report.leaving import Recipient, gone, link, staying
from plugin.report.send import is_sent, send_digest

SECRET = b"a secret of the tests"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LEAD = Recipient(digest="daily", address="lead@example.com")
PATH = link("https://gauge.example.com", SECRET, LEAD).removeprefix("https://gauge.example.com")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def document(language: str = "en") -> Document:
    return Document.model_validate(
        {
            "timezone": ZONE,
            "language": language,
            "channels": {
                "floor": {"kind": "slack", "channel": "C0FLOOR"},
                "leads": {"kind": "email", "to": ["lead@example.com", "boss@example.com"]},
            },
            "digests": {"daily": {"kpis": ["offered"], "channels": ["floor", "leads"]}},
        }
    )


def ask(question: Ask) -> Report:
    return by_queue(MONDAY, TODAY) if question.by else whole(MONDAY, TODAY)


def app(engine: Engine, folder: Path, language: str = "en") -> FlaskClient:
    with session_scope(engine) as session:
        apply(session, document(language), "ann", NOW)
    url = engine.url.render_as_string(hide_password=False)
    base_url = "https://gauge.example.com"
    config = Config(data_dir=folder, database_url=url, base_url=base_url, secret_key=SECRET.decode())
    return create_app(config).test_client()


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> FlaskClient:
    return app(engine, tmp_path)


def left(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        return [(row.digest, row.address, row.by) for row in gone(connection)]


def send(engine: Engine) -> dict[str, Message]:
    """Target --> what waits for it in the outbox."""
    base_url = "https://gauge.example.com"
    composer = Composer(document=document(), ask=ask, now=MONDAY.end, base_url=base_url, secret=SECRET)
    send_digest(engine, composer, "daily", MONDAY)
    with Session(engine) as session:
        return {row.target: from_json(json.loads(row.payload)) for row in session.exec(select(OutboxMessage))}


def test_every_mail_of_a_digest_has_the_link_of_its_own_reader_and_slack_has_none(engine: Engine) -> None:
    sent = send(engine)
    links = {target: message.unsubscribe_url for target, message in sent.items()}
    assert links["C0FLOOR"] == ""
    assert links["lead@example.com"].endswith(PATH)
    assert links["lead@example.com"] != links["boss@example.com"]
    assert "lead" not in links["lead@example.com"]
    envelope = Envelope(id="a" * 32, target="lead@example.com", created_at=NOW)
    mail = compose(sent["lead@example.com"], envelope, Sender(address="d@example.org"), draw(Message(title="x")))
    parsed = message_from_bytes(mail.as_bytes(), policy=default)
    assert parsed["List-Unsubscribe"] == f"<https://gauge.example.com{PATH}>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_an_address_over_tls_there_is_no_link() -> None:
    assert link("http://127.0.0.1:8080", SECRET, LEAD) == ""
    assert link("https://gauge.example.com", b"", LEAD) == ""


def test_what_follows_a_link_by_itself_changes_nothing(engine: Engine, client: FlaskClient) -> None:
    for method in ("GET", "HEAD"):
        answer = client.open(PATH, method=method)
        assert answer.status_code == 200
    assert left(engine) == []
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_click_takes_one_reader_off_one_digest(engine: Engine, client: FlaskClient) -> None:
    for _ in range(2):
        assert client.post(PATH, data=ONE_CLICK, content_type="multipart/form-data").status_code == 200
    assert left(engine) == [("daily", "lead@example.com", "mail")]
    assert set(send(engine)) == {"C0FLOOR", "boss@example.com"}
    with Session(engine) as session:
        assert is_sent(session, document(), "daily", MONDAY)


def test_the_page_puts_the_reader_back(engine: Engine, client: FlaskClient) -> None:
    client.post(PATH, data=ONE_CLICK)
    assert "Get them again" in client.get(PATH).text
    assert "again" in client.post(PATH, data={"again": "1"}).text
    assert left(engine) == []
    with reading(engine) as connection:
        assert "lead@example.com" in [to.target for to in staying(connection, document(), "daily")]


def test_the_command_lists_who_left_and_takes_him_back(
    engine: Engine, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(PATH, data=ONE_CLICK)
    monkeypatch.setenv("DESKGAUGE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    runner = CliRunner()
    assert "daily: lead@example.com, 20" in runner.invoke(unsubscribed, []).output
    again = ["--again", "daily", "lead@example.com"]
    assert "gets daily again" in runner.invoke(unsubscribed, again).output
    assert "has not left" in runner.invoke(unsubscribed, again).output
    assert left(engine) == []


@pytest.mark.parametrize("path", ["/unsubscribe/x", PATH[:-1], PATH + "0", PATH[:-4] + "zzzz", "/unsubscribe/é"])
def test_a_forged_link_leads_nowhere(engine: Engine, client: FlaskClient, path: str) -> None:
    assert client.post(path, data=ONE_CLICK).status_code == 404
    assert left(engine) == []


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Unsubscribe"), ("lv", "Atteikties"), ("ru", "Отписаться"), ("zh", "退订")]
)
def test_the_page_speaks_the_language_of_the_digest(engine: Engine, tmp_path: Path, language: str, word: str) -> None:
    assert word in app(engine, tmp_path, language).get(PATH).text
