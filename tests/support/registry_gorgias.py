"""The HTTP integrations of a Gorgias account. Shapes of https://developers.gorgias.com/reference/integrations."""

from __future__ import annotations

import json
import re

from registry import Registry, Vendor, basic
from vendor_api import Asked, Told

PATH = "/api/integrations"


def _routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://made-up.gorgias.com"
    if asked.headers.get("authorization") != basic("ann@example.org", "made-up-key"):
        return Told(status=401, body={"error": {"msg": "Could not authenticate"}})
    if (asked.method, asked.path) == ("GET", PATH):
        ids = sorted(registry.webhooks)
        at = int(asked.query.get("cursor", 0))
        shown = [{"id": id, "type": "http", "http": {"url": registry.webhooks[id]}} for id in ids[at : at + 1]]
        more = str(at + 1) if at + 1 < len(ids) else None
        return Told(body={"data": [{"id": 1, "type": "email", "http": None}, *shown], "meta": {"next_cursor": more}})
    if (asked.method, asked.path) == ("POST", PATH):
        body = json.loads(asked.body)
        http = body["http"]
        assert (body["type"], http["method"], http["form"]) == ("http", "POST", "{{context}}")
        assert http["request_content_type"] == http["response_content_type"] == "application/json"
        assert {"ticket-created", "ticket-message-created"} <= {
            name for name, is_on in http["triggers"].items() if is_on
        }
        return Told(status=201, body={"id": registry.add(http["url"], http["headers"]["X-Deskgauge-Token"])})
    found = re.fullmatch(rf"{PATH}/([^/]+)", asked.path)
    if asked.method == "DELETE" and found:
        return Told(status=204 if registry.drop(found[1]) else 404)
    return Told(status=404)


GORGIAS = Vendor(
    adapter="gorgias",
    login={"subdomain": "made-up", "api_user": "ann@example.org", "api_key": "made-up-key"},
    routes=_routes,
)
