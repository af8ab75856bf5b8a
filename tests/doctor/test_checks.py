"""Each check: what was seen goes in, what a person reads comes out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from acme_adapter import acme

from adapters.aircall import ADAPTER as AIRCALL
from plugin.backfill.tables import PullPosition
from plugin.connecting.tables import Registered
from plugin.doctor import decisions, history, machine, processes, settings, sources, storage, ways_out, webhooks
from plugin.doctor.finding import Finding, Level, as_json, as_text, worst
from plugin.doctor.ways_out import Grant
from plugin.normalise.sources import SourceConfig
from plugin.policy.problems import Problem
from plugin.web.health import Condition, Health, SourceHealth

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SCOPES = ("chat:write", "files:write", "channels:history")
GIB = 1024**3


def levels(findings: Iterable[Finding]) -> list[str]:
    return [finding.level.value for finding in findings]


def test_whatever_is_not_well_names_what_to_do() -> None:
    finding = machine.package("Run `pip uninstall other-adapters`.")
    assert as_text([finding]) == (
        "ERROR  package: another distribution may have overwritten the adapters\n       -> Run `pip uninstall other-adapters`."
    )
    assert as_json([machine.package(None), finding])["status"] == "error"
    assert worst([machine.package(None)]) is Level.OK


def test_missing_zones_are_named() -> None:
    assert machine.timezones([]).level is Level.OK
    assert "US/Pacific" in machine.timezones(["US/Pacific"]).text


@pytest.mark.parametrize(("free", "level"), [(2 * GIB, "ok"), (GIB // 2, "warn"), (GIB // 10, "error")])
def test_little_room_on_the_disk_is_told_before_there_is_none(free: int, level: str) -> None:
    assert machine.disk("/srv/deskgauge", free).level.value == level


@pytest.mark.parametrize(
    ("ahead_s", "level", "text"),
    [(2.0, "ok", "agrees with Slack"), (-45.0, "warn", "45 s behind"), (400.0, "error", "400 s ahead of")],
)
def test_a_clock_that_differs_is_told_with_the_side_and_the_amount(ahead_s: float, level: str, text: str) -> None:
    (finding,) = machine.clock({"Slack": ahead_s})
    assert (finding.level.value, text in finding.text) == (level, True)


@pytest.mark.parametrize(
    ("key", "seen", "level", "told"),
    [
        ("k" * 64, {}, "ok", "is set"),
        ("short", {}, "warn", "only 5 characters"),
        (None, {"has_file": True}, "ok", "back it up"),
        (None, {}, "warn", "no key yet"),
        (None, {"has_file": True, "shared_database": True}, "error", "every machine that shares the database"),
        (None, {"has_file": True, "stored": 2}, "error", "2 secrets are stored"),
    ],
)
def test_the_key_is_judged_by_who_needs_it(key: str | None, seen: dict[str, Any], level: str, told: str) -> None:
    given: dict[str, Any] = {"has_file": False, "shared_database": False, "stored": 0, **seen}
    finding = settings.secret_key(key, **given)
    assert (finding.level.value, told in finding.text) == (level, True)


@pytest.mark.parametrize(
    ("url", "receives", "level"),
    [
        ("https://gauge.example.org", True, "ok"),
        ("http://127.0.0.1:8080", False, "ok"),
        ("http://localhost:8080", True, "warn"),
        ("http://gauge.example.org", True, "error"),
        ("https://example.org/gauge", True, "error"),
        ("gauge.example.org", True, "error"),
        ("ftp://gauge.example.org", True, "error"),
    ],
)
def test_the_address_is_https_unless_nobody_has_to_call_it(url: str, receives: bool, level: str) -> None:
    assert settings.base_url(url, receives=receives).level.value == level


def test_a_variable_that_nothing_reads_is_told_with_the_one_that_was_meant() -> None:
    (finding,) = settings.unread(["DESKGAUGE_BASEURL"], ["DESKGAUGE_BASE_URL", "SMTP_URL"])
    assert finding.action == "Rename it to DESKGAUGE_BASE_URL."


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ({"problem": "there is no database", "remedy": "Run `deskgauge init`."}, "there is no database"),
        ({"revision": None, "newest": "0002"}, "there are no tables yet"),
        ({"revision": "0001", "newest": "0002"}, "its schema is 0001, this release needs 0002"),
        ({"revision": "0002", "newest": "0002", "version": (13, 4)}, "PostgreSQL 13 is too old"),
    ],
)
def test_a_database_that_cannot_be_used_says_why(seen: dict[str, Any], text: str) -> None:
    first = next(iter(storage.storage(storage.Storage(kind="postgresql", **seen), 14)))
    assert (first.level, first.text) == (Level.ERROR, text)


def test_a_problem_of_the_policy_is_told_with_its_key(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    problem = Problem(path="rules.a.kpi", text='"asaa" is not a KPI; did you mean asa?')
    (finding,) = decisions.policy([problem], 3, file)
    assert finding.text == 'rules.a.kpi: "asaa" is not a KPI; did you mean asa?'
    assert levels(decisions.policy([], 3, file)) == ["ok"]
    assert levels(decisions.policy([], None, file)) == ["warn"]
    assert levels(decisions.policy_file(file, problem=None, differs=True)) == ["warn"]
    assert levels(decisions.policy_file(file, problem=None, differs=False)) == []


@pytest.mark.parametrize(
    ("beats", "pending", "level"),
    [
        ({}, 0, "warn"),
        ({}, 7, "error"),
        ({"worker": NOW - timedelta(seconds=20)}, 7, "ok"),
        ({"worker": NOW - timedelta(minutes=3)}, 0, "error"),
        ({"worker": NOW + timedelta(minutes=3)}, 0, "error"),
    ],
)
def test_a_worker_that_does_not_live_is_told(beats: dict[str, datetime], pending: int, level: str) -> None:
    assert next(iter(processes.processes(beats, pending, NOW))).level.value == level


def health(*found: SourceHealth, strays: tuple[Any, ...] = ()) -> Health:
    return Health(sources=found, strays=strays, pending=0, dead=0, oldest_pending_at=None, last_received_at=None)


def refusal(at: datetime) -> Any:
    url = "https://gauge.example.org/hooks/acme"
    return SimpleNamespace(at=at, status=401, reason="The signature does not match.", url=url)


CONFIGURED = {"acme": SourceConfig(name="acme", adapter=acme(), settings={"secret": ("one",)})}


def judged(configured: dict[str, SourceConfig] | None = None, **seen: Any) -> list[Finding]:
    each = SourceHealth(**{"name": "acme", "adapter": "acme", "condition": Condition.FINE, **seen})
    dead = [SimpleNamespace(source="acme", error="$.call: is missing")]
    return list(sources.sources(health(each), dead, CONFIGURED if configured is None else configured, NOW))  # type: ignore[arg-type]


def test_a_source_that_works_says_when_it_was_last_sent_something() -> None:
    (finding,) = judged(last_received_at=NOW - timedelta(minutes=5), received=12)
    assert finding.level is Level.OK
    assert finding.text == "the last delivery came 5 minutes ago, 12 in all"


def test_a_source_that_nobody_sent_anything_to_says_how_to_connect_it() -> None:
    (finding,) = judged()
    assert finding.level is Level.WARN
    assert "`deskgauge connect acme --source acme`" in finding.action


def test_a_source_of_imports_needs_no_webhook() -> None:
    assert levels(judged({})) == ["ok"]


def test_an_incomplete_source_says_what_is_missing() -> None:
    (finding,) = judged(problem="Signing secret is missing: set X.")
    assert (finding.level, finding.action) == (Level.ERROR, "Signing secret is missing: set X.")


def test_refused_requests_are_told_with_the_reason_and_the_address_that_was_hashed() -> None:
    refused = (refusal(NOW - timedelta(minutes=2)),)
    (finding,) = judged(refusals=refused, last_received_at=NOW - timedelta(hours=1))
    assert finding.level is Level.ERROR
    assert "The signature does not match." in finding.text
    assert "https://gauge.example.org/hooks/acme" in finding.action


def test_a_refusal_before_a_good_delivery_is_only_a_warning_and_an_old_one_is_forgotten() -> None:
    assert levels(judged(refusals=(refusal(NOW - timedelta(hours=2)),), last_received_at=NOW)) == ["warn"]
    assert levels(judged(refusals=(refusal(NOW - timedelta(days=2)),), last_received_at=NOW)) == ["ok"]


def test_unreadable_deliveries_are_told_with_the_reason_and_the_way_to_try_again() -> None:
    (finding,) = judged(dead=3, last_received_at=NOW)
    assert finding.text == "3 deliveries could not be read; the newest: $.call: is missing"
    assert "`deskgauge replay --source acme --dead`" in finding.action


def test_a_vendor_that_fell_silent_is_told() -> None:
    assert levels(judged(last_received_at=NOW - timedelta(days=4))) == ["warn"]


@pytest.mark.parametrize(
    ("secret", "level"), [("whsec_bm90IGEgc2VjcmV0", "ok"), ("whsec_bm90*", "error"), ("whsec_", "error")]
)
def test_a_secret_that_was_copied_in_part_is_told_without_showing_it(secret: str, level: str) -> None:
    source = SourceConfig(name="acme", adapter=acme(), settings={"secret": (secret,)})
    (finding,) = judged({"acme": source}, last_received_at=NOW)
    assert finding.level.value == level
    assert secret.removeprefix("whsec_") not in finding.text or secret == "whsec_"


def test_requests_to_a_name_that_no_source_has_are_told() -> None:
    found = list(sources.sources(health(strays=(refusal(NOW),)), [], {}, NOW))
    assert levels(found) == ["warn"]


@pytest.mark.parametrize(
    ("grant", "is_used", "expected"),
    [
        (None, False, ["ok"]),
        (None, True, ["error"]),
        (Grant(problem="The Slack token was revoked."), True, ["error"]),
        (Grant(team="Example", scopes=frozenset(SCOPES)), True, ["ok"]),
        (Grant(team="Example", scopes=frozenset(SCOPES[:2])), True, ["warn"]),
        (Grant(team="Example", scopes=frozenset(SCOPES[1:])), True, ["error"]),
    ],
)
def test_a_slack_app_is_judged_by_its_scopes(grant: Grant | None, is_used: bool, expected: list[str]) -> None:
    assert levels(ways_out.slack(grant, SCOPES, is_used=is_used)) == expected


@pytest.mark.parametrize(
    ("problem", "hours", "finished", "level", "text"),
    [
        (None, 1, True, "ok", "9 of 12"),
        ("The API answered 401.", 1, False, "warn", "answered 401"),
        (None, 3, False, "warn", "in part"),
        (None, 0, False, "ok", "was read"),
    ],
)
def test_a_history_says_when_it_was_read_and_what_stopped_it(
    problem: str | None, hours: int, finished: bool, level: str, text: str
) -> None:
    at = NOW - timedelta(hours=hours)
    ended = at if finished else None
    position = PullPosition(
        source="calls",
        purpose="backfill",
        since=NOW - timedelta(days=9),
        started_at=at,
        stored_at=at,
        finished_at=ended,
        problem=problem,
        read=12,
        fresh=9,
    )
    (finding,) = history.history([position], {"calls": SourceConfig(name="calls", adapter=AIRCALL)}, NOW)
    assert (finding.level.value, text in finding.text) == (level, True)


def test_the_missing_scope_is_named() -> None:
    (finding,) = ways_out.slack(Grant(scopes=frozenset({"chat:write"})), SCOPES[:2], is_used=True)
    assert "lacks the scope files:write" in finding.text


def test_mail_is_needed_only_where_the_policy_sends_mail() -> None:
    assert ways_out.mail(None, is_set=False, is_used=False).level is Level.OK
    assert ways_out.mail(None, is_set=False, is_used=True).action == "Set SMTP_URL."
    assert ways_out.mail("It refused the login.", is_set=True, is_used=True).level is Level.ERROR


def test_a_broken_channel_says_since_when_and_why() -> None:
    row: Any = SimpleNamespace(
        kind="slack", target="C0SUPPORT", broken_since=NOW - timedelta(hours=3), reason="The channel is archived."
    )
    (finding,) = ways_out.channels([row], NOW)
    assert finding.text == "slack C0SUPPORT has been broken for 3 hours"
    assert finding.action.startswith("The channel is archived.")


@pytest.mark.parametrize(
    ("row", "level", "told"),
    [
        ({}, "ok", "was made at the vendor's side on 2026-11-24"),
        ({"finished_at": None}, "warn", "`deskgauge connect aircall --source phones` makes it anew."),
        ({"url": "https://old.example.org/hooks/phones/hidden"}, "warn", "no longer answers"),
        ({"source": "gone"}, "warn", "`deskgauge disconnect gone --forget`"),
    ],
)
def test_a_webhook_that_we_made_and_that_does_not_lead_here_is_told(row: dict[str, Any], level: str, told: str) -> None:
    made = {
        "source": "phones",
        "url": "https://gauge.example.org/hooks/phones/hidden",
        "begun_at": NOW,
        "finished_at": NOW,
    }
    source = SourceConfig(name="phones", adapter=AIRCALL, settings={"path_secret": "hidden"})
    (found,) = webhooks.webhooks([Registered(**{**made, **row})], {"phones": source}, "https://gauge.example.org")
    assert found.level.value == level
    assert told in f"{found.text} {found.action}"


def test_a_channel_without_its_variables_and_a_variable_without_its_channel_are_named() -> None:
    targets = [("webhook", "on-call"), ("apprise", "boss")]
    environ = {
        "DESKGAUGE_WEBHOOK_ON_CALL_URL": "https://oncall.example.org",
        "DESKGAUGE_WEBHOOK_ON_CALL_SECRET_FILE": "/run/secrets/oncall",
        "DESKGAUGE_WEBHOOK_ON_CALL_PRIVATE": "yes",
        "DESKGAUGE_WEBHOOK_PAGER_URL": "https://pager.example.org",
    }
    found = list(ways_out.named(targets, environ))
    assert levels(found) == ["ok", "error", "warn"]
    assert found[1].action == "Set DESKGAUGE_APPRISE_BOSS."
    assert "DESKGAUGE_WEBHOOK_PAGER_URL" in found[2].text
    assert "example.org" not in as_text(found)
