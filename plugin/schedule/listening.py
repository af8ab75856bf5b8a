"""Slack's Socket Mode beside the scheduler: whoever holds the lease listens, so that nothing is answered twice."""

from __future__ import annotations

from plugin.installation import Installation, Latest, now
from plugin.notify.registry import slack_notifier
from plugin.web.slack.desk import SlackApp
from plugin.web.slack.socket import SocketListener


def slack_listener(opened: Installation) -> SocketListener | None:
    """None where no app-level token is set."""
    config = opened.config
    if not config.slack_app_token:
        return None
    latest = Latest(opened)
    app = SlackApp(
        engine=opened.engine,
        signing_secret=None,
        document=lambda: latest.get().document,
        now=now,
        knows=lambda: latest.get().knows,
        base_url=config.base_url,
        api_url=config.slack_api_url,
        notifier=slack_notifier(config),
    )
    return SocketListener(app=app, app_token=config.slack_app_token)
