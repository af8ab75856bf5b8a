"""What Slack sends: presses of buttons, commands and events, signed as Slack signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SECRET = "made-up-signing-secret"
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


def signature(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def headers_for(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature(body, timestamp, secret)}


def press(button: str, value: object, **changes: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U0ANNA", "username": "anna", "name": "anna", "team_id": "T0EXAMPLE"},
        "channel": {"id": "C0FLOOR", "name": "floor"},
        "actions": [{"action_id": button, "block_id": "b", "type": "button", "value": str(value)}],
        **changes,
    }


def command(text: str = "", **changes: str) -> dict[str, str]:
    return {
        "command": "/deskgauge",
        "text": text,
        "user_id": "U0ANNA",
        "user_name": "anna",
        "team_id": "T0EXAMPLE",
        "channel_id": "C0FLOOR",
        "channel_name": "floor",
        **changes,
    }


def home_opened(user: str = "U0ANNA", event_id: str = "Ev1", **changes: Any) -> dict[str, Any]:
    event = {"type": "app_home_opened", "user": user, "channel": "D0ANNA", "tab": "home", "event_ts": "1", **changes}
    return {"type": "event_callback", "team_id": "T0EXAMPLE", "event_id": event_id, "event_time": 1, "event": event}


def post_press(client: FlaskClient, payload: dict[str, Any], at: datetime) -> TestResponse:
    return _post(client, "/slack/actions", urlencode({"payload": json.dumps(payload)}).encode(), _FORM, at)


def post_command(client: FlaskClient, form: dict[str, str], at: datetime) -> TestResponse:
    return _post(client, "/slack/commands", urlencode(form).encode(), _FORM, at)


def post_event(client: FlaskClient, payload: dict[str, Any], at: datetime, **headers: str) -> TestResponse:
    return _post(client, "/slack/events", json.dumps(payload).encode(), _JSON, at, headers)


def _post(
    client: FlaskClient, path: str, body: bytes, kind: str, at: datetime, headers: dict[str, str] | None = None
) -> TestResponse:
    return client.post(path, data=body, content_type=kind, headers={**headers_for(body, at), **(headers or {})})
