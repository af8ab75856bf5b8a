"""What the part of a vendor's API that keeps webhooks has in memory, and how the tests log in to it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vendor_api import Asked, Told

HAND_MADE = "0"


@dataclass(kw_only=True)
class Registry:
    """`webhooks` are the addresses that the account sends to, by id; `given` their secrets; `others` what hangs on to them."""

    webhooks: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    tested: list[str] = field(default_factory=list)
    made: int = 0
    ids: str = "made-{}"

    def add(self, url: str, secret: str | None = None) -> str:
        self.made += 1
        id = self.ids.format(self.made)
        self.webhooks[id] = url
        self.given[id] = secret or f"secret-of-{id}"
        return id

    def drop(self, id: str) -> bool:
        return self.webhooks.pop(id, None) is not None


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """`login` are the settings that its API needs; `learns` is the one that gets its secret, None where the vendor gives none.

    `ids` is the form of its ids, `name` tells several APIs of one adapter apart.
    `is_told` says that the vendor is told ours where it gives none, `has_one_place` that it sends to one address only.
    """

    adapter: str
    login: Mapping[str, str]
    routes: Callable[[Registry, Asked], Told]
    learns: str | None = None
    ids: str = "made-{}"
    name: str = ""
    is_told: bool = True
    has_one_place: bool = False


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
