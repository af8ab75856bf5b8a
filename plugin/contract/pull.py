"""Reading a vendor's history without any I/O: a generator says what to request, is given the answers, and says what to keep."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeAlias

from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Json
from plugin.contract.request import WebhookRequest
from plugin.contract.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What was read: bodies of deliveries, to be kept before anything else is asked for.

    `cursor` is where a later reading goes on, should this one be interrupted now. `until` is the moment up to which the
    history is complete, for the progress bar; None where the vendor's order does not tell.
    """

    bodies: Sequence[bytes]
    cursor: str
    until: datetime | None = None


#: what a `Page` is answered with means nothing
PullSteps: TypeAlias = Generator[ApiRequest | Page, ApiResponse, None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pull:
    """How a vendor's history is read.

    steps       (settings, since, cursor): everything that changed since the moment, oldest first where the vendor can; a cursor
                is one that an earlier reading with the same `since` gave
    origins     the only places that may be asked, like "https://{subdomain}.example.com"; a name in braces is a setting
    needs       the settings without which nothing can be read
    per_minute  how many requests the vendor allows in a minute
    every       how often a running installation reads what is new, once `needs` are entered: minutes where the vendor has no
                webhook for it, an hour where this only finds what a webhook lost
    poked       a delivery says that there is something to read, and is nothing else
    kept        for how long the vendor has a history; None for ever or not known
    """

    steps: Callable[[Settings, datetime, str | None], PullSteps]
    origins: Sequence[str]
    needs: Sequence[str]
    per_minute: int
    every: timedelta = timedelta(hours=1)
    poked: bool = False
    kept: timedelta | None = None


def windows(begin: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """`begin` to `end` in pieces of at most `length`; none where `end` is not later."""
    while begin < end:
        yield begin, min(begin + length, end)
        begin += length


def poke_key(request: WebhookRequest) -> str:
    """Of a delivery that only says that there is something to read: equal bodies of one minute are one."""
    return f"{sha256(request.body).hexdigest()[:24]}:{int(request.received_at.timestamp()) // 60}"


def delivery(body: Json) -> bytes:
    """A body as it is kept: equal contents give equal bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
