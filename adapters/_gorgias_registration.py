"""Gorgias's HTTP integration for us, made through its API.

https://developers.gorgias.com/reference/integrations and components/gorgias_oauth of github.com/PipedreamHQ/pipedream, which
has the same body for its own, read on 2026-11-27. A list goes on at `meta.next_cursor`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ask, basic, json_request
from plugin.contract.event import Json
from plugin.contract.payload import parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first

ORIGIN = "https://{subdomain}.gorgias.com"
API = ("subdomain", "api_user", "api_key")
INTEGRATION = "HTTP integration"
TOKEN = "X-Deskgauge-Token"  # noqa: S105
#: the whole ticket with its messages
TEMPLATE = "{{context}}"
JSON = "application/json"
TRIGGERS: Sequence[str] = (
    "ticket-created",
    "ticket-updated",
    "ticket-status-updated",
    "ticket-assignment-updated",
    "ticket-message-created",
    "ticket-self-unsnoozed",
)


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    found = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = yield from ask(ApiRequest(url=f"{_address(settings)}?{urlencode(query)}", headers=login(settings)))
        found += [each["id"].text() for each in page["data"].items() if each["http"]["url"].raw == wanted.url]
        cursor = page["meta"]["next_cursor"].text_or()
    return [Thing(kind=INTEGRATION, id=each) for each in found]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    http: Json = {
        "url": wanted.url,
        "method": "POST",
        "headers": {TOKEN: wanted.secret},
        "form": TEMPLATE,
        "request_content_type": JSON,
        "response_content_type": JSON,
        "triggers": dict.fromkeys(TRIGGERS, True),
    }
    body: Json = {"type": "http", "name": wanted.name, "http": http}
    answer = yield json_request("POST", _address(settings), body, login(settings), expects=(200, 201), once=True)
    yield Thing(kind=INTEGRATION, id=parse_json(answer.body)["id"].text())


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{_address(settings)}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=login(settings), expects=(200, 204, 404))


def _address(settings: Settings) -> str:
    return f"{ORIGIN.format(subdomain=first(settings, 'subdomain', ''))}/api/integrations"


def login(settings: Settings) -> Mapping[str, str]:
    return basic(first(settings, "api_user", "") or "", first(settings, "api_key", "") or "")


REGISTRATION = Registration(
    find=find,
    create=create,
    remove=remove,
    origins=(ORIGIN,),
    needs=API,
    per_minute=60,
)
