"""JustCall's types of events with the addresses that are subscribed to each; shapes of its API's reference, version 2.1."""

from __future__ import annotations

import json
import re
from typing import Any

from registry import HAND_MADE, Registry, Vendor
from vendor_api import Asked, Told

TYPES = ("call.completed", "call.missed", "call.voicemail", "call.updated")


def _shown(registry: Registry, type: str) -> dict[str, Any]:
    """What is in `webhooks` is subscribed to calls that were completed, `others` holds the rest by id."""
    urls = [{"url_id": id, "webhook_url": url} for id, (of, url) in registry.others.items() if of == type]
    if type == TYPES[0]:
        urls += [{"url_id": id, "webhook_url": url} for id, url in registry.webhooks.items()]
    return {"type": type, "webhook_urls": urls, "url_count": len(urls)}


def _made(registry: Registry, body: dict[str, str]) -> Told:
    assert set(body) == {"type", "webhook_url"}
    assert body["type"] in TYPES
    if body["type"] == TYPES[0]:
        registry.add(body["webhook_url"])
    else:
        registry.made += 1
        registry.others[f"more-{registry.made}"] = (body["type"], body["webhook_url"])
    return Told(body={"status": "success", "data": _shown(registry, body["type"])})


def _dropped(registry: Registry, id: str) -> Told:
    assert id != HAND_MADE
    if not registry.drop(id) and registry.others.pop(id, None) is None:
        return Told(status=400, body={"status": "failed"})
    return Told(body={"status": "success"})


def routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://api.justcall.io"
    if asked.headers.get("authorization") != "made-up-key:made-up-secret":
        return Told(status=401, body={"status": "failed", "message": "Unauthorized"})
    if (asked.method, asked.path) == ("GET", "/v2.1/webhooks"):
        return Told(body={"status": "success", "data": [_shown(registry, each) for each in TYPES]})
    if (asked.method, asked.path) == ("POST", "/v2.1/webhooks"):
        return _made(registry, json.loads(asked.body))
    found = re.fullmatch(r"/v2\.1/webhooks/url/([^/]+)", asked.path)
    return _dropped(registry, found[1]) if found and asked.method == "DELETE" else Told(status=404)


JUSTCALL = Vendor(
    adapter="justcall",
    login={"api_key": "made-up-key", "api_secret": "made-up-secret"},
    routes=routes,
    is_told=False,
)
