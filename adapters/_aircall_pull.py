"""Aircall's calls, page by page, each as the call.ended that a webhook would have told."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, ApiResponse, ask, basic, same_place
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://api.aircall.io"
#: Aircall shows at most 10 000 calls of one query, and 50 on a page
PAGES = 200


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Calls by their start, oldest first; https://developer.aircall.io/api-references/#list-all-calls, read on 2026-11-24.

    A cursor is the start of the last call that was seen: a later query begins there, so none is longer than Aircall allows.
    """
    headers = basic(first(settings, "api_id", "") or "", first(settings, "api_token", "") or "")
    begin: int | None = int(cursor) if cursor else int(since.timestamp())
    while begin is not None:
        begin = yield from _query(headers, begin)


def _query(headers: Mapping[str, str], begin: int) -> Generator[ApiRequest | Page, ApiResponse, int | None]:
    """As many pages as Aircall gives; returns where to begin the next query, None at the end."""
    url: str | None = f"{ORIGIN}/v1/calls?{urlencode({'from': begin, 'order': 'asc', 'per_page': 50})}"
    latest, pages = begin, 0
    while url is not None and pages < PAGES:
        page = yield from ask(ApiRequest(url=url, headers=headers))
        calls = list(page["calls"].items())
        latest = max([latest, *(int(call["started_at"].number()) for call in calls)])
        bodies = [_as_delivery(call) for call in calls if not call["ended_at"].is_absent]
        yield Page(bodies=bodies, cursor=str(latest), until=datetime.fromtimestamp(latest, UTC))
        url, pages = same_place(page["meta"]["next_page_link"].text_or(), ORIGIN), pages + 1
    return None if url is None or latest == begin else latest


def _as_delivery(call: Payload) -> bytes:
    return delivery({"resource": "call", "event": "call.ended", "timestamp": call["ended_at"].raw, "data": call.raw})


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("api_id", "api_token"), per_minute=60)
