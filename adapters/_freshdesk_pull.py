"""Freshdesk's tickets, conversations and ratings through its API.

https://developers.freshdesk.com/api/#list_all_tickets (read 2026-11): ordinary lists leave out deleted tickets and spam.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters._freshworks_desk import Desk, names_of, ticket_body, time_text
from plugin.contract.api import basic
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://{subdomain}.freshdesk.com"
#: lists that tickets are in, the ordinary one without a filter; then ratings
PARTS = ("", "deleted", "spam", "ratings")
END = "end"


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets by their last change, then deleted ones, spam and ratings. A cursor says the list and from when on."""
    if cursor == END:
        return
    bare = Desk(
        origin=ORIGIN.format(subdomain=first(settings, "subdomain", "") or ""),
        headers=basic(first(settings, "api_key", "") or "", "X"),
    )
    desk = yield from bare.named(lambda agent: agent["contact"]["name"].text_or())
    part, begun, page = (cursor or f"{PARTS[0]}|{since.isoformat()}|1").split("|")
    for name in PARTS[PARTS.index(part) :]:
        place = (datetime.fromisoformat(begun), int(page)) if name == part else (since, 1)
        yield from _ratings(desk, *place) if name == "ratings" else _tickets(desk, name, *place, since)


def _tickets(desk: Desk, part: str, begin: datetime, page: int, since: datetime) -> PullSteps:
    """A query goes on from the last change seen, a second earlier: what changes meanwhile moves to the end and skips nothing."""
    while True:
        query: dict[str, str | int] = {"updated_since": time_text(begin), "page": page, "include": "stats,requester"}
        listed = yield from desk.get("tickets", **query, order_by="updated_at", order_type="asc", **_filter(part))
        tickets = listed.entries
        bodies = []
        for ticket in tickets:
            body = yield from ticket_body(desk, ticket, part)
            bodies.append(body)
        latest = max([begin, *(ticket["updated_at"].iso() for ticket in tickets)])
        if listed.is_last:
            yield Page(bodies=bodies, cursor=f"{PARTS[PARTS.index(part) + 1]}|{since.isoformat()}|1", until=latest)
            return
        onward = latest - timedelta(seconds=1)
        begin, page = (onward, 1) if onward > begin else (begin, page + 1)
        yield Page(bodies=bodies, cursor=f"{part}|{begin.isoformat()}|{page}", until=latest)


def _filter(part: str) -> dict[str, str]:
    return {"filter": part} if part else {}


def _ratings(desk: Desk, begin: datetime, page: int) -> PullSteps:
    """Newest first, as far as is known: one that comes meanwhile moves others to a later page, where they are seen again."""
    while True:
        listed = yield from desk.get("surveys/satisfaction_ratings", 403, created_since=time_text(begin), page=page)
        page += 1
        yield Page(
            bodies=[_rating(desk, rating) for rating in listed.entries],
            cursor=END if listed.is_last else f"ratings|{begin.isoformat()}|{page}",
        )
        if listed.is_last:
            return


def _rating(desk: Desk, rating: Payload) -> bytes:
    body: dict[str, Json] = {
        "deskgauge_read": "rating",
        "rating": {
            name: rating[name].raw for name in ("id", "ticket_id", "agent_id", "group_id", "user_id", "created_at")
        },
        "agents": names_of(desk.agents, [rating["agent_id"]]),
        "groups": names_of(desk.groups, [rating["group_id"]]),
    }
    told = body["rating"]
    if isinstance(told, dict):
        told["ratings"] = {"default_question": rating["ratings"]["default_question"].raw}
    return delivery(body)


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("subdomain", "api_key"), per_minute=50, poked=True)
