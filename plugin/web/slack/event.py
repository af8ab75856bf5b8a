"""An event of Slack's Events API goes in: somebody opened the app's Home tab, which is then shown to him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.web.slack.desk import SlackApp, afterwards
from plugin.web.slack.home import publish_home


def happened(app: SlackApp, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body of the answer, if any: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/events/app_home_opened"""
    if payload.get("type") == "url_verification":
        return {"challenge": str(payload.get("challenge") or "")}
    event = payload.get("event")
    if isinstance(event, dict) and event.get("type") == "app_home_opened" and event.get("tab", "home") == "home":
        user = str(event.get("user") or "")
        # Slack repeats what it thinks was not heard, under the same id.
        if user and app.seen.is_new(f"event {payload.get('event_id')}"):
            afterwards(lambda: publish_home(app, user))
    return None
