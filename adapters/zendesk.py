"""Zendesk Support: event webhooks, trigger webhooks and tickets of the API in, ticket and survey events out.

Signature: https://developer.zendesk.com/documentation/webhooks/verifying/ (read 2026-11). An older page signed body + timestamp;
that is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from adapters._zendesk_audit import told
from adapters._zendesk_event import PREFIX, event_key, parse_event
from adapters._zendesk_other import SIGNATURE, TIMESTAMP, is_foreign, is_logged, is_test
from adapters._zendesk_pull import PULL
from adapters._zendesk_registration import REGISTRATION
from adapters._zendesk_trigger import TEMPLATE, parse_trigger, trigger_key
from adapters._zendesk_words import is_read_by_api
from plugin.contract.adapter import Adapter, Setting, Settings, first, pairs, secrets
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import REPLAY_WINDOW_S, Rejected, hmac_base64, require, require_fresh, require_match

HINT = (
    "Copy the signing secret of this webhook again: Admin Center, Apps and integrations, Webhooks, the webhook, Reveal secret. "
    "Each webhook has its own."
)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The timestamp stands before the body, nothing between; the secret is taken as it is written, not decoded."""
    return hmac_base64("sha256", secret, timestamp.encode("utf-8", "surrogateescape") + body)


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    timestamp = require(request.headers.get(TIMESTAMP), TIMESTAMP, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: signature(secret, timestamp, request.body), HINT)
    require_fresh(_signed_at(timestamp), request.received_at, _window_s(settings))


def _signed_at(timestamp: str) -> datetime:
    """ISO 8601; seconds since 1970 are in a published vector."""
    try:
        if timestamp.isascii() and timestamp.isdigit():
            return datetime.fromtimestamp(int(timestamp), UTC)
        moment = datetime.fromisoformat(timestamp)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Rejected(f"The {TIMESTAMP} header is not a time like 2026-11-24T10:00:00Z.") from None


def _window_s(settings: Settings) -> int:
    given = first(settings, "tolerance_s") or str(REPLAY_WINDOW_S)
    if not given.isdecimal():
        raise Rejected("The setting `tolerance_s` is not a number of seconds.")
    return int(given)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    payload = parse_json(request.body).object()
    if is_test(request):
        return []
    if "deskgauge_read" in payload:
        return _named(told(payload, settings), settings)
    return _named(_unread(_of_webhook(request, payload, settings), settings), settings)


def _unread(events: Sequence[Event], settings: Settings) -> Sequence[Event]:
    """Without what the API tells to the second and with the roles of authors, where it is asked."""
    return [event for event in events if event.kind in STAY] if is_read_by_api(settings) else events


def _of_webhook(request: WebhookRequest, payload: Payload, settings: Settings) -> Sequence[Event]:
    mode = first(settings, "mode", "both")
    if _is_event(payload):
        if mode == "trigger":
            raise BadPayload("$.type", NO_TRIGGER)
        return parse_event(payload, settings, request.received_at)
    if "deskgauge" not in payload:
        if is_foreign(payload.raw) or is_logged(request):
            return []
        raise BadPayload("$.deskgauge", NO_TEMPLATE)
    if mode == "events":
        raise BadPayload("$.deskgauge", NO_EVENT)
    return parse_trigger(payload, settings)


def _named(events: Sequence[Event], settings: Settings) -> Sequence[Event]:
    """Zendesk's events carry ids only: the document `names` says who and what they are."""
    names = pairs(settings, "names")
    if not names:
        return events
    return [
        replace(event, queue=names.get(event.queue or "", event.queue), agent=names.get(event.agent or "", event.agent))
        for event in events
    ]


#: of a webhook, also where the API is asked: it does not tell them, or they have the same keys or the same effect twice
STAY = frozenset(
    {Kind.TICKET_ESCALATED, Kind.TICKET_MERGED, Kind.TICKET_DELETED, Kind.SURVEY_SENT, Kind.SURVEY_ANSWERED}
)
NO_TRIGGER = (
    "You seem to have subscribed the webhook to Zendesk events, but this source waits for triggers: choose "
    "`Trigger or automation` for the webhook, or set the source's `mode` to events."
)
NO_EVENT = (
    "You seem to have pointed a Zendesk trigger at a source that waits for events: subscribe the webhook to ticket "
    "events, or set the source's `mode` to trigger."
)
NO_TEMPLATE = (
    "This is neither a Zendesk event (its `type` begins with zen:event-type:) nor the body that Deskgauge gives for triggers. "
    "You seem to have written the body of the trigger yourself: paste the template of `deskgauge connect zendesk` into it."
)


def _is_event(payload: Payload) -> bool:
    kind = payload["type"].raw
    return isinstance(kind, str) and kind.startswith(PREFIX)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The event's id; in trigger mode the ticket, the event, the minute and the content."""
    try:
        payload = parse_json(request.body)
        return event_key(payload) if _is_event(payload) else trigger_key(payload) if "deskgauge" in payload else None
    except (BadPayload, RecursionError):
        return None


ADAPTER = Adapter(
    key="zendesk",
    title="Zendesk Support",
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
        Setting(key="secret", label="Signing secret", help="Webhook, Reveal secret.", secret=True, required=True),
        Setting(
            key="mode",
            label="Mode",
            help="events or trigger refuses the other; both takes whatever comes. Using both at once counts everything twice.",
            default="both",
        ),
        Setting(
            key="bots",
            label="Bots",
            help="User ids of bots and integrations, separated by commas: their replies are no first response.",
        ),
        Setting(
            key="names",
            label="Names of groups and agents",
            help="Lines `id = name`: events carry ids only. The ids stand in the addresses of Zendesk's pages.",
            file=True,
        ),
        Setting(key="subdomain", label="Account", help="The part before .zendesk.com; for the API."),
        Setting(key="api_user", label="API user", help="E-mail address of an administrator; for the API."),
        Setting(
            key="api_token", label="API token", help="Apps and integrations, APIs, Zendesk API, Settings.", secret=True
        ),
        Setting(key="tolerance_s", label="Replay window, s", help="How old a signed request may be.", default="300"),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    registration=REGISTRATION,
    template=TEMPLATE,
    # without "ticket_pause": nobody can tell whether the triggers of pauses were made until one of them speaks
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="HMAC-SHA256 of timestamp and body, base64, within five minutes",
    docs="docs/adapters/zendesk.md",
    connect=(
        "1. In Zendesk: Admin Center, Apps and integrations, Webhooks, Create webhook.\n"
        "2. Choose Zendesk events and the ticket events (created, comment added, status changed, agent and group assignment\n"
        "   changed, merged, marked as spam, soft deleted, CSAT requested and received), or, where your account offers none,\n"
        "   Trigger or automation.\n"
        "3. Endpoint URL: {url}   Request method: POST   Request format: JSON\n"
        "4. Reveal the signing secret and give it to Deskgauge as `secret`.\n"
        "5. For triggers: make one trigger for each event with the action Notify active webhook, and paste the template; in each,\n"
        "   change the word behind event. docs/adapters/zendesk.md lists the triggers and their conditions.\n"
        "6. Enter `subdomain`, `api_user` and `api_token` as well, and tickets are read by API: also those before today."
    ),
)
