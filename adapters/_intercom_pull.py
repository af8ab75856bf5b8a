"""Intercom's conversations and tickets with all their parts through its API, in the order of their last change.

https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination/ (search: a POST with `query`, `sort`,
`pagination`, 150 entries at most), github.com/intercom/Intercom-OpenAPI (hosts of the regions; parts only of one conversation at a
time, 500 at most), airbytehq/airbyte source-intercom/manifest.yaml (the queries; 404 for what was deleted, 401 without the
permission for tickets). Read 2026-11-27.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from plugin.contract.api import ApiRequest, ApiResponse, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGINS = {
    "us": "https://api.intercom.io",
    "eu": "https://api.eu.intercom.io",
    "au": "https://api.au.intercom.io",
}
#: the first one that has tickets and is still served; others answer in other shapes
VERSION = "2.11"
PER_PAGE = 50
PARTS = ("conversations", "tickets")
END = "end"
#: of a conversation or ticket; what was written in it stays in Intercom
ITEM = ("id", "created_at", "updated_at", "priority", "category", "channel")
PART = ("id", "part_type", "created_at", "ticket_state", "previous_ticket_state")
RATING = ("rating", "created_at", "updated_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    origin: str
    headers: Mapping[str, str]

    def get(self, path: str, *expects: int) -> ApiRequest:
        return ApiRequest(url=f"{self.origin}/{path}", headers=self.headers, expects=(200, *expects))

    def search(self, name: str, begin: datetime, place: str, *expects: int) -> ApiRequest:
        body: Json = {
            "query": {"field": "updated_at", "operator": ">", "value": int(begin.timestamp()) - 1},
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": {"per_page": PER_PAGE, **({"starting_after": place} if place else {})},
        }
        headers = {**self.headers, "Content-Type": "application/json"}
        url = f"{self.origin}/{name}/search"
        return ApiRequest(
            url=url, method="POST", headers=headers, body=json.dumps(body).encode(), expects=(200, *expects)
        )


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Conversations, then tickets. A cursor says which, from which change on, and a place among those of one second."""
    if cursor == END:
        return
    workspace = _workspace(settings)
    # A token that is no longer valid must not look like one that may not read tickets.
    yield from ask(workspace.get("me"))
    part, begun, place = (cursor or f"{PARTS[0]}|{since.isoformat()}|").split("|", 2)
    for name in PARTS[PARTS.index(part) :]:
        begin, at = (datetime.fromisoformat(begun), place) if name == part else (since, "")
        yield from _changed(workspace, name, begin, at, since)


def _workspace(settings: Settings) -> Workspace:
    token = first(settings, "api_token", "") or ""
    origin = ORIGINS.get((first(settings, "region") or "us").lower(), ORIGINS["us"])
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Intercom-Version": VERSION}
    return Workspace(origin=origin, headers=headers)


def _changed(workspace: Workspace, name: str, begin: datetime, place: str, since: datetime) -> PullSteps:
    """A query goes on from the last change seen: what changes meanwhile moves to the end and skips nothing."""
    refusals = (401, 403) if name == "tickets" else ()
    onward = END if name == PARTS[-1] else f"{PARTS[-1]}|{since.isoformat()}|"
    while True:
        response = yield workspace.search(name, begin, place, *refusals)
        listed = parse_json(response.body) if response.status == 200 else Payload({name: []})
        found = list(listed[name].items())
        bodies = []
        for item in found:
            bodies += yield from _body(workspace, name, item["id"].text())
        latest = max([begin, *(item["updated_at"].epoch_s() for item in found)])
        place = listed["pages"]["next"]["starting_after"].text_or("") or ""
        if not place:
            yield Page(bodies=bodies, cursor=onward, until=latest)
            return
        begin, place = (latest, "") if latest > begin else (begin, place)
        yield Page(bodies=bodies, cursor=f"{name}|{begin.isoformat()}|{place}", until=latest)


def _body(workspace: Workspace, name: str, key: str) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    """None where it went away since it was found."""
    response = yield workspace.get(f"{name}/{quote(key, safe='')}", 404)
    if response.status != 200:
        return []
    return [body_of_item(name, parse_json(response.body))]


def body_of_item(name: str, item: Payload) -> bytes:
    """A conversation that became a ticket is one: its state says when it is solved."""
    is_ticket = name == "tickets" or isinstance(item["ticket"].raw, dict)
    return delivery({"deskgauge_read": "ticket" if is_ticket else "conversation", "item": _kept(item)})


def _kept(item: Payload) -> Json:
    source, author = item["source"], item["source"]["author"]
    contacts: list[Json] = [{"id": each["id"].raw} for each in item["contacts"]["contacts"].items()]
    kept: dict[str, Json] = {
        **{name: item[name].raw for name in ITEM if name in item},
        "source": {"type": source["type"].raw, "author": {name: author[name].raw for name in ("type", "id", "email")}},
        "contacts": contacts,
    }
    for name in ("conversation_part", "ticket_part"):
        parts: list[Json] = [_part(part) for part in item[f"{name}s"][f"{name}s"].items()]
        kept[f"{name}s"] = parts
    if not item["ticket_state"].is_absent:
        kept["ticket_state"] = {"category": _first_state(item)}
    rating = item["conversation_rating"]
    if not rating["rating"].is_absent:
        told: dict[str, Json] = {name: rating[name].raw for name in RATING}
        kept["conversation_rating"] = {**told, "teammate": {"id": rating["teammate"]["id"].raw}}
    return kept


def _first_state(item: Payload) -> Json:
    """The one that it was opened in, as a notification of its opening tells it."""
    before = (part["previous_ticket_state"].text_or() for part in item["ticket_parts"]["ticket_parts"].items())
    return next((state for state in before if state), item["ticket_state"]["category"].text_or())


def _part(part: Payload) -> Json:
    """Of its text only that there is one."""
    told: dict[str, Json] = {name: part[name].raw for name in PART if name in part}
    people = {name: part[name] for name in ("author", "assigned_to") if isinstance(part[name].raw, dict)}
    named: dict[str, Json] = {name: {key: person[key].raw for key in ("type", "id")} for name, person in people.items()}
    return {**told, **named, "body": None if part["body"].is_absent else "…"}


PULL = Pull(steps=steps, origins=tuple(ORIGINS.values()), needs=("api_token",), per_minute=300)
