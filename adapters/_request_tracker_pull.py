"""Request Tracker's log of transactions, with the tickets that they belong to, through its REST 2.0.

https://github.com/bestpractical/rt lib/RT/REST2.pm (read 2026-11): the searches of transactions compare the columns of the
database, whose times are UTC; a search of tickets would read a time in the zone of whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

PER_PAGE = 20
END = "end"
TRANSACTION = ("id", "Type", "Field", "OldValue", "NewValue", "Created")
TICKET = ("id", "Type", "Priority", "Created", "LastUpdated")
PEOPLE = ("Requestor", "Cc", "Owner", "Queue")
Names: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    base: str
    headers: Mapping[str, str]

    def url(self, path: str, **query: str | int) -> str:
        return f"{self.base}/REST/2.0/{path}" + (f"?{urlencode(query)}" if query else "")

    def transactions(self, since: datetime, last: str, page: int) -> Asked:
        """Of tickets, in the order in which they happened, after the one with the id `last`."""
        limits: list[Json] = [
            {"field": "ObjectType", "value": "RT::Ticket"},
            {"field": "Created", "operator": ">=", "value": since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")},
            {"field": "id", "operator": ">", "value": last},
        ]
        fields = ",".join(("ObjectId", "Creator", *TRANSACTION[1:]))
        url = self.url("transactions", per_page=PER_PAGE, page=page, orderby="id", order="ASC", fields=fields)
        headers = {**self.headers, "Content-Type": "application/json"}
        return ask(ApiRequest(url=url, method="POST", headers=headers, body=json.dumps(limits).encode()))

    def queues(self) -> Generator[ApiRequest | Page, ApiResponse, Names]:
        """The names of those that whoever asks may see, by id."""
        found: dict[str, str | None] = {}
        page = 1
        while True:
            listed = yield from ask(
                ApiRequest(
                    url=self.url("queues/all", fields="Name", per_page=100, page=page, find_disabled_rows=1),
                    headers=self.headers,
                )
            )
            found |= {queue["id"].text(): queue["Name"].text_or() for queue in listed["items"].items()}
            if listed["next_page"].is_absent:
                return found
            page += 1


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """A cursor is the id of the last transaction that was read, and the page after it."""
    if cursor == END:
        return
    server = Server(
        base=(first(settings, "base_url", "") or "").rstrip("/"),
        headers={"Authorization": f"token {first(settings, 'token', '') or ''}"},
    )
    queues = yield from server.queues()
    last, number = (cursor or "0|1").split("|")
    page = int(number)
    while True:
        log = yield from server.transactions(since, last, page)
        found = list(log["items"].items())
        bodies = yield from _bodies(server, found, queues)
        # A page may be empty of what whoever asks may see, and yet not the last one.
        last, page = (found[-1]["id"].text(), 1) if found else (last, page + 1)
        is_last = log["next_page"].is_absent
        until = found[-1]["Created"].iso() if found else None
        yield Page(bodies=bodies, cursor=END if is_last else f"{last}|{page}", until=until)
        if is_last:
            return


def _bodies(
    server: Server, transactions: Sequence[Payload], queues: Names
) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    """One for each ticket, without those that are out of sight meanwhile."""
    found = []
    for number in dict.fromkeys(each["ObjectId"].text() for each in transactions):
        url = server.url(f"ticket/{quote(number, safe='')}")
        response = yield ApiRequest(url=url, headers=server.headers, expects=(200, 403, 404))
        if response.status == 200:
            own = [each for each in transactions if each["ObjectId"].text() == number]
            found.append(_body(number, parse_json(response.body), own, queues))
    return found


def _body(number: str, ticket: Payload, transactions: Sequence[Payload], queues: Names) -> bytes:
    moves = [value for each in transactions if each["Field"].text_or() == "Queue" for value in _values(each)]
    named = {ticket["Queue"]["id"].text_or(), *moves}
    shown: dict[str, Json] = {name: ticket[name].raw for name in TICKET if name in ticket}
    shown |= {name: _ids(ticket[name]) for name in PEOPLE}
    log: list[Json] = [
        {**{name: each[name].raw for name in TRANSACTION}, "Creator": each["Creator"]["id"].raw}
        for each in transactions
    ]
    names: dict[str, Json] = {key: name for key, name in queues.items() if key in named}
    body: dict[str, Json] = {"deskgauge_read": number, "ticket": shown, "transactions": log, "queues": names}
    return delivery(body)


def _values(transaction: Payload) -> list[str | None]:
    return [transaction[name].text_or() for name in ("OldValue", "NewValue")]


def _ids(members: Payload) -> Json:
    """A role has one member or a list of them; a user's id is his name."""
    if isinstance(members.raw, list):
        return [each["id"].raw for each in members.items()]
    return members["id"].raw


PULL = Pull(
    steps=steps,
    origins=("{base_url}",),
    needs=("base_url", "token"),
    per_minute=120,
    every=timedelta(minutes=5),
)
