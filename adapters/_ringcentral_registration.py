"""RingCentral's subscription of the account's telephony sessions, made through its API for ten years.

https://developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks (the address is checked at once) and
https://developers.ringcentral.com/guide/authentication/jwt-flow, read on 2026-11-27; the longest lifetime of a webhook, and that an
app sees only what it made for the same user, are as RingCentral's own libraries say: https://ringcentral.github.io/RingCentral.Net.
"""

from __future__ import annotations

from urllib.parse import quote

from plugin.contract.api import ApiRequest, basic, json_request
from plugin.contract.event import Json
from plugin.contract.oauth import Login, grant
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted
from plugin.contract.settings import Settings, first, pairs

ORIGIN = "https://platform.ringcentral.com"
SUBSCRIPTIONS = f"{ORIGIN}/restapi/v1.0/subscription"
SUBSCRIPTION = "subscription"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: the most that RingCentral allows
LIFETIME_S = 315_360_000


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    answer = yield from _login(settings).ask(ApiRequest(url=SUBSCRIPTIONS))
    return [
        Thing(kind=SUBSCRIPTION, id=each["id"].text())
        for each in answer["records"].items()
        if each["deliveryMode"]["address"].raw == wanted.url
    ]


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    body: dict[str, Json] = {
        "eventFilters": _filters(settings),
        "expiresIn": LIFETIME_S,
        "deliveryMode": {"transportType": "WebHook", "address": wanted.url, "verificationToken": wanted.secret},
    }
    request = json_request("POST", SUBSCRIPTIONS, body, {}, expects=(200, 201), once=True)
    made = yield from _login(settings).ask(request)
    yield Thing(kind=SUBSCRIPTION, id=made["id"].text())


def _filters(settings: Settings) -> list[Json]:
    """Calls, and who takes calls of the queues that are known."""
    queues = [
        f"/restapi/v1.0/account/~/call-queues/{quote(id, safe='')}/presence" for id in sorted(pairs(settings, "queues"))
    ]
    return ["/restapi/v1.0/account/~/telephony/sessions", *queues]


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    url = f"{SUBSCRIPTIONS}/{quote(thing.id, safe='')}"
    yield from _login(settings).answer(ApiRequest(url=url, method="DELETE", expects=(200, 204, 404)))


def _login(settings: Settings) -> Login:
    headers = basic(first(settings, "client_id", "") or "", first(settings, "client_secret", "") or "")
    url = f"{ORIGIN}/restapi/oauth/token"
    return Login(grant=grant(url, headers, grant_type=JWT_BEARER, assertion=first(settings, "jwt", "") or ""))


REGISTRATION = Registration(
    find=find,
    create=create,
    remove=remove,
    origins=(ORIGIN,),
    needs=("client_id", "client_secret", "jwt"),
    per_minute=40,
)
