"""Customers' numbers and addresses to a keyed hash and a masked form; the plain text goes no further than this."""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache

_NOT_IN_A_NUMBER = re.compile(r"[^\d+]")
_NUMBER = re.compile(r"\+?[\d\s().\-/]{3,}$")
#: what vendors write where the caller withheld his number
ANONYMOUS = frozenset(
    {"anonymous", "unknown", "<unknown>", "restricted", "unavailable", "private", "blocked", "null", "none", ""}
)


def plain(customer: str, country: str | None = None) -> str | None:
    """One spelling of a number (+ and digits) or an address (lower case); None for a withheld one.

    `country` (ISO 3166, two letters) is where a number without + is dialled from. A number that cannot be one there, such as an
    extension, keeps its digits.
    """
    text = customer.strip()
    if text.lower() in ANONYMOUS:
        return None
    if not _NUMBER.match(text):
        return text.lower()
    digits = _NOT_IN_A_NUMBER.sub("", text)
    if digits.startswith("00") and country is None:
        digits = "+" + digits[2:]
    is_whole = digits.startswith("+") and "(0)" not in text
    return digits if is_whole else _international(text, country) or digits


@lru_cache(maxsize=4096)
def _international(number: str, country: str | None) -> str | None:
    """ITU-T E.164, + and digits; None for what is no number of the country."""
    # Loaded when it is needed: it takes a tenth of a second, and most vendors send whole numbers.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def customer_key(customer: str, secret: bytes) -> str:
    """The keyed hash by which a customer is known: 24 hexadecimal digits."""
    return hmac.new(secret, customer.encode(), hashlib.sha256).hexdigest()[:24]


def masked(customer: str) -> str:
    """A form that a person recognises and that identifies nobody: +49•••01, a•••@example.org."""
    name, at, domain = customer.partition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{customer[:3]}•••{customer[-2:]}" if len(customer) > 6 else "•••"
