"""Reading a vendor's history without any I/O: a generator says what to request, is given the answers, and says what to keep."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    """`expects` are the answers that the generator understands; of any other the reader tells the administrator.

    One that makes something is sent `once`: when no answer comes, nobody knows whether it was made.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    expects: Sequence[int] = (200,)
    once: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PullResponse:
    """`headers` with names in lower case. `received_at` is the reader's clock, for APIs that want to be told where to end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime | None = None


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
PullSteps: TypeAlias = Generator[PullRequest | Page, PullResponse, None]
Asked: TypeAlias = Generator[PullRequest, PullResponse, Payload]


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


def ask(request: PullRequest) -> Asked:
    """The answer's JSON, by `yield from`; raises `BadPayload` where it is none."""
    response = yield request
    return parse_json(response.body)


def json_request(
    method: str,
    url: str,
    body: Json,
    headers: Mapping[str, str],
    *,
    expects: Sequence[int] = (200,),
    once: bool = False,
) -> PullRequest:
    return PullRequest(
        url=url,
        method=method,
        headers={"Content-Type": "application/json", **headers},
        body=json.dumps(body).encode(),
        expects=expects,
        once=once,
    )


def received(response: PullResponse) -> datetime:
    """When an answer came; every answer of the reader has it."""
    if response.received_at is None:
        raise ValueError("received_at: the answer does not say when it came")
    return response.received_at


def windows(begin: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """`begin` to `end` in pieces of at most `length`; none where `end` is not later."""
    while begin < end:
        yield begin, min(begin + length, end)
        begin += length


def delivery(body: Json) -> bytes:
    """A body as it is kept: equal contents give equal bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic authentication, RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def same_place(following: str | None, origin: str) -> str | None:
    """The next page's URL; one that leads away from the vendor's API is a `BadPayload`."""
    if following is not None and not following.startswith(f"{origin}/"):
        raise BadPayload("next page", f"leads to another place than {origin}: tell the vendor, nothing was asked there")
    return following
