"""LiveAgent's tickets, each with its history and messages, by API v3.

github.com/QualityUnit/LiveAgent-api-python, docs/TicketsApi.md; the names of the parameters and the filter's operators as
keboola/component-liveagent uses them.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first
from plugin.contract.time_format import zone

PER_PAGE = 10
END = "end"
TICKET = ("id", "code", "status", "channel_type", "owner_contactid", "date_created", "date_changed")
ENTRY = ("id", "department_id", "department_name", "agent_id", "status", "date_from")
GROUP = ("id", "type", "userid", "user_full_name", "datecreated")
MESSAGE = ("id", "type", "userid", "datecreated")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    base: str
    headers: Mapping[str, str]

    def get(self, path: str, **query: str | int) -> Asked:
        url = f"{self.base}/api/v3/{path}" + (f"?{urlencode(query)}" if query else "")
        return ask(ApiRequest(url=url, headers=self.headers))

    def all(self, path: str) -> Generator[ApiRequest | Page, ApiResponse, list[Payload]]:
        """The whole of a paged list."""
        found: list[Payload] = []
        page = 1
        while True:
            entries = list((yield from self.get(path, _page=page, _perPage=100)).items())
            found += entries
            if len(entries) < 100:
                return found
            page += 1


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets that changed since the moment, by their creation: one that changes meanwhile keeps its place among the pages."""
    if cursor == END:
        return
    account = Account(
        base=(first(settings, "base_url", "") or "").rstrip("/"),
        headers={"apikey": first(settings, "api_key", "") or ""},
    )
    local = zone(first(settings, "timezone", "") or "")
    agents = {each["id"].text(): each["name"].text_or() for each in (yield from account.all("agents"))}
    text, number = (cursor or f"{since.isoformat()}|1").split("|")
    begin, page = datetime.fromisoformat(text), int(number)
    while True:
        # An hour earlier, because the hour that comes twice in autumn cannot be named.
        filters = json.dumps([["date_changed", "D>=", _text((begin - timedelta(hours=1)).astimezone(local))]])
        query: dict[str, str | int] = {
            "_page": page,
            "_perPage": PER_PAGE,
            "_sortField": "date_created",
            "_sortDir": "ASC",
            "_filters": filters,
        }
        tickets = list((yield from account.get("tickets", **query)).items())
        bodies = []
        for ticket in tickets:
            body = yield from _body(account, ticket, agents)
            bodies.append(body)
        page += 1
        is_last = len(tickets) < PER_PAGE
        yield Page(bodies=bodies, cursor=END if is_last else f"{begin.isoformat()}|{page}")
        if is_last:
            return


def _body(
    account: Account, ticket: Payload, agents: Mapping[str, str | None]
) -> Generator[ApiRequest | Page, ApiResponse, bytes]:
    place = f"tickets/{quote(ticket['id'].text(), safe='')}"
    history = list((yield from account.get(f"{place}/history")).items())
    groups = yield from account.all(f"{place}/messages")
    people = {entry["agent_id"].text_or() for entry in history} | {group["userid"].text_or() for group in groups}
    people |= {message["userid"].text_or() for group in groups for message in group["messages"].items()}
    body: dict[str, Json] = {
        "deskgauge_read": "ticket",
        "ticket": _part(ticket, TICKET),
        "history": [_part(entry, ENTRY) for entry in history],
        "groups": [
            {**_part(group, GROUP), "messages": [_part(message, MESSAGE) for message in group["messages"].items()]}
            for group in groups
        ],
        "agents": {key: name for key, name in agents.items() if key in people},
    }
    return delivery(body)


def _part(payload: Payload, names: tuple[str, ...]) -> dict[str, Json]:
    return {name: payload[name].raw for name in names if name in payload}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


PULL = Pull(
    steps=steps,
    origins=("{base_url}",),
    needs=("base_url", "api_key", "timezone"),
    per_minute=150,
    every=timedelta(minutes=5),
    poked=True,
)
