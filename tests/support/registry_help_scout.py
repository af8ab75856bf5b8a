"""The webhooks of a Help Scout account. Shapes of https://developer.helpscout.com/mailbox-api/endpoints/webhooks/."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

from registry import Registry, Vendor
from vendor_api import Asked, Told

PATH = "/v2/webhooks"
LONGEST_SECRET = 40


def _routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://api.helpscout.net"
    if asked.path == "/v2/oauth2/token":
        form = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": "made-up-app", "client_secret": "made-up-key"}
        return Told(body={"access_token": "made-up-token"}) if form == wanted else Told(status=401)
    if asked.headers.get("authorization") != "Bearer made-up-token":
        return Told(status=401)
    if (asked.method, asked.path) == ("GET", PATH):
        ids = sorted(registry.webhooks)
        number = int(asked.query["page"])
        shown = [{"id": id, "url": registry.webhooks[id]} for id in ids[number - 1 : number]]
        return Told(body={"_embedded": {"webhooks": shown}, "page": {"number": number, "totalPages": len(ids)}})
    if (asked.method, asked.path) == ("POST", PATH):
        return _made(registry, asked)
    found = re.fullmatch(rf"{PATH}/([^/]+)", asked.path)
    if asked.method == "DELETE" and found:
        return Told(status=204 if registry.drop(found[1]) else 404)
    return Told(status=404)


def _made(registry: Registry, asked: Asked) -> Told:
    webhook = json.loads(asked.body)
    assert {"convo.created", "convo.agent.reply.created", "convo.deleted", "satisfaction.ratings"} <= set(
        webhook["events"]
    )
    assert webhook["payloadVersion"] == "V2"
    assert len(webhook["secret"]) <= LONGEST_SECRET
    id = registry.add(webhook["url"], webhook["secret"])
    return Told(status=201, headers={"Resource-ID": id})


HELP_SCOUT = Vendor(
    adapter="help_scout",
    login={"app_id": "made-up-app", "app_secret": "made-up-key"},
    routes=_routes,
)
