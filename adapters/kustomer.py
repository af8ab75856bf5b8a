"""Kustomer: signed outbound webhooks of conversations and messages in, ticket events out.

Read 2026-11: https://developer.kustomer.com/docs/events/outbound-webhooks (signature, at least once, in any order, no deletions),
https://developer.kustomer.com/docs/events/event-catalog and https://developer.kustomer.com/docs/concepts/conversations-and-messages.
An event holds the whole resource as `data` and what an update changed as `changes.attributes.<name>.before` and `.after`.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._kustomer_event import event_key, kustomer_events
from adapters._kustomer_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, require, require_match

SIGNATURE = "X-Kustomer-Webhook-Signature"
HINT = "Enter the token that Kustomer showed when the webhook was created; each webhook has its own."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """HMAC-SHA256 of the raw body, hex in small letters."""
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    require_match(given, secrets(settings, "token"), lambda token: hmac_hex("sha256", token, request.body), HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    return kustomer_events(parse_json(request.body).object(), settings)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The event's id, which a repeated delivery keeps."""
    try:
        return event_key(parse_json(request.body))
    except BadPayload:
        return None


SETTINGS = (
    Setting(
        key="token",
        label="Token",
        help="The token of the webhook; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="names",
        label="Names",
        help="Lines `id = name` for teams, queues and users: events carry ids only.",
        file=True,
    ),
    Setting(
        key="queue_from",
        label="What counts as a queue",
        help="team (the first assigned team) or queue (the routing queue).",
        default="team",
    ),
    Setting(
        key="snoozed",
        label="What a snooze waits for",
        help="pending (the customer) or on_hold (somebody else).",
        default="pending",
    ),
    Setting(
        key="bots",
        label="Bots",
        help="Ids of users that programs write as, separated by commas: their messages are no first response.",
    ),
    Setting(key="base_url", label="Address of the API", help="https://yours.api.kustomerapp.com; to make the webhook."),
    Setting(
        key="api_key",
        label="API key",
        help="Settings, Security, API keys, with the role org.outbound_webhooks; to make the webhook.",
        secret=True,
    ),
)

CONNECT = """\
1. Settings, Platform, Outbound webhooks, Add: URL {url}
2. Events: kustomer.conversation.create, kustomer.conversation.update and kustomer.message.create.
3. Copy the token that Kustomer shows, and enter it as `token`.
"""

ADAPTER = Adapter(
    key="kustomer",
    title="Kustomer",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.CHAT, Channel.VOICE, Channel.MESSAGING, Channel.SOCIAL, Channel.WEB),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-Kustomer-Webhook-Signature: HMAC-SHA256 of the body, hex",
    docs="docs/adapters/kustomer.md",
    connect=CONNECT,
)
