"""Freshdesk's tickets, conversations and ratings through its API.

https://developers.freshdesk.com/api/#list_all_tickets (read 2026-11): ordinary lists leave out deleted tickets and spam.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlencode

from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullRequest, PullResponse, PullSteps, basic, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://{subdomain}.freshdesk.com"
PER_PAGE = 100
#: lists that tickets are in, the ordinary one without a filter; then ratings
PARTS = ("", "deleted", "spam", "ratings")
END = "end"
TICKET = (
    "id",
    "status",
    "priority",
    "source",
    "group_id",
    "responder_id",
    "requester_id",
    "created_at",
    "updated_at",
    "stats",
    "requester",
)
CONVERSATION = ("id", "incoming", "private", "source", "user_id", "created_at")
Names: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    entries: list[Payload]
    is_last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    origin: str
    headers: Mapping[str, str]
    agents: Names = field(default_factory=dict)
    groups: Names = field(default_factory=dict)

    def get(self, path: str, *expects: int, **query: str | int) -> Generator[PullRequest | Page, PullResponse, Listed]:
        """A page of a list, which is the last one unless a link leads to the next; empty where an expected refusal came."""
        url = f"{self.origin}/api/v2/{path}?{urlencode({'per_page': PER_PAGE, **query})}"
        response = yield PullRequest(url=url, headers=self.headers, expects=(200, *expects))
        if response.status != 200:
            return Listed(entries=[], is_last=True)
        entries = list(parse_json(response.body).items())
        return Listed(entries=entries, is_last='rel="next"' not in response.headers.get("link", ""))

    def all(self, path: str, *expects: int) -> Generator[PullRequest | Page, PullResponse, list[Payload]]:
        found: list[Payload] = []
        page = 1
        while True:
            listed = yield from self.get(path, *expects, page=page)
            found += listed.entries
            if listed.is_last:
                return found
            page += 1


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets by their last change, then deleted ones, spam and ratings. A cursor says the list and from when on."""
    if cursor == END:
        return
    desk = yield from _desk(settings)
    part, begun, page = (cursor or f"{PARTS[0]}|{since.isoformat()}|1").split("|")
    for name in PARTS[PARTS.index(part) :]:
        place = (datetime.fromisoformat(begun), int(page)) if name == part else (since, 1)
        yield from _ratings(desk, *place) if name == "ratings" else _tickets(desk, name, *place, since)


def _desk(settings: Settings) -> Generator[PullRequest | Page, PullResponse, Desk]:
    """Names are for administrators only; a key of another one gets ids."""
    bare = Desk(
        origin=ORIGIN.format(subdomain=first(settings, "subdomain", "") or ""),
        headers=basic(first(settings, "api_key", "") or "", "X"),
    )
    agents = yield from bare.all("agents", 403)
    groups = yield from bare.all("groups", 403)
    return Desk(
        origin=bare.origin,
        headers=bare.headers,
        agents={agent["id"].text(): agent["contact"]["name"].text_or() for agent in agents},
        groups={group["id"].text(): group["name"].text_or() for group in groups},
    )


def _tickets(desk: Desk, part: str, begin: datetime, page: int, since: datetime) -> PullSteps:
    """A query goes on from the last change seen, a second earlier: what changes meanwhile moves to the end and skips nothing."""
    while True:
        query: dict[str, str | int] = {"updated_since": _text(begin), "page": page, "include": "stats,requester"}
        listed = yield from desk.get("tickets", **query, order_by="updated_at", order_type="asc", **_filter(part))
        tickets = listed.entries
        bodies = []
        for ticket in tickets:
            body = yield from _body(desk, ticket, part)
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


def _body(desk: Desk, ticket: Payload, part: str) -> Generator[PullRequest | Page, PullResponse, bytes]:
    conversations: list[Payload] = []
    if _has_conversations(ticket["stats"]):
        conversations = yield from desk.all(f"tickets/{ticket['id'].text()}/conversations", 404)
    people = [ticket["responder_id"], *(each["user_id"] for each in conversations)]
    body: dict[str, Json] = {
        "deskgauge_read": "ticket",
        "ticket": {
            **{name: ticket[name].raw for name in TICKET if name in ticket},
            "deleted": part == "deleted",
            "spam": part == "spam",
        },
        "conversations": [{name: each[name].raw for name in CONVERSATION if name in each} for each in conversations],
        "agents": _of(desk.agents, people),
        "groups": _of(desk.groups, [ticket["group_id"]]),
    }
    return delivery(body)


def _has_conversations(stats: Payload) -> bool:
    """A ticket to which nobody answered has none that are counted."""
    told = ("agent_responded_at", "requester_responded_at", "first_responded_at")
    return stats.is_absent or any(not stats[name].is_absent for name in told)


def _of(names: Names, keys: list[Payload]) -> dict[str, Json]:
    found = {key.text_or() for key in keys}
    return {key: name for key, name in names.items() if key in found}


def _ratings(desk: Desk, begin: datetime, page: int) -> PullSteps:
    """Newest first, as far as is known: one that comes meanwhile moves others to a later page, where they are seen again."""
    while True:
        listed = yield from desk.get("surveys/satisfaction_ratings", 403, created_since=_text(begin), page=page)
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
        "agents": _of(desk.agents, [rating["agent_id"]]),
        "groups": _of(desk.groups, [rating["group_id"]]),
    }
    told = body["rating"]
    if isinstance(told, dict):
        told["ratings"] = {"default_question": rating["ratings"]["default_question"].raw}
    return delivery(body)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("subdomain", "api_key"), per_minute=50, poked=True)
