"""Requests that the vendors' own libraries signed and judged get the same verdict here, but for the differences that are named.

The material lies outside of the project; without it these tests are skipped.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapter_fixtures import build_request, find_adapters, shared
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected
from plugin.web.slack import blueprint as slack

ADAPTERS = find_adapters()


def _by(adapter: str, key: str, **more: str) -> Callable[[WebhookRequest, Mapping[str, Any]], None]:
    def verify(request: WebhookRequest, case: Mapping[str, Any]) -> None:
        ADAPTERS[adapter].verify(request, {key: case["secret"], **more})

    return verify


def _telnyx(request: WebhookRequest, case: Mapping[str, Any]) -> None:
    """The case has the vendor's half of the key pair."""
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(case["secret"]))
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    ADAPTERS["telnyx"].verify(request, {"public_key": public})


def _slack(request: WebhookRequest, case: Mapping[str, Any]) -> None:
    slack.verify(request.headers, request.body, case["secret"], request.received_at)  # type: ignore[arg-type]


HUB = {"auth": "hmac", "header": "X-Hub-Signature-256", "prefix": "sha256="}
JUDGES = {
    "hubspot": _by("hubspot", "secret"),
    "intercom": _by("intercom", "secret"),
    "slack": _slack,
    "slack-bolt": _slack,
    "standardwebhooks": _by("generic", "secret", auth="standard_webhooks"),
    "telnyx": _telnyx,
    "twilio": _by("twilio", "auth_token"),
    "twilio-json": _by("twilio", "auth_token"),
    "twilio-sha256": _by("twilio", "shared_key"),
    "vonage": _by("vonage", "secret"),
    "x-hub-signature-256": _by("generic", "secret", **HUB),
    "zendesk": _by("zendesk", "secret"),
    "zoom": _by("zoom_phone", "secret_token"),
}
#: vendors that no adapter reads, and whose scheme is none of the generic adapter's
OTHERS = {"messagebird", "plivo", "sinch"}
#: ours, where it differs from the vendor's code, and why
DIFFERENT = {
    ("vonage", "tampered_body"): False,  # the library checks the token alone, not the hash of the body in it
    ("zendesk", "one_hour_old"): False,  # the vendor's text leaves the window open; ours is 300 s
    ("zoom", "one_hour_old"): False,  # the vendor's sample application looks at no time
    (
        "zoom",
        "raw_bytes_signed_but_not_canonical_json",
    ): True,  # we check the bytes that came, the sample what it reads in them
    ("slack-bolt", "one_hour_in_future"): False,  # the library looks back only
}


def test_every_recorded_request_gets_the_verdict_of_the_vendors_own_code() -> None:
    vectors = json.loads(shared("vendors", "signature-vectors-sdk.json").read_text())
    made_at = datetime.fromtimestamp(vectors["made_at"], UTC)
    assert {case["vendor"] for case in vectors["cases"]} == {*JUDGES, *OTHERS}
    found = {
        (case["vendor"], case["case"]): (_passes(case, made_at), case["vendor_verdict"])
        for case in vectors["cases"]
        if case["vendor"] in JUDGES
    }
    assert {name: ours for name, (ours, theirs) in found.items() if ours is not theirs} == DIFFERENT


def _passes(case: Mapping[str, Any], made_at: datetime) -> bool:
    headers = {name: str(value) for name, value in case["headers"].items()}
    url = headers.get("X-Note-Full-Url") or case.get("url") or "https://kpi.example.com/hooks/one"
    request = build_request(url=url, headers=headers, body=base64.b64decode(case["body_b64"]), received_at=made_at)
    try:
        JUDGES[case["vendor"]](request, case)
    except Rejected:
        return False
    return True
