"""Front's webhooks in, ticket events out: those of an app, and those of a rule.

Signature and validation of an app's: https://dev.frontapp.com/docs/application-webhooks ; of a rule's:
https://dev.frontapp.com/docs/rule-webhooks (read 2026-11). The event object inside was recorded by others; it is the same in both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from adapters._front_event import Told, told_events
from adapters._front_pull import PULL
from plugin.contract.adapter import Adapter, Answer, BadPayload, Rejected, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_base64, require, require_fresh, require_match, signed_time

SIGNATURE, TIMESTAMP, CHALLENGE = "X-Front-Signature", "X-Front-Request-Timestamp", "X-Front-Challenge"
HINT = (
    "Copy the app's signing key again (Settings, Developers, the app); for a rule, the API secret of the Webhooks app."
)


def verify(request: WebhookRequest, settings: Settings) -> None:
    """An app signs time, colon and body with SHA-256; a rule's webhook has no time and signs the body with SHA-1."""
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    stamp = request.headers.get(TIMESTAMP)
    if stamp is None:
        require_match(
            given, secrets(settings, "secret"), lambda secret: hmac_base64("sha1", secret, request.body), HINT
        )
        return
    require_match(given, secrets(settings, "secret"), lambda secret: signature(secret, stamp, request.body), HINT)
    require_fresh(signed_time(stamp, TIMESTAMP, in_ms=True), request.received_at)


def signature(secret: str, stamp: str, body: bytes) -> str:
    return hmac_base64("sha256", secret, stamp.encode("utf-8", "surrogateescape") + b":" + body)


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """Before an app's webhook is saved, Front sends a signed request whose challenge has to be repeated."""
    challenge = request.headers.get(CHALLENGE)
    if challenge is None:
        return None
    try:
        verify(request, settings)
    except Rejected:
        return None
    body = json.dumps({"challenge": challenge}).encode()
    return Answer(status=200, headers={"Content-Type": "application/json"}, body=body)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    event = _event(parse_json(request.body).object())
    if event["conversation"].is_absent or event["emitted_at"].is_absent:
        return []
    return told_events(Told(event=event, settings=settings))


def _event(body: Payload) -> Payload:
    """An app's webhook has the event object inside of an envelope."""
    return body["payload"] if "authorization" in body and "payload" in body else body


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    try:
        return _event(parse_json(request.body))["id"].text_or()
    except BadPayload:
        return None


ADAPTER = Adapter(
    key="front",
    title="Front",
    kind="ticketing",
    channels=(
        Channel.EMAIL,
        Channel.CHAT,
        Channel.VOICE,
        Channel.MESSAGING,
        Channel.SOCIAL,
        Channel.WEB,
        Channel.OTHER,
    ),
    settings=(
        Setting(
            key="secret",
            label="Signing key",
            help="Of the app; for a webhook of a rule, the API secret of the Webhooks app.",
            secret=True,
            required=True,
        ),
        Setting(
            key="api_token",
            label="API token",
            help="Settings, Developers, API tokens: for the history. Of shared resources, with the permission to read.",
            secret=True,
        ),
        Setting(
            key="names",
            label="Names of inboxes and teammates",
            help="Lines `name or id = other name`, for example `inb_55c8 = Billing`.",
            file=True,
        ),
    ),
    verify=verify,
    handshake=handshake,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-Front-Signature: HMAC-SHA256 of time and body, base64, within five minutes; rules: HMAC-SHA1 of the body",
    docs="docs/adapters/front.md",
    connect=(
        "1. In Front: Settings, Developers, Create app, and in the app Features, Add feature, Webhooks.\n"
        "2. Give the app's signing key (Basic information) to Deskgauge as `secret` first: Front checks the address at once.\n"
        "3. Webhook URL: {url}   Choose the events of messages (inbound, outbound), assignments, archiving, reopening, deleting,\n"
        "   moving and comments. Save and install the app.\n"
        "Without apps: a rule with the action Send to a webhook, the same address, and the API secret of the Webhooks app.\n"
        "For the past: an API token (Settings, Developers, API tokens) as `api_token`."
    ),
)
