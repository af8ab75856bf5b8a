"""The manifest of the Slack app that an administrator pastes at api.slack.com/apps, Create New App, From a manifest."""

from __future__ import annotations

from typing import Any

from plugin.manifest.document import Manifest


def slack_manifest(manifest: Manifest, base_url: str, *, socket_mode: bool = False) -> dict[str, Any]:
    """Version 1 of https://github.com/slackapi/manifest-schema.

    Slack calls https only. Elsewhere, and where asked for, Slack is listened to over a connection that we open.
    """
    app = manifest.slack_app
    socket = socket_mode or not base_url.startswith("https://")

    def at(key: str, path: str) -> dict[str, str]:
        return {} if socket else {key: base_url + path}

    command = {"command": app.command, "description": app.command_does, "usage_hint": app.command_hint}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": app.name,
            "description": app.description,
            "background_color": app.background_color,
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False},
            "bot_user": {"display_name": app.name, "always_online": False},
            "slash_commands": [{**command, **at("url", app.commands), "should_escape": False}],
        },
        "oauth_config": {"scopes": {"bot": list(app.scopes)}},
        "settings": {
            "interactivity": {"is_enabled": True, **at("request_url", app.actions)},
            "event_subscriptions": {**at("request_url", app.events_to), "bot_events": list(app.events)},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
