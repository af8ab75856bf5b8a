"""Asking a vendor's API without any I/O: what a generator requests, and what it is answered with."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRequest:
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
class ApiResponse:
    """`headers` with names in lower case. `received_at` is the reader's clock, for APIs that want to be told where to end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime | None = None


Asked: TypeAlias = Generator[ApiRequest, ApiResponse, Payload]


def ask(request: ApiRequest) -> Asked:
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
) -> ApiRequest:
    return ApiRequest(
        url=url,
        method=method,
        headers={"Content-Type": "application/json", **headers},
        body=json.dumps(body).encode(),
        expects=expects,
        once=once,
    )


def received(response: ApiResponse) -> datetime:
    """When an answer came; every answer of the reader has it."""
    if response.received_at is None:
        raise ValueError("received_at: the answer does not say when it came")
    return response.received_at


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic authentication, RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def same_place(following: str | None, origin: str) -> str | None:
    """The next page's URL; one that leads away from the vendor's API is a `BadPayload`."""
    if following is not None and not following.startswith(f"{origin}/"):
        raise BadPayload("next page", f"leads to another place than {origin}: tell the vendor, nothing was asked there")
    return following
