"""Chatwoot's account webhooks in, ticket and survey events out.

In newer versions `X-Chatwoot-Signature` is `sha256=` and the HMAC-SHA256 of time, dot and body, as several integrations of them
check it; older versions sign nothing: then the secret part of the address proves. Events:
https://www.chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from adapters._chatwoot_events import CONVERSATIONS, MESSAGES, Told, conversation_events, message_events
from adapters._chatwoot_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Rejected, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, require, require_fresh, require_match, signed_time

SIGNATURE, TIMESTAMP, DELIVERY = "X-Chatwoot-Signature", "X-Chatwoot-Timestamp", "X-Chatwoot-Delivery"
HINT = "Copy the secret of this webhook again: Chatwoot, Settings, Integrations, Webhooks."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Signed as soon as a secret is configured; without one the receiver must have checked the secret part of the address."""
    live = secrets(settings, "secret")
    if not live and secrets(settings, "path_secret"):
        return
    given = require(
        request.headers.get(SIGNATURE), SIGNATURE, f"Older versions sign nothing: leave `secret` out. {HINT}"
    )
    stamp = require(request.headers.get(TIMESTAMP), TIMESTAMP, HINT)
    require_match(given, live, lambda secret: signature(secret, stamp, request.body), HINT)
    require_fresh(signed_time(stamp, TIMESTAMP), request.received_at)


def signature(secret: str, stamp: str, body: bytes) -> str:
    return "sha256=" + hmac_hex("sha256", secret, stamp.encode("utf-8", "surrogateescape") + b"." + body)


def _sent_at(request: WebhookRequest) -> datetime:
    """When it was received, where the header of an older version, which signs nothing, says nothing."""
    try:
        return signed_time(request.headers.get(TIMESTAMP, ""), TIMESTAMP)
    except Rejected:
        return request.received_at


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    name = body["event"].text_or("") or ""
    if name in MESSAGES:
        return message_events(name, body, _told(body["conversation"].object(), body, request, settings))
    if name in CONVERSATIONS:
        return conversation_events(name, _told(body, body, request, settings))
    return []


def _told(conversation: Payload, body: Payload, request: WebhookRequest, settings: Settings) -> Told:
    return Told(
        conversation=conversation,
        inbox=conversation["inbox_id"].text_or() or body["inbox"]["id"].text_or(),
        sent_at=_sent_at(request),
        digest=sha256(request.body).hexdigest()[:16],
        settings=settings,
    )


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    return request.headers.get(DELIVERY) or None


ADAPTER = Adapter(
    key="chatwoot",
    title="Chatwoot",
    kind="ticketing",
    channels=(Channel.CHAT, Channel.EMAIL, Channel.MESSAGING, Channel.SOCIAL, Channel.VOICE, Channel.OTHER),
    settings=(
        Setting(
            key="secret",
            label="Webhook secret",
            help="Shown at the webhook. Versions that show none sign nothing: leave it out, the address has a secret part.",
            secret=True,
        ),
        Setting(
            key="queue_from",
            label="What counts as a queue",
            help="inbox or team. A team is known by its name, an inbox by its id.",
            default="inbox",
        ),
        Setting(
            key="inboxes",
            label="Names of inboxes",
            help="Lines `id = name`; the ids stand in the addresses of Chatwoot's settings.",
            file=True,
        ),
        Setting(
            key="snoozed",
            label="What a snoozed conversation waits for",
            help="customer, other, or ignore: then the clocks go on while it is snoozed.",
            default="customer",
        ),
        Setting(
            key="pending",
            label="What a pending conversation waits for",
            help="customer, other, or ignore: then the clocks go on. Chatwoot calls pending what a bot still deals with.",
            default="ignore",
        ),
        Setting(key="base_url", label="Address", help="For the API: https://app.chatwoot.com, or your server's."),
        Setting(
            key="account", label="Account", help="For the API: the number after /accounts/ in Chatwoot's addresses."
        ),
        Setting(
            key="api_token",
            label="Access token",
            help="For the API: of an administrator; Profile settings, Access Token.",
            secret=True,
        ),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="X-Chatwoot-Signature: HMAC-SHA256 of time and body, hex, within five minutes, and a secret URL",
    docs="docs/adapters/chatwoot.md",
    connect=(
        "1. In Chatwoot: Settings, Integrations, Webhooks, Configure, Add new webhook.\n"
        "2. Webhook URL: {url}\n"
        "3. Events: conversation created, status changed and updated; message created and updated. Save.\n"
        "4. Where Chatwoot shows a secret for the webhook, give it to Deskgauge as `secret`. Older versions sign nothing:\n"
        "   then the secret part of the address is the only proof, so keep it to yourself and use HTTPS."
    ),
)
