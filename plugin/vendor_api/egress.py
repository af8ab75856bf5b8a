"""Requests to a vendor's API, to that and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.settings import Settings, first
from plugin.private_network import LookUp, addresses, is_private

TIMEOUT_S = (10, 60)
#: a page of a vendor's API is a few megabytes at most
LARGEST_ANSWER = 64 * 1024 * 1024
_SETTING = re.compile(r"{(\w+)}")
_PIECE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*")


class Forbidden(ValueError):
    """A request that must not leave; the text says which and why."""


def origins_of(patterns: Sequence[str], settings: Settings) -> dict[str, bool]:
    """origin --> whether the administrator named it himself, and so may name a machine of his own network; raises `Forbidden`.

    A pattern is like "https://{subdomain}.example.com", or "{site}" for a whole origin: a name in braces is a setting.
    """
    return dict(_origin(pattern, settings) for pattern in patterns)


def _origin(pattern: str, settings: Settings) -> tuple[str, bool]:
    whole = _SETTING.fullmatch(pattern)
    if whole:
        return origin_of(first(settings, whole[1], "") or "", whole[1]), True

    def piece(found: re.Match[str]) -> str:
        value = first(settings, found[1], "") or ""
        if not _PIECE.fullmatch(value):
            raise Forbidden(f"{found[1]}: {value!r} is no part of a host's name; enter only what stands in {pattern}")
        return value

    return origin_of(_SETTING.sub(piece, pattern), pattern), False


def origin_of(url: str, name: str) -> str:
    """`https://host[:port]` of a URL, in lower case; raises `Forbidden`, naming the setting."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden(f"{name}: {url!r} is not a URL like https://help.example.org") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise Forbidden(f"{name}: {url!r} is not a URL like https://help.example.org")
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


@dataclass(kw_only=True, slots=True)
class Sender:
    """Follows no redirect, and asks a machine of a private network only where the administrator named it."""

    origins: dict[str, bool]
    session: requests.Session = field(default_factory=requests.Session)
    look_up: LookUp = addresses

    def __call__(self, request: ApiRequest) -> ApiResponse:
        """Raises `Forbidden`, or `requests.RequestException` when no answer came."""
        self._check(request.url)
        with self.session.request(
            request.method,
            request.url,
            headers={"Accept": "application/json", "User-Agent": "Deskgauge", **request.headers},
            data=request.body or None,
            timeout=TIMEOUT_S,
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
            if len(body) > LARGEST_ANSWER:
                raise Forbidden(f"{urlsplit(request.url).hostname} answered with more than {LARGEST_ANSWER} bytes")
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return ApiResponse(status=answer.status_code, headers=headers, body=body)

    def _check(self, url: str) -> None:
        origin = origin_of(url, "the address of the API")
        if origin not in self.origins:
            raise Forbidden(f"{origin} is not a place that this source may ask ({', '.join(self.origins)})")
        if self.origins[origin]:
            return
        host = urlsplit(url).hostname or ""
        if is_private(host, self.look_up):
            raise Forbidden(f"{host} leads to a private address here, which a vendor's API never does: check your DNS")
