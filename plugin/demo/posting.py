"""One webhook as a vendor is about to send it, not signed yet; and the request that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

JSON = "application/json"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

Expected = Literal["accepted", "duplicate", "refused"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """`path` is what follows the address of the source. `sent_at` is when it left the vendor, a moment after what it tells of."""

    source: str
    body: bytes
    sent_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    expected: Expected = "accepted"
    #: sign with a secret that is not the source's
    forged: bool = False

    @property
    def target(self) -> str:
        return f"/hooks/{self.source}{self.path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoRequest:
    """Signed and complete; `path` begins with /hooks/. `expected` is what the receiver should make of it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    sent_at: datetime
    source: str
    expected: Expected
