"""What is outside, looked at over real connections."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fake_slack
import pytest
import smtp_server
from sqlalchemy import Engine, create_engine, text

from plugin.config import Config
from plugin.doctor import probes

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def config(folder: Path, url: str) -> Config:
    return Config(data_dir=folder, database_url=url, base_url="http://127.0.0.1:8080")


class _Answers(BaseHTTPRequestHandler):
    """auth.test as Slack answers it, with the scopes in a header; and the probe of a process."""

    def do_POST(self) -> None:
        self._answer({"ok": True, "team": "Example"}, {"X-OAuth-Scopes": "chat:write,files:write"})

    def do_GET(self) -> None:
        self._answer({"status": "ok"} if self.path == "/healthz" else {}, {})

    def _answer(self, body: dict[str, Any], headers: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response_only(200)
        self.send_header("Date", "Tue, 24 Nov 2026 11:59:30 GMT")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def test_slack_tells_the_team_the_scopes_and_the_time(server: str) -> None:
    grant = probes.slack_grant("xoxb-test", f"{server}/api/", lambda: NOW)
    assert (grant.team, grant.problem, grant.ahead_s) == ("Example", "", 30.0)
    assert grant.scopes == {"chat:write", "files:write"}


def test_a_token_that_slack_does_not_know_is_told_with_what_to_set() -> None:
    with fake_slack.running() as slack:
        grant = probes.slack_grant("xoxb-other", slack.url, lambda: NOW)
    assert (
        grant.problem == "Slack does not know the token: set SLACK_BOT_TOKEN to the bot token (xoxb-…). (invalid_auth)"
    )


def test_a_slack_that_cannot_be_reached_is_told_without_the_token() -> None:
    grant = probes.slack_grant("xoxb-secret", "http://127.0.0.1:9/api/", lambda: NOW)
    assert "could not be reached" in grant.problem
    assert "xoxb-secret" not in grant.problem


def test_a_mail_server_that_takes_the_login_is_well_and_gets_no_mail(tmp_path: Path) -> None:
    with smtp_server.running(tmp_path) as mailbox:
        assert probes.mail_problem(mailbox.url(), "gauge.example.org") is None
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"credentials": "deskgauge:wrong@"}, "It refused the login"),
        ({"query": "&starttls=maybe"}, "SMTP_URL: after the ?"),
    ],
)
def test_a_mail_server_that_cannot_be_used_says_what_to_set(tmp_path: Path, change: dict[str, str], told: str) -> None:
    with smtp_server.running(tmp_path) as mailbox:
        assert str(probes.mail_problem(mailbox.url(**change), "gauge.example.org")).startswith(told)


def test_a_certificate_that_is_not_trusted_and_a_closed_port_are_told_apart(tmp_path: Path) -> None:
    with smtp_server.running(tmp_path) as mailbox:
        url = f"smtp://127.0.0.1:{mailbox.port}"
        assert "certificate is not trusted" in str(probes.mail_problem(url, "gauge.example.org"))
    assert "could not be reached" in str(probes.mail_problem("smtp://127.0.0.1:9", "gauge.example.org"))


def test_our_own_address_is_told_from_something_else(server: str) -> None:
    assert probes.web_answer(server) == (None, True)
    assert probes.web_answer(f"{server}/other") == (None, False)
    assert probes.web_answer("http://127.0.0.1:9") == ("ConnectionError", False)


def test_a_database_at_the_newest_schema_is_usable(database_url: str, tmp_path: Path) -> None:
    seen, engine = probes.open_database(config(tmp_path, database_url))
    assert engine is not None
    assert seen.is_usable
    engine.dispose()


def test_a_database_at_another_schema_is_left_as_it_is(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    seen, opened = probes.open_database(config(tmp_path, engine.url.render_as_string(hide_password=False)))
    assert (seen.is_usable, seen.revision, opened) == (False, "0000", None)


def test_a_missing_database_is_not_made(tmp_path: Path) -> None:
    seen, engine = probes.open_database(config(tmp_path, f"sqlite:///{tmp_path / 'there' / 'deskgauge.db'}"))
    assert (engine, seen.remedy) == (None, "Run `deskgauge init`.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["postgresql://user:hunter22@127.0.0.1:9/deskgauge", "postgresql//user:hunter22@host"])
def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    seen, engine = probes.open_database(config(tmp_path, url))
    assert engine is None
    assert seen.problem
    assert "hunter22" not in seen.problem + seen.remedy


def test_the_clock_is_compared_with_the_databases(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    ahead = probes.ahead_of_database(engine, lambda: datetime(2000, 1, 1, tzinfo=UTC))
    assert ahead is not None
    assert ahead < -86400
    engine.dispose()


def test_this_environment_has_its_own_adapters_and_all_zones(tmp_path: Path) -> None:
    assert probes.package_problem() is None
    assert probes.missing_zones() == []
    assert probes.free_space(tmp_path / "not" / "there") > 0
