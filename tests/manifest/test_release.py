"""The manifest against the code, in both directions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from adapter_fixtures import load_fixtures

from plugin.manifest.reading import manifest, parse, path
from plugin.receive.server import FACTORY_VARIABLE
from plugin.release.check import differences
from plugin.release.files import made_files
from plugin.release.known import Known
from plugin.release.update import rendered, taken_over

ROOT = Path(__file__).parents[2]


def test_manifest_and_code_agree(known: Known) -> None:
    assert [str(problem) for problem in differences(manifest(), known)] == []


@pytest.mark.parametrize("name", [".env.example", "docs/manifest.schema.json", "docs/reference.md"])
def test_what_is_made_of_the_manifest_is_up_to_date(name: str) -> None:
    """Otherwise run `deskgauge manifest check --update`."""
    assert (ROOT / name).read_text() == made_files(manifest(), ROOT)[name]


def test_a_secret_address_that_is_promised_is_made() -> None:
    """`connect` makes the secret part where the path has a place for it."""
    hooks = [each.webhook for each in manifest().adapters if each.webhook]
    promised = [hook.path for hook in hooks if "secret URL" in hook.signature]
    assert promised
    assert [path for path in promised if not path.endswith("/<secret>")] == []


def told(data: dict[str, Any], known: Known) -> list[str]:
    return [str(problem) for problem in differences(parse(json.dumps(data)), known)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data.update(version="9.0.0"), 'version: is "9.0.0", the code says "0.1.0"'),
        (lambda data: data["requires"].update(schema="0000"), 'requires.schema: is "0000", the code says "'),
        (lambda data: data.update(locales=["en"]), "locales: is [en], the code says [en, lv, ru, zh]"),
        (lambda data: data["kpis"].pop(0), 'kpis: "offered" is in the code and not here; add it'),
        (lambda data: data["kpis"][0].update(better="higher"), 'kpis[0].better: is "higher", the code says "neutral"'),
        (lambda data: data["kpis"][0].update(version=2), 'kpis[0].version: is "2", the code says "1"'),
        (lambda data: data["kpis"][0].update(id="lost"), 'kpis[0]: "lost" is not in the code; remove it'),
        (lambda data: data["jobs"][0].update(every="hour"), 'jobs[0].every: is "hour", the code says "as they arrive"'),
        (lambda data: data["notifiers"].pop(), 'notifiers: "file" is in the code and not here; add it'),
        (lambda data: data["notifiers"][0].update(module="plugin.pager"), "notifiers[0].module: there is no module"),
        (lambda data: data["pages"].pop(0), 'pages: "/" is in the code and not here; add it'),
        (lambda data: data["pages"][0].update(path="/home"), 'pages[0]: "/home" is not in the code; remove it'),
        (lambda data: data["pages"][0].update(permission="scope:all"), 'pages[0].permission: "all" is not a scope'),
        (lambda data: data["settings"].pop(0), 'settings: "DESKGAUGE_DATA_DIR" is in the code and not here; add it'),
        (
            lambda data: data["settings"][0].update(key="folder"),
            'settings[0].key: is "folder", the code says "data_dir"',
        ),
        (lambda data: data["settings"][2].update(default="http://x"), 'settings[2].default: is "http://x", the code'),
        (lambda data: data["settings"][2].update(default=None), "settings[2].default: is nothing, the code says"),
        (lambda data: data["adapters"].pop(0), 'adapters: "aircall" is in the code and not here; add it'),
        (lambda data: data["adapters"][0]["events"].pop(), "adapters[0].events: is ["),
        (lambda data: data["adapters"][0].update(delivery=["webhook"]), "adapters[0].delivery: is [webhook], the code"),
        (lambda data: data["adapters"][0]["webhook"].update(signature="none"), "adapters[0].webhook.signature: is"),
        (
            lambda data: data["adapters"][0]["webhook"].update(path="/in"),
            'adapters[0].webhook.path: "/in" is not a route',
        ),
        (lambda data: data["links"].update(readme="LIESMICH"), "links.readme: there is no LIESMICH in the project"),
    ],
)
def test_a_difference_is_told_with_its_path(
    data: dict[str, Any], known: Known, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    change(data)
    assert [line for line in told(data, known) if line.startswith(problem)]


def test_the_changelog_has_the_version_of_the_manifest(data: dict[str, Any], known: Known) -> None:
    assert known.changelog == "0.1.0"
    assert told(data, replace(known, changelog="0.2.0")) == [
        'version: is "0.1.0", but the newest version in CHANGELOG.md is "0.2.0"'
    ]


def test_an_update_takes_over_what_the_code_says_and_keeps_what_people_said(data: dict[str, Any], known: Known) -> None:
    original = path().read_text()
    data["kpis"].clear()
    data["jobs"][0]["every"] = "never"
    data["adapters"][0]["events"] = []
    assert rendered(taken_over(data, known)) == original


def test_every_kind_of_a_recorded_delivery_is_an_event_of_its_adapter() -> None:
    for fixture in load_fixtures():
        entry = manifest().adapter(fixture.vendor)
        assert entry is not None
        assert {event["kind"] for event in fixture.events} <= {kind.value for kind in entry.events}, str(fixture)


def test_every_variable_that_the_code_names_is_a_setting() -> None:
    pattern = re.compile(r"\b(?:DESKGAUGE_[A-Z_]*[A-Z]|SLACK_(?:BOT|SIGNING|APP|API)_[A-Z]+|SMTP_URL)\b")
    named = {name for file in (ROOT / "plugin").rglob("*.py") for name in pattern.findall(file.read_text())}
    named = {
        name.removesuffix("_FILE")
        for name in named
        if not name.startswith(("DESKGAUGE_SOURCE", "DESKGAUGE_WEBHOOK", "DESKGAUGE_APPRISE"))
    }
    assert named - {FACTORY_VARIABLE} == {setting.env for setting in manifest().settings}
