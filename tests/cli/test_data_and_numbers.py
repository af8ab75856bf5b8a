"""The command as a person and as a script uses it: parse, import, report, replay, rebuild, policy, digest, rules."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
REPORT = ("report", "--from", "2026-11-02", "--to", "2026-11-03", "--kpi", "offered,abandonment_rate,hold_time")
POLICY = """
[digests.daily]
channels = ["team"]
[channels.team]
kind = "slack"
channel = "C0TEAM00001"
[rules.waiting]
kpi = "asa"
fire_above = 60.0
clear_at = 30.0
targets = ["team"]
"""


@pytest.fixture
def runner(database_url: str, tmp_path: Path) -> CliRunner:
    env = {
        "DESKGAUGE_DATABASE_URL": database_url,
        "DESKGAUGE_DATA_DIR": str(tmp_path),
        "DESKGAUGE_SECRET_KEY": "of the tests",
    }
    return CliRunner(env=env)


def run(runner: CliRunner, *arguments: str | Path, code: int = 0) -> Result:
    result = runner.invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def queue_log(tmp_path: Path) -> Path:
    """Three calls in support, one of them abandoned."""
    lines = []
    for number, talk in enumerate((60, None, 90)):
        at = int((NINE + timedelta(minutes=number)).timestamp())
        lines.append(f"{at}|{at}.{number}|support|NONE|ENTERQUEUE||+4930555000{number}|1")
        if talk is None:
            lines.append(f"{at + 7}|{at}.{number}|support|NONE|ABANDON|1|1|7")
        else:
            lines.append(f"{at + 4}|{at}.{number}|support|Ann|CONNECT|4|x|1")
            lines.append(f"{at + 4 + talk}|{at}.{number}|support|Ann|COMPLETECALLER|4|{talk}|1")
    path = tmp_path / "queue_log"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_parse_prints_events_as_json_lines_and_stores_nothing(
    runner: CliRunner, queue_log: Path, tmp_path: Path
) -> None:
    body = tmp_path / "body.json"
    body.write_text(json.dumps({"host": "pbx", "lines": queue_log.read_text().splitlines()[:2]}))
    events = [json.loads(line) for line in run(runner, "parse", "asterisk", body).output.splitlines()]
    assert [event["kind"] for event in events] == ["contact.offered", "contact.queued", "contact.answered"]
    assert events[1]["queue"] == "support"
    assert json.loads(run(runner, *REPORT, "--format", "json").output)["rows"][0]["values"] == {}


def test_an_import_is_counted_and_the_second_one_is_a_duplicate(runner: CliRunner, queue_log: Path) -> None:
    assert run(runner, "import", "asterisk", queue_log).output.startswith("1 accepted, 0 duplicate, 0 ignored, 0 bad")
    assert run(runner, "import", "asterisk", queue_log).output.startswith("0 accepted, 1 duplicate, 0 ignored, 0 bad")


def test_the_json_of_a_report_is_what_outside_checks_read(runner: CliRunner, queue_log: Path) -> None:
    run(runner, "import", "asterisk", queue_log)
    found = json.loads(run(runner, *REPORT, "--by", "queue", "--timezone", "Europe/Riga", "--format", "json").output)
    assert found["timezone"] == "Europe/Riga"
    assert found["unavailable"] == {"hold_time": "missing fact: hold"}
    assert found["definitions"]["abandonment_rate"]["version"] == 1
    assert found["rows"] == [
        {
            "start": "2026-11-02T00:00:00+02:00",
            "end": "2026-11-03T00:00:00+02:00",
            "group": {"queue": "support"},
            "provisional": False,
            "values": {
                "offered": {"value": 3, "numerator": 3, "denominator": None},
                "abandonment_rate": {"value": pytest.approx(1 / 3), "numerator": 1, "denominator": 3},
            },
        }
    ]


def test_every_form_of_a_report_has_the_same_numbers(runner: CliRunner, queue_log: Path) -> None:
    run(runner, "import", "asterisk", queue_log)
    (row,) = csv.DictReader(io.StringIO(run(runner, *REPORT, "--format", "csv").output))
    assert (row["offered"], row["abandonment_rate_numerator"], row["abandonment_rate_denominator"]) == ("3", "1", "3")
    for form in ("text", "html"):
        assert "33.3%" in run(runner, *REPORT, "--format", form).output


def test_replaying_and_rebuilding_give_the_same_report(runner: CliRunner, queue_log: Path) -> None:
    run(runner, "import", "asterisk", queue_log)
    before = run(runner, *REPORT, "--format", "json").output
    assert run(runner, "replay").output.startswith("1 deliveries replayed")
    assert run(runner, *REPORT, "--format", "json").output == before
    run(runner, "rebuild")
    assert run(runner, *REPORT, "--format", "json").output == before


def test_rebuilding_says_what_changed_and_which_published_numbers_moved(
    runner: CliRunner, queue_log: Path, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    run(runner, "policy", "apply", file, "--author", "Eva")
    run(runner, "import", "asterisk", queue_log)
    run(runner, "digest", "daily", "--period", "2026-11-02")
    assert "made with the policy and the release in force" in run(runner, "rebuild", "--dry-run").output
    file.write_text(f"{POLICY}[definitions]\nservice_level_threshold_s = 3\nshort_abandon_s = 2\n")
    run(runner, "policy", "apply", file, "--author", "Eva")
    foretold = run(runner, "rebuild", "--dry-run").output
    assert foretold.splitlines() == [
        "cells: service_level_threshold_s was 20, is 3",
        "cells: short_abandon_s was 5, is 2",
    ]
    told = run(runner, "rebuild").output
    assert told.startswith(foretold)
    assert "Service level: 66.7% → 0.0%" in told
    assert "Abandonment" not in told
    assert "in force" in run(runner, "rebuild", "--dry-run").output


def test_published_numbers_are_listed_in_every_form(runner: CliRunner, queue_log: Path, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    run(runner, "policy", "apply", file, "--author", "Eva")
    run(runner, "import", "asterisk", queue_log)
    run(runner, "digest", "daily", "--period", "2026-11-02")
    words = ("published", "abandonment_rate", "--period", "2026-11-02")
    head, count = run(runner, *words).output.splitlines()
    assert head.startswith("Monday 2 November 2026, Abandonment rate: 33.3%, 1 / 3 (daily, ")
    assert count == "1 of 1 published numbers"
    told = json.loads(run(runner, *words, "--format", "json").output)
    assert (told["total"], told["published"][0]["numerator"], told["published"][0]["revisions"]) == (1, 1, [])
    (line,) = csv.DictReader(io.StringIO(run(runner, *words, "--format", "csv").output))
    assert (line["kpi"], line["numerator"], line["denominator"], line["reason"]) == ("abandonment_rate", "1", "3", "")
    assert run(runner, "published", "--period", "2026-11-03").output == "0 of 0 published numbers\n"
    assert "not a KPI" in run(runner, "published", "nonsense", code=2).output
    assert "--period" in run(runner, "published", "--period", "someday", code=2).output


def test_a_policy_is_applied_exported_and_rolled_back(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    assert "Revision 1" in run(runner, "policy", "apply", file, "--author", "Eva").output
    assert "Nothing differs" in run(runner, "policy", "apply", file, "--author", "Eva").output
    file.write_text(POLICY.replace("60.0", "90.0"))
    assert "90" in run(runner, "policy", "diff", file).output
    run(runner, "policy", "apply", file, "--author", "Eva")
    run(runner, "policy", "rollback", "1", "--author", "Eva")
    assert "fire_above = 60.0" in run(runner, "policy", "export").output
    assert "Eva" in run(runner, "policy", "history").output


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (POLICY.replace("clear_at = 30.0", "clear_at = 70.0"), "rules.waiting.clear_at"),
        (POLICY.replace("asa", "patience"), "rules.waiting.kpi"),
        (POLICY.replace("fire_above", "fire_abvoe"), "rules.waiting.fire_abvoe"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_by_the_name_of_the_key(
    runner: CliRunner, tmp_path: Path, wrong: str, named: str
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(wrong)
    assert named in run(runner, "policy", "check", file, code=1).output


def test_a_digest_can_be_looked_at_before_anybody_gets_it(runner: CliRunner, queue_log: Path, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    run(runner, "policy", "apply", file, "--author", "Eva")
    run(runner, "import", "asterisk", queue_log)
    shown = run(runner, "digest", "daily", "--period", "2026-11-02", "--preview").output
    assert "33.3%" in shown
    assert "Monday 2 November 2026" in shown
    assert run(runner, "digest", "daily", "--period", "2026-11-02").output.startswith("1 messages")
    assert run(runner, "digest", "daily", "--period", "2026-11-02").output.startswith("It was sent before")


def test_a_rule_is_tried_on_the_last_days(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    run(runner, "policy", "apply", file, "--author", "Eva")
    assert "would not have alerted" in run(runner, "rules", "test", "waiting", "--last", "2d").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "--from", "2026-11-02", "--to", "2026-11-03", "--kpi", "patience"), "patience is not a KPI"),
        (("report", "--from", "yesterday", "--to", "2026-11-03"), "is not a date or time"),
        (("report", "--from", "2026-11-03", "--to", "2026-11-02"), "must be later"),
        (("report", "--from", "2026-11-02", "--to", "2026-11-03", "--timezone", "Mars/Olympus"), "Mars/Olympus"),
        (("import", "aircal", __file__), "is not an adapter"),
        (("import", "twilio", __file__), "has no export file"),
        (("digest", "weekly"), "is not a digest"),
        (("rules", "test", "nothing"), "is not a rule"),
    ],
)
def test_bad_input_gets_a_message_that_names_it(runner: CliRunner, arguments: tuple[str, ...], said: str) -> None:
    result = runner.invoke(main, list(arguments))
    assert result.exit_code != 0
    assert said in result.output


def test_a_kpi_is_shown_with_its_sums_and_the_calls_behind_it(runner: CliRunner, queue_log: Path) -> None:
    run(runner, "import", "asterisk", queue_log)
    bare = run(runner, "kpi", "show", "abandonment_rate").output
    assert "abandonment_rate = abandoned / offered" in bare
    assert "definition after: Genesys Cloud" in bare
    shown = run(runner, "kpi", "show", "abandonment_rate", "--period", "2026-11-02", "--by", "queue").output
    assert "(abandoned): 1" in shown
    assert "(offered): 3" in shown
    assert "support: 33.3" in shown
    told = run(runner, "kpi", "show", "abandonment_rate", "--period", "2026-11-02", "--format", "json").output
    assert json.loads(told)["result"] == {"value": 1 / 3, "numerator": 1, "denominator": 3}
    listing = (*REPORT[:5], "--records", "abandonment_rate", "--only", "queue=support")
    text = run(runner, *listing).output
    assert "3 of 3 records; all of them: 1 / 3" in text
    records = json.loads(run(runner, *listing, "--format", "json", "--per-page", "2", "--page", "2").output)
    assert (records["total"], len(records["records"])) == (3, 1)
    customers = {
        each["fact"].get("customer")
        for each in json.loads(run(runner, *REPORT[:5], "--records", "transfer_rate", "--format", "json").output)[
            "records"
        ]
    }
    assert all("•••" in str(customer) for customer in customers)
