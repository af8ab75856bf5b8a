"""Dialpad's webhook for us and the subscription to the company's calls, made through its API.

https://developers.dialpad.com/reference/webhookscreate and https://developers.dialpad.com/reference/webhook_call_event_subscriptioncreate,
read on 2026-11-27; paths, pages and types as in github.com/dialpad/dialpad-python-sdk @32cd68f.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ApiResponse, ask, json_request
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first

ORIGIN = "https://dialpad.com"
WEBHOOK = "webhook"
SUBSCRIPTION = "call event subscription"
PATHS = {WEBHOOK: "/api/v2/webhooks", SUBSCRIPTION: "/api/v2/subscriptions/call"}
CALL_STATES = ("calling", "ringing", "queued", "connected", "hangup", "missed", "voicemail", "csat")


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    """The subscriptions last, since they hang on to their webhook."""
    webhooks = yield from _all(settings, WEBHOOK)
    subscriptions = yield from _all(settings, SUBSCRIPTION)
    return [
        *(_thing(WEBHOOK, each) for each in webhooks if each["hook_url"].raw == wanted.url),
        *(_thing(SUBSCRIPTION, each) for each in subscriptions if each["webhook"]["hook_url"].raw == wanted.url),
    ]


def _all(settings: Settings, kind: str) -> Generator[ApiRequest, ApiResponse, list[Payload]]:
    found, cursor = list[Payload](), ""
    while True:
        query = f"?{urlencode({'cursor': cursor})}" if cursor else ""
        page = yield from ask(ApiRequest(url=f"{ORIGIN}{PATHS[kind]}{query}", headers=_login(settings)))
        found += page["items"].items()
        cursor = page["cursor"].text_or() or ""
        if not cursor:
            return found


def _thing(kind: str, told: Payload) -> Thing:
    return Thing(kind=kind, id=told["id"].text())


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    webhook: dict[str, Json] = {"hook_url": wanted.url, "secret": wanted.secret}
    answer = yield _new(settings, WEBHOOK, webhook)
    made = _thing(WEBHOOK, parse_json(answer.body))
    yield made
    answer = yield _new(settings, SUBSCRIPTION, _subscription(made.id))
    yield _thing(SUBSCRIPTION, parse_json(answer.body))


def _new(settings: Settings, kind: str, body: Json) -> ApiRequest:
    return json_request("POST", f"{ORIGIN}{PATHS[kind]}", body, _login(settings), expects=(200, 201), once=True)


def _subscription(webhook: str) -> Json:
    """Without a target it is to all calls of the company."""
    if not webhook.isdecimal():
        raise BadPayload("id", f"Dialpad's webhook has the id {webhook}, where a number was expected")
    return {"endpoint_id": int(webhook), "call_states": list(CALL_STATES), "enabled": True}


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{ORIGIN}{PATHS[thing.kind]}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 204, 404))


def _login(settings: Settings) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {first(settings, 'api_key', '') or ''}"}


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=(ORIGIN,), needs=("api_key",), per_minute=100
)
