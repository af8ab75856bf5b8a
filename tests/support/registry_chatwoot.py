"""The webhooks of a Chatwoot account.

Shapes of app/controllers/api/v1/accounts/webhooks_controller.rb and its views in github.com/chatwoot/chatwoot.
"""

from __future__ import annotations

import json
import re
from typing import Any

from registry import Registry, Vendor
from vendor_api import Asked, Told

PATH = "/api/v1/accounts/7/webhooks"
EVENTS = {
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "message_created",
    "message_updated",
}


def _routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://chat.example.org"
    if asked.headers.get("api_access_token") != "made-up-token":
        return Told(status=401, body={"error": "Invalid Access Token"})

    def shown(id: str) -> dict[str, Any]:
        return {"id": id, "url": registry.webhooks[id], "account_id": 7, "secret": registry.given[id]}

    if (asked.method, asked.path) == ("GET", PATH):
        return Told(body={"payload": {"webhooks": [shown(id) for id in sorted(registry.webhooks)]}})
    if (asked.method, asked.path) == ("POST", PATH):
        webhook = json.loads(asked.body)["webhook"]
        assert set(webhook["subscriptions"]) == EVENTS
        if webhook["url"] in registry.webhooks.values():
            return Told(status=422, body={"message": "Url has already been taken"})
        return Told(body={"payload": {"webhook": shown(registry.add(webhook["url"]))}})
    found = re.fullmatch(rf"{PATH}/([^/]+)", asked.path)
    if asked.method == "DELETE" and found:
        return Told(status=200 if registry.drop(found[1]) else 404)
    return Told(status=404)


CHATWOOT = Vendor(
    adapter="chatwoot",
    login={"base_url": "https://chat.example.org", "account": "7", "api_token": "made-up-token"},
    routes=_routes,
    learns="secret",
)
