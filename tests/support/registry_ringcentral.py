"""RingCentral's subscriptions of one app; shapes of https://developers.ringcentral.com/api-reference/Subscriptions."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs

from registry import Registry, Vendor, basic
from vendor_api import Asked, Told


def _token(asked: Asked) -> Told:
    form = parse_qs(asked.body.decode())
    if asked.headers.get("authorization") != basic("made-up-client", "made-up-secret"):
        return Told(status=401, body={"error": "invalid_client"})
    assert form == {"grant_type": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "assertion": ["made-up-jwt"]}
    return Told(body={"access_token": "made-up-token", "token_type": "bearer", "expires_in": 3600})


def _shown(registry: Registry, id: str) -> dict[str, Any]:
    mode = {"transportType": "WebHook", "address": registry.webhooks[id]}
    return {"id": id, "status": "Active", "eventFilters": [], "deliveryMode": mode}


def _made(registry: Registry, body: dict[str, Any]) -> Told:
    assert "/restapi/v1.0/account/~/telephony/sessions" in body["eventFilters"]
    assert 0 < body["expiresIn"] <= 315_360_000
    mode = body["deliveryMode"]
    assert mode["transportType"] == "WebHook"
    return Told(body=_shown(registry, registry.add(mode["address"], mode["verificationToken"])))


def routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://platform.ringcentral.com"
    if (asked.method, asked.path) == ("POST", "/restapi/oauth/token"):
        return _token(asked)
    if asked.headers.get("authorization") != "Bearer made-up-token":
        return Told(status=401, body={"errorCode": "TokenInvalid"})
    if (asked.method, asked.path) == ("GET", "/restapi/v1.0/subscription"):
        return Told(body={"records": [_shown(registry, id) for id in sorted(registry.webhooks)]})
    if (asked.method, asked.path) == ("POST", "/restapi/v1.0/subscription"):
        return _made(registry, json.loads(asked.body))
    found = re.fullmatch(r"/restapi/v1\.0/subscription/([^/]+)", asked.path)
    if found and asked.method == "DELETE":
        return Told(status=204 if registry.drop(found[1]) else 404)
    return Told(status=404)


RINGCENTRAL = Vendor(
    adapter="ringcentral",
    login={"client_id": "made-up-client", "client_secret": "made-up-secret", "jwt": "made-up-jwt"},
    routes=routes,
)
