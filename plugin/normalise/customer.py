"""Customers' numbers and addresses to a keyed hash and a masked form; the plain text goes no further than this."""

from __future__ import annotations

import hashlib
import hmac
import re

_NOT_IN_A_NUMBER = re.compile(r"[^\d+]")
_NUMBER = re.compile(r"\+?[\d\s().\-/]{3,}$")
#: what vendors write where the caller withheld his number
ANONYMOUS = frozenset(
    {"anonymous", "unknown", "<unknown>", "restricted", "unavailable", "private", "blocked", "null", "none", ""}
)


def plain(customer: str) -> str | None:
    """One spelling of a number (+ and digits) or an address (lower case); None for a withheld one."""
    text = customer.strip()
    if text.lower() in ANONYMOUS:
        return None
    if _NUMBER.match(text):
        digits = _NOT_IN_A_NUMBER.sub("", text)
        return "+" + digits[2:] if digits.startswith("00") else digits
    return text.lower()


def customer_key(customer: str, secret: bytes) -> str:
    """The keyed hash by which a customer is known: 24 hexadecimal digits."""
    return hmac.new(secret, customer.encode(), hashlib.sha256).hexdigest()[:24]


def masked(customer: str) -> str:
    """A form that a person recognises and that identifies nobody: +49•••01, a•••@example.org."""
    name, at, domain = customer.partition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{customer[:3]}•••{customer[-2:]}" if len(customer) > 6 else "•••"
