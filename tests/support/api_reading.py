"""One whole reading of a vendor's made-up API without a network: what is asked, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapter_fixtures import build_request
from histories import NOW, SINCE
from vendor_api import Asked, Routes

from plugin.contract.adapter import Adapter
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page


@dataclass(frozen=True, kw_only=True)
class Read:
    asked: list[Asked] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for page in self.pages for body in page.bodies]


def read_all(
    adapter: Adapter,
    settings: Mapping[str, str | Sequence[str]],
    routes: Routes,
    since: datetime = SINCE,
    cursor: str | None = None,
    now: datetime = NOW,
) -> Read:
    assert adapter.pull is not None
    steps, found = adapter.pull.steps(settings, since, cursor), Read()
    step = next(steps, None)
    while step is not None:
        answer = ApiResponse(status=200, headers={}, body=b"", received_at=now)
        if isinstance(step, Page):
            found.pages.append(step)
        else:
            found.asked.append(_asked(step))
            answer = _answered(step, found.asked[-1], routes, now)
        try:
            step = steps.send(answer)
        except StopIteration:
            return found
    return found


def _asked(request: ApiRequest) -> Asked:
    url = urlsplit(request.url)
    return Asked(
        method=request.method,
        origin=f"{url.scheme}://{url.netloc}",
        path=url.path,
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )


def _answered(request: ApiRequest, asked: Asked, routes: Routes, now: datetime) -> ApiResponse:
    told = routes(asked)
    assert told.status in request.expects, f"{told.status} of {asked.path}"
    body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
    headers = {name.lower(): value for name, value in told.headers.items()}
    return ApiResponse(status=told.status, headers=headers, body=body, received_at=now)


def parse(adapter: Adapter, body: object, settings: Mapping[str, str | Sequence[str]] | None = None) -> list[Event]:
    """The events of a body as it is kept."""
    request = build_request(url="https://kpi.example.com/hooks/desk", body=json.dumps(body))
    return list(adapter.parse(request, settings or {}))
