"""Lists of tickets, agents and groups of Freshdesk and Freshservice, and a ticket with its conversations as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, delivery

PER_PAGE = 100
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
    """`is_wrapped`: a list is told under its name, as in `{"tickets": []}`. `agents`, `groups`: names by id."""

    origin: str
    headers: Mapping[str, str]
    is_wrapped: bool = False
    agents: Names = field(default_factory=dict)
    groups: Names = field(default_factory=dict)

    def get(self, path: str, *expects: int, **query: str | int) -> Generator[ApiRequest | Page, ApiResponse, Listed]:
        """A page of a list; empty where an expected refusal came. It is the last one if it is not full and no link leads on."""
        url = f"{self.origin}/api/v2/{path}?{urlencode({'per_page': PER_PAGE, **query})}"
        response = yield ApiRequest(url=url, headers=self.headers, expects=(200, *expects))
        if response.status != 200:
            return Listed(entries=[], is_last=True)
        told = parse_json(response.body)
        entries = list((told.object()[path.rpartition("/")[2]] if self.is_wrapped else told).items())
        goes_on = len(entries) >= PER_PAGE or 'rel="next"' in response.headers.get("link", "")
        return Listed(entries=entries, is_last=not goes_on)

    def all(self, path: str, *expects: int, **query: str) -> Generator[ApiRequest | Page, ApiResponse, list[Payload]]:
        found: list[Payload] = []
        page = 1
        while True:
            listed = yield from self.get(path, *expects, page=page, **query)
            found += listed.entries
            if listed.is_last:
                return found
            page += 1

    def named(
        self, name: Callable[[Payload], str | None], **query: str
    ) -> Generator[ApiRequest | Page, ApiResponse, Desk]:
        """With the names of agents and groups. They are for administrators only; the key of another one gets ids."""
        agents = yield from self.all("agents", 403)
        groups = yield from self.all("groups", 403, **query)
        return replace(
            self,
            agents={agent["id"].text(): name(agent) for agent in agents},
            groups={group["id"].text(): group["name"].text_or() for group in groups},
        )


def ticket_body(desk: Desk, ticket: Payload, part: str) -> Generator[ApiRequest | Page, ApiResponse, bytes]:
    """`part`: the filter of the list that it was in, `deleted` or `spam`, else empty."""
    conversations: list[Payload] = []
    if _has_conversations(ticket["stats"]):
        conversations = yield from desk.all(f"tickets/{ticket['id'].text()}/conversations", 404)
    people = [ticket["responder_id"], *(each["user_id"] for each in conversations)]
    body: dict[str, Json] = {
        "deskgauge_read": "ticket",
        "ticket": {
            **{name: ticket[name].raw for name in TICKET if name in ticket},
            "deleted": part == "deleted" or ticket["deleted"].flag_or(),
            "spam": part == "spam" or ticket["spam"].flag_or(),
        },
        "conversations": [{name: each[name].raw for name in CONVERSATION if name in each} for each in conversations],
        "agents": names_of(desk.agents, people),
        "groups": names_of(desk.groups, [ticket["group_id"]]),
    }
    return delivery(body)


def _has_conversations(stats: Payload) -> bool:
    """A ticket to which nobody answered has none that are counted."""
    told = ("agent_responded_at", "requester_responded_at", "first_responded_at")
    return stats.is_absent or any(not stats[name].is_absent for name in told)


def names_of(names: Names, keys: list[Payload]) -> dict[str, Json]:
    found = {key.text_or() for key in keys}
    return {key: name for key, name in names.items() if key in found}


def time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
