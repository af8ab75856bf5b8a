"""Buttons of alerts: a request signed by Slack goes in, the incident changes, and Slack is answered at once."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Engine

from plugin.alert.answer import BUTTONS, Press, answer
from plugin.contract.request import Headers
from plugin.contract.signature import Rejected, hmac_hex, require, require_fresh, require_match, signed_time
from plugin.database import session_scope
from plugin.notify.slack_reply import ephemeral, is_reply_address, reply
from plugin.policy.document import Document

#: Slack sends the whole message with the press.
BODY_LIMIT = 256 * 1024
_NAME_LENGTH = 80
_HINT = "Compare SLACK_SIGNING_SECRET with the signing secret of the Slack app."
_NOT_SET_UP = "Buttons are not set up here: set SLACK_SIGNING_SECRET to the signing secret of the Slack app."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackApp:
    """`api_url` differs from Slack's own only where another server stands in for it."""

    engine: Engine
    signing_secret: str | None = field(repr=False)
    document: Callable[[], Document]
    now: Callable[[], datetime]
    api_url: str = "https://slack.com/api/"


class _User(BaseModel):
    id: str = Field(min_length=1)
    username: str = ""
    name: str = ""


class _Action(BaseModel):
    action_id: str = ""
    value: str | None = None


class _Payload(BaseModel):
    """What is read of https://docs.slack.dev/reference/interaction-payloads/block_actions-payload (November 2026)."""

    type: str
    user: _User
    actions: tuple[_Action, ...] = ()
    response_url: str | None = None


def slack_blueprint(slack: SlackApp) -> Blueprint:
    """Without session and form token: the signature proves who asks."""
    blueprint = Blueprint("slack", __name__, url_prefix="/slack")

    def actions() -> Response:
        return _actions(slack)

    blueprint.add_url_rule("/actions", view_func=actions, methods=["POST"])
    return blueprint


def _actions(slack: SlackApp) -> Response:
    if not slack.signing_secret:
        return _plain(_NOT_SET_UP, 503)
    request.max_content_length = BODY_LIMIT
    body = request.get_data(cache=False)
    try:
        verify(Headers(dict(request.headers)), body, slack.signing_secret, slack.now())
    except Rejected as rejected:
        _log.warning("a press of a button was refused: %s", rejected.reason)
        return _plain("This request is not proven to come from Slack.", 401)
    try:
        payload = _Payload.model_validate_json(_payload_field(body))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) or "payload" for each in error.errors(include_input=False))
        return _plain(f"The form field `payload` cannot be read: {fields}.", 400)
    return _told(slack, payload, _answer(slack, payload))


def verify(headers: Headers, body: bytes, secret: str, now: datetime) -> None:
    """As https://docs.slack.dev/authentication/verifying-requests-from-slack says; raises `Rejected`."""
    timestamp = require(headers.get("X-Slack-Request-Timestamp"), "X-Slack-Request-Timestamp", _HINT)
    given = require(headers.get("X-Slack-Signature"), "X-Slack-Signature", _HINT)
    signed_at = signed_time(timestamp, "X-Slack-Request-Timestamp")
    signed = f"v0:{timestamp}:".encode() + body
    require_match(given, [secret], lambda live: "v0=" + hmac_hex("sha256", live, signed), _HINT)
    require_fresh(signed_at, now)


def _payload_field(body: bytes) -> str:
    return parse_qs(body.decode("utf-8", "replace")).get("payload", [""])[0]


def _answer(slack: SlackApp, payload: _Payload) -> str:
    """What to say to who pressed; empty for what is not ours, such as a link."""
    press = _press(payload)
    if press is None:
        return ""
    with session_scope(slack.engine) as session:
        return answer(session, slack.document(), press, slack.now())


def _press(payload: _Payload) -> Press | None:
    pressed = next((each for each in payload.actions if each.action_id in BUTTONS), None)
    if payload.type != "block_actions" or pressed is None:
        return None
    value = pressed.value or ""
    known = value.isascii() and value.isdigit() and len(value) <= 18
    return Press(button=pressed.action_id, incident=int(value) if known else 0, who=_name(payload.user))


def _name(user: _User) -> str:
    given = "".join(letter for letter in user.username or user.name if letter.isprintable()).strip()
    return (given or user.id)[:_NAME_LENGTH]


def _told(slack: SlackApp, payload: _Payload, text: str) -> Response:
    """Slack shows no body of an answer to a button, so the text goes to `response_url`, after this answer."""
    if not text:
        return _plain("", 200)
    url = payload.response_url or ""
    if not is_reply_address(url, slack.api_url):
        return Response(json.dumps(ephemeral(text)), 200, mimetype="application/json")
    threading.Thread(target=reply, args=(url, text), name="slack-reply", daemon=True).start()
    return _plain("", 200)


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
