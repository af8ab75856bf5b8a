"""The whole demo over real HTTP, with its server in a process of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from datetime import date
from email import message_from_bytes
from pathlib import Path

import pytest
import requests

from plugin.demo.run import run_demo

MONDAY = date(2026, 11, 23)
ROOT = Path(__file__).parents[2]
#: on one worker, so that the demo runs once for all of them
ONE_RUN = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """(folder, exit code, what was printed) of a demo of one day."""
    folder, lines = tmp_path_factory.mktemp("demo") / "demo", []
    code = run_demo(folder, serve=False, host="127.0.0.1", port=0, echo=lines.append, end_date=MONDAY, days=1)
    return folder, code, "\n".join(lines)


@ONE_RUN
def test_ends_well(outcome: tuple[Path, int, str]) -> None:
    assert outcome[1] == 0


@ONE_RUN
def test_prints_the_digest_of_the_last_day(outcome: tuple[Path, int, str]) -> None:
    assert "Monday 23 November 2026" in outcome[2]
    assert re.search(r"Abandonment rate +1\d\.\d%", outcome[2])
    assert "Cost per contact" in outcome[2]


@ONE_RUN
def test_counts_what_was_sent(outcome: tuple[Path, int, str]) -> None:
    found = re.search(r"(\d+) requests sent: (\d+) accepted, (\d+) duplicates, (\d+) refused", outcome[2])
    assert found is not None
    sent, accepted, repeated, refused = map(int, found.groups())
    assert sent == accepted + repeated + refused
    assert repeated > 0
    assert refused == 1


@ONE_RUN
def test_leaves_the_messages_as_files_and_lists_them(outcome: tuple[Path, int, str]) -> None:
    folder, _, printed = outcome
    messages = folder / "messages"
    texts = [json.loads(path.read_text())["text"] for path in messages.glob("c0demo*.slack.json")]
    assert any("Abandonment rate in Support" in text for text in texts)
    assert any("Yesterday" in text for text in texts)
    mail = next(path for path in messages.glob("head-of-support*.eml") if "Yesterday" in path.read_text())
    assert message_from_bytes(mail.read_bytes()).is_multipart()
    assert all(str(path) in printed for path in messages.iterdir())


@ONE_RUN
def test_tells_of_an_alert_and_of_its_end(outcome: tuple[Path, int, str]) -> None:
    files = (outcome[0] / "messages").glob("c0demo0002-*.slack.json")
    texts = [json.loads(path.read_text())["text"] for path in files]
    assert sum(text.startswith("Abandonment rate in Support") for text in texts) == 1
    assert sum(text.startswith("Back to normal") for text in texts) == 1


@ONE_RUN
def test_stops_its_server(outcome: tuple[Path, int, str]) -> None:
    found = re.search(r"http://127\.0\.0\.1:(\d+)/hooks", outcome[2])
    assert found is not None
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", int(found[1]))) != 0


@ONE_RUN
def test_keeps_no_secret_in_the_database(outcome: tuple[Path, int, str]) -> None:
    """The token that Aircall puts into every body is masked before it is stored; the files hold none of the secrets either."""
    log = (outcome[0] / "web.log").read_text()
    assert "auth_token" not in log
    assert "secret" not in (outcome[0] / "policy.toml").read_text().replace("path_secret", "")


def test_says_what_to_do_when_the_port_is_taken(tmp_path: Path) -> None:
    lines: list[str] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code = run_demo(
            tmp_path / "demo", serve=False, host="127.0.0.1", port=other.getsockname()[1], echo=lines.append
        )
    assert code == 1
    assert "--port" in lines[-1]
    assert not (tmp_path / "demo").exists()


def test_says_what_to_do_when_the_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    lines: list[str] = []
    assert run_demo(tmp_path, serve=False, host="127.0.0.1", port=0, echo=lines.append) == 1
    assert "--folder" in lines[-1]


def test_serves_the_home_page_until_it_is_ended(tmp_path: Path) -> None:
    program = (
        "import sys, datetime, pathlib; from plugin.demo.run import run_demo; "
        "sys.exit(run_demo(pathlib.Path(sys.argv[1]), serve=True, host='127.0.0.1', port=0, days=1, scale=0.1, "
        "end_date=datetime.date(2026, 11, 23), echo=lambda line: print(line, flush=True)))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "demo")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("Home page:"):
                break
        assert printed[-1].startswith("Home page:"), "".join(printed)
        address = printed[-1].split()[2]
        page = requests.get(address, timeout=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert page.status_code == 200
    assert "Support" in page.text
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
