"""Freshcaller's calls with their metrics, through its API.

https://developers.freshcaller.com/api/ could be read in part (2026-11-27). What others ask for, and are answered: the connector
of Airbyte (airbyte-integrations/connectors/source-freshcaller: paths, pages, `by_time` with both ends, 50 requests in a minute)
and that of PostHog (`Accept`, without which there is nothing). `by_time` is documented for metrics only, so calls are listed
without it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://{subdomain}.freshcaller.com"
PER_PAGE, MOST = 100, 1000
END = "end"
#: a call is told of when it is over, and its after-call work still later; a list goes by the beginning
REACH = timedelta(hours=2)
#: metrics of a call are made when it begins, or at the latest when it ends
SLACK, LONGEST = timedelta(minutes=1), timedelta(hours=12)
CALL = (
    "id",
    "direction",
    "parent_call_id",
    "root_call_id",
    "phone_number",
    "assigned_agent_id",
    "assigned_agent_name",
    "assigned_team_name",
    "assigned_call_queue_name",
    "assigned_ivr_id",
    "integrated_resources",
    "created_time",
)
PARTICIPANT = ("id", "participant_id", "participant_type", "call_status", "enqueued_time")
MEASURED = ("ivr_time", "hold_duration", "call_work_time", "total_ringing_time", "talk_time", "answering_speed")
METRICS = (*MEASURED, *(f"{name}_unit" for name in MEASURED), "tags")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    origin: str
    headers: Mapping[str, str]

    def get(self, path: str, *expects: int, **query: str | int) -> Generator[ApiRequest | Page, ApiResponse, Payload]:
        """One page of a list; an object without a list where an expected refusal came."""
        url = f"{self.origin}/api/v1/{path}?{urlencode(query)}"
        response = yield ApiRequest(url=url, headers=self.headers, expects=(200, *expects))
        return parse_json(response.body if response.status == 200 else b"{}").object()

    def all(self, path: str, *expects: int, **query: str) -> Generator[ApiRequest | Page, ApiResponse, list[Payload]]:
        found: list[Payload] = []
        page = 1
        while True:
            listed = yield from self.get(path, *expects, page=page, per_page=MOST, **query)
            found += listed[path].items()
            if is_last(listed, page):
                return found
            page += 1

    def metrics(self, calls: Sequence[Payload]) -> Generator[ApiRequest | Page, ApiResponse, dict[str, Payload]]:
        """By the id of the call. What ends the span lies in the past, as all times of calls do."""
        if not calls:
            return {}
        begun = [call["created_time"].iso() for call in calls]
        changed = max(call["updated_time"].iso() for call in calls)
        span = {
            "by_time[from]": _text(min(begun) - SLACK),
            "by_time[to]": _text(min(changed + SLACK, max(begun) + LONGEST)),
        }
        found = yield from self.all("call_metrics", **span)
        return {each["call_id"].text(): each for each in found}


def is_last(listed: Payload, page: int) -> bool:
    return page >= (listed["meta"]["total_pages"].number_or() or 0)


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Calls newest first, as far back as is asked for. One that begins meanwhile moves others on, to be seen again."""
    if cursor == END:
        return
    account = Account(
        origin=ORIGIN.format(subdomain=first(settings, "subdomain", "") or ""),
        headers={"X-Api-Auth": first(settings, "api_key", "") or "", "Accept": "application/json"},
    )
    users = yield from account.all("users", 403)
    names = {user["id"].text(): user["name"].text_or() for user in users}
    begin, page = since - REACH, int(cursor or 1)
    while True:
        listed = yield from account.get("calls", page=page, per_page=PER_PAGE)
        calls = list(listed["calls"].items())
        wanted = [call for call in calls if call["created_time"].iso() >= begin]
        metrics = yield from account.metrics(wanted)
        is_over = is_last(listed, page) or _went_past(calls, begin)
        page += 1
        bodies = [_body(call, metrics, names) for call in wanted]
        yield Page(bodies=bodies, cursor=END if is_over else str(page))
        if is_over:
            return


def _went_past(calls: Sequence[Payload], begin: datetime) -> bool:
    """The order is not documented: a list that turns out to begin with the oldest is read to its end."""
    begun = [call["created_time"].iso() for call in calls]
    return begun[0] > begun[-1] and begun[0] < begin if begun else True


def _body(call: Payload, metrics: Mapping[str, Payload], names: Mapping[str, str | None]) -> bytes:
    participants = list(call["participants"].items())
    people = {each["participant_id"].text_or() for each in participants} | {call["assigned_agent_id"].text_or()}
    measured = metrics.get(call["id"].text())
    body: dict[str, Json] = {
        "deskgauge_read": "call",
        "call": {**_part(call, CALL), "participants": [_participant(each) for each in participants]},
        "metrics": None if measured is None else _part(measured, METRICS),
        "users": {key: name for key, name in names.items() if key in people},
    }
    return delivery(body)


def _participant(each: Payload) -> Json:
    """Of a customer the number, of an agent when his ring was over; names of customers are not kept."""
    own = ("caller_number",) if each["participant_type"].text_or() == "Customer" else ("updated_time",)
    return _part(each, (*PARTICIPANT, *own))


def _part(payload: Payload, names: Sequence[str]) -> dict[str, Json]:
    return {name: payload[name].raw for name in names if name in payload}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("subdomain", "api_key"), per_minute=50, every=timedelta(minutes=5))
