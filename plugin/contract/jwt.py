"""JSON Web Tokens that a shared secret signs (RFC 7519 with HS256 of RFC 7518, section 3.2), as vendors send them for a proof."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime

from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.signature import Rejected, hmac_digest, require_match

#: how far two clocks may be apart where a token says from when to when it holds
LEEWAY_S = 60


def read_jwt(token: str) -> Payload:
    """The claims, unproven: for reading what `verify_jwt` has accepted before. Raises `BadPayload` at `$`."""
    return _part(_parts(token)[1])


def verify_jwt(token: str, live: Sequence[str], now: datetime, hint: str) -> Payload:
    """The claims of a token that any live secret signed and that holds now; everything else is `Rejected`.

    `exp` and `nbf` are checked where they are stated. A vendor whose tokens state `iat` only has to check its age as well.
    """
    try:
        header, claims, signature = _parts(token)
        algorithm = _part(header).object()
        stated, told = algorithm["alg"].raw, _part(claims).object()
    except BadPayload:
        raise Rejected(f"There is no JSON Web Token that could be read. {hint}") from None
    # Whoever sends the token must not choose how it is checked: not "none", and no extension that has to be understood.
    if stated != "HS256" or "crit" in algorithm:
        raise Rejected(f"The token is not signed with HS256. {hint}")
    signed = f"{header}.{claims}".encode()
    require_match(signature, live, lambda secret: _encoded(hmac_digest("sha256", secret, signed)), hint)
    _require_in_force(told, now)
    return told


def _require_in_force(claims: Payload, now: datetime) -> None:
    try:
        ends = claims["exp"].number_or()
        begins = claims["nbf"].number_or()
    except BadPayload as problem:
        raise Rejected(f"The token's {problem.path.removeprefix('$.')} is not a number of seconds.") from None
    if ends is not None and now.timestamp() > ends + LEEWAY_S:
        raise Rejected(
            "The token has expired. Check the clock of this machine; an old request that is sent again is refused."
        )
    if begins is not None and now.timestamp() < begins - LEEWAY_S:
        raise Rejected("The token is not valid yet. Check the clock of this machine.")


def _parts(token: str) -> list[str]:
    parts = token.strip().split(".")
    if len(parts) != 3 or not token.isascii():
        raise BadPayload("$", "a JSON Web Token of three parts expected")
    return parts


def _part(text: str) -> Payload:
    try:
        return parse_json(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise BadPayload("$", "a JSON Web Token expected, but a part of it is not base64url") from None


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
