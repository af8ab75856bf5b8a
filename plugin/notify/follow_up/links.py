"""Signed addresses of answers: who holds one may give this one answer, or be asked no more, without a login."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: after so long an answer says more about the memory than about the contact
LIFE = timedelta(days=60)
STOP = "stop"
_TOKEN = re.compile(r"([0-9a-f]{32})\.([a-z0-9]{1,8})\.([0-9]{1,12})\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pressed:
    """`score` is a number on the survey's scale, yes or no; STOP: ask me no more. `expires_at` is None for what holds for ever."""

    id: str
    score: str
    expires_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


def sign(secret: bytes, identity: str, score: str, sent_at: datetime) -> str:
    expires = 0 if score == STOP else int((sent_at + LIFE).timestamp())
    told = f"{identity}.{score}.{expires}"
    return f"{told}.{_signature(secret, told)}"


def read(secret: bytes, token: str) -> Pressed | None:
    """None for anything that was not signed here."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    identity, score, expires, signature = match.groups()
    if not hmac.compare_digest(signature, _signature(secret, f"{identity}.{score}.{expires}")):
        return None
    expires_at = datetime.fromtimestamp(int(expires), UTC) if int(expires) else None
    return Pressed(id=identity, score=score, expires_at=expires_at)


def identity_of(secret: bytes, survey: str, subject_key: int) -> str:
    """32 hexadecimal digits, the same for the same survey of the same contact or ticket."""
    return _signature(secret, f"id\x00{survey}\x00{subject_key}")


def _signature(secret: bytes, told: str) -> str:
    key = hashlib.sha256(b"answers of surveys\x00" + secret).digest()
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()[:32]
