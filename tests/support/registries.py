"""The part of each vendor's API that keeps webhooks, as an account of made-up things in memory."""

from __future__ import annotations

import json
import re
from typing import Any

from registry import HAND_MADE, Registry, Vendor, basic
from registry_desks import DESKS
from registry_dialpad import DIALPAD
from registry_justcall import JUSTCALL
from registry_libredesk import LIBREDESK
from registry_ringcentral import RINGCENTRAL
from registry_twilio import TWILIO
from registry_zadarma import ZADARMA
from vendor_api import Asked, Told

__all__ = ["HAND_MADE", "VENDORS", "Registry", "Vendor"]


def _aircall(registry: Registry, asked: Asked) -> Told:
    """Shapes of https://developer.aircall.io/api-references/#webhooks."""
    if asked.headers.get("authorization") != basic("made-up-id", "made-up-token"):
        return Told(status=403, body={"error": "Forbidden", "troubleshoot": "the token made-up-token is unknown"})

    def shown(id: str) -> dict[str, Any]:
        return {"webhook_id": id, "url": registry.webhooks[id], "active": True, "token": registry.given[id]}

    if (asked.method, asked.path) == ("GET", "/v1/webhooks"):
        page, ids = int(asked.query.get("page", 1)), sorted(registry.webhooks)
        more = f"https://api.aircall.io/v1/webhooks?per_page=50&page={page + 1}" if page < len(ids) else None
        part = ids[page - 1 : page]
        return Told(body={"webhooks": [shown(id) for id in part], "meta": {"next_page_link": more}})
    if (asked.method, asked.path) == ("POST", "/v1/webhooks"):
        body = json.loads(asked.body)
        assert {"call.ended", "user.wut_end"} <= set(body["events"])
        return Told(status=201, body={"webhook": shown(registry.add(body["url"]))})
    found = re.fullmatch(r"/v1/webhooks/([^/]+)", asked.path)
    if asked.method == "DELETE" and found:
        return Told(status=204 if registry.drop(found[1]) else 404)
    return Told(status=404)


def _zendesk(registry: Registry, asked: Asked) -> Told:
    """Shapes of https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/."""
    assert asked.origin == "https://made-up.zendesk.com"
    if asked.headers.get("authorization") != basic("ann@example.org/token", "made-up-token"):
        return Told(status=401, body={"error": "Couldn't authenticate you"})
    if (asked.method, asked.path) == ("GET", "/api/v2/webhooks"):
        ids = sorted(registry.webhooks)
        at = int(asked.query.get("page[after]", 0))
        part = [{"id": id, "endpoint": registry.webhooks[id]} for id in ids[at : at + 1]]
        more = f"https://made-up.zendesk.com/api/v2/webhooks?page%5Bsize%5D=100&page%5Bafter%5D={at + 1}"
        return Told(body={"webhooks": part, "links": {"next": more}, "meta": {"has_more": at + 1 < len(ids)}})
    if (asked.method, asked.path) == ("POST", "/api/v2/webhooks"):
        webhook = json.loads(asked.body)["webhook"]
        assert "zen:event-type:ticket.status_changed" in webhook["subscriptions"]
        if "zen:event-type:ticket.csat_received" in webhook["subscriptions"]:  # as on a plan without surveys
            return Told(status=400, body={"errors": [{"code": "InvalidSubscription"}]})
        assert (webhook["http_method"], webhook["request_format"], webhook["status"]) == ("POST", "json", "active")
        return Told(status=201, body={"webhook": {"id": registry.add(webhook["endpoint"]), **webhook}})
    found = re.fullmatch(r"/api/v2/webhooks/([^/]+)(/signing_secret)?", asked.path)
    if found and found[2] and found[1] in registry.webhooks:
        return Told(body={"signing_secret": {"algorithm": "SHA256", "secret": registry.given[found[1]]}})
    if found and asked.method == "DELETE":
        return Told(status=204 if registry.drop(found[1]) else 404)
    return Told(status=404)


#: more than one of an adapter whose vendor has several APIs
VENDORS = {
    vendor.name or vendor.adapter: vendor
    for vendor in (
        Vendor(
            adapter="aircall",
            login={"api_id": "made-up-id", "api_token": "made-up-token"},
            routes=_aircall,
            learns="token",
        ),
        Vendor(
            adapter="zendesk",
            login={"subdomain": "made-up", "api_user": "ann@example.org", "api_token": "made-up-token"},
            routes=_zendesk,
            learns="secret",
        ),
        DIALPAD,
        *DESKS,
        JUSTCALL,
        LIBREDESK,
        RINGCENTRAL,
        TWILIO,
        ZADARMA,
    )
}
