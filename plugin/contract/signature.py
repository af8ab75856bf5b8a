"""Checks of a vendor's proof: constant-time comparisons over raw bytes, replay windows, two live secrets during a rotation."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

REPLAY_WINDOW_S = 300


class Rejected(Exception):
    """The request is not proven to come from the vendor. The reason is for the administrator: what was checked and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def equal(left: str | bytes, right: str | bytes) -> bool:
    """Constant-time; text is compared as UTF-8 because `compare_digest` refuses non-ASCII text."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def hmac_digest(algorithm: str, secret: str | bytes, message: bytes) -> bytes:
    return hmac.new(_bytes(secret), message, getattr(hashlib, algorithm)).digest()


def hmac_base64(algorithm: str, secret: str | bytes, message: bytes) -> str:
    return base64.b64encode(hmac_digest(algorithm, secret, message)).decode()


def hmac_hex(algorithm: str, secret: str | bytes, message: bytes) -> str:
    return hmac_digest(algorithm, secret, message).hex()


def require(header: str | None, name: str, hint: str) -> str:
    """The header's value, or `Rejected` that names it."""
    if not header:
        raise Rejected(f"The request has no {name} header. {hint}")
    return header


def basic_credentials(headers: Mapping[str, str], hint: str) -> tuple[str, str]:
    """User and password of HTTP Basic authentication (RFC 7617), or `Rejected`."""
    scheme, _, packed = require(headers.get("authorization"), "Authorization", hint).partition(" ")
    text = decode_base64(packed.strip())
    if scheme.lower() != "basic" or not text:
        raise Rejected(f"The Authorization header is not of the scheme Basic. {hint}")
    user, _, password = text.decode("utf-8", "replace").partition(":")
    return user, password


def presented_secret(headers: Mapping[str, str], names: Sequence[str], hint: str) -> str:
    """What a sender that signs nothing shows instead: the value of the first of the named headers, a bearer token or a password."""
    for name in names:
        if headers.get(name):
            return headers[name]
    scheme, _, token = (headers.get("authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if not scheme:
        raise Rejected(f"The request has none of the headers {', '.join(names)} and Authorization. {hint}")
    return basic_credentials(headers, hint)[1]


def require_match(
    given: str, secrets: Sequence[str], expected: Callable[[str], str | Iterable[str]], hint: str
) -> None:
    """Passes when `given` equals what any live secret yields; every candidate is computed, so that time tells nothing."""
    if not secrets:
        raise Rejected("No secret is configured for this source, so nothing can be proven. " + hint)
    matched = False
    for secret in secrets:
        candidates = expected(secret)
        for candidate in [candidates] if isinstance(candidates, str) else candidates:
            matched |= equal(given, candidate)
    if not matched:
        raise Rejected(f"The signature does not match. {hint}")


def signed_time(stamp: str, name: str, *, in_ms: bool = False) -> datetime:
    """The moment that the header `name` states in seconds since 1970, or in milliseconds; `Rejected` for anything else."""
    digits, unit, per_second = (14, "milliseconds", 1000) if in_ms else (11, "seconds", 1)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= digits):
        raise Rejected(f"The {name} header is not a number of {unit}.")
    return datetime.fromtimestamp(int(stamp) / per_second, UTC)


def require_fresh(signed_at: datetime, now: datetime, window_s: int = REPLAY_WINDOW_S) -> None:
    """`Rejected` when the signed time lies more than the window before or after `now`."""
    age_s = (now - signed_at).total_seconds()
    if abs(age_s) > window_s:
        raise Rejected(
            f"The signed time is {round(abs(age_s))} s {'old' if age_s > 0 else 'ahead'}, more than {window_s} s. "
            "Check the clock of this machine; an old request that is sent again is refused."
        )


def decode_base64(text: str) -> bytes | None:
    """None for text that is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def ed25519_matches(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032; a key that is no key matches nothing."""
    # Imported here: the contract needs nothing but the standard library until a vendor signs like this.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def standard_webhook_signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,<base64>` of the Standard Webhooks specification; the secret is base64 behind `whsec_`, else taken verbatim."""
    text = secret.removeprefix("whsec_")
    # Senders leave the padding out at times, which the specification's own libraries forgive.
    key = secret.encode() if text == secret else decode_base64(text + "=" * (-len(text) % 4))
    if not key:
        # An empty key would be one that everybody knows.
        raise Rejected(
            "The signing secret of this source is not base64 behind whsec_, so nothing can be proven: enter it again."
        )
    return "v1," + hmac_base64("sha256", key, f"{message_id}.{timestamp}.".encode() + body)


def verify_standard_webhook(headers: Mapping[str, str], body: bytes, live: Sequence[str], now: datetime) -> None:
    """As github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md says: any listed signature may match."""
    hint = "Compare the signing secret on both sides."
    message_id = require(headers.get("webhook-id"), "webhook-id", hint)
    timestamp = require(headers.get("webhook-timestamp"), "webhook-timestamp", hint)
    given = require(headers.get("webhook-signature"), "webhook-signature", hint)
    signed_at = signed_time(timestamp, "webhook-timestamp")
    matches = [_passes(part, live, message_id, timestamp, body, hint) for part in given.split(" ")[:10] if part]
    if not any(matches):
        require_match("", live, lambda secret: standard_webhook_signature(secret, message_id, timestamp, body), hint)
    require_fresh(signed_at, now)


def _passes(part: str, live: Sequence[str], message_id: str, timestamp: str, body: bytes, hint: str) -> bool:
    try:
        require_match(part, live, lambda secret: standard_webhook_signature(secret, message_id, timestamp, body), hint)
    except Rejected:
        return False
    return True
