from __future__ import annotations

import json
import re

import pytest

from plugin.config import load
from plugin.manifest.environment import env_example
from plugin.manifest.reading import manifest
from plugin.manifest.slack import slack_manifest


def test_the_slack_app_is_within_slacks_limits_and_has_the_scopes_that_sending_needs() -> None:
    """Limits of manifest.schema.1.0.0.json of github.com/slackapi/manifest-schema, v0.5.0."""
    made = slack_manifest(manifest(), "https://gauge.example.org")
    assert made["_metadata"]["major_version"] == 1
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert re.fullmatch("#[0-9a-f]{6}", made["display_information"]["background_color"])
    assert made["oauth_config"]["scopes"]["bot"] == [
        "chat:write",
        "files:write",
        "commands",
        "channels:history",
        "groups:history",
        "im:history",
    ]
    assert made["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": "https://gauge.example.org/slack/actions",
    }
    assert made["settings"]["event_subscriptions"] == {
        "request_url": "https://gauge.example.org/slack/events",
        "bot_events": ["app_home_opened"],
    }
    (command,) = made["features"]["slash_commands"]
    assert (command["command"], command["url"]) == ("/deskgauge", "https://gauge.example.org/slack/commands")
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    assert made["features"]["app_home"]["home_tab_enabled"] is True
    assert made["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize(("address", "asked"), [("http://127.0.0.1:8080", False), ("https://gauge.example.org", True)])
def test_without_an_address_that_slack_reaches_the_app_uses_socket_mode_and_loses_nothing(
    address: str, asked: bool
) -> None:
    made = slack_manifest(manifest(), address, socket_mode=asked)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert made["settings"]["event_subscriptions"] == {"bot_events": ["app_home_opened"]}
    assert "url" not in made["features"]["slash_commands"][0]
    assert "https://" not in json.dumps(made)


def test_the_environment_file_changes_nothing_until_a_line_is_uncommented() -> None:
    text = env_example(manifest())
    assert all(line.startswith("#") for line in text.splitlines() if line)
    lines = [line[1:].partition("=") for line in text.splitlines() if re.match("#[A-Z]", line)]
    assert {name for name, _, _ in lines} == {setting.env for setting in manifest().settings}
    assert load({name: value for name, _, value in lines}) == load({})
