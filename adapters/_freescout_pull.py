"""FreeScout's conversations with their threads, through the API of the module "API & Webhooks".

https://api-docs.freescout.net/#list-conversations (read 2026-11-27): `updatedSince`, `createdSince`, `state`, sorting and pages;
the key goes into X-FreeScout-API-Key. `createdSince` came with version 1.0.55 of the module:
https://github.com/freescout-help-desk/freescout/issues/2835. The time of creation never changes, so that a query which begins at
the last one seen skips nothing, whatever changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from adapters._help_scout_kept import as_asked, person, thread
from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

PER_PAGE = 50
#: of conversations; those that were deleted for ever are gone
STATES = ("published", "deleted")
END = "end"
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
CONVERSATION = ("id", "type", "status", "state", "mailboxId", "createdAt", "updatedAt", "userUpdatedAt", "closedAt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    base: str
    headers: Mapping[str, str]

    def request(self, path: str, *expects: int, **query: str | int) -> ApiRequest:
        return ApiRequest(
            url=f"{self.base}/api/{path}?{urlencode(query)}", headers=self.headers, expects=(200, *expects)
        )

    def listed(self, state: str, since: datetime, created: datetime, page: int) -> Asked:
        return ask(
            self.request(
                "conversations",
                state=state,
                updatedSince=as_asked(since),
                createdSince=as_asked(created),
                sortField="createdAt",
                sortOrder="asc",
                page=page,
                pageSize=PER_PAGE,
            )
        )


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Conversations that changed, by their creation; then those that were deleted. A cursor says the state and where in it."""
    if cursor == END:
        return
    desk = Desk(
        base=(first(settings, "base_url", "") or "").rstrip("/"),
        headers={"X-FreeScout-API-Key": first(settings, "api_key", "") or ""},
    )
    state, created, page = (cursor or f"{STATES[0]}|{EARLIEST.isoformat()}|1").split("|")
    for name in STATES[STATES.index(state) :]:
        place = (datetime.fromisoformat(created), int(page)) if name == state else (EARLIEST, 1)
        yield from _conversations(desk, name, since, *place)


def _conversations(desk: Desk, state: str, since: datetime, created: datetime, page: int) -> PullSteps:
    while True:
        listed = yield from desk.listed(state, since, created, page)
        found = list(listed["_embedded"]["conversations"].items())
        _check(found, created)
        bodies = []
        for conversation in found:
            body = yield from _body(desk, conversation["id"].text())
            bodies += body
        is_last = not found or page >= listed["page"]["totalPages"].number()
        if found:
            created, page = _following(found, created, page)
        yield Page(bodies=bodies, cursor=_cursor(state, created, page, is_last))
        if is_last:
            return


def _check(found: list[Payload], created: datetime) -> None:
    for conversation in found:
        if conversation["createdAt"].iso() < created:
            raise BadPayload(
                conversation["createdAt"].path, "before the time that was asked for: update the module API & Webhooks"
            )


def _following(found: list[Payload], created: datetime, page: int) -> tuple[datetime, int]:
    """A second earlier than the last one, for it is not said whether that second is included; else the next page."""
    last = found[-1]["createdAt"].iso() - timedelta(seconds=1)
    return (last, 1) if last > created else (created, page + 1)


def _cursor(state: str, created: datetime, page: int, is_last: bool) -> str:
    if not is_last:
        return f"{state}|{created.isoformat()}|{page}"
    return END if state == STATES[-1] else f"{STATES[-1]}|{EARLIEST.isoformat()}|1"


def _body(desk: Desk, number: str) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    """None of a conversation that went away meanwhile."""
    response = yield desk.request(f"conversations/{quote(number, safe='')}", 404, embed="threads")
    if response.status != 200:
        return []
    shown = parse_json(response.body)
    told: dict[str, Json] = {
        **{name: shown[name].raw for name in CONVERSATION if name in shown},
        "assignee": person(shown["assignee"]),
        "createdBy": person(shown["createdBy"]),
        "closedBy": person(shown["closedBy"]),
        "customer": {name: shown["customer"][name].raw for name in ("id", "email")},
        "_embedded": {"threads": [thread(each) for each in shown["_embedded"]["threads"].items()]},
    }
    return [delivery({"deskgauge_read": "conversation", "conversation": told})]


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "api_key"), per_minute=120)
