"""Help Scout's conversations with all their threads through its API, in the order of their creation.

https://developer.helpscout.com/mailbox-api/endpoints/conversations/list (filters, `query`, sorting; embedded threads of chats are
cut short), https://developer.helpscout.com/mailbox-api/endpoints/conversations/threads/list/,
github.com/helpscout/helpscout-api-php (client credentials at v2/oauth2/token, words of the filters). Read 2026-11-27.

The time of creation never changes, so that a query which begins at the last one seen skips nothing, whatever changes meanwhile. A
token is asked for with every page, so that none is used for longer than it lives.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from adapters._help_scout_kept import as_asked, person, thread
from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://api.helpscout.net"
END = "end"
EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)
CONVERSATION = ("id", "type", "status", "state", "mailboxId", "createdAt", "closedAt", "userUpdatedAt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    headers: Mapping[str, str]

    def get(self, path: str, *expects: int, **query: str | int) -> ApiRequest:
        url = f"{ORIGIN}/v2/{path}?{urlencode(query)}"
        return ApiRequest(url=url, headers=self.headers, expects=(200, *expects))

    def listed(self, since: datetime, created: datetime, page: int) -> Asked:
        return ask(
            self.get(
                "conversations",
                status="all",
                modifiedSince=as_asked(since),
                query=f"(createdAt:[{as_asked(created)} TO *])",
                sortField="createdAt",
                sortOrder="asc",
                embed="threads",
                page=page,
            )
        )


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """A cursor is a time of creation, and a page of those that were created then or later."""
    if cursor == END:
        return
    begun, number = (cursor or f"{EARLIEST.isoformat()}|1").split("|")
    created, page = datetime.fromisoformat(begun), int(number)
    while True:
        account = yield from login(settings)
        listed = yield from account.listed(since, created, page)
        found = list(listed["_embedded"]["conversations"].items())
        bodies = []
        for conversation in found:
            threads = yield from _threads(account, conversation)
            bodies.append(body_of(conversation, threads))
        is_last = not found or page >= listed["page"]["totalPages"].number()
        # A second earlier, for it is not said whether that second is included.
        onward = found[-1]["createdAt"].iso() - timedelta(seconds=1) if found else created
        created, page = (onward, 1) if onward > created else (created, page + 1)
        yield Page(bodies=bodies, cursor=END if is_last else f"{created.isoformat()}|{page}")
        if is_last:
            return


def login(settings: Settings) -> Generator[ApiRequest, ApiResponse, Account]:
    form = {
        "grant_type": "client_credentials",
        "client_id": first(settings, "app_id", "") or "",
        "client_secret": first(settings, "app_secret", "") or "",
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{ORIGIN}/v2/oauth2/token"
    answer = yield from ask(ApiRequest(url=url, method="POST", headers=kind, body=urlencode(form).encode()))
    return Account(headers={"Authorization": f"Bearer {answer['access_token'].text()}"})


def _threads(account: Account, conversation: Payload) -> Generator[ApiRequest | Page, ApiResponse, list[Payload]]:
    """Those of the list; of a chat, whose embedded ones are cut short, every page of its own list. None where it went away."""
    if conversation["type"].text_or() != "chat":
        return list(conversation["_embedded"]["threads"].items())
    path, page = f"conversations/{quote(conversation['id'].text(), safe='')}/threads", 1
    found: list[Payload] = []
    while True:
        response = yield account.get(path, 404, page=page)
        if response.status != 200:
            return found
        body = parse_json(response.body)
        entries = list(body["_embedded"]["threads"].items())
        found += entries
        if not entries or page >= (body["page"]["totalPages"].number_or() or 0):
            return found
        page += 1


def body_of(conversation: Payload, threads: list[Payload]) -> bytes:
    """Without texts and names."""
    kept: list[Json] = [thread(each) for each in threads]
    told: dict[str, Json] = {
        **{name: conversation[name].raw for name in CONVERSATION if name in conversation},
        "assignee": person(conversation["assignee"]),
        "createdBy": person(conversation["createdBy"]),
        "closedBy": person(conversation["closedBy"]),
        "primaryCustomer": {name: conversation["primaryCustomer"][name].raw for name in ("id", "email")},
        "_embedded": {"threads": kept},
    }
    return delivery({"deskgauge_read": "conversation", "conversation": told})


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("app_id", "app_secret"), per_minute=150)
