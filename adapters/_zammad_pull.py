"""Zammad's tickets with their articles and their history through its API, as the snapshots that webhooks would have sent.

Of github.com/zammad/zammad (read 2026-11-27): app/controllers/tickets_controller.rb and app/models/concerns/can_search.rb (a search
by `condition` alone asks the database, so that it needs no Elasticsearch and is up to date), app/models/history.rb and
app/models/concerns/has_history.rb (`ticket_history`: each change with both values and the users concerned);
https://docs.zammad.org/en/latest/api/ticket/articles.html, https://docs.zammad.org/en/latest/api/intro.html (tokens, `expand`).

The time of creation never changes, so that a search which begins at the last one seen skips nothing, whatever changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

PER_PAGE = 50
END = "end"
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
TICKET = ("id", "created_at", "updated_at", "close_at", "create_article_type", "create_article_sender")
#: what a history tells both values of; an owner by the id of the user
PLACES = ("state", "group", "priority", "owner")
CUSTOMER = ("email", "phone", "mobile")
ARTICLE = ("id", "type", "sender", "internal", "created_at", "created_by")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    base: str
    headers: Mapping[str, str]

    def request(self, path: str, query: Mapping[str, str | int], *expects: int) -> ApiRequest:
        url = f"{self.base}/api/v1/{path}?{urlencode(query)}"
        return ApiRequest(url=url, headers=self.headers, expects=(200, *expects))

    def search(self, since: datetime, created: datetime, page: int) -> Asked:
        query: dict[str, str | int] = {"expand": "true", "sort_by": "created_at", "order_by": "asc"}
        for name, moment in {"updated_at": since, "created_at": created}.items():
            query[f"condition[ticket.{name}][operator]"] = "after (absolute)"
            query[f"condition[ticket.{name}][value]"] = _text(moment)
        return ask(self.request("tickets/search", {**query, "page": page, "per_page": PER_PAGE}))


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """A cursor is a time of creation, and a page of those that were created after it."""
    if cursor == END:
        return
    desk = Desk(
        base=(first(settings, "base_url", "") or "").rstrip("/"),
        headers={"Authorization": f"Token token={first(settings, 'api_token', '') or ''}"},
    )
    begun, number = (cursor or f"{EARLIEST.isoformat()}|1").split("|")
    created, page = datetime.fromisoformat(begun), int(number)
    while True:
        found = list((yield from desk.search(since, created, page)).items())
        _check(found, since, created)
        bodies = []
        for ticket in found:
            bodies += yield from _body(desk, ticket)
        is_last = not found
        # A second earlier, for versions differ in whether that moment is included.
        onward = found[-1]["created_at"].iso() - timedelta(seconds=1) if found else created
        created, page = (onward, 1) if onward > created else (created, page + 1)
        yield Page(bodies=bodies, cursor=END if is_last else f"{created.isoformat()}|{page}")
        if is_last:
            return


def _check(found: list[Payload], since: datetime, created: datetime) -> None:
    second = timedelta(seconds=1)
    for ticket in found:
        for name, begin in {"updated_at": since, "created_at": created}.items():
            if ticket[name].iso() < begin - second:
                raise BadPayload(
                    ticket[name].path, "before the time that was asked for: this Zammad ignores conditions"
                )


def _body(desk: Desk, ticket: Payload) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    """None of a ticket that went away meanwhile."""
    key = quote(ticket["id"].text(), safe="")
    history = yield desk.request(f"ticket_history/{key}", {}, 404)
    articles = yield desk.request(f"ticket_articles/by_ticket/{key}", {"expand": "true"}, 404)
    if history.status != 200 or articles.status != 200:
        return []
    return [body_of(ticket, parse_json(history.body), parse_json(articles.body))]


def body_of(ticket: Payload, history: Payload, articles: Payload) -> bytes:
    """Without texts and names; of articles that there are."""
    kept: list[Json] = [{name: each[name].raw for name in ARTICLE if name in each} for each in articles.items()]
    states: list[Json] = [*_states(ticket, history)]
    return delivery({"deskgauge_read": "ticket", "states": states, "articles": kept})


def _states(ticket: Payload, history: Payload) -> list[dict[str, Json]]:
    """The ticket as it was created, after each change, and as it is."""
    users = history["assets"]["User"]
    customer = users[ticket["customer_id"].text_or("") or ""]
    shown: dict[str, Json] = {
        **{name: ticket[name].raw for name in TICKET if name in ticket},
        "customer": {name: customer[name].raw for name in CUSTOMER},
    }
    changes = [each for each in history["history"].items() if _is_change(each)]
    now: dict[str, Json] = {name: ticket[name].raw for name in PLACES[:-1]}
    now["owner"] = _user(users, ticket["owner_id"])
    place = {
        name: next((_value(each, users, "from") for each in changes if _of(each) == name), now[name]) for name in PLACES
    }
    created = ticket["created_at"].raw
    found: list[dict[str, Json]] = [{**shown, **place, "close_at": None, "updated_at": created}]
    for each in changes:
        place = {**place, _of(each): _value(each, users, "to")}
        found.append({**shown, **place, "close_at": None, "updated_at": each["created_at"].raw})
    return [*found, {**shown, **now}]


def _is_change(entry: Payload) -> bool:
    return entry["object"].text_or() == "Ticket" and entry["type"].text_or() == "updated" and _of(entry) in PLACES


def _of(entry: Payload) -> str:
    return entry["attribute"].text_or("") or ""


def _value(entry: Payload, users: Payload, end: str) -> Json:
    return _user(users, entry[f"id_{end}"]) if _of(entry) == "owner" else entry[f"value_{end}"].raw


def _user(users: Payload, key: Payload) -> Json:
    name = key.text_or("") or ""
    return {"id": key.raw, "login": users[name]["login"].raw}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "api_token"), per_minute=120)
