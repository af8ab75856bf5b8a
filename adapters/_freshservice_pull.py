"""Freshservice's tickets and conversations through its API.

`updated_since`, `include`, `order_type` and the filters: the vendor's client library,
https://developers.freshworks.com/api-sdk/api/interfaces/freshservice_models.TicketsQuery.html ; `workspace_id`: the comments of
https://powershellgallery.com/packages/FreshservicePS (both read 2026-11). Neither says that the list can be ordered by the last
change, so nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters._freshworks_desk import Desk, ticket_body, time_text
from plugin.contract.api import basic
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps
from plugin.contract.settings import Settings, first

ORIGIN = "https://{subdomain}.freshservice.com"
#: lists that tickets are in, the ordinary one without a filter
PARTS = ("", "deleted", "spam")
END = "end"


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets that changed since the moment, then deleted ones and spam. A cursor says the list and the page."""
    if cursor == END:
        return
    bare = Desk(
        origin=ORIGIN.format(subdomain=first(settings, "subdomain", "") or ""),
        headers=basic(first(settings, "api_key", "") or "", "X"),
        is_wrapped=True,
    )
    workspace = first(settings, "workspace")
    place = {"workspace_id": workspace} if workspace else {}
    desk = yield from bare.named(_name, **place)
    part, page = (cursor or f"{PARTS[0]}|1").split("|")
    for name in PARTS[PARTS.index(part) :]:
        query = {**place, "updated_since": time_text(since), **({"filter": name} if name else {})}
        yield from _tickets(desk, name, query, int(page) if name == part else 1)


def _name(agent: Payload) -> str | None:
    names = (agent["first_name"].text_or(), agent["last_name"].text_or())
    return " ".join(name for name in names if name) or None


def _tickets(desk: Desk, part: str, query: Mapping[str, str], page: int) -> PullSteps:
    """Oldest first: a ticket that is made or changed meanwhile moves others to a later page, where they are seen again."""
    following = [*PARTS, END][PARTS.index(part) + 1]
    while True:
        listed = yield from desk.get("tickets", **query, page=page, include="stats,requester", order_type="asc")
        bodies = []
        for ticket in listed.entries:
            body = yield from ticket_body(desk, ticket, part)
            bodies.append(body)
        page += 1
        if listed.is_last:
            yield Page(bodies=bodies, cursor=END if following == END else f"{following}|1")
            return
        yield Page(bodies=bodies, cursor=f"{part}|{page}")


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("subdomain", "api_key"), per_minute=40, poked=True)
