"""Proofs that a webhook of no particular vendor can carry: the setting `auth` says which one is demanded."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from plugin.contract.adapter import Settings, first, secrets
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import (
    REPLAY_WINDOW_S,
    Rejected,
    hmac_base64,
    hmac_hex,
    require,
    require_fresh,
    require_match,
    verify_standard_webhook,
)

ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
SIGN: Mapping[str, Callable[[str, str, bytes], str]] = {"hex": hmac_hex, "base64": hmac_base64}
PLACEHOLDER = re.compile(r"(\{(?:body|timestamp|id)\})")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Raises `Rejected`; a source without a known `auth` refuses everything."""
    auth = first(settings, "auth", "") or ""
    if auth not in SCHEMES:
        raise Rejected(f"The source's `auth` must be one of {', '.join(SCHEMES)}; without it nobody can be believed.")
    SCHEMES[auth](request, settings)


def _standard_webhooks(request: WebhookRequest, settings: Settings) -> None:
    verify_standard_webhook(request.headers, request.body, secrets(settings, "secret"), request.received_at)


def _bearer(request: WebhookRequest, settings: Settings) -> None:
    hint = "The sender must send `Authorization: Bearer <secret>` with the secret of this source."
    given = require(request.headers.get("authorization"), "Authorization", hint)
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer":
        raise Rejected(f"The Authorization header is not of the scheme Bearer. {hint}")
    require_match(token.strip(), secrets(settings, "secret"), lambda secret: secret, hint)


def _basic(request: WebhookRequest, settings: Settings) -> None:
    hint = "The sender must use HTTP basic authentication with the `user` and the secret of this source."
    given = require(request.headers.get("authorization"), "Authorization", hint)
    scheme, _, credentials = given.partition(" ")
    if scheme.lower() != "basic":
        raise Rejected(f"The Authorization header is not of the scheme Basic. {hint}")
    user = first(settings, "user", "") or ""
    require_match(
        credentials.strip(),
        secrets(settings, "secret"),
        lambda secret: base64.b64encode(f"{user}:{secret}".encode()).decode(),
        hint,
    )


def _hmac(request: WebhookRequest, settings: Settings) -> None:
    name = first(settings, "header")
    algorithm, encoding = first(settings, "algorithm") or "sha256", first(settings, "encoding") or "hex"
    prefix = first(settings, "prefix", "") or ""
    if not name or algorithm not in ALGORITHMS or encoding not in SIGN:
        raise Rejected(
            f"`auth = hmac` needs `header`, an `algorithm` of {', '.join(ALGORITHMS)} and an `encoding` of {', '.join(SIGN)}."
        )
    hint = f"Compare the secret, and that {name} is the HMAC of the `signed` text: {algorithm}, {encoding}, prefix {prefix!r}."
    given = require(request.headers.get(name), name, hint)
    if not given.startswith(prefix):
        raise Rejected(f"The {name} header does not begin with {prefix!r}. {hint}")
    message = _signed(request, settings)
    digest = given.removeprefix(prefix).strip()
    require_match(
        digest.lower() if encoding == "hex" else digest,
        secrets(settings, "secret"),
        lambda secret: SIGN[encoding](algorithm, secret, message),
        hint,
    )
    if "{timestamp}" in _shape(settings):
        moment = _moment(_header(request, settings, "timestamp_header"))
        require_fresh(moment, request.received_at, _window_s(settings))


def _window_s(settings: Settings) -> int:
    given = first(settings, "tolerance_s") or str(REPLAY_WINDOW_S)
    if not given.isdecimal():
        raise Rejected("The setting `tolerance_s` is not a number of seconds.")
    return int(given)


def _shape(settings: Settings) -> str:
    return first(settings, "signed", "{body}") or "{body}"


def _signed(request: WebhookRequest, settings: Settings) -> bytes:
    shape = _shape(settings)
    if "{body}" not in shape:
        raise Rejected("The setting `signed` must contain {body}; else the content is not proven.")
    return b"".join(_part(piece, request, settings) for piece in PLACEHOLDER.split(shape))


def _part(piece: str, request: WebhookRequest, settings: Settings) -> bytes:
    if piece == "{body}":
        return request.body
    if piece in ("{timestamp}", "{id}"):
        return _header(request, settings, f"{piece[1:-1]}_header").encode("utf-8", "surrogateescape")
    return piece.encode()


def _header(request: WebhookRequest, settings: Settings, key: str) -> str:
    name = first(settings, key)
    if not name:
        raise Rejected(f"The setting `signed` uses what the setting `{key}` names, but that is empty.")
    return require(request.headers.get(name), name, "The sender signs it, so it must send it.")


def _moment(text: str) -> datetime:
    """Seconds, milliseconds or ISO 8601: senders differ."""
    try:
        if text.isascii() and text.isdigit() and len(text) < 15:
            number = int(text)
            return datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Rejected("The timestamp header is neither seconds, milliseconds nor an ISO 8601 time.") from None


SCHEMES: Mapping[str, Callable[[WebhookRequest, Settings], None]] = {
    "standard_webhooks": _standard_webhooks,
    "hmac": _hmac,
    "bearer": _bearer,
    "basic": _basic,
}
