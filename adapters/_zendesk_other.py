"""Requests of Zendesk in, whether they are deliveries out: resources, other products' messages, tests and copies are none."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.contract.event import Json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import equal, hmac_base64

SIGNATURE = "X-Zendesk-Webhook-Signature"
TIMESTAMP = "X-Zendesk-Webhook-Signature-Timestamp"

#: public, for requests that are sent before a webhook exists: https://developer.zendesk.com/documentation/webhooks/verifying/
TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="  # noqa: S105
#: how the log of a webhook's invocations shows a credential
SCRUBBED = "[SCRUBBED]"

#: what the address of a resource contains; https://developer.zendesk.com/api-reference/ (read 2026-11)
REST = "/api/v2/"
#: `type` of the events inside of a ticket's audit; these have an id and no envelope
AUDIT_EVENTS = frozenset(
    {"Change", "Comment", "Create", "Notification", "SatisfactionRating", "VoiceComment", "Cc", "Error", "External"}
)
#: fields that together name a resource which does not state its address: an invocation of a webhook, a ticket event, a ticket
#: metric, a trigger, and the message of the Integration Services
RESOURCES = (
    frozenset({"id", "status_code", "latest_completed_at"}),
    frozenset({"id", "ticket_id", "updater_id", "child_events"}),
    frozenset({"id", "ticket_id", "reply_time_in_minutes"}),
    frozenset({"id", "conditions", "actions"}),
    frozenset({"integration_key", "input"}),
)


def is_test(request: WebhookRequest) -> bool:
    """Sent by *Test webhook* while the webhook was being made: whatever it says did not happen."""
    stamp = request.headers.get(TIMESTAMP, "").encode("utf-8", "surrogateescape")
    return equal(request.headers.get(SIGNATURE, ""), hmac_base64("sha256", TEST_SECRET, stamp + request.body))


def is_logged(request: WebhookRequest) -> bool:
    """Copied out of the log of a webhook's invocations, which blots the credentials out."""
    return request.headers.get("Authorization") == SCRUBBED


def is_foreign(body: Json) -> bool:
    """True for a resource, or one inside of an object of its name, and for the Integration Services."""
    if not isinstance(body, dict):
        return False
    return _is_resource(body) or any(_is_named(name, value) for name, value in body.items())


def _is_named(name: str, value: Json) -> bool:
    return isinstance(value, dict) and (_has_address(value) or (name == "audit" and "events" in value))


def _is_resource(body: Mapping[str, Json]) -> bool:
    kind = body.get("type")
    if isinstance(kind, str) and kind in AUDIT_EVENTS and isinstance(body.get("id"), int):
        return True
    return _has_address(body) or any(fields <= body.keys() for fields in RESOURCES)


def _has_address(body: Mapping[str, Json]) -> bool:
    address = body.get("url")
    return isinstance(address, str) and REST in address
