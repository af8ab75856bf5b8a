"""The environment: the key, the address that vendors call, and variables that nobody reads."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from urllib.parse import urlsplit

from plugin.doctor.finding import Finding, error, ok, warn

_SHORTEST_KEY = 24
_MAKE_ONE = "Set DESKGAUGE_SECRET_KEY to the output of `openssl rand -hex 32` and keep it with your backups"


def secret_key(key: str | None, *, has_file: bool, shared_database: bool, stored: int) -> Finding:
    """`stored` secrets can only be opened with DESKGAUGE_SECRET_KEY; the key's file is this machine's alone."""
    if key is not None:
        if len(key) >= _SHORTEST_KEY:
            return ok("secret key", "DESKGAUGE_SECRET_KEY is set")
        text = f"DESKGAUGE_SECRET_KEY has only {len(key)} characters, so it can be guessed"
        return warn("secret key", text, f"{_MAKE_ONE}; enter stored secrets again, and everybody logs in anew.")
    if stored:
        text = f"{stored} secrets are stored, and DESKGAUGE_SECRET_KEY, which opens them, is not set"
        return error("secret key", text, "Set DESKGAUGE_SECRET_KEY to the value under which they were stored.")
    if shared_database:
        text = "DESKGAUGE_SECRET_KEY is not set, and every machine that shares the database needs the same key"
        return error("secret key", text, f"{_MAKE_ONE}; give every host the same.")
    if has_file:
        return ok("secret key", "a key of this machine lies in the data directory; back it up")
    return warn("secret key", "there is no key yet", "Run `deskgauge init`, which makes one in the data directory.")


def base_url(url: str, *, receives: bool) -> Finding:
    """Whether vendors could call the address; `receives` says that there is a source which they call."""
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        return error("base URL", f"{url} is not an address", "Set DESKGAUGE_BASE_URL like https://gauge.example.org.")
    if parts.path or parts.query or parts.fragment:
        text = f"{url} has a part after the host, and the pages and hooks do not"
        return error("base URL", text, "Set DESKGAUGE_BASE_URL to scheme and host only, and serve a host of its own.")
    if _is_loopback(host):
        if not receives:
            return ok("base URL", f"{url}, which only this machine can reach")
        text = f"{url} can only be reached from this machine, but vendors have to call it"
        return warn("base URL", text, "Set DESKGAUGE_BASE_URL to the public https address; vendors sign it.")
    if parts.scheme == "http":
        text = f"{url} is not encrypted: secrets and customers' data would be read on the way"
        return error("base URL", text, "Put TLS in front, and set DESKGAUGE_BASE_URL to the https address.")
    return ok("base URL", url)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def reachable(url: str, problem: str | None, *, is_ours: bool) -> Finding:
    """What came of asking for /healthz there."""
    if problem is None and is_ours:
        return ok("web", f"answers at {url}")
    if problem is None:
        text = f"something else than Deskgauge answers at {url}"
        return error("web", text, "Correct DESKGAUGE_BASE_URL, or let the proxy pass every path to `deskgauge web`.")
    action = "Start `deskgauge serve`, or look at the proxy; fine if only the outside can reach that address."
    return warn("web", f"nobody answers at {url} ({problem})", action)


def unread(names: Collection[str], known: Collection[str]) -> Iterator[Finding]:
    """Variables that look like ours and that nothing reads."""
    for name in names:
        close = get_close_matches(name, known, n=1, cutoff=0.75)
        action = f"Rename it to {close[0]}." if close else "Correct its name, or remove it."
        yield warn("environment", f"{name} is set and nothing reads it", action)
