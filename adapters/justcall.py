"""JustCall's signed webhooks of finished calls in, calls out.

Documents, as a connector that was written after them quotes them (read on 2026-11-27): https://developer.justcall.io/docs/
dynamic-webhook-signatures (signed text), https://developer.justcall.io/reference/call_list_v21 (call_date and call_time are UTC;
conversation_time is without hold, total_duration with it, handle_time with wrap-up); event types as in github.com/saaslabsco/
justcall-mcp-server src/dto/justcall/webhooks.ts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from adapters._justcall_call import CALLS, MISSED, call_events
from adapters._justcall_pull import PULL
from adapters._justcall_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, instant_from_epoch, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, hmac_hex, require, require_fresh, require_match

HINT = (
    "Compare the API secret with the one in JustCall's APIs and webhooks, and check that the base URL of this installation is "
    "exactly the address that was entered at JustCall."
)
EPOCH = re.compile(r"\d{10}(\d{3})?")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """x-justcall-signature: hex HMAC-SHA256 of `secret|address|type|x-justcall-request-timestamp`, the address percent-encoded.

    The address is the one that was called, not the `webhook_url` in the body, which whoever sends the body can choose.
    """
    given = require(request.headers.get("x-justcall-signature"), "x-justcall-signature", HINT)
    stamp = require(request.headers.get("x-justcall-request-timestamp"), "x-justcall-request-timestamp", HINT)
    try:
        event = parse_json(request.body)["type"].text()
    except BadPayload:
        raise Rejected(f"The body is not JSON with a type. {HINT}") from None
    address = quote(request.url, safe="!'()*-._~")
    require_match(
        given.lower(),
        secrets(settings, "api_secret"),
        lambda secret: hmac_hex("sha256", secret, f"{secret}|{address}|{event}|{stamp}".encode()),
        HINT,
    )
    signed_at = _moment(stamp)
    if signed_at is not None:
        require_fresh(signed_at, request.received_at)


def _moment(stamp: str) -> datetime | None:
    """None for a time without a zone: it does not tell how old the request is."""
    try:
        if EPOCH.fullmatch(stamp):
            return instant_from_epoch(int(stamp) / (1000 if len(stamp) == 13 else 1))
        moment = datetime.fromisoformat(stamp)
    except (BadPayload, ValueError):
        raise Rejected("The x-justcall-request-timestamp header is not a time.") from None
    try:
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise Rejected("The x-justcall-request-timestamp header is not a time.") from None


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body)
    name = body["type"].text_or("") or ""
    return call_events(name, body["data"].object(), settings) if name in CALLS else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    try:
        return parse_json(request.body)["request_id"].text_or()
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
1. In JustCall open APIs and Webhooks. Enter the API secret as api_secret of this source.
2. Under Webhooks enter {url} for the events call.completed, call.missed, call.voicemail and call.updated.
3. For the history, enter the API key as api_key as well.
JustCall signs the address, the type and the time, but not the content: keep the URL secret as well. Use HTTPS only.
"""

SETTINGS = (
    Setting(
        key="api_secret",
        label="API secret",
        help="JustCall, APIs and Webhooks; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="api_key",
        label="API key",
        help="JustCall, APIs and Webhooks, beside the secret; for the API.",
        secret=True,
    ),
    Setting(
        key="missed",
        label="Meaning of unanswered calls",
        help=f'One line per type, "type = outcome", to replace: {", ".join(f"{k} = {v}" for k, v in MISSED.items())}',
        file=True,
    ),
)

ADAPTER = Adapter(
    key="justcall",
    title="JustCall",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    pull=PULL,
    registration=REGISTRATION,
    facts=("wait", "talk", "hold", "wrap_up", "abandon", "agent", "queue"),
    signature_scheme="x-justcall-signature: hex HMAC-SHA256 over address, type and time",
    docs="docs/adapters/justcall.md",
    connect=CONNECT,
)
