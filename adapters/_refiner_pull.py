"""Refiner's responses through its API, each as the webhook sends it.

https://refiner.io/docs/api/ (read 2026-11-27: keys, responses of surveys); parameters and pages as programs of others use them. The
beginning is a date, so that a day more is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://api.refiner.io"
PER_PAGE = 100
END = "end"
RESPONSE = ("uuid", "last_data_reception_at", "completed_at", "received_at", "data")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """A cursor is the number of the next page: a response that comes meanwhile moves others to a later one."""
    if cursor == END:
        return
    headers = {"Authorization": f"Bearer {first(settings, 'api_key', '') or ''}", "Accept": "application/json"}
    attribute, page, is_last = first(settings, "ticket"), int(cursor or 1), False
    while not is_last:
        listed = yield from _responses(headers, since, page)
        is_last = page >= listed["pagination"]["last_page"].number()
        page += 1
        bodies = [_body(response, attribute) for response in listed["items"].items()]
        yield Page(bodies=bodies, cursor=END if is_last else str(page))


def _responses(headers: Mapping[str, str], since: datetime, page: int) -> Asked:
    query = {
        "date_range_start": (since.astimezone(UTC) - timedelta(days=1)).strftime("%Y-%m-%d"),
        "include": "partials",
        "with_attributes": 1,
        "page": page,
        "page_length": PER_PAGE,
    }
    return ask(ApiRequest(url=f"{ORIGIN}/v1/responses?{urlencode(query)}", headers=headers))


def _body(response: Payload, attribute: str | None) -> bytes:
    """Of the user's attributes the one that links a ticket."""
    contact = response["contact"]
    kept: dict[str, Json] = {attribute: contact["attributes"][attribute].raw} if attribute else {}
    told: dict[str, Json] = {name: response[name].raw for name in RESPONSE if name in response}
    return delivery(
        {"remote_id": contact["remote_id"].raw, "email": contact["email"].raw, "attributes": kept, "response": told}
    )


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("api_key",), per_minute=60)
