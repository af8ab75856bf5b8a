"""Aircall's webhook for us, made through its API.

https://developer.aircall.io/api-references/#create-a-webhook and https://developer.aircall.io/docs/setup-webhooks,
read on 2026-11-27: the answer carries `webhook_id` and the `token` that every delivery will have.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from adapters._aircall_call import CALL_EVENTS
from adapters._aircall_pull import ORIGIN
from adapters._aircall_user import USER_EVENTS
from plugin.contract.api import ApiRequest, ask, basic, json_request, same_place
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

WEBHOOK = "webhook"


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    url: str | None = f"{ORIGIN}/v1/webhooks?per_page=50"
    found = []
    while url is not None:
        page = yield from ask(ApiRequest(url=url, headers=_login(settings)))
        found += [each["webhook_id"].text() for each in page["webhooks"].items() if each["url"].raw == wanted.url]
        url = same_place(page["meta"]["next_page_link"].text_or(), ORIGIN)
    return [Thing(kind=WEBHOOK, id=each) for each in found]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    body: dict[str, Json] = {
        "custom_name": wanted.name,
        "url": wanted.url,
        "events": [*sorted(CALL_EVENTS), *USER_EVENTS],
    }
    answer = yield json_request("POST", f"{ORIGIN}/v1/webhooks", body, _login(settings), expects=(200, 201), once=True)
    made = parse_json(answer.body)["webhook"]
    yield Thing(kind=WEBHOOK, id=made["webhook_id"].text())
    yield Learned(key="token", value=made["token"].text())


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{ORIGIN}/v1/webhooks/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 204, 404))


def _login(settings: Settings) -> Mapping[str, str]:
    return basic(first(settings, "api_id", "") or "", first(settings, "api_token", "") or "")


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=(ORIGIN,), needs=("api_id", "api_token"), per_minute=60
)
