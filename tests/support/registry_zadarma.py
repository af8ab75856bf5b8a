"""Zadarma's one address of notifications; shapes of https://zadarma.com/en/support/api/."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from hashlib import md5
from urllib.parse import parse_qsl, urlencode

from registry import Registry, Vendor
from vendor_api import Asked, Told

FLAGS = ("notify_start", "notify_internal", "notify_answer", "notify_end", "notify_out_start", "notify_out_end")


def _params(asked: Asked) -> Mapping[str, str]:
    return asked.query if asked.method == "GET" else dict(parse_qsl(asked.body.decode()))


def _signature(asked: Asked) -> str:
    """As the library computes it: base64 of the hexadecimal HMAC-SHA1."""
    query = urlencode(sorted(_params(asked).items()))
    text = asked.path + query + md5(query.encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(hmac.new(b"made-up-secret", text.encode(), "sha1").hexdigest().encode()).decode()


def routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://api.zadarma.com"
    if asked.headers.get("authorization") != f"made-up-key:{_signature(asked)}":
        return Told(status=401, body={"status": "error", "message": "Not authorized"})
    params = _params(asked)
    assert params["format"] == "json"
    match asked.method, asked.path:
        case "GET", "/v1/pbx/callinfo/":
            return Told(body={"status": "success", "url": next(iter(registry.webhooks.values()), "")})
        case "POST", "/v1/pbx/callinfo/url/":
            registry.webhooks.clear()
            registry.add(params["url"])
            return Told(body={"status": "success", "url": params["url"]})
        case "POST", "/v1/pbx/callinfo/notifications/":
            assert {name for name, value in params.items() if value == "true"} == set(FLAGS)
            return Told(body={"status": "success", "notifications": dict.fromkeys(FLAGS, "true")})
        case "DELETE", "/v1/pbx/callinfo/url/":
            registry.webhooks.clear()
            return Told(body={"status": "success", "url": ""})
    return Told(status=404, body={"status": "error", "message": "Wrong method name"})


ZADARMA = Vendor(
    adapter="zadarma",
    login={"api_key": "made-up-key", "api_secret": "made-up-secret"},
    routes=routes,
    is_told=False,
    has_one_place=True,
)
