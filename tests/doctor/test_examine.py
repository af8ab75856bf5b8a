"""A whole installation is looked at, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fake_slack
from installed import installed
from sqlalchemy import Engine

from plugin.cli.policy import known
from plugin.config import load
from plugin.contract.request import WebhookRequest
from plugin.database import session_scope, writing
from plugin.doctor.examine import examine
from plugin.doctor.finding import Finding, Level
from plugin.inbox.store import Outcome, delivery_row, insert_deliveries, settle
from plugin.inbox.tables import State
from plugin.inbox.tally import Tally
from plugin.installation import Installation
from plugin.notify.outcome import mark_broken
from plugin.schedule.lease import beat

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
POLICY = """
[sources.zendesk]
adapter = "zendesk"

[channels.desk]
kind = "slack"
channel = "C0SUPPORT"

[digests.morning]
channels = ["desk"]
"""
ENVIRON = {"DESKGAUGE_SOURCE_ZENDESK_SECRETS": "x", "DESKGAUGE_BASEURL": "y"}


def found(opened: Installation, environ: dict[str, str] | None = None, **changes: Any) -> dict[str, list[Finding]]:
    """By check; nobody listens at the address of this installation."""
    opened.config = replace(opened.config, base_url="http://127.0.0.1:9", **changes)
    by_check: dict[str, list[Finding]] = {}
    for finding in examine(opened.config, environ or {}, lambda: NOW, known):
        by_check.setdefault(finding.check, []).append(finding)
    return by_check


def errors(by_check: dict[str, list[Finding]]) -> set[str]:
    """Without the clock: that of a real database is not that of the test."""
    return {name for name, each in by_check.items() if any(finding.level is Level.ERROR for finding in each)} - {
        "clock"
    }


def test_an_empty_installation_has_warnings_only(engine: Engine, tmp_path: Path) -> None:
    seen = found(installed(engine, tmp_path))
    assert errors(seen) == set()
    assert seen["policy"][0].level is Level.WARN
    assert seen["database"][0].text.endswith("with schema 0001")


def test_everything_that_is_wrong_is_found(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    beat(engine, "worker", NOW - timedelta(hours=2))
    beat(engine, "scheduler", NOW - timedelta(seconds=5))
    request = WebhookRequest(
        method="POST", url="https://x/hooks/zendesk", headers={}, body=b"{}", received_at=NOW - timedelta(minutes=9)
    )
    insert_deliveries(engine, [delivery_row("zendesk", request, "one")])
    with writing(engine) as connection:
        settle(connection, [Outcome(id=1, state=State.DEAD, error="$.ticket_id: is missing")])
    tally = Tally()
    at = NOW - timedelta(minutes=4)
    tally.refused("zendesk", "zendesk", at, status=401, reason="The signature does not match.", url="https://x/hooks/z")
    tally.write(engine)
    with session_scope(engine) as session:
        mark_broken(session, "slack", "C0SUPPORT", "The channel is archived.", NOW - timedelta(days=2))

    seen = found(opened, ENVIRON)

    assert errors(seen) == {"source zendesk", "worker", "slack", "channel"}
    texts = " ".join(finding.text + finding.action for finding in seen["source zendesk"])
    assert "DESKGAUGE_SOURCE_ZENDESK_SECRET" in texts
    assert "The signature does not match." in texts
    assert "$.ticket_id: is missing" in texts
    assert [finding.text for finding in seen["environment"]] == [
        "DESKGAUGE_BASEURL is set and nothing reads it",
        "DESKGAUGE_SOURCE_ZENDESK_SECRETS is set and nothing reads it",
    ]


def test_a_healthy_installation_is_well(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, 'timezone = "Europe/Riga"\n')
    (tmp_path / "policy.toml").write_text('timezone = "Europe/Riga"\n')
    for name in ("worker", "scheduler"):
        beat(engine, name, NOW)
    seen = found(opened, secret_key="a secret key of the tests that is long")
    unwell = {name for name, each in seen.items() if any(finding.level is not Level.OK for finding in each)}
    assert unwell - {"clock"} == {"web"}


def test_a_policy_that_names_what_does_not_exist_is_told(engine: Engine, tmp_path: Path) -> None:
    policy = '[rules.a]\nkpi = "asaa"\nfire_above = 1\n\n[sources.old]\nadapter = "nowhere"\n'
    seen = found(installed(engine, tmp_path, policy))
    assert {finding.text.partition(":")[0] for finding in seen["policy"]} == {"rules.a.kpi", "sources.old.adapter"}
    assert seen["source old"][0].action.startswith("Its adapter 'nowhere' is unknown.")


def test_a_policy_file_that_differs_from_what_is_in_force_is_told(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, 'timezone = "Europe/Riga"\n')
    (tmp_path / "policy.toml").write_text('timezone = "Europe/Riga"\ncurrency = "USD"\n')
    (finding,) = found(opened)["policy file"]
    assert "differs" in finding.text
    (tmp_path / "policy.toml").write_text("timezone = Riga\n")
    (finding,) = found(opened)["policy file"]
    assert "this is not TOML" in finding.text


def test_slack_is_asked_when_there_is_a_token(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    with fake_slack.running() as slack:
        seen = found(opened, slack_bot_token=fake_slack.TOKEN, slack_api_url=slack.url)
        assert slack.calls == ["auth.test"]
    # This Slack grants nothing, so every scope is missing.
    assert len(seen["slack"]) == 6


def test_without_a_database_the_rest_is_still_looked_at_and_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    config = load({"DESKGAUGE_DATA_DIR": str(folder), "SMTP_URL": "smtp://127.0.0.1:9"})
    seen = {finding.check: finding for finding in examine(config, {}, lambda: NOW, known)}
    assert seen["database"].action == "Run `deskgauge init`."
    assert "could not be reached" in seen["mail"].action
    assert not folder.exists()
