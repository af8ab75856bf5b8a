"""Kustomer's outbound webhook for us, made through its API.

https://developer.kustomer.com/docs/events/outbound-webhooks and
https://developer.kustomer.com/api/apps-platform/create-outbound-webhook (and list-, delete-), read on 2026-11-27: the answer to
its making carries the token that it signs with, in the envelope of https://developer.kustomer.com/docs/concepts/json-api-format ;
pages go on at `links.next`, a path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from plugin.contract.api import ApiRequest, ask, json_request
from plugin.contract.event import Json
from plugin.contract.payload import parse_json
from plugin.contract.registration import (
    CreateSteps,
    FindSteps,
    Learned,
    Registration,
    RemoveSteps,
    Thing,
    Wanted,
)
from plugin.contract.settings import Settings, first

WEBHOOK, PATH = "outbound webhook", "/v1/outbound-webhooks"
EVENTS: Sequence[Json] = (
    "kustomer.conversation.create",
    "kustomer.conversation.update",
    "kustomer.message.create",
)


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    found = []
    path: str | None = f"{PATH}?page=1&pageSize=100"
    while path is not None:
        page = yield from ask(ApiRequest(url=f"{_base(settings)}{path}", headers=_login(settings)))
        webhooks = page["data"].items()
        found += [each["id"].text() for each in webhooks if each["attributes"]["url"].raw == wanted.url]
        path = page["links"]["next"].text_or()
    return [Thing(kind=WEBHOOK, id=each) for each in found]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    body: Json = {"name": wanted.name, "url": wanted.url, "events": list(EVENTS)}
    answer = yield json_request(
        "POST", f"{_base(settings)}{PATH}", body, _login(settings), expects=(200, 201), once=True
    )
    made = parse_json(answer.body)["data"]
    yield Thing(kind=WEBHOOK, id=made["id"].text())
    yield Learned(key="token", value=made["attributes"]["token"].text())


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{_base(settings)}{PATH}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 202, 204, 404))


def _base(settings: Settings) -> str:
    return (first(settings, "base_url", "") or "").rstrip("/")


def _login(settings: Settings) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {first(settings, 'api_key', '') or ''}"}


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=("{base_url}",), needs=("base_url", "api_key"), per_minute=60
)
