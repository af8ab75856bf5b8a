"""Kustomer's outbound webhooks.

Shapes of https://developer.kustomer.com/docs/events/outbound-webhooks and https://developer.kustomer.com/docs/concepts/pagination.
"""

from __future__ import annotations

import json
import re
from typing import Any

from registry import Registry, Vendor
from vendor_api import Asked, Told

PATH = "/v1/outbound-webhooks"
EVENTS = {"kustomer.conversation.create", "kustomer.conversation.update", "kustomer.message.create"}


def _routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://made-up.api.kustomerapp.com"
    if asked.headers.get("authorization") != "Bearer made-up-key":
        return Told(status=401, body={"errors": [{"status": 401, "title": "unauthorized"}]})

    def shown(id: str, **more: str) -> dict[str, Any]:
        return {"type": "outbound_webhook", "id": id, "attributes": {"url": registry.webhooks[id], **more}}

    if (asked.method, asked.path) == ("GET", PATH):
        number = int(asked.query["page"])
        ids = sorted(registry.webhooks)
        more = f"{PATH}?page={number + 1}&pageSize=100" if number < len(ids) else None
        return Told(body={"data": [shown(id) for id in ids[number - 1 : number]], "links": {"next": more}})
    if (asked.method, asked.path) == ("POST", PATH):
        webhook = json.loads(asked.body)
        assert set(webhook["events"]) == EVENTS
        assert webhook["url"].startswith("https://")
        id = registry.add(webhook["url"])
        return Told(status=201, body={"data": shown(id, token=registry.given[id])})
    found = re.fullmatch(rf"{PATH}/([^/]+)", asked.path)
    if asked.method == "DELETE" and found:
        return Told(status=204 if registry.drop(found[1]) else 404)
    return Told(status=404)


KUSTOMER = Vendor(
    adapter="kustomer",
    login={"base_url": "https://made-up.api.kustomerapp.com", "api_key": "made-up-key"},
    routes=_routes,
    learns="token",
)
