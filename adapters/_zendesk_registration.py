"""Zendesk's webhook for us, subscribed to ticket events, made through its API.

https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/ (read on 2026-11-27): webhooks in pages by cursor, and
the secret that Zendesk signs with is asked for by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from adapters._zendesk_event import MAPPED, PREFIX
from adapters._zendesk_pull import ORIGIN, desk_of
from adapters._zendesk_words import API
from plugin.contract.api import ApiRequest, ask, json_request, same_place
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
from plugin.contract.settings import Settings

WEBHOOK = "webhook"
#: events of surveys, which not every plan has
NOT_EVERYWHERE = ("ticket.csat_requested", "ticket.csat_received")
UNKNOWN_EVENT = (400, 422)


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    desk = desk_of(settings)
    url: str | None = f"{desk.origin}/api/v2/webhooks?page[size]=100"
    found = []
    while url is not None:
        page = yield from ask(ApiRequest(url=url, headers=desk.headers))
        found += [each["id"].text() for each in page["webhooks"].items() if each["endpoint"].raw == wanted.url]
        more = page["meta"]["has_more"].flag_or()
        url = same_place(page["links"]["next"].text_or(), desk.origin) if more else None
    return [Thing(kind=WEBHOOK, id=each) for each in found]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    desk = desk_of(settings)
    url = f"{desk.origin}/api/v2/webhooks"
    body = _webhook(wanted, MAPPED)
    answer = yield json_request("POST", url, body, desk.headers, expects=(201, *UNKNOWN_EVENT), once=True)
    if answer.status in UNKNOWN_EVENT:
        body = _webhook(wanted, [name for name in MAPPED if name not in NOT_EVERYWHERE])
        answer = yield json_request("POST", url, body, desk.headers, expects=(201,), once=True)
    made = parse_json(answer.body)["webhook"]["id"].text()
    yield Thing(kind=WEBHOOK, id=made)
    shown = yield from ask(ApiRequest(url=f"{_address(desk.origin, made)}/signing_secret", headers=desk.headers))
    yield Learned(key="secret", value=shown["signing_secret"]["secret"].text())


def _webhook(wanted: Wanted, events: Iterable[str]) -> Json:
    webhook: dict[str, Json] = {
        "name": wanted.name,
        "endpoint": wanted.url,
        "http_method": "POST",
        "request_format": "json",
        "status": "active",
        "subscriptions": [f"{PREFIX}{name}" for name in events],
    }
    return {"webhook": webhook}


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    desk = desk_of(settings)
    url = _address(desk.origin, thing.id)
    yield ApiRequest(url=url, method="DELETE", headers=desk.headers, expects=(200, 204, 404))


def _address(origin: str, webhook: str) -> str:
    return f"{origin}/api/v2/webhooks/{quote(webhook, safe='')}"


REGISTRATION = Registration(find=find, create=create, remove=remove, origins=(ORIGIN,), needs=API, per_minute=100)
