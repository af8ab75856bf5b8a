"""Messages as signed HTTP requests to a program, such as an on-call tool: https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Message, to_json
from plugin.notify.named import optional, value_of, variable
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.text import plain_text
from plugin.private_network import LookUp, addresses, is_private

_KIND = "webhook"
_TIMEOUT_S = (10, 20)
_PREFIX = "whsec_"
#: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: 24 to 64 bytes
_SECRET_BYTES = range(24, 65)
_PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookNotifier:
    """`values` are the variables of all webhooks by what follows DESKGAUGE_WEBHOOK_. The receiver knows a repeat by its id."""

    values: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    look_up: LookUp = addresses

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        name, at = envelope.target, self.clock()
        url = self._url(name)
        body = json.dumps(payload(message, envelope), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Deskgauge",
            "webhook-id": envelope.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signature(key, envelope.id, at, body) for key in self._keys(name)),
        }
        try:
            with requests.post(
                url, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False, stream=True
            ) as answer:
                _judge(answer, name, at)
        except requests.RequestException as error:
            text = f"The webhook {name} could not be reached, or did not answer ({type(error).__name__})."
            raise DeliveryFailed(text, permanent=False) from None
        return Receipt(where=name, reference=envelope.id)

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        """A program is told the new state."""
        return self.send(message, envelope)

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None

    def _url(self, name: str) -> str:
        url = value_of(_KIND, self.values, name, "URL")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _broken(f"{variable(_KIND, name, 'URL')} is not an address like https://oncall.example.org/hook.")
        if optional(self.values, name, "PRIVATE") != "yes" and is_private(parts.hostname, self.look_up):
            raise _broken(
                f"The webhook {name} leads to a private address. "
                f"If that is meant so, set {variable(_KIND, name, 'PRIVATE')}=yes."
            )
        return url

    def _keys(self, name: str) -> list[bytes]:
        """Several, separated by spaces, while the receiver changes over."""
        given = value_of(_KIND, self.values, name, "SECRET").split()
        try:
            keys = [base64.b64decode(each.removeprefix(_PREFIX), validate=True) for each in given]
        except binascii.Error:
            keys = []
        if not keys or any(len(key) not in _SECRET_BYTES for key in keys):
            raise _broken(f"{variable(_KIND, name, 'SECRET')} is not whsec_ with 24 to 64 bytes in base64.")
        return keys


def payload(message: Message, envelope: Envelope) -> Mapping[str, object]:
    """`type` and `data.state` are for programs; `data.text` is what a person would read."""
    told = to_json(message)
    facts = dict(message.data)
    kind = facts.pop("type", "message")
    shown = {key: value for key, value in told.items() if key not in ("data", "actions", "language")}
    return {
        "type": kind,
        "timestamp": envelope.created_at.isoformat(),
        "data": {**facts, "language": message.language, "text": plain_text(message), "message": shown},
    }


def signature(key: bytes, identity: str, at: datetime, body: bytes) -> str:
    signed = hmac.new(key, f"{identity}.{int(at.timestamp())}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _judge(answer: requests.Response, name: str, now: datetime) -> None:
    """Raises `DeliveryFailed` unless the receiver took it."""
    status = answer.status_code
    if 200 <= status < 300:
        return
    if status in _PASSING or status >= 500:
        wait_s = _retry_after_s(answer.headers.get("Retry-After", ""), now)
        raise DeliveryFailed(f"The webhook {name} answered {status}.", permanent=False, retry_after_s=wait_s)
    if status == 410:
        raise _broken(f"The webhook {name} is gone (410): set another {variable(_KIND, name, 'URL')}.")
    if 300 <= status < 400:
        raise _broken(f"The webhook {name} sends us elsewhere ({status}), where we do not go: correct its address.")
    if status in (401, 403, 404):
        text = f"correct {variable(_KIND, name, 'URL')} and {variable(_KIND, name, 'SECRET')}"
        raise _broken(f"The webhook {name} does not let us in ({status}): {text}.")
    raise DeliveryFailed(f"The webhook {name} refused the message ({status}).", permanent=True)


def _retry_after_s(text: str, now: datetime) -> float | None:
    """RFC 9110, 10.2.3: seconds or a date."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now) / timedelta(seconds=1))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _broken(text: str) -> DeliveryFailed:
    return DeliveryFailed(text, permanent=True, broken=True)
