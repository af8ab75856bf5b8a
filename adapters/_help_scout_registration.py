"""Help Scout's webhook for us, made through its API.

https://developer.helpscout.com/mailbox-api/endpoints/webhooks/create and src/Webhooks of github.com/helpscout/helpscout-api-php,
read on 2026-11-27: the id of what was made stands in a header. The secret has 40 characters at most.
"""

from __future__ import annotations

from urllib.parse import quote

from adapters._help_scout_conversation import READ
from adapters._help_scout_pull import ORIGIN, login
from plugin.contract.api import ApiRequest, ask, json_request
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings

WEBHOOK, ADDRESS, MADE = "webhook", f"{ORIGIN}/v2/webhooks", "resource-id"
EVENTS = (*sorted(READ), "convo.deleted", "satisfaction.ratings")


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    account = yield from login(settings)
    found, number, pages = list[str](), 1, 1.0
    while number <= pages:
        page = yield from ask(account.get("webhooks", page=number))
        webhooks = page["_embedded"]["webhooks"].items()
        found += [each["id"].text() for each in webhooks if each["url"].raw == wanted.url]
        number, pages = number + 1, page["page"]["totalPages"].number()
    return [Thing(kind=WEBHOOK, id=each) for each in found]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    account = yield from login(settings)
    body: Json = {
        "url": wanted.url,
        "events": [*EVENTS],
        "secret": wanted.secret,
        "payloadVersion": "V2",
        "label": wanted.name,
    }
    answer = yield json_request("POST", ADDRESS, body, account.headers, expects=(201,), once=True)
    if MADE not in answer.headers:
        raise BadPayload(f"header {MADE}", "missing, so what was made is not known")
    yield Thing(kind=WEBHOOK, id=answer.headers[MADE])


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    account = yield from login(settings)
    url = f"{ADDRESS}/{quote(thing.id, safe='')}"
    yield ApiRequest(url=url, method="DELETE", headers=account.headers, expects=(200, 204, 404))


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=(ORIGIN,), needs=("app_id", "app_secret"), per_minute=100
)
