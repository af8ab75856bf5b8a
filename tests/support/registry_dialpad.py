"""Dialpad's webhooks and the subscriptions to them; shapes of https://developers.dialpad.com/reference/webhookslist."""

from __future__ import annotations

import json
import re
from typing import Any

from registry import Registry, Vendor
from vendor_api import Asked, Told


def _webhook(registry: Registry, id: str) -> dict[str, Any]:
    signature = {"algo": "HS256", "secret": registry.given[id], "type": "jwt"}
    return {"id": id, "hook_url": registry.webhooks[id], "signature": signature}


def _subscription(registry: Registry, id: str) -> dict[str, Any]:
    webhook = registry.others[id]
    return {
        "id": id,
        "enabled": True,
        **({"webhook": _webhook(registry, webhook)} if webhook in registry.webhooks else {}),
    }


def _listed(asked: Asked, shown: list[dict[str, Any]]) -> Told:
    """One on each page; the last one has no cursor."""
    at = int(asked.query.get("cursor", 0))
    more = {"cursor": str(at + 1)} if at + 1 < len(shown) else {}
    return Told(body={"items": shown[at : at + 1], **more})


def _subscribed(registry: Registry, body: dict[str, Any]) -> Told:
    assert body["enabled"] is True
    assert "target_type" not in body
    assert {"queued", "connected", "hangup", "csat"} <= set(body["call_states"])
    assert isinstance(body["endpoint_id"], int)
    webhook = str(body["endpoint_id"])
    if webhook not in registry.webhooks:
        return Told(status=404, body={"error": {"code": 404, "message": "endpoint not found"}})
    registry.made += 1
    registry.others[f"7{registry.made}"] = webhook
    return Told(body=_subscription(registry, f"7{registry.made}"))


def _dropped(registry: Registry, kind: str, id: str) -> Told:
    if kind == "webhooks" and id in registry.others.values():
        return Told(status=400, body={"error": {"code": 400, "message": "the webhook has subscriptions"}})
    there = registry.drop(id) if kind == "webhooks" else registry.others.pop(id, None) is not None
    return Told(body={}) if there else Told(status=404)


def routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://dialpad.com"
    if asked.headers.get("authorization") != "Bearer made-up-key":
        return Told(status=401, body={"error": {"code": 401, "message": "Invalid API key"}})
    match asked.method, asked.path:
        case "GET", "/api/v2/webhooks":
            return _listed(asked, [_webhook(registry, id) for id in sorted(registry.webhooks)])
        case "GET", "/api/v2/subscriptions/call":
            return _listed(asked, [_subscription(registry, id) for id in sorted(registry.others)])
        case "POST", "/api/v2/webhooks":
            body = json.loads(asked.body)
            return Told(body=_webhook(registry, registry.add(body["hook_url"], body["secret"])))
        case "POST", "/api/v2/subscriptions/call":
            return _subscribed(registry, json.loads(asked.body))
    found = re.fullmatch(r"/api/v2/(webhooks|subscriptions/call)/(\d+)", asked.path)
    return _dropped(registry, found[1], found[2]) if found and asked.method == "DELETE" else Told(status=404)


DIALPAD = Vendor(adapter="dialpad", login={"api_key": "made-up-key"}, routes=routes, ids="{}")
