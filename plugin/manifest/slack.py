"""The manifest of the Slack app that an administrator pastes at api.slack.com/apps, Create New App, From a manifest."""

from __future__ import annotations

from typing import Any

from plugin.manifest.document import Manifest


def slack_manifest(manifest: Manifest) -> dict[str, Any]:
    """Version 1 of https://github.com/slackapi/manifest-schema: a bot that writes, and nothing that calls us."""
    app = manifest.slack_app
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": app.name,
            "description": app.description,
            "background_color": app.background_color,
        },
        "features": {"bot_user": {"display_name": app.name, "always_online": False}},
        "oauth_config": {"scopes": {"bot": list(app.scopes)}},
        "settings": {"org_deploy_enabled": False, "socket_mode_enabled": False, "token_rotation_enabled": False},
    }
