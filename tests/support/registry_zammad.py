"""The webhooks and triggers of a Zammad, of which a webhook cannot go before its triggers.

Shapes of https://docs.zammad.org/en/pre-release/api/webhook.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from registry import Registry, Vendor
from vendor_api import Asked, Told

SENDS = "notification.webhook"


def _routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://help.example.org"
    if asked.headers.get("authorization") != "Token token=made-up-token":
        return Told(status=403, body={"error": "Not authorized"})
    if asked.path == "/api/v1/webhooks":
        return _webhooks(registry, asked)
    if asked.path == "/api/v1/triggers":
        return _triggers(registry, asked)
    found = re.fullmatch(r"/api/v1/(webhooks|triggers)/([^/]+)", asked.path)
    if asked.method == "DELETE" and found:
        return _dropped(registry, *found.groups())
    return Told(status=404)


def _webhooks(registry: Registry, asked: Asked) -> Told:
    if asked.method == "GET":
        shown = [{"id": id, "endpoint": url} for id, url in sorted(registry.webhooks.items())]
        return Told(body=_page(shown, asked.query))
    webhook = json.loads(asked.body)
    assert webhook["active"] is True
    assert not webhook.get("customized_payload")
    return Told(status=201, body={"id": registry.add(webhook["endpoint"], webhook["signature_token"])})


def _triggers(registry: Registry, asked: Asked) -> Told:
    if asked.method == "GET":
        return Told(body=_page(list(registry.others.values()), asked.query))
    trigger = json.loads(asked.body)
    assert (trigger["activator"], trigger["execution_condition_mode"], trigger["active"]) == ("action", "always", True)
    if trigger["perform"][SENDS]["webhook_id"] not in registry.webhooks:
        return Told(status=422, body={"error": "Invalid webhook"})
    if trigger["name"] in {each["name"] for each in registry.others.values()}:
        return Told(status=422, body={"error": "Name has already been taken"})
    registry.made += 1
    id = f"trigger-{registry.made}"
    registry.others[id] = {"id": id, **trigger}
    return Told(status=201, body=registry.others[id])


def _page(shown: Sequence[Mapping[str, Any]], query: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    number = int(query["page"])
    return shown[number - 1 : number]


def _dropped(registry: Registry, kind: str, id: str) -> Told:
    if kind == "triggers":
        return Told(status=200 if registry.others.pop(id, None) else 404, body={})
    held = {each["perform"][SENDS]["webhook_id"] for each in registry.others.values()}
    if id in held:
        return Told(status=422, body={"error": "This object is referenced by other object(s)"})
    return Told(status=200 if registry.drop(id) else 404, body={})


ZAMMAD = Vendor(
    adapter="zammad",
    login={"base_url": "https://help.example.org", "api_token": "made-up-token"},
    routes=_routes,
)
