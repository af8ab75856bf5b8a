"""Making our webhook at the vendor's side without any I/O: generators say what to request, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """Something of ours at the vendor's side: `kind` in the vendor's words, like "webhook" or "trigger"."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """The value that the vendor gave to the setting `key`, like the secret it will sign with."""

    key: str
    value: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """`name` is what our things may be called at the vendor's side. `secret` is what we made for the vendor to sign with."""

    url: str
    name: str
    secret: str = field(default="", repr=False)


def place(kind: str, url: str) -> Thing:
    """An address in the vendor's only place for one; known by a part of its hash, since the address itself may be secret."""
    return Thing(kind=kind, id=sha256(url.encode()).hexdigest()[:12])


FindSteps: TypeAlias = Generator[ApiRequest, ApiResponse, Sequence[Thing]]
#: what a `Thing` or `Learned` is answered with means nothing
CreateSteps: TypeAlias = Generator[ApiRequest | Thing | Learned, ApiResponse, None]
RemoveSteps: TypeAlias = Generator[ApiRequest, ApiResponse, None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """How our webhook is made, found and removed through the vendor's API.

    find        everything at the vendor that sends to `wanted.url`, whoever made it
    create      makes what is needed; tells each thing and each value as soon as the vendor has answered, since they are kept
                at once. What makes something is sent `once`
    remove      one thing; that it is gone already is no failure (`expects`)
    test        makes the vendor send something, where it can
    origins     the only places that may be asked, as those of a `Pull`
    needs       the settings without which nothing can be asked
    per_minute  how many requests the vendor allows in a minute
    """

    find: Callable[[Settings, Wanted], FindSteps]
    create: Callable[[Settings, Wanted], CreateSteps]
    remove: Callable[[Settings, Thing], RemoveSteps]
    origins: Sequence[str]
    needs: Sequence[str]
    per_minute: int
    test: Callable[[Settings, Sequence[Thing]], RemoveSteps] | None = None
