"""Zammad's webhooks in, ticket events out: the default payload, sent by triggers on every creation and update.

A body is a snapshot of the ticket and its latest article; the ticket's `updated_at` is the moment that it shows, and the fold
leaves out what changes nothing. Payload and headers: https://admin-docs.zammad.org/en/latest/manage/webhook/payload.html ;
signature and repetition: `app/jobs/trigger_webhook_job.rb` of github.com/zammad/zammad (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters._zammad_pull import PULL
from adapters._zammad_registration import REGISTRATION
from adapters._zammad_ticket import Ticket, article_events, ticket_events
from plugin.contract.adapter import Adapter, BadPayload, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, require, require_match

SIGNATURE, DELIVERY, TRIGGER = "X-Hub-Signature", "X-Zammad-Delivery", "X-Zammad-Trigger"
HINT = "Enter the same token in Zammad (Manage, Webhook, HMAC SHA1 Signature Token) and in this source."


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, f"The webhook has no signature token. {HINT}")
    require_match(given, secrets(settings, "secret"), lambda secret: signature(secret, request.body), HINT)


def signature(secret: str, body: bytes) -> str:
    return "sha1=" + hmac_hex("sha1", secret, body)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    if "deskgauge_read" in body:
        return _read(body, settings)
    if not isinstance(body["ticket"].raw, Mapping):
        if DELIVERY in request.headers or TRIGGER in request.headers:
            raise BadPayload("$.ticket", "no object: switch the webhook's custom payload off, the default one is read")
        return []
    ticket = Ticket(ticket=body["ticket"], settings=settings)
    return [*ticket_events(ticket), *article_events(ticket, body["article"])]


def _read(body: Payload, settings: Settings) -> list[Event]:
    """Each state as a webhook would have told it, and every article."""
    tickets = [Ticket(ticket=state, settings=settings) for state in body["states"].items()]
    told = [event for ticket in tickets for event in ticket_events(ticket)]
    articles = [event for article in body["articles"].items() for event in article_events(tickets[-1], article)]
    return [*{event.dedupe_key: event for event in [*told, *articles]}.values()]


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The id of Zammad's job, which a repetition keeps."""
    return request.headers.get(DELIVERY) or None


ADAPTER = Adapter(
    key="zammad",
    title="Zammad",
    kind="ticketing",
    channels=(
        Channel.EMAIL,
        Channel.WEB,
        Channel.CHAT,
        Channel.VOICE,
        Channel.MESSAGING,
        Channel.SOCIAL,
        Channel.OTHER,
    ),
    settings=(
        Setting(
            key="secret",
            label="Signature token",
            help="Of the webhook in Zammad; any text that nobody can guess.",
            secret=True,
            required=True,
        ),
        Setting(
            key="states",
            label="States of your own",
            help="Lines `state = open, pending, on_hold, solved, closed, merged or deleted`; Zammad's own states are known.",
            file=True,
        ),
        Setting(
            key="bots",
            label="Bots",
            help="Logins of integrations that write as agents, separated by commas: their replies are no first response.",
        ),
        Setting(key="base_url", label="Address", help="For the API: https://help.example.com."),
        Setting(
            key="api_token",
            label="Access token",
            help="For the API: Profile, Token Access. ticket.agent reads the past; admin.webhook, admin.trigger make the webhook.",
            secret=True,
        ),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-Hub-Signature: HMAC-SHA1 of the body, hex",
    docs="docs/adapters/zammad.md",
    connect=(
        "1. In Zammad: Admin, Manage, Webhook, New Webhook.\n"
        "2. Endpoint: {url}   HMAC SHA1 Signature Token: {secret}   Custom Payload: off. Submit.\n"
        "3. Admin, Manage, Trigger, New Trigger, twice. Activated by: Action. Action execution: Always. Condition for one:\n"
        "   Action is created; for the other: Action is updated. Execute: Webhook, this one.\n"
        "For the past: a token (Profile, Token Access; permission ticket.agent) as `api_token`, and `base_url`."
    ),
)
