"""Jira's issues with their changes, comments and ratings, as the API of Cloud and of Data Center gives them.

https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issue-search/ (`search/jql`: 40 changes of an issue at most,
more by `issue/{id}/changelog`), https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/ (`search`).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, cast
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from adapters._jira_issue import HISTORY
from adapters._jira_state import queue_field
from plugin.contract.api import ApiRequest, ApiResponse, Asked, ask, basic
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first
from plugin.contract.time_format import zone

FIELDS = "status,resolution,resolutiondate,assignee,reporter,creator,created,updated,priority,project,issuetype,comment"
COMMENT = ("id", "author", "created", "jsdPublic", "visibility", "properties")
PER_PAGE = 50
#: the cursor of a reading that was stopped at its last page
END = "end"
Read: TypeAlias = Generator[ApiRequest | Page, ApiResponse, list[Payload]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    base: str
    headers: Mapping[str, str]
    settings: Settings

    @property
    def is_cloud(self) -> bool:
        return (urlsplit(self.base).hostname or "").endswith(".atlassian.net")

    def get(self, path: str, **query: str | int) -> Asked:
        url = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        return ask(ApiRequest(url=url, headers=self.headers))


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Issues that changed since the moment, by their creation: one that changes meanwhile keeps its place among the pages."""
    if cursor == END:
        return
    site = site_of(settings)
    me = yield from site.get("/rest/api/2/myself")
    jql = _jql(settings, since, zone(me["timeZone"].text_or("UTC") or "UTC"))
    categories = yield from _categories(site)
    place: str | None = cursor or ""
    while place is not None:
        page = yield from _search(site, jql, place)
        bodies = []
        for issue in page["issues"].items():
            body = yield from _body(site, issue, categories)
            bodies.append(body)
        place = _following(site, page, place, len(bodies))
        yield Page(bodies=bodies, cursor=END if place is None else place)


def site_of(settings: Settings) -> Site:
    user, token = first(settings, "api_user"), first(settings, "api_token", "") or ""
    headers = basic(user, token) if user else {"Authorization": f"Bearer {token}"}
    return Site(base=(first(settings, "base_url", "") or "").rstrip("/"), headers=headers, settings=settings)


def _jql(settings: Settings, since: datetime, local: ZoneInfo) -> str:
    """JQL takes times in the zone of the user, to the minute; an hour earlier, for the hour that comes twice in autumn."""
    begin = (since - timedelta(hours=1)).astimezone(local).strftime("%Y-%m-%d %H:%M")
    own = first(settings, "jql")
    return (f"({own}) AND " if own else "") + f'updated >= "{begin}" ORDER BY created ASC, key ASC'


def _categories(site: Site) -> Generator[ApiRequest | Page, ApiResponse, dict[str, str | None]]:
    statuses = yield from site.get("/rest/api/2/status")
    return {status["id"].text(): status["statusCategory"]["key"].text_or() for status in statuses.items()}


def _search(site: Site, jql: str, place: str) -> Asked:
    queue = queue_field(site.settings)
    fields = FIELDS if queue in FIELDS.split(",") else f"{FIELDS},{queue}"
    query: dict[str, str | int] = {"jql": jql, "fields": fields, "expand": "changelog", "maxResults": PER_PAGE}
    if site.is_cloud:
        return site.get("/rest/api/2/search/jql", **query, **({"nextPageToken": place} if place else {}))
    return site.get("/rest/api/2/search", **query, startAt=int(place or 0))


def _following(site: Site, page: Payload, place: str, seen: int) -> str | None:
    """A token in Cloud, the number of issues that were seen elsewhere; None at the end."""
    if site.is_cloud:
        return page["nextPageToken"].text_or()
    reached = int(place or 0) + seen
    return str(reached) if seen and reached < page["total"].number() else None


def _body(
    site: Site, issue: Payload, categories: Mapping[str, str | None]
) -> Generator[ApiRequest | Page, ApiResponse, bytes]:
    histories = yield from _histories(site, issue)
    comments = yield from _comments(site, issue)
    feedback = yield from _feedback(site, issue)
    fields = cast("dict[str, Json]", issue["fields"].object().raw)
    left = {item["from"].text_or() for entry in histories for item in entry["items"].items()}
    body: dict[str, Json] = {
        "webhookEvent": HISTORY,
        "issue": {
            "id": issue["id"].raw,
            "key": issue["key"].raw,
            "fields": {name: value for name, value in fields.items() if name != "comment"},
        },
        "histories": [entry.raw for entry in histories],
        "comments": [{name: each[name].raw for name in COMMENT if name in each} for each in comments],
        "categories": {key: name for key, name in categories.items() if key in left},
        "feedback": feedback,
    }
    return delivery(body)


def _histories(site: Site, issue: Payload) -> Read:
    known = issue["changelog"]
    entries = list(known["histories"].items())
    if len(entries) >= (known["total"].number_or() or 0) or not site.is_cloud:
        return entries
    return (yield from _all(site, f"/rest/api/2/issue/{_id(issue)}/changelog", "values", 100))


def _comments(site: Site, issue: Payload) -> Read:
    """A search shows the first comments only; on a server of one's own, not whether they are internal."""
    known = issue["fields"]["comment"]
    comments = list(known["comments"].items())
    is_whole = len(comments) >= (known["total"].number_or() or 0)
    if is_whole and (site.is_cloud or not comments or not _is_service_desk(issue)):
        return comments
    return (yield from _all(site, f"/rest/api/2/issue/{_id(issue)}/comment", "comments", 100, expand="properties"))


def _all(site: Site, path: str, name: str, size: int, **query: str) -> Read:
    found: list[Payload] = []
    while True:
        page = yield from site.get(path, startAt=len(found), maxResults=size, **query)
        entries = list(page[name].items())
        found += entries
        if not entries or len(found) >= page["total"].number():
            return found


def _feedback(site: Site, issue: Payload) -> Generator[ApiRequest | Page, ApiResponse, Json]:
    """The rating of a solved request; 404 and the like where nobody rated it, or ratings are switched off."""
    fields = issue["fields"]
    if first(site.settings, "csat", "yes") != "yes" or not _is_service_desk(issue) or fields["resolution"].is_absent:
        return None
    response = yield ApiRequest(
        url=f"{site.base}/rest/servicedeskapi/request/{_id(issue)}/feedback",
        headers={**site.headers, "X-ExperimentalApi": "opt-in"},
        expects=(200, 204, 400, 403, 404),
    )
    if response.status != 200:
        return None
    return {"rating": parse_json(response.body)["rating"].raw}


def _is_service_desk(issue: Payload) -> bool:
    return issue["fields"]["project"]["projectTypeKey"].text_or() == "service_desk"


def _id(issue: Payload) -> str:
    return quote(issue["id"].text(), safe="")


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "api_token"), per_minute=120, poked=True)
