"""Libredesk's webhooks; shapes of cmd/webhooks.go in its source."""

from __future__ import annotations

import json
import re
from typing import Any

from registry import Registry, Vendor, basic
from vendor_api import Asked, Told

EVENTS = {"conversation.created", "conversation.assigned", "conversation.status_changed", "message.created"}


def _shown(registry: Registry, id: str) -> dict[str, Any]:
    return {"id": int(id), "url": registry.webhooks[id], "secret": "•" * 10, "is_active": True}


def _made(registry: Registry, body: dict[str, Any]) -> Told:
    """What is wrong is told with the status 200, in the place of the webhook."""
    if not (body["name"] and body["url"] and body["events"]):
        return Told(body={"status": "success", "data": {"error_type": "InputException", "message": "Empty `name`"}})
    assert body["is_active"] is True
    assert set(body["events"]) == EVENTS
    return Told(body={"status": "success", "data": _shown(registry, registry.add(body["url"], body["secret"]))})


def routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://desk.example.org"
    if asked.headers.get("authorization") != basic("made-up-key", "made-up-secret"):
        return Told(status=401, body={"status": "error", "message": "Invalid or expired session"})
    if asked.path == "/api/v1/webhooks" and asked.method == "GET":
        return Told(body={"status": "success", "data": [_shown(registry, id) for id in sorted(registry.webhooks)]})
    if asked.path == "/api/v1/webhooks" and asked.method == "POST":
        return _made(registry, json.loads(asked.body))
    found = re.fullmatch(r"/api/v1/webhooks/(\d+)(/test)?", asked.path)
    if found and (asked.method, found[2]) == ("POST", "/test"):
        registry.tested.append(found[1])
        return Told(body={"status": "success", "data": True})
    if found and (asked.method, found[2]) == ("DELETE", None):
        registry.drop(found[1])  # that there is none is no error
        return Told(body={"status": "success", "data": True})
    return Told(status=404)


LIBREDESK = Vendor(
    adapter="libredesk",
    login={"base_url": "https://desk.example.org", "api_key": "made-up-key", "api_secret": "made-up-secret"},
    routes=routes,
    ids="{}",
)
