"""CloudTalk's calls with their steps through its API.

https://developers.cloudtalk.io/swagger.json, which github.com/api-evangelist/cloudtalk keeps under openapi (read 2026-11-27): the
list of calls, and each with its steps, whose `uuid` is that of the automations; 60 operations in a minute are allowed for the whole
company. The zone of `date_from` is not told, which is why a day more is asked for.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ApiResponse, basic
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN, STEPS_ORIGIN = "https://my.cloudtalk.io", "https://analytics-api.cloudtalk.io"
PER_PAGE = 20
#: so long before, a call may have begun that was not over then
LASTING = timedelta(hours=1)
TIMES = ("talking_time", "wrap_up_time", "ringing_time", "waiting_time", "holding_time")
STEP = ("type", "id", "name", "date", "status", "reason")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """In CloudTalk's order, which it does not tell; a cursor is the page that comes next. There may be none: 404."""
    headers = basic(first(settings, "access_key_id", "") or "", first(settings, "access_key_secret", "") or "")
    begin = (since.astimezone(UTC) - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    page, pages = int(cursor or 1), None
    while pages is None or page <= pages:
        query = urlencode({"date_from": begin, "limit": PER_PAGE, "page": page})
        url = f"{ORIGIN}/api/calls/index.json?{query}"
        response = yield ApiRequest(url=url, headers=headers, expects=(200, 404))
        if response.status == 404:
            return
        listed = parse_json(response.body)["responseData"]
        bodies = []
        for entry in listed["data"].items():
            if _is_over(entry["Cdr"], since - LASTING):
                bodies += yield from _with_steps(entry["Cdr"], headers)
        page, pages = page + 1, int(listed["pageCount"].number_or(0) or 0)
        yield Page(bodies=bodies, cursor=str(page))


def _is_over(record: Payload, since: datetime) -> bool:
    return record["started_at"].iso() >= since and not record["ended_at"].is_absent


def _with_steps(record: Payload, headers: Mapping[str, str]) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    """Without notes, recordings and the customer's name; nothing of a call that is no longer there."""
    url = f"{STEPS_ORIGIN}/api/calls/{quote(record['id'].text(), safe='')}"
    response = yield ApiRequest(url=url, headers=headers, expects=(200, 404))
    if response.status == 404:
        return []
    call = parse_json(response.body)
    body: dict[str, Json] = {
        "deskgauge_read": "call",
        **_part(call, ("uuid", "date", "direction", "status")),
        **_part(record, ("ended_at", "is_voicemail")),
        "contact": _part(call["contact"], ("number",)),
        "internal_number": _part(call["internal_number"], ("number",)),
        "call_tags": [_part(tag, ("label",)) for tag in call["call_tags"].items()],
        "call_steps": [_step(step) for step in call["call_steps"].items()],
    }
    return [delivery(body)]


def _step(step: Payload) -> dict[str, Json]:
    agents: list[Json] = [_step(agent) for agent in step["agent_calls"].items()]
    return {**_part(step, STEP), "call_times": _part(step["call_times"], TIMES), "agent_calls": agents}


def _part(payload: Payload, names: Sequence[str]) -> dict[str, Json]:
    return {name: payload[name].raw for name in names if name in payload}


PULL = Pull(
    steps=steps,
    origins=(ORIGIN, STEPS_ORIGIN),
    needs=("access_key_id", "access_key_secret"),
    per_minute=50,
)
