"""Chatwoot's webhook for us, made through its API.

https://developers.chatwoot.com/api-reference/webhooks/add-a-webhook, and webhooks_controller.rb with its views in
github.com/chatwoot/chatwoot (api/v1/accounts), read on 2026-11-27: all webhooks of an account in one answer, a secret in newer
versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from adapters._chatwoot_events import CONVERSATIONS, MESSAGES
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

WEBHOOK = "webhook"


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    page = yield from ask(ApiRequest(url=_address(settings), headers=_login(settings)))
    webhooks = page["payload"]["webhooks"].items()
    return [Thing(kind=WEBHOOK, id=each["id"].text()) for each in webhooks if each["url"].raw == wanted.url]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    webhook: Json = {"name": wanted.name, "url": wanted.url, "subscriptions": [*sorted(CONVERSATIONS | MESSAGES)]}
    body: Json = {"webhook": webhook}
    answer = yield json_request("POST", _address(settings), body, _login(settings), expects=(200, 201), once=True)
    made = parse_json(answer.body)["payload"]["webhook"]
    yield Thing(kind=WEBHOOK, id=made["id"].text())
    if not made["secret"].is_absent:
        yield Learned(key="secret", value=made["secret"].text())


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{_address(settings)}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 204, 404))


def _address(settings: Settings) -> str:
    base = (first(settings, "base_url", "") or "").rstrip("/")
    return f"{base}/api/v1/accounts/{quote(first(settings, 'account', '') or '', safe='')}/webhooks"


def _login(settings: Settings) -> Mapping[str, str]:
    return {"api_access_token": first(settings, "api_token", "") or ""}


REGISTRATION = Registration(
    find=find,
    create=create,
    remove=remove,
    origins=("{base_url}",),
    needs=("base_url", "account", "api_token"),
    per_minute=60,
)
