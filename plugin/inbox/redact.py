"""What of a request may be kept: no credentials in its URL, headers or body, and only headers that say what happened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

MASK = "[redacted]"
#: A shorter secret would be found in innocent text.
SHORTEST = 6

_KEPT = re.compile(
    r"content-type|user-agent|date|idempotency-key|ce-.+|x-deskgauge-.+"
    r"|.*(event|topic|delivery|webhook|trigger|timestamp|retry|attempt|request-id|correlation-id).*"
)
_CREDENTIAL = re.compile(
    r"auth|token|secret|signature|hmac|cookie|passw|credential|api-?key|jwt|session", re.IGNORECASE
)


@lru_cache(maxsize=256)
def needles(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """The ways in which the live secrets may be written in a URL, in a form or in JSON, longest first."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST:
            inside_json = json.dumps(secret)[1:-1]
            found |= {secret, quote(secret, safe=""), quote_plus(secret), inside_json, inside_json.replace("/", "\\/")}
    return tuple(sorted((text.encode() for text in found), key=lambda text: (-len(text), text)))


def redacted(content: bytes, secrets: tuple[bytes, ...]) -> bytes:
    """The content with every live secret replaced, so that JSON and forms stay readable."""
    for secret in secrets:
        if secret in content:
            content = content.replace(secret, MASK.encode())
    return content


def kept_headers(headers: Mapping[str, str], secrets: tuple[bytes, ...]) -> dict[str, str]:
    return {
        name: _clean(value, secrets)
        for name, value in headers.items()
        if _KEPT.fullmatch(name.lower()) and not _CREDENTIAL.search(name)
    }


def kept_url(url: str, secrets: tuple[bytes, ...]) -> str:
    """The URL without live secrets and without the values of parameters whose names promise a credential."""
    parts = urlsplit(_clean(url, secrets))
    if not parts.query or not _CREDENTIAL.search(parts.query):
        return urlunsplit(parts)
    query = "&".join(_parameter(text) for text in parts.query.split("&"))
    return urlunsplit(parts._replace(query=query))


def _parameter(text: str) -> str:
    name, equals, _ = text.partition("=")
    return f"{name}={MASK}" if equals and _CREDENTIAL.search(name) else text


def _clean(text: str, secrets: tuple[bytes, ...]) -> str:
    # PostgreSQL takes no NUL in a text.
    return redacted(text.encode("utf-8", "replace"), secrets).decode("utf-8", "replace").replace("\x00", "")
