"""The page behind a survey's link, from a real web server and in a real browser."""

from __future__ import annotations

import http.client
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
import running_server
from chromium import browser

from plugin.notify.follow_up.links import STOP, sign

KEY = "a secret of the tests"
IDENTITY = "0123456789abcdef" * 2


def asked(path: Path, language: str = "en", type_: str = "nps") -> None:
    with sqlite3.connect(path) as database:
        database.execute(
            "INSERT INTO survey_mail (id, survey, subject_key, type, language, question, about, source, subject, channel, "
            "queue, agent, customer, sender, decision, decided_at) VALUES (?, 's', 1, ?, ?, '', 'ticket', 'desk', '7', "
            "'email', 'Billing', 'Bob', 'c', '', 'sent', 0)",
            (IDENTITY, type_, language),
        )


def link(score: str) -> str:
    return f"/s/{sign(KEY.encode(), IDENTITY, score, datetime.now(UTC))}"


def call(port: int, method: str, path: str, **form: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection.request(method, path, urlencode(form) if form else None, headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.fixture
def database(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_the_answer_is_stored_before_the_customer_is_thanked(database: Path, tmp_path: Path) -> None:
    asked(database)
    environ = {"DESKGAUGE_SECRET_KEY": KEY, "DESKGAUGE_DATA_DIR": str(tmp_path)}
    with running_server.running(f"sqlite:///{database}", factory="plugin.app:create_app", environ=environ) as server:
        status, headers, body = call(server.port, "GET", link("10"))
        assert (status, headers["cache-control"], headers["referrer-policy"]) == (200, "no-store", "no-referrer")
        assert "<script" not in body
        assert call(server.port, "POST", link("10"), comment="thanks!")[0] == 200
        with sqlite3.connect(database) as stored:
            assert stored.execute("SELECT COUNT(*) FROM delivery WHERE source = 'survey'").fetchone() == (1,)
        assert call(server.port, "POST", link(STOP), **{"List-Unsubscribe": "One-Click"})[0] == 200
        with sqlite3.connect(database) as stored:
            assert stored.execute("SELECT customer FROM survey_opt_out").fetchall() == [("c",)]
        assert call(server.port, "POST", "/hooks/survey", event="answered")[0] == 404


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_the_page_fits_a_telephone_speaks_the_language_and_can_be_used_without_a_mouse(
    database: Path, tmp_path: Path, language: str
) -> None:
    asked(database, language, "ces")
    environ = {"DESKGAUGE_SECRET_KEY": KEY, "DESKGAUGE_DATA_DIR": str(tmp_path)}
    with (
        running_server.running(f"sqlite:///{database}", factory="plugin.app:create_app", environ=environ) as server,
        browser() as opened,
    ):
        context = opened.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
        page = context.new_page()
        page.goto(server.url + link("7"))
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        assert page.locator("label[for=comment]").inner_text()
        wide = page.locator("main").bounding_box()
        assert wide is not None
        assert wide["x"] >= 0
        assert wide["x"] + wide["width"] <= 360
        page.screenshot(path=str(tmp_path / f"{language}.png"))
        page.keyboard.press("Tab")
        page.keyboard.type("thanks")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
        context.close()
