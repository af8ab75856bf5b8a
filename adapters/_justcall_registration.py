"""JustCall's subscriptions of our address, one for each type of event, made through its API.

https://developer.justcall.io/reference/webhook_create_v21, read on 2026-11-27 as it stands in github.com/saaslabsco/
justcall-mcp-server src/schema/justcall/webhooks.ts @047bb7a (what is sent) and in a connector that was written after the pages
(what is answered: types with their `webhook_urls`, each with its `url_id`). How the address is called in them could not be read.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from urllib.parse import quote

from adapters._justcall_call import CALLS
from adapters._justcall_pull import ORIGIN
from plugin.contract.api import ApiRequest, ApiResponse, ask, json_request
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first

WEBHOOKS = f"{ORIGIN}/v2.1/webhooks"
ADDRESS = "webhook address"


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    subscribed = yield from _subscribed(settings)
    return [_thing(each) for each in subscribed if _leads_to(each, wanted.url)]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    for name in CALLS:
        body: dict[str, Json] = {"type": name, "webhook_url": wanted.url}
        answer = yield json_request("POST", WEBHOOKS, body, _login(settings), expects=(200, 201), once=True)
        told = parse_json(answer.body)
        data = told if told["data"].is_absent else told["data"]
        ours = [each for each in _addresses(data) if _leads_to(each, wanted.url)]
        if not ours:
            raise BadPayload("webhook_urls", f"JustCall does not list the address that was subscribed to {name}")
        yield _thing(ours[-1])


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    """Only what is there, since what JustCall answers otherwise is not known."""
    subscribed = yield from _subscribed(settings)
    if any(_thing(each) == thing for each in subscribed):
        url = f"{WEBHOOKS}/url/{quote(thing.id, safe='')}"
        yield ApiRequest(url=url, method="DELETE", headers=_login(settings), expects=(200, 204, 404))


def _subscribed(settings: Settings) -> Generator[ApiRequest, ApiResponse, list[Payload]]:
    answer = yield from ask(ApiRequest(url=WEBHOOKS, headers=_login(settings)))
    return list(_addresses(answer["data"]))


def _addresses(told: Payload) -> Iterator[Payload]:
    """Of one type of event, or of a list of them."""
    for each in told.items() if isinstance(told.raw, list) else [told]:
        yield from each["webhook_urls"].items()


def _leads_to(address: Payload, url: str) -> bool:
    return isinstance(address.raw, dict) and url in address.raw.values()


def _thing(address: Payload) -> Thing:
    return Thing(kind=ADDRESS, id=address["url_id"].text())


def _login(settings: Settings) -> Mapping[str, str]:
    return {"Authorization": f"{first(settings, 'api_key', '')}:{first(settings, 'api_secret', '')}"}


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=(ORIGIN,), needs=("api_key", "api_secret"), per_minute=30
)
