"""Zammad's webhook for us and the two triggers that send it, made through its API.

https://docs.zammad.org/en/pre-release/api/webhook.html and app/models/trigger.rb of github.com/zammad/zammad, read on 2026-11-27: a
webhook cannot be deleted while a trigger has it, and the names of triggers are unique.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TypeAlias
from urllib.parse import quote

from plugin.contract.api import ApiRequest, ApiResponse, ask, json_request
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first

WEBHOOK, TRIGGER = "webhook", "trigger"
PATHS: Mapping[str, str] = {WEBHOOK: "webhooks", TRIGGER: "triggers"}
#: what happens to a ticket --> how the trigger's name ends
ACTIONS: Mapping[str, str] = {"create": "created", "update": "updated"}
SENDS = "notification.webhook"
Listed: TypeAlias = Generator[ApiRequest, ApiResponse, dict[str, Payload]]


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    """The triggers after the webhook that they hold on to."""
    webhooks = yield from _listed(settings, WEBHOOK)
    ours = [id for id, webhook in webhooks.items() if webhook["endpoint"].raw == wanted.url]
    triggers = (yield from _listed(settings, TRIGGER)) if ours else {}
    theirs = [id for id, trigger in triggers.items() if _sent_to(trigger) in ours]
    return [*(Thing(kind=WEBHOOK, id=id) for id in ours), *(Thing(kind=TRIGGER, id=id) for id in theirs)]


def _listed(settings: Settings, kind: str) -> Listed:
    """Page after page, until one has nothing new."""
    found: dict[str, Payload] = {}
    number = 1
    while True:
        url = f"{_address(settings, kind)}?page={number}&per_page=100"
        page = yield from ask(ApiRequest(url=url, headers=_login(settings)))
        read = {each["id"].text(): each for each in page.items()}
        if read.keys() <= found.keys():
            return found
        found |= read
        number += 1


def _sent_to(trigger: Payload) -> str | None:
    return trigger["perform"][SENDS]["webhook_id"].text_or()


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    webhook: Json = {
        "name": wanted.name,
        "endpoint": wanted.url,
        "signature_token": wanted.secret,
        "ssl_verify": True,
        "active": True,
    }
    answer = yield _made(settings, WEBHOOK, webhook)
    made = parse_json(answer.body)["id"].text()
    yield Thing(kind=WEBHOOK, id=made)
    for action, ending in ACTIONS.items():
        answer = yield _made(settings, TRIGGER, _trigger(f"{wanted.name} {ending}", action, made))
        yield Thing(kind=TRIGGER, id=parse_json(answer.body)["id"].text())


def _made(settings: Settings, kind: str, body: Json) -> ApiRequest:
    return json_request("POST", _address(settings, kind), body, _login(settings), expects=(200, 201), once=True)


def _trigger(name: str, action: str, webhook: str) -> Json:
    return {
        "name": name,
        "activator": "action",
        "execution_condition_mode": "always",
        "condition": {"ticket.action": {"operator": "is", "value": action}},
        "perform": {SENDS: {"webhook_id": webhook}},
        "active": True,
    }


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{_address(settings, thing.kind)}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 204, 404))


def _address(settings: Settings, kind: str) -> str:
    return f"{(first(settings, 'base_url', '') or '').rstrip('/')}/api/v1/{PATHS[kind]}"


def _login(settings: Settings) -> Mapping[str, str]:
    return {"Authorization": f"Token token={first(settings, 'api_token', '') or ''}"}


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=("{base_url}",), needs=("base_url", "api_token"), per_minute=60
)
