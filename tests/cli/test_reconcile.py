"""`deskgauge reconcile`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from installed import imported, installed
from sqlalchemy import Engine

from plugin.cli import main

RANGE = ("--from", "2026-11-23", "--to", "2026-11-24")
#: 2026-11-23 09:00 UTC
NINE = 1795424400


@pytest.fixture
def url(engine: Engine, tmp_path: Path) -> str:
    """Three calls to the support queue: answered after 5 and 40 seconds, and given up after 30."""
    lines = []
    for number, (wait, talk) in enumerate(((5, 100), (40, 200), (30, 0))):
        at, call = NINE + 60 * number, f"{NINE}.{number}"
        lines.append(f"{at}|{call}|support|NONE|ENTERQUEUE||1|1")
        if talk:
            lines.append(f"{at + wait}|{call}|support|Ann|CONNECT|{wait}|x|1")
            lines.append(f"{at + wait + talk}|{call}|support|Ann|COMPLETECALLER|{wait}|{talk}|1")
        else:
            lines.append(f"{at + wait}|{call}|support|NONE|ABANDON|1|1|{wait}")
    log = tmp_path / "queue_log"
    log.write_text("\n".join(lines) + "\n")
    imported(installed(engine, tmp_path), "asterisk", [log], source="pbx")
    return engine.url.render_as_string(hide_password=False)


def run(url: str, *words: str) -> Result:
    environment = {"DESKGAUGE_DATABASE_URL": url, "DESKGAUGE_SECRET_KEY": "a secret of the tests"}
    return CliRunner().invoke(main, ["reconcile", *words], env=environment)


def test_a_source_is_held_against_the_vendor_of_its_adapter(url: str, tmp_path: Path) -> None:
    figures = tmp_path / "figures.csv"
    figures.write_text("date,kpi,value\n2026-11-23,service_level,50%\n")
    done = run(url, "pbx", *RANGE, "--vendor-file", str(figures))
    assert done.exit_code == 0, done.output
    assert done.output.startswith("pbx (asterisk) against Wazo, 2026-11-23, UTC\n")
    (line,) = [line for line in done.output.splitlines() if line.startswith("Service level  ")]
    assert line.split()[2:5] == ["33.33%", "50.00%", "50.00%"]
    assert line.endswith("agrees by its rule: other sums")


def test_another_vendor_and_another_form_can_be_chosen(url: str) -> None:
    told = json.loads(run(url, "pbx", *RANGE, "--vendor", "cisco_icm", "--format", "json").output)
    levels = {line["screen"]: line["by_rule"]["value"] for line in told["lines"] if line["kpi"] == "service_level"}
    assert levels == dict.fromkeys(("abandons positive", "abandons negative", "abandons ignored"), 1 / 3)
    header, first, *_ = run(url, "pbx", *RANGE, "--format", "csv").output.splitlines()
    assert header.startswith("start,end,queue,kpi,screen,ours,by_rule,stated")
    assert first.startswith("2026-11-23T00:00:00+00:00,2026-11-24T00:00:00+00:00,,answered,,2.0,2.0,")


def test_the_vendors_own_limits_and_filters_are_options(url: str) -> None:
    words = ("--vendor-threshold", "40", "--vendor-only", "queue=support", "--format", "json")
    told = json.loads(run(url, "pbx", *RANGE, *words).output)
    (level,) = [line for line in told["lines"] if line["kpi"] == "service_level"]
    # in 20 s one of three; by the rule of Wazo both that were answered within 40 s
    assert (level["ours"]["value"], level["by_rule"]["value"]) == (1 / 3, 1)
    assert told["vendor_settings"] == {"threshold_s": 40.0, "short_abandon_s": None, "only": {"queue": "support"}}


def test_the_template_can_be_filled_in_and_given_back(url: str, tmp_path: Path) -> None:
    printed = run(url, "pbx", *RANGE, "--template").output
    assert printed.splitlines()[:2] == ["date,kpi,value,queue", "2026-11-23,answered,,"]
    filled = tmp_path / "figures.csv"
    filled.write_text(printed.replace("answered,,", "answered,2,"))
    done = run(url, "pbx", *RANGE, "--vendor-file", str(filled))
    assert "agrees with our definition" in done.output


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("nobody", *RANGE), "SOURCE: 'nobody' is not a source that has sent anything (pbx)"),
        (("pbx", "--from", "2026-11-24", "--to", "2026-11-23"), "--to: must be later than --from"),
        (("pbx", "--from", "today", "--to", "2026-11-23"), "--from"),
        (("pbx", *RANGE, "--vendor", "acme"), "--vendor"),
        (("pbx", *RANGE, "--vendor-threshold", "-1"), "--vendor-threshold: must be seconds"),
        (("pbx", *RANGE, "--vendor-only", "hours"), "--vendor-only: write NAME=VALUE"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_option(url: str, words: tuple[str, ...], named: str) -> None:
    done = run(url, *words)
    assert done.exit_code == 2
    assert named in done.output


def test_a_file_with_mistakes_is_refused_with_all_of_them(url: str, tmp_path: Path) -> None:
    figures = tmp_path / "figures.csv"
    figures.write_text("date,kpi,value\n2026-11-23,service_level,50\n2026-11-22,asa,4\n")
    done = run(url, "pbx", *RANGE, "--vendor-file", str(figures))
    assert done.exit_code == 2
    assert "line 2, value: '50' is more than everything; write 81.3% or 0.813" in done.output
    assert "line 3, date: 2026-11-22 is not within the range of the sheet" in done.output
