"""Libredesk's webhooks in, ticket and survey events out.

`X-Libredesk-Signature` is `sha256=` and the HMAC-SHA256 of the body, in hexadecimal: `generateSignature` in
`internal/webhook/webhook.go` of github.com/abhinavxd/libredesk (read 2026-11). Nothing is repeated after a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from adapters._libredesk_events import Told, created, message_created, placed, rated, status_changed
from adapters._libredesk_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, require, require_match

SIGNATURE = "X-Libredesk-Signature"
HINT = "Enter the same secret in Libredesk (Admin, Integrations, Webhooks) and in this source."
HANDLERS: Mapping[str, Callable[[Told], list[Event]]] = {
    "conversation.created": created,
    "conversation.assigned": placed,
    "conversation.status_changed": status_changed,
    "message.created": message_created,
}


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, f"The webhook has no secret. {HINT}")
    require_match(given, secrets(settings, "secret"), lambda secret: signature(secret, request.body), HINT)


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac_hex("sha256", secret, body)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    name = body["event"].text_or("") or ""
    handler = HANDLERS.get(name)
    if handler is None:
        return []
    payload = body["payload"].object()
    told = Told(
        payload=payload,
        conversation=_conversation(name, payload),
        sent_at=body["timestamp"].iso(),
        settings=settings,
    )
    return [*handler(told), *rated(told)]


def _conversation(name: str, payload: Payload) -> Payload:
    return payload if name == "conversation.created" else payload["conversation"]


ADAPTER = Adapter(
    key="libredesk",
    title="Libredesk",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.CHAT, Channel.MESSAGING),
    settings=(
        Setting(
            key="secret",
            label="Webhook secret",
            help="Of the webhook in Libredesk; any text that nobody can guess.",
            secret=True,
            required=True,
        ),
        Setting(
            key="statuses",
            label="Statuses of your own",
            help="Lines `status = open, pending, on_hold, solved or closed`; Libredesk's own statuses are known.",
            file=True,
        ),
        Setting(
            key="names",
            label="Names of agents and teams",
            help="Lines `agent 5 = Anna` and `team 2 = Billing`: webhooks carry ids.",
            file=True,
        ),
        Setting(key="base_url", label="Address of Libredesk", help="For the API, like https://desk.example.org."),
        Setting(key="api_key", label="API key", help="For the API: made for an agent who may manage webhooks."),
        Setting(key="api_secret", label="API secret", help="For the API: shown once, with its key.", secret=True),
    ),
    verify=verify,
    parse=parse,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="X-Libredesk-Signature: HMAC-SHA256 of the body, hex",
    docs="docs/adapters/libredesk.md",
    connect=(
        "1. In Libredesk: Admin, Integrations, Webhooks, New webhook.\n"
        "2. URL: {url}   Secret: {secret}\n"
        "3. Events: conversation created, status changed, assigned; message created. Save, and set it active."
    ),
)
