"""Libredesk's webhook for us, made through its API.

`cmd/handlers.go`, `cmd/webhooks.go` and `cmd/middlewares.go` of github.com/abhinavxd/libredesk @15e41ee, read on 2026-11-27: a
list without pages, an API key and its secret as user and password; a test of a webhook is signed as everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from plugin.contract.api import ApiRequest, ask, basic, json_request
from plugin.contract.event import Json
from plugin.contract.payload import parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first

WEBHOOK = "webhook"
EVENTS = ("conversation.created", "conversation.assigned", "conversation.status_changed", "message.created")


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    answer = yield from ask(ApiRequest(url=_address(settings), headers=_login(settings)))
    return [
        Thing(kind=WEBHOOK, id=each["id"].text()) for each in answer["data"].items() if each["url"].raw == wanted.url
    ]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    body: dict[str, Json] = {
        "name": wanted.name,
        "url": wanted.url,
        "events": list(EVENTS),
        "secret": wanted.secret,
        "is_active": True,
    }
    answer = yield json_request("POST", _address(settings), body, _login(settings), expects=(200, 201), once=True)
    yield Thing(kind=WEBHOOK, id=parse_json(answer.body)["data"]["id"].text())


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = _address(settings, thing)
    yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 204, 404))


def test(settings: Settings, things: Sequence[Thing]) -> RemoveSteps:
    for thing in things:
        yield ApiRequest(url=f"{_address(settings, thing)}/test", method="POST", headers=_login(settings))


def _address(settings: Settings, thing: Thing | None = None) -> str:
    webhooks = f"{(first(settings, 'base_url', '') or '').rstrip('/')}/api/v1/webhooks"
    return f"{webhooks}/{quote(thing.id, safe='')}" if thing else webhooks


def _login(settings: Settings) -> Mapping[str, str]:
    return basic(first(settings, "api_key", "") or "", first(settings, "api_secret", "") or "")


REGISTRATION = Registration(
    find=find,
    create=create,
    remove=remove,
    origins=("{base_url}",),
    needs=("base_url", "api_key", "api_secret"),
    per_minute=60,
    test=test,
)
