"""A real django-helpdesk that is pointed at the running plugin; skipped unless `make helpdesk` has installed it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import running_server
from adapter_fixtures import ROOT
from installed import installed
from sqlalchemy import Engine, text

from plugin.backfill.reading import Reading, pull_of
from plugin.database import reading
from plugin.installation import Installation
from plugin.vendor_api.asking import Pace
from plugin.vendor_api.egress import Sender, origins_of
from plugin.work import settle_inbox

PYTHON = ROOT / ".tools" / "helpdesk" / "bin" / "python"
SITE = ROOT / "tests" / "support" / "helpdesk_site.py"
POLICY = """
[sources.helpdesk]
adapter = "django_helpdesk"
settings = {{ base_url = "{url}", api_user = "ann", queues = "1 = support\\n2 = second-line", names = "1 = Ann\\n2 = Bob" }}
"""
SECRETS = {
    "DESKGAUGE_SOURCE_HELPDESK_TOKEN": "hook-token",
    "DESKGAUGE_SOURCE_HELPDESK_PATH_SECRET": "hook-path",
    "DESKGAUGE_SOURCE_HELPDESK_API_PASSWORD": "made-up",
}
CUSTOMER = "customer.one@example.com"

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="`make helpdesk` installs django-helpdesk for this")


@dataclass
class HelpDesk:
    """What people do in its pages, and what its API clients do."""

    url: str
    folder: Path
    environ: dict[str, str]
    ann: requests.Session = field(default_factory=requests.Session)

    def _post(self, session: requests.Session, path: str, form: Mapping[str, Any]) -> None:
        """As a browser does, with the token that the page gave."""
        token = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = session.post(f"{self.url}{path}", data={**form, **token}, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text

    def open_by_form(self, title: str) -> None:
        with requests.Session() as customer:
            customer.get(f"{self.url}/", timeout=30)
            form = {"queue": 1, "title": title, "body": "made up", "submitter_email": CUSTOMER, "priority": 3}
            self._post(customer, "/", form)

    def log_in(self) -> None:
        self.ann.get(f"{self.url}/login/", timeout=30)
        self._post(self.ann, "/login/", {"username": "ann", "password": "made-up"})

    def update(self, ticket: int, **changes: Any) -> None:
        form = {"title": "made up", "body": "made up", "queue": 1, "priority": 3, **changes}
        self._post(self.ann, f"/tickets/{ticket}/update/", form)

    def close_in_bulk(self, ticket: int) -> None:
        self._post(self.ann, "/tickets/update/", {"action": "close", "ticket_id": ticket})

    def change_by_api(self, ticket: int, **changes: Any) -> None:
        address = f"{self.url}/api/tickets/{ticket}/"
        assert requests.patch(address, json=changes, auth=("ann", "made-up"), timeout=30).status_code == 200

    def mail(self, subject: str) -> None:
        """A mail of the customer, taken in as the vendor's own command does."""
        box = self.folder / "mail"
        box.mkdir(exist_ok=True)
        message = f"From: {CUSTOMER}\nTo: support@desk.example\nSubject: {subject}\nMessage-Id: <{time.time_ns()}@x>\n\nstill\n"
        (box / f"{time.time_ns()}").write_text(message)
        subprocess.run([PYTHON, SITE, self.folder, "fetch"], env=self.environ, check=True, timeout=60)


@pytest.fixture
def opened(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return installed(engine, tmp_path / "plugin", POLICY.format(url=f"http://127.0.0.1:{running_server.free_port()}"))


@pytest.fixture
def desk(opened: Installation, tmp_path: Path) -> Iterator[HelpDesk]:
    """Both are running, and the webhooks of one lead to the other."""
    url = str(opened.sources["helpdesk"].settings["base_url"])
    folder = tmp_path / "helpdesk"
    folder.mkdir()
    with running_server.running(opened.config.database_url, factory="plugin.app:create_app") as plugin:
        hook = f"http://deskgauge:hook-token@127.0.0.1:{plugin.port}/hooks/helpdesk/hook-path"
        hooks = {"HELPDESK_NEW_TICKET_WEBHOOK_URLS": hook, "HELPDESK_FOLLOWUP_WEBHOOK_URLS": hook}
        environ = {**os.environ, **hooks}
        command = [PYTHON, SITE, folder, "serve", url.rpartition(":")[2]]
        log = tmp_path / "helpdesk.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environ, stdout=output, stderr=output, start_new_session=True)
        try:
            _wait(url, log, process)
            yield HelpDesk(url=url, folder=folder, environ=environ)
        finally:
            process.kill()
            process.wait(10)


def _wait(url: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text())
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=30).ok
    except requests.ConnectionError:
        return False


def tickets(opened: Installation) -> dict[str, dict[str, Any]]:
    settle_inbox(opened)
    with reading(opened.engine) as connection:
        rows = connection.execute(text("SELECT * FROM ticket ORDER BY subject")).mappings().all()
    return {row["subject"]: dict(row) for row in rows}


def poll(opened: Installation) -> None:
    source, pull = pull_of(opened, "helpdesk")
    send = Sender(origins=origins_of(pull.origins, source.settings))
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    Reading(
        opened=opened, source=source, pull=pull, purpose="backfill", send=send, pace=Pace(sleep=lambda s: None)
    ).run(long_ago, anew=True)


def counts(ticket: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(ticket[name] for name in ("status", "agent", "agent_replies", "customer_replies", "reopens"))


def test_what_people_do_in_its_pages_becomes_facts(desk: HelpDesk, opened: Installation) -> None:
    desk.open_by_form("Printer")
    desk.log_in()
    desk.update(1, comment="A note", new_status=1)
    desk.update(1, comment="Have you tried", public=1, new_status=1, owner=2)
    desk.mail("Re: [support-1] Printer")
    desk.update(1, comment="Solved so", public=1, new_status=3)
    first = tickets(opened)["1"]
    assert counts(first) == ("solved", "Bob", 2, 1, 0)
    assert (first["channel"], first["queue"], first["priority"]) == ("web", "support", "normal")
    assert first["created_at"] < first["first_response_at"] < first["solved_at"]
    assert first["first_response_ms"] > 0

    desk.update(1, comment="It came back", public=1, new_status=2, queue=2)
    reopened = tickets(opened)["1"]
    assert counts(reopened) == ("open", "Bob", 3, 1, 1)
    assert (reopened["queue"], reopened["regroups"], reopened["solved_at"]) == ("second-line", 1, None)


def test_what_it_sends_no_webhook_for_is_repaired_by_polling(desk: HelpDesk, opened: Installation) -> None:
    for title in ("Closed in bulk", "Solved by a program", "Moved by a program"):
        desk.open_by_form(title)
    desk.log_in()
    desk.close_in_bulk(1)
    desk.change_by_api(2, status=3)
    desk.change_by_api(3, queue=2, assigned_to=2)
    assert [ticket["status"] for ticket in tickets(opened).values()] == ["open", "open", "open"]

    poll(opened)
    repaired = tickets(opened)
    assert [ticket["status"] for ticket in repaired.values()] == ["closed", "solved", "open"]
    assert (repaired["3"]["queue"], repaired["3"]["agent"]) == ("second-line", "Bob")
    poll(opened)
    assert tickets(opened) == repaired


def test_polling_what_webhooks_told_already_changes_nothing(desk: HelpDesk, opened: Installation) -> None:
    desk.mail("A new one")
    desk.log_in()
    desk.update(1, comment="Answer", public=1, new_status=3)
    told = tickets(opened)
    assert counts(told["1"]) == ("solved", "Ann", 1, 0, 0)
    poll(opened)
    assert tickets(opened) == told
