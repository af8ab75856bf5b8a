"""What is checked of every request before an adapter sees it: body, secret part of the address, address of the sender."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache

from plugin.contract.adapter import first, secrets
from plugin.contract.signature import Rejected, equal
from plugin.normalise.sources import SourceConfig

BODY_LIMIT = 1024 * 1024
_TYPES = ("application/", "text/")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Refused(Exception):
    """The request is not accepted: `reason` is for the administrator, `told` for whoever called."""

    def __init__(self, status: int, *, reason: str, told: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.told = told
        self.headers = headers or {}


def check_body(body: bytes | None, headers: Mapping[str, str]) -> bytes:
    """The body, when it is complete, short enough and of a type that text can have."""
    if body is None:
        raise Refused(
            413,
            reason=f"The body is longer than {BODY_LIMIT} bytes. No vendor sends that much; "
            "a forwarder should send smaller batches.",
            told=f"The body must not be longer than {BODY_LIMIT} bytes.",
        )
    stated = headers.get("Content-Length", "")
    if stated.isdigit() and int(stated) != len(body):
        told = "The body ended early."
        raise Refused(400, reason=f"{told} {len(body)} of {stated} bytes came.", told=told)
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        told = f"Send the body without Content-Encoding ({encoding[:30]})."
        raise Refused(415, reason=f"The body is compressed. {told}", told=told)
    content_type = headers.get("Content-Type", "").strip().lower()
    if content_type and not content_type.startswith(_TYPES):
        told = "Send JSON, a form or plain text."
        raise Refused(415, reason=f"The Content-Type is {content_type[:60]}. {told}", told=told)
    return body


def check_path_secret(source: SourceConfig, given: str | None) -> None:
    """`Rejected` unless the part of the address after the source's name is the configured one, or both are absent."""
    live = secrets(source.settings, "path_secret")
    if not live:
        if given is not None:
            raise Rejected("The address has a part after the source's name, but the source has no `path_secret`.")
        return
    if given is None:
        raise Rejected(
            f"The secret part of the address is missing: the vendor must call /hooks/{source.name}/<path_secret>."
        )
    matches = [equal(given, secret) for secret in live]
    if not any(matches):
        raise Rejected("The secret part of the address is wrong. Copy the whole address to the vendor's side again.")


def check_address(source: SourceConfig, address: str) -> None:
    """`Rejected` when the source names who may call and the address is not among them."""
    allowed = first(source.settings, "allowed_ips")
    if allowed and not within(address, tuple(allowed.replace(",", " ").split())):
        raise Rejected(
            f"The request came from {address}, which `allowed_ips` does not name. Behind a proxy, set "
            "DESKGAUGE_TRUSTED_PROXIES to the proxy's address, so that the sender's own is looked at."
        )


def client_address(peer: str, headers: Mapping[str, str], trusted: Sequence[str]) -> str:
    """Who sent the request: the last address of X-Forwarded-For that is no trusted proxy; the peer when it is none either."""
    address = peer
    for hop in reversed(headers.get("X-Forwarded-For", "").split(",")):
        if not within(address, tuple(trusted)) or not hop.strip():
            break
        address = hop.strip()
    return address


def within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in _networks(networks))


@lru_cache(maxsize=256)
def _networks(texts: tuple[str, ...]) -> tuple[_Network, ...]:
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            raise Rejected(
                f"`allowed_ips` or DESKGAUGE_TRUSTED_PROXIES holds {text!r}, which is no IP address."
            ) from None
    return tuple(found)
