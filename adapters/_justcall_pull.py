"""JustCall's calls, page by page, each as the call.completed that a webhook would have told.

https://developer.justcall.io/reference/call_list_v21 as the parameters stand in github.com/saaslabsco/justcall-mcp-server,
src/schema/justcall/call.ts (read 2026-11-27): up to 100 on a page; `from_datetime` is local to the user, which is why a day more is
asked for. That pages begin at 0 and how the login is written are as github.com/PostHog/posthog reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://api.justcall.io"
PER_PAGE = 100
CALL = (
    "id",
    "call_date",
    "call_time",
    "contact_number",
    "justcall_number",
    "justcall_line_name",
    "agent_id",
    "agent_name",
    "call_traits",
)
DURATIONS = ("ring_time", "total_duration", "conversation_time", "hold_time", "handle_time")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """By their ids, so that calls which come meanwhile stand at the end; a cursor is the page that comes next."""
    key, secret = first(settings, "api_key", "") or "", first(settings, "api_secret", "") or ""
    headers = {"Authorization": f"{key}:{secret}"}
    begin = (since.astimezone(UTC) - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    page = int(cursor or 0)
    while True:
        query = {"from_datetime": begin, "sort": "id", "order": "asc", "per_page": PER_PAGE, "page": page}
        answer = yield from ask(ApiRequest(url=f"{ORIGIN}/v2.1/calls?{urlencode(query)}", headers=headers))
        calls = list(answer["data"].items())
        if not calls:
            return
        page += 1
        yield Page(bodies=[_as_delivery(call) for call in calls], cursor=str(page))


def _as_delivery(call: Payload) -> bytes:
    """Without names of customers, notes, recordings and what was said."""
    data: dict[str, Json] = {
        **_part(call, CALL),
        "call_info": _part(call["call_info"], ("direction", "type", "disposition")),
        "call_duration": _part(call["call_duration"], DURATIONS),
    }
    return delivery({"type": "call.completed", "data": data})


def _part(payload: Payload, names: Sequence[str]) -> dict[str, Json]:
    return {name: payload[name].raw for name in names if name in payload}


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("api_key", "api_secret"), per_minute=30)
