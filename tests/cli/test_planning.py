"""`deskgauge staffing` and `deskgauge why`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from installed import imported, installed
from sqlalchemy import Engine

from plugin.cli import main

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def run(*words: str, url: str = "") -> Result:
    environment = {"DESKGAUGE_DATABASE_URL": url, "DESKGAUGE_SECRET_KEY": "a secret of the tests"} if url else {}
    return CliRunner().invoke(main, list(words), env=environment)


def test_a_load_in_words_of_the_trade_is_answered_in_agents() -> None:
    done = run("staffing", "--contacts", "100", "--interval", "30m", "--aht", "3m", "--shrinkage", "0.3")
    assert done.exit_code == 0
    assert done.output.startswith("14 agents for 10.00 erlangs; 20 on the roster")
    assert "88.84%" in done.output


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--contacts", "0", "--aht", "180"), "--contacts"),
        (("--contacts", "9", "--aht", "long"), "--aht"),
        (("--contacts", "9", "--aht", "180", "--target", "80"), "--target"),
        (("--contacts", "9", "--aht", "180", "--shrinkage", "1"), "--shrinkage"),
        (("--contacts", "9", "--aht", "180", "--max-occupancy", "2"), "--max-occupancy"),
        (("--contacts", "9"), "--period"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_option(words: tuple[str, ...], named: str) -> None:
    done = run("staffing", *words)
    assert done.exit_code == 2
    assert named in done.output


@pytest.fixture
def logged(engine: Engine, tmp_path: Path) -> str:
    """Two Mondays between nine and ten: twelve calls of 150 s, the last a week later with waits three times as long."""
    opened = installed(engine, tmp_path)
    lines = []
    for week, wait in ((0, 10), (1, 30)):
        start = MONDAY - timedelta(days=7 - 7 * week)
        lines.append(f"{start.timestamp():.0f}|x|NONE|Ann|AGENTLOGIN|SIP/a")
        for number in range(12):
            second = start.timestamp() + 240 * number
            call = f"{second:.0f}.{number}"
            lines += [
                f"{second:.0f}|{call}|support|NONE|ENTERQUEUE||+49305550{number:03}|1",
                f"{second + wait:.0f}|{call}|support|Ann|CONNECT|{wait}|x|1",
                f"{second + wait + 150:.0f}|{call}|support|Ann|COMPLETECALLER|{wait}|150|1",
            ]
        lines.append(f"{start.timestamp() + 3600:.0f}|x|NONE|Ann|AGENTLOGOFF|SIP/a|3600")
    (tmp_path / "log").write_text("\n".join(lines) + "\n")
    imported(opened, "asterisk", [tmp_path / "log"])
    return engine.url.render_as_string(hide_password=False)


def test_the_hours_of_a_past_week_show_what_was_needed_and_who_was_there(logged: str) -> None:
    done = run("staffing", "--period", "2026-11-23", "--queue", "support", url=logged)
    assert done.exit_code == 0, done.output
    (line,) = done.output.splitlines()[1:]
    # 12 calls of 150 s are half an erlang; two agents answer 92 % of them within 20 s, one 1 - 0.5 e^(-0.5 x 20/150)
    assert line.split() == ["Monday", "09:00", "12.0", "150", "2", "2", "1.0", "53.2%"]


def test_why_names_group_and_model(logged: str) -> None:
    words = ("why", "asa", "--period", "2026-11-23", "--against", "weekday", "--format", "json")
    done = run(*words, url=logged)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["before"]["value"], found["now"]["value"], found["change"]) == (10, 30, 20)
    assert found["groups"] == [{"group": "support", "amount": 20, "rate": 20, "mix": 0}]
    effects = found["model"]["effects"]
    assert effects == {"volume": 0, "handle_time": 0, "staffing": 0}  # the same load and the same agent
    assert found["model"]["remainder"] == 20
    text = run(*words[:-2], url=logged).output
    assert "support: +0:00:20" in text


def test_why_refuses_what_does_not_add_up(logged: str) -> None:
    done = run("why", "longest_wait", "--period", "2026-11-23", url=logged)
    assert done.exit_code == 2
    assert "longest_wait does not add up" in done.output
