"""Znuny's tickets with their history and articles through a web service that offers three of its own operations.

https://github.com/znuny/Znuny Kernel/GenericInterface/Operation/Ticket/ TicketSearch.pm, TicketGet.pm and TicketHistoryGet.pm
(read 2026-11-27): whoever asks proves himself in each body; an error is an answer of 200 with `Error` in it. A search gives the
numbers of all tickets at once.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote
from zoneinfo import ZoneInfo

from adapters._znuny_replay import body_of, types_of
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first
from plugin.contract.time_format import zone

PER_PAGE = 5
#: more than there are; Znuny itself would stop at five hundred
ALL = 10_000_000
END = "end"
Told: TypeAlias = Generator[ApiRequest | Page, ApiResponse, Payload]


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    address: str
    login: Mapping[str, Json]
    zone: ZoneInfo

    def call(self, operation: str, **data: Json) -> Told:
        response = yield ApiRequest(
            url=f"{self.address}/{operation}",
            method="POST",
            headers={"Content-Type": "application/json"},
            body=json.dumps({**self.login, **data}).encode(),
        )
        answer = parse_json(response.body).object()
        code = answer["Error"]["ErrorCode"].text_or()
        if code is not None:
            raise BadPayload(
                operation, f"Znuny refuses it ({code}): docs/adapters/znuny.md says what the user may need"
            )
        return answer

    def search(self, since: datetime) -> Generator[ApiRequest | Page, ApiResponse, list[int]]:
        """Ids of the tickets that changed, archived ones included."""
        begin = since.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")
        flags: list[Json] = ["y", "n"]
        answer = yield from self.call(
            "TicketSearch", TicketLastChangeTimeNewerDate=begin, ArchiveFlags=flags, Limit=ALL
        )
        found = answer["TicketID"]
        ids = list(found.items()) if isinstance(found.raw, list) else [] if found.is_absent else [found]
        return sorted(int(each.number()) for each in ids)


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets that changed, by their ids. A cursor is the last one that was read."""
    if cursor == END:
        return
    server, last = _server(settings), int(cursor or 0)
    found = yield from server.search(since)
    ids = [number for number in found if number > last]
    for start in range(0, len(ids), PER_PAGE):
        chunk = ids[start : start + PER_PAGE]
        bodies = yield from _bodies(server, chunk)
        yield Page(bodies=bodies, cursor=END if chunk[-1] == ids[-1] else str(chunk[-1]))


def _server(settings: Settings) -> Server:
    base = (first(settings, "base_url", "") or "").rstrip("/")
    service = quote(first(settings, "service", "Deskgauge") or "Deskgauge", safe="")
    return Server(
        address=f"{base}/nph-genericinterface.pl/Webservice/{service}",
        login={"UserLogin": first(settings, "api_user", ""), "Password": first(settings, "api_password", "")},
        zone=zone(first(settings, "timezone", "UTC") or "UTC"),
    )


def _bodies(server: Server, ids: Sequence[int]) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    numbers = ",".join(map(str, ids))
    shown = yield from server.call("TicketGet", TicketID=numbers, AllArticles=1, ArticleOrder="ASC")
    told = yield from server.call("TicketHistoryGet", TicketID=numbers)
    tickets = list(shown["Ticket"].items())
    types = types_of(tickets)
    history = {each["TicketID"].text(): list(each["History"].items()) for each in told["TicketHistory"].items()}
    return [delivery(body_of(ticket, history.get(ticket["TicketID"].text(), []), types)) for ticket in tickets]


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "api_user", "api_password"), per_minute=120)
