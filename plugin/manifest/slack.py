"""The manifest of the Slack app that an administrator pastes at api.slack.com/apps, Create New App, From a manifest."""

from __future__ import annotations

from typing import Any

from plugin.manifest.document import Manifest


def slack_manifest(manifest: Manifest, base_url: str) -> dict[str, Any]:
    """Version 1 of https://github.com/slackapi/manifest-schema. Slack calls https only, so that elsewhere buttons stay off."""
    app = manifest.slack_app
    reachable = base_url.startswith("https://")
    buttons = {"is_enabled": reachable, **({"request_url": base_url + app.actions} if reachable else {})}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": app.name,
            "description": app.description,
            "background_color": app.background_color,
        },
        "features": {"bot_user": {"display_name": app.name, "always_online": False}},
        "oauth_config": {"scopes": {"bot": list(app.scopes)}},
        "settings": {
            "interactivity": buttons,
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
