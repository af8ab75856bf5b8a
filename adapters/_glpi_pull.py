"""GLPI's tickets with their log and follow-ups through its REST API, each state as a webhook would have told it.

https://github.com/glpi-project/glpi apirest.md (read 2026-11-27): sessions, searches with criteria, sub-items, ranges. A search may
name ids above a number, so that pages begin after the last one. Times name no zone; numbers of search options are those of
src/CommonITILObject.php: 2 is the id, 12 the status, 19 the last change.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from adapters._glpi_replay import Shown, body_of
from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first
from plugin.contract.time_format import zone

PER_PAGE = 50
#: of a ticket's log, follow-ups and members
LONGEST = 1000
#: tickets that are there, then those in the trash
PARTS = ("0", "1")
END = "end"
ID, CHANGED = "2", "19"
Read: TypeAlias = Generator[ApiRequest | Page, ApiResponse, list[Payload]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    base: str
    headers: Mapping[str, str]
    zone: ZoneInfo

    def request(self, path: str, query: Mapping[str, str | int], *expects: int) -> ApiRequest:
        url = f"{self.base}/apirest.php/{path}?{urlencode(query)}"
        return ApiRequest(url=url, headers=self.headers, expects=(200, 206, *expects))

    def search(self, since: datetime, last: int, is_deleted: str) -> Asked:
        criteria = {
            "criteria[0][field]": CHANGED,
            "criteria[0][searchtype]": "morethan",
            "criteria[0][value]": since.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S"),
            "criteria[1][link]": "AND",
            "criteria[1][field]": ID,
            "criteria[1][searchtype]": "contains",
            "criteria[1][value]": f">{last}",
        }
        shown = {"forcedisplay[0]": ID, "sort": ID, "order": "ASC", "range": f"0-{PER_PAGE - 1}"}
        return ask(self.request("search/Ticket", {**criteria, **shown, "is_deleted": is_deleted}))

    def parts(self, ticket: str, itemtype: str) -> Read:
        """Sub-items of a ticket; none where it went away, or where it has none."""
        path = f"Ticket/{quote(ticket, safe='')}/{itemtype}"
        response = yield self.request(path, {"range": f"0-{LONGEST - 1}"}, 400, 404)
        answer = parse_json(response.body)
        return list(answer.items()) if response.status in (200, 206) else []

    def one(self, itemtype: str, number: str) -> Generator[ApiRequest | Page, ApiResponse, Payload | None]:
        response = yield self.request(f"{itemtype}/{quote(number, safe='')}", {}, 403, 404)
        return parse_json(response.body) if response.status == 200 else None


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets that changed, by their ids; then those in the trash. A cursor says the part and the last id."""
    if cursor == END:
        return
    server = yield from _login(settings)
    names: dict[str, str | None] = {}
    part, last = (cursor or f"{PARTS[0]}|0").split("|")
    for name in PARTS[PARTS.index(part) :]:
        yield from _tickets(server, names, since, name, int(last) if name == part else 0)


def _login(settings: Settings) -> Generator[ApiRequest | Page, ApiResponse, Server]:
    base = (first(settings, "base_url", "") or "").rstrip("/")
    app = first(settings, "app_token")
    headers = {"Accept": "application/json", **({"App-Token": app} if app else {})}
    url, token = f"{base}/apirest.php/initSession", first(settings, "user_token", "") or ""
    answer = yield from ask(ApiRequest(url=url, headers={**headers, "Authorization": f"user_token {token}"}))
    session = {**headers, "Session-Token": answer["session_token"].text()}
    return Server(base=base, headers=session, zone=zone(first(settings, "timezone", "UTC") or "UTC"))


def _tickets(server: Server, names: dict[str, str | None], since: datetime, part: str, last: int) -> PullSteps:
    while True:
        page = yield from server.search(since, last, part)
        ids = [int(row[ID].number()) for row in page["data"].items()]
        if ids and min(ids) <= last:
            raise BadPayload(
                "$.data", f"tickets up to {last} were asked for again: this GLPI searches no ids above a number"
            )
        bodies = []
        for number in ids:
            bodies += yield from _body(server, names, str(number))
        last = ids[-1] if ids else last
        following = END if part == PARTS[-1] else f"{PARTS[-1]}|0"
        yield Page(bodies=bodies, cursor=f"{part}|{last}" if ids else following)
        if not ids:
            return


def _body(
    server: Server, names: dict[str, str | None], ticket: str
) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    item = yield from server.one("Ticket", ticket)
    if item is None:
        return []
    shown = Shown(
        item=item,
        zone=server.zone,
        log=(yield from server.parts(ticket, "Log")),
        followups=(yield from server.parts(ticket, "ITILFollowup")),
        users=(yield from server.parts(ticket, "Ticket_User")),
        groups=(yield from server.parts(ticket, "Group_Ticket")),
    )
    yield from _learn(server, names, shown)
    body: Json = body_of(shown, names)
    return [delivery(body)]


def _learn(
    server: Server, names: dict[str, str | None], shown: Shown
) -> Generator[ApiRequest | Page, ApiResponse, None]:
    """Each user and group is asked for once in a reading."""
    for key in sorted(shown.people() - names.keys()):
        itemtype, number = key.split(" ")
        found = yield from server.one(itemtype, number)
        names[key] = None if found is None else found["name"].text_or()


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "user_token"), per_minute=240)
