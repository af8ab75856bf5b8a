"""Zendesk's tickets with their audits through its API, in the order of their last change.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/ (10 requests in a minute; the newest
minute is left out), https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/ (read 2026-11). The parameter
`per_page` is one that other programs send; where it is ignored, a page has a thousand tickets.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from adapters._zendesk_audit import COMMENTS, FIELDS, MERGED, RATING
from adapters._zendesk_update import CHANGES
from adapters._zendesk_words import API
from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask, basic
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://{subdomain}.zendesk.com"
PER_PAGE = 100
#: the cursor of a reading that was stopped at its last page
END = "end"
DELETED = "deleted"
#: of a ticket; what was written in it stays in Zendesk
TICKET = (
    "id",
    "created_at",
    "requester_id",
    "submitter_id",
    "external_id",
    "collaborator_ids",
    "email_cc_ids",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    origin: str
    headers: Mapping[str, str]

    def request(self, path: str, query: Mapping[str, str | int], *expects: int) -> ApiRequest:
        url = f"{self.origin}/api/v2/{path}.json?{urlencode(query)}"
        return ApiRequest(url=url, headers=self.headers, expects=(200, *expects))

    def tickets(self, since: datetime, place: str | None) -> Asked:
        query: dict[str, str | int] = {"cursor": place} if place else {"start_time": int(since.timestamp())}
        return ask(self.request("incremental/tickets/cursor", {**query, "per_page": PER_PAGE}))

    def all(
        self, path: str, name: str, query: Mapping[str, str], *expects: int
    ) -> Generator[ApiRequest | Page, ApiResponse, list[Payload]]:
        """Every page of a list; empty where an expected refusal came. Lists of archived tickets have one page, without `meta`."""
        found: list[Payload] = []
        place: str | None = None
        while True:
            following = {"page[after]": place} if place else {}
            response = yield self.request(path, {**query, "page[size]": PER_PAGE, **following}, *expects)
            if response.status != 200:
                return found
            body = parse_json(response.body)
            found += body[name].items()
            place = body["meta"]["after_cursor"].text_or() if body["meta"]["has_more"].flag_or() else None
            if place is None:
                return found


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    if cursor == END:
        return
    desk = desk_of(settings)
    staff = yield from _staff(desk)
    place: str | None = cursor
    while place != END:
        page = yield from desk.tickets(since, place)
        bodies = []
        for ticket in page["tickets"].items():
            body = yield from _body(desk, ticket, staff)
            bodies.append(body)
        place = END if page["end_of_stream"].flag() else page["after_cursor"].text()
        yield Page(bodies=bodies, cursor=place, until=_until(page))


def desk_of(settings: Settings) -> Desk:
    user, token = first(settings, "api_user", "") or "", first(settings, "api_token", "") or ""
    origin = ORIGIN.format(subdomain=first(settings, "subdomain", "") or "")
    return Desk(origin=origin, headers=basic(f"{user}/token", token))


def _staff(desk: Desk) -> Generator[ApiRequest | Page, ApiResponse, frozenset[str]]:
    found: set[str] = set()
    for role in ("admin", "agent"):
        users = yield from desk.all("users", "users", {"role": role})
        found |= {user["id"].text() for user in users}
    return frozenset(found)


def _until(page: Payload) -> datetime | None:
    """The order is that of `generated_timestamp`, which also changes where no audit is written."""
    moments = [ticket["generated_timestamp"] for ticket in page["tickets"].items()]
    return max((moment.epoch_s() for moment in moments if not moment.is_absent), default=None)


def _body(desk: Desk, ticket: Payload, staff: frozenset[str]) -> Generator[ApiRequest | Page, ApiResponse, bytes]:
    is_deleted = (ticket["status"].text_or() or "").lower() == DELETED
    audits: list[Payload] = []
    if not is_deleted:
        path = f"tickets/{quote(ticket['id'].text(), safe='')}/audits"
        audits = yield from desk.all(path, "audits", {}, 404)
    kept = [_audit(audit) for audit in audits]
    members: list[Json] = [*sorted(_authors(audits) & staff)]
    body: dict[str, Json] = {
        "deskgauge_read": "ticket",
        "ticket": {
            **{name: ticket[name].raw for name in TICKET if name in ticket},
            "via": {"channel": ticket["via"]["channel"].raw},
            "deleted_at": ticket["updated_at"].raw if is_deleted else None,
            "merged": MERGED in {tag.text() for tag in ticket["tags"].items()},
        },
        "audits": kept,
        "staff": members,
    }
    return delivery(body)


def _authors(audits: Sequence[Payload]) -> set[str]:
    events = [event for audit in audits for event in audit["events"].items()]
    return {each["author_id"].text() for each in (*audits, *events) if not each["author_id"].is_absent}


def _audit(audit: Payload) -> Json:
    """Without addresses of machines, texts, and what triggers sent."""
    return {
        "id": audit["id"].raw,
        "created_at": audit["created_at"].raw,
        "author_id": audit["author_id"].raw,
        "via": {"channel": audit["via"]["channel"].raw},
        "events": [kept for event in audit["events"].items() if (kept := _event(event)) is not None],
    }


def _event(event: Payload) -> Json:
    kind = event["type"].text_or()
    if kind in CHANGES and event["field_name"].text_or() in FIELDS:
        return {name: event[name].raw for name in ("type", "field_name", "value")}
    if kind in COMMENTS:
        told: dict[str, Json] = {name: event[name].raw for name in ("type", "id", "public", "author_id")}
        return {**told, "via": {"channel": event["via"]["channel"].raw}}
    return {name: event[name].raw for name in ("type", "score")} if kind == RATING else None


#: not poked: what a delivery tells of is not shown within its first minute
PULL = Pull(steps=steps, origins=(ORIGIN,), needs=API, per_minute=100, every=timedelta(minutes=5))
