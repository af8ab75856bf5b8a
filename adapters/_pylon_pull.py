"""Pylon's issues that changed, each with its messages, through its API.

POST /issues/search, GET /issues/{id}/messages, GET /teams and GET /issue-statuses as
https://github.com/airbytehq/airbyte/blob/master/airbyte-integrations/connectors/source-pylon/manifest.yaml asks them; paging:
https://docs.usepylon.com/pylon-docs/developer/api/conventions; 30 requests in a minute at least for each endpoint:
https://docs.usepylon.com/pylon-docs/developer/api/rate-limits (all read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

REGIONS: Mapping[str, str] = {"us": "https://api.usepylon.com", "eu": "https://api.eu.usepylon.com"}
END = "end"
PER_PAGE = 50
MESSAGES_PER_PAGE = 200
#: a list that this account or this token has not, or an issue that is gone by now
REFUSED = (403, 404)
ISSUE = ("id", "state", "source", "type", "created_at", "updated_at", "resolution_time")
PERSON = ("id", "email")

Entries = Generator[ApiRequest | Page, ApiResponse, list[Payload]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    origin: str
    headers: Mapping[str, str]

    def search(self, since: datetime, cursor: str | None) -> Generator[ApiRequest | Page, ApiResponse, Payload]:
        """Issues that changed after the moment."""
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted: dict[str, Json] = {
            "filter": {"field": "updated_at", "operator": "time_is_after", "value": after},
            "limit": PER_PAGE,
            **({"cursor": cursor} if cursor else {}),
        }
        headers = {**self.headers, "Content-Type": "application/json"}
        url = f"{self.origin}/issues/search"
        response = yield ApiRequest(url=url, method="POST", headers=headers, body=json.dumps(wanted).encode())
        return parse_json(response.body)

    def all(self, path: str, query: Mapping[str, str | int] | None = None) -> Entries:
        """Every page of a list; empty where it is refused."""
        found: list[Payload] = []
        place: str | None = None
        while True:
            asked = urlencode({**(query or {}), **({"cursor": place} if place else {})})
            url = f"{self.origin}/{path}" + (f"?{asked}" if asked else "")
            response = yield ApiRequest(url=url, headers=self.headers, expects=(200, *REFUSED))
            if response.status != 200:
                return found
            body = parse_json(response.body)
            found += body["data"].items()
            place = following(body)
            if place is None:
                return found


def following(body: Payload) -> str | None:
    """Where the next page begins."""
    pages = body["pagination"]
    return pages["cursor"].text_or() if pages["has_next_page"].flag_or() else None


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    if cursor == END:
        return
    origin = REGIONS.get(first(settings, "region", "us") or "us", REGIONS["us"])
    account = Account(origin=origin, headers={"Authorization": f"Bearer {first(settings, 'api_token', '') or ''}"})
    teams = yield from account.all("teams")
    states = yield from account.all("issue-statuses")
    names = {team["id"].text(): team["name"].raw for team in teams}
    categories = {state["slug"].text(): state["category"].raw for state in states}
    place: str | None = cursor
    while place != END:
        page = yield from account.search(since, place)
        bodies = []
        for issue in page["data"].items():
            body = yield from _body(account, issue, names, categories)
            bodies.append(body)
        place = following(page) or END
        yield Page(bodies=bodies, cursor=place)


def _body(
    account: Account, issue: Payload, teams: Mapping[str, Json], categories: Mapping[str, Json]
) -> Generator[ApiRequest | Page, ApiResponse, bytes]:
    """What was written stays in Pylon."""
    path = f"issues/{quote(issue['id'].text(), safe='')}/messages"
    messages = yield from account.all(path, {"limit": MESSAGES_PER_PAGE})
    kept: list[Json] = [_message(message) for message in messages]
    ratings: list[Json] = [rating["score"].raw for rating in issue["csat_responses"].items() if "score" in rating]
    body: dict[str, Json] = {
        "deskgauge_read": "issue",
        "issue": {
            **{name: issue[name].raw for name in ISSUE if name in issue},
            "priority": issue["custom_fields"]["priority"]["value"].raw,
            "assignee": _person(issue["assignee"]),
            "requester": _person(issue["requester"]),
        },
        "team": teams.get(issue["team"]["id"].text_or("") or "", issue["team"]["id"].raw),
        "category": categories.get(issue["state"].text_or("") or ""),
        "messages": kept,
        "ratings": ratings,
    }
    return delivery(body)


def _message(message: Payload) -> Json:
    author = message["author"]
    return {
        **{name: message[name].raw for name in ("id", "timestamp", "is_private")},
        "author": {name: _person(author[name]) for name in ("user", "contact")},
    }


def _person(who: Payload) -> Json:
    return None if who.is_absent else {name: who[name].raw for name in PERSON}


PULL = Pull(
    steps=steps,
    origins=tuple(REGIONS.values()),
    needs=("api_token",),
    per_minute=30,
    every=timedelta(minutes=5),
    poked=True,
)
