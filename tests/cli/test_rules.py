"""Rules on the command line: where each stands, and a snooze that is ended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from plugin.alert.tables import RuleState
from plugin.cli import main
from plugin.database import open_engine
from plugin.installation import now

POLICY = """
[rules.waiting]
kpi = "asa"
fire_above = 60.0
"""


@pytest.fixture
def runner(database_url: str, tmp_path: Path) -> CliRunner:
    env = {
        "DESKGAUGE_DATABASE_URL": database_url,
        "DESKGAUGE_DATA_DIR": str(tmp_path),
        "DESKGAUGE_SECRET_KEY": "of the tests",
    }
    runner, file = CliRunner(env=env), tmp_path / "policy.toml"
    run(runner, "rules", "list")
    file.write_text(POLICY)
    run(runner, "policy", "apply", str(file), "--author", "Eva")
    return runner


def run(runner: CliRunner, *arguments: str, code: int = 0) -> Result:
    result = runner.invoke(main, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_a_rule_says_where_it_stands_and_a_snooze_can_be_ended(runner: CliRunner, database_url: str) -> None:
    assert run(runner, "rules", "list").output == "waiting: ok. Not evaluated yet.\n"
    assert run(runner, "rules", "unsnooze", "waiting").output == "waiting is not snoozed.\n"
    engine, until = open_engine(database_url), now() + timedelta(hours=1)
    with Session(engine) as session:
        row = RuleState(rule="waiting", kpi="asa", scope="", status="ok", state="{}", snoozed_until=until)
        row.snoozed_by = "Anna"
        session.add(row)
        session.commit()
    engine.dispose()
    shown = run(runner, "rules", "list").output
    assert shown.startswith("waiting: snoozed. Snoozed until ")
    assert "by Anna" in shown
    assert run(runner, "rules", "unsnooze", "waiting").output == "waiting tells of everything again.\n"
    assert run(runner, "rules", "list").output == "waiting: ok. Not evaluated yet.\n"


def test_a_rule_that_does_not_exist_is_named(runner: CliRunner) -> None:
    assert "'nobody' is not a rule (waiting)" in run(runner, "rules", "unsnooze", "nobody", code=2).output
