"""Where a host's name leads: requests to the world outside must not end at a machine of the own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

LookUp = Callable[[str], Sequence[str]]


def addresses(host: str) -> Sequence[str]:
    """Nothing where the name cannot be looked up here, as behind a proxy; the request then fails or the proxy decides."""
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None)]
    except OSError:
        return []


def is_private(host: str, look_up: LookUp = addresses) -> bool:
    return any(not ipaddress.ip_address(address).is_global for address in look_up(host))
