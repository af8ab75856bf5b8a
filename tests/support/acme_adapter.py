"""A vendor that exists in tests only: JSON bodies, an HMAC in `X-Acme-Signature`, a challenge to echo, one event per delivery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Event, Kind
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, require, require_match

HINT = "Compare the signing secret on both sides."


def sign(secret: str, body: bytes) -> str:
    return hmac_hex("sha256", secret, body)


def _verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get("X-Acme-Signature"), "X-Acme-Signature", HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: sign(secret, request.body), HINT)


def _parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    call = body["call"].text()
    return [
        Event(
            kind=Kind.CONTACT_OFFERED,
            at=request.received_at,
            subject=call,
            dedupe_key=f"{call}:offered",
            channel="voice",
        )
    ]


def _handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    echo = request.query.get("echo")
    return Answer(status=200, body=echo.encode()) if request.method == "GET" and echo else None


def _key(request: WebhookRequest, settings: Settings) -> str | None:
    return request.headers.get("X-Acme-Delivery") or parse_json(request.body)["delivery"].text_or()


def acme(**changes: Any) -> Adapter:
    given: dict[str, Any] = {
        "key": "acme",
        "title": "Acme",
        "kind": "telephony",
        "channels": ("voice",),
        "settings": (
            Setting(key="secret", label="Signing secret", secret=True, required=True),
            Setting(key="region", label="Region", default="eu"),
            Setting(key="mapping", label="Mapping", secret=True, file=True),
            Setting(key="names", label="Names"),
        ),
        "verify": _verify,
        "parse": _parse,
        "facts": ("contact",),
        "signature_scheme": "hmac",
        "docs": "docs/adapters/acme.md",
        "handshake": _handshake,
        "delivery_key": _key,
    }
    return Adapter(**{**given, **changes})
