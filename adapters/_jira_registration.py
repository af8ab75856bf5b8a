"""Jira's webhook for us, made through its API as an administrator makes one.

Cloud, and Data Center before 10, which knows no secret: https://developer.atlassian.com/cloud/jira/platform/webhooks/
(`webhooks/1.0/webhook`). Since 10 it is `jira-webhook/1.0/webhooks`, with secret and JQL inside of `configuration`, as
github.com/MrRefactoring/jira.js, n8n-io/n8n (nodes/Jira) and OpenHands/OpenHands call it. Read on 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from adapters._jira_pull import Site, site_of
from plugin.contract.api import ApiRequest, ApiResponse, ask, json_request
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first

WEBHOOK = "webhook"
EVENTS: Sequence[Json] = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created")
SIGNS_SINCE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """`path` is where this Jira keeps its webhooks. `signs` says whether they can have a secret."""

    path: str
    signs: bool
    is_paged: bool = False


OLD = "/rest/webhooks/1.0/webhook"
CLOUD, BEFORE_10 = Place(path=OLD, signs=True), Place(path=OLD, signs=False)
SINCE_10 = Place(path="/rest/jira-webhook/1.0/webhooks", signs=True, is_paged=True)
PlaceSteps: TypeAlias = Generator[ApiRequest, ApiResponse, Place]


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    site = site_of(settings)
    place = yield from _place(site)
    found: dict[str, Json] = {}
    is_more = True
    while is_more:
        page = yield from _listed(site, place, len(found))
        read = {_id(each): each["url"].raw for each in page.items()}
        is_more = place.is_paged and not read.keys() <= found.keys()
        found |= read
    return [Thing(kind=WEBHOOK, id=id) for id, url in found.items() if url == wanted.url]


def _listed(site: Site, place: Place, start: int) -> Generator[ApiRequest, ApiResponse, Payload]:
    return site.get(place.path, start=start, limit=100) if place.is_paged else site.get(place.path)


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    site = site_of(settings)
    place = yield from _place(site)
    secret = "" if first(settings, "proof", "signature") == "address" else wanted.secret
    _check_proof(settings, place, secret)
    body = _body(place, wanted, secret, first(settings, "jql", "") or "")
    url = f"{site.base}{place.path}"
    answer = yield json_request("POST", url, body, site.headers, expects=(200, 201), once=True)
    yield Thing(kind=WEBHOOK, id=_id(parse_json(answer.body)))


def _check_proof(settings: Settings, place: Place, secret: str) -> None:
    if not secret and not first(settings, "path_secret"):
        raise BadPayload(
            "path_secret", "nothing would prove who sends: set `proof` to signature, or make a `path_secret`"
        )
    if secret and not place.signs:
        raise BadPayload(
            "proof", f"webhooks have no secret before Jira {SIGNS_SINCE}: take address, and a `path_secret`"
        )


def _body(place: Place, wanted: Wanted, secret: str, jql: str) -> Json:
    body: dict[str, Json] = {"name": wanted.name, "url": wanted.url, "events": list(EVENTS)}
    if place is SINCE_10:
        given = {"EXCLUDE_BODY": "false", "FILTERS": jql, "SECRET": secret}
        return body | {"active": True, "configuration": {key: value for key, value in given.items() if value}}
    filters: Json = {"issue-related-events-section": jql} if jql else {}
    return body | {"excludeBody": False, "filters": filters} | ({"secret": secret} if secret else {})


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    site = site_of(settings)
    place = yield from _place(site)
    url = f"{site.base}{place.path}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=site.headers, expects=(200, 204, 404))


def _place(site: Site) -> PlaceSteps:
    if site.is_cloud:
        return CLOUD
    info = yield from ask(ApiRequest(url=f"{site.base}/rest/api/2/serverInfo", headers=site.headers))
    if info["deploymentType"].text_or() == "Cloud":
        return CLOUD
    major = next((number.number() for number in info["versionNumbers"].items()), 0)
    return SINCE_10 if major >= SIGNS_SINCE else BEFORE_10


def _id(webhook: Payload) -> str:
    """Cloud names it in the webhook's own address only."""
    return webhook["id"].text_or() or webhook["self"].text().rstrip("/").rsplit("/", 1)[-1]


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=("{base_url}",), needs=("base_url", "api_token"), per_minute=60
)
