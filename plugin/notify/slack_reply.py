"""What one person alone gets to see in Slack: after a press of a button or a command, through the address that came with it."""

from __future__ import annotations

import logging
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from plugin.notify.message import Message
from plugin.notify.slack_blocks import escape, fallback_text, slack_blocks

_TIMEOUT_S = 10
_SLACK_HOSTS = (".slack.com", ".slack-gov.com")
_log = logging.getLogger(__name__)


def is_reply_address(url: str, api_url: str) -> bool:
    """Slack's own over TLS, or the server that stands in for Slack's API."""
    try:
        given, api = urlsplit(url), urlsplit(api_url)
        host = given.hostname or ""
    except ValueError:
        return False
    if given.scheme == "https" and host.endswith(_SLACK_HOSTS):
        return True
    return bool(given.netloc) and (given.scheme, given.netloc) == (api.scheme, api.netloc)


def reply(url: str, payload: dict[str, Any]) -> None:
    """Nobody else sees it, and the message with the button stays. What fails is only logged: the press has had its effect."""
    # No retry handlers: a repeat would say it twice, and the person may press again.
    client = WebhookClient(url, timeout=_TIMEOUT_S, logger=_quiet_logger(), retry_handlers=[])
    try:
        answer = client.send_dict(payload)
    except (SlackClientError, HTTPException, OSError) as error:
        _log.warning("Slack could not be told what came of a button or command (%s)", type(error).__name__)
        return
    if answer.status_code != 200:
        _log.warning("Slack refused to show what came of a button or command (HTTP %s)", answer.status_code)


def ephemeral(said: Message | str) -> dict[str, Any]:
    """https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""
    answer: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False}
    if isinstance(said, str):
        return answer | {"text": escape(said)}
    return answer | {"text": fallback_text(said), "blocks": slack_blocks(said)}


def _quiet_logger() -> logging.Logger:
    """The client's own log may hold the address, which is a secret for half an hour."""
    logger = logging.getLogger(f"{__name__}.client")
    logger.setLevel(logging.CRITICAL)
    return logger
