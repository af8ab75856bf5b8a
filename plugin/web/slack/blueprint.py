"""Slack over HTTP: a request that Slack signed goes in and is answered within its three seconds."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from flask import Blueprint, Response, request
from pydantic import ValidationError

from plugin.contract.request import Headers
from plugin.contract.signature import Rejected, hmac_hex, require, require_fresh, require_match, signed_time
from plugin.web.slack.command import command_of, commanded
from plugin.web.slack.desk import SlackApp
from plugin.web.slack.event import happened
from plugin.web.slack.press import pressed

#: Slack sends the whole message with the press.
BODY_LIMIT = 256 * 1024
_HINT = "Compare SLACK_SIGNING_SECRET with the signing secret of the Slack app."
_NOT_SET_UP = "Slack is not set up here: set SLACK_SIGNING_SECRET to the signing secret of the Slack app."
_log = logging.getLogger(__name__)


def slack_blueprint(slack: SlackApp) -> Blueprint:
    """Without session and form token: the signature proves who asks."""
    blueprint = Blueprint("slack", __name__, url_prefix="/slack")
    for path, handle in _HANDLERS.items():
        blueprint.add_url_rule(path, path.strip("/"), _signed(slack, handle), methods=["POST"])
    return blueprint


def _signed(slack: SlackApp, handle: Callable[[SlackApp, bytes], Response]) -> Callable[[], Response]:
    def view() -> Response:
        if not slack.signing_secret:
            return _plain(_NOT_SET_UP, 503)
        request.max_content_length = BODY_LIMIT
        body = request.get_data(cache=False)
        try:
            verify(Headers(dict(request.headers)), body, slack.signing_secret, slack.now())
        except Rejected as rejected:
            _log.warning("a request for %s was refused: %s", request.path, rejected.reason)
            return _plain("This request is not proven to come from Slack.", 401)
        return handle(slack, body)

    return view


def verify(headers: Headers, body: bytes, secret: str, now: datetime) -> None:
    """As https://docs.slack.dev/authentication/verifying-requests-from-slack says; raises `Rejected`."""
    timestamp = require(headers.get("X-Slack-Request-Timestamp"), "X-Slack-Request-Timestamp", _HINT)
    given = require(headers.get("X-Slack-Signature"), "X-Slack-Signature", _HINT)
    signed_at = signed_time(timestamp, "X-Slack-Request-Timestamp")
    signed = f"v0:{timestamp}:".encode() + body
    require_match(given, [secret], lambda live: "v0=" + hmac_hex("sha256", live, signed), _HINT)
    require_fresh(signed_at, now)


def _actions(slack: SlackApp, body: bytes) -> Response:
    try:
        return _answered(pressed(slack, _form(body).get("payload", "")))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) or "payload" for each in error.errors(include_input=False))
        return _plain(f"The form field `payload` cannot be read: {fields}.", 400)


def _commands(slack: SlackApp, body: bytes) -> Response:
    try:
        return _answered(commanded(slack, command_of(_form(body))))
    except KeyError as error:
        return _plain(f"The form field `{error.args[0]}` is missing.", 400)


def _events(slack: SlackApp, body: bytes) -> Response:
    try:
        payload = json.loads(body)
    except ValueError:
        return _plain("The body is not JSON.", 400)
    return _answered(happened(slack, payload)) if isinstance(payload, dict) else _plain("The body is no object.", 400)


_HANDLERS: dict[str, Callable[[SlackApp, bytes], Response]] = {
    "/actions": _actions,
    "/commands": _commands,
    "/events": _events,
}


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _answered(answer: dict[str, Any] | None) -> Response:
    if answer is None:
        return _plain("", 200)
    return Response(json.dumps(answer, ensure_ascii=False), 200, mimetype="application/json")


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
