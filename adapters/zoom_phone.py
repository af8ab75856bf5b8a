"""Zoom Phone's signed webhooks in, calls out.

Documents, read on 2026-11-27: https://developers.zoom.us/docs/phone/call-data.md (events),
https://zoom.github.io/rivet-javascript/types/Phone.PhoneCalleeEndedEvent.html and its siblings
(fields), https://developers.zoom.us/docs/phone/webhook-migrate.md (call logs, history, elements); samples of every event in
github.com/Jericho/ZoomNet, Source/ZoomNet.UnitTests/WebhookData. That Zoom signs its validation request as well is how programs
made after its own sample read it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from adapters._zoom_phone_call import STATES, leg_events
from adapters._zoom_phone_log import RECORDS, record_events, voicemail_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, pairs, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, hmac_hex, require, require_fresh, require_match, signed_time

HINT = "Compare the Secret Token of this source with that under Features, Access of your app in Zoom's Marketplace."
LEGS = frozenset({*(f"callee_{event}" for event in STATES), *(f"caller_{event}" for event in STATES)})
VALIDATION = "endpoint.url_validation"


def verify(request: WebhookRequest, settings: Settings) -> None:
    """x-zm-signature: `v0=` and the hex HMAC-SHA256 of `v0:<x-zm-request-timestamp>:<body>`."""
    _prove(request, secrets(settings, "secret_token"))


def _prove(request: WebhookRequest, live: Sequence[str]) -> None:
    given = require(request.headers.get("x-zm-signature"), "x-zm-signature", HINT)
    stamp = require(request.headers.get("x-zm-request-timestamp"), "x-zm-request-timestamp", HINT)
    signed_at = signed_time(stamp, "x-zm-request-timestamp")
    message = f"v0:{stamp}:".encode() + request.body
    require_match(given, live, lambda secret: "v0=" + hmac_hex("sha256", secret, message), HINT)
    require_fresh(signed_at, request.received_at)


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """Zoom's URL validation, when the URL is entered and every 72 hours. It is answered only when it is signed: whoever could let
    a text of his choice be hashed could sign deliveries himself."""
    try:
        body = parse_json(request.body)
        if body["event"].raw != VALIDATION:
            return None
        plain = body["payload"]["plainToken"].text()
    except BadPayload:
        return None
    verify(request, settings)
    if plain.startswith("v0:"):
        raise Rejected("The token to be validated looks like a delivery that somebody wants to have signed.")
    told = {"plainToken": plain, "encryptedToken": hmac_hex("sha256", _signer(request, settings), plain.encode())}
    return Answer(status=200, headers={"Content-Type": "application/json"}, body=json.dumps(told).encode())


def _signer(request: WebhookRequest, settings: Settings) -> str:
    """The one of the live secrets that signed the request, which Zoom expects in the answer."""
    live = secrets(settings, "secret_token")
    for secret in live:
        try:
            _prove(request, (secret,))
        except Rejected:
            continue
        return secret
    return live[0]


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body)
    name = (body["event"].text_or() or "").removeprefix("phone.")
    if name in LEGS:
        return leg_events(name, body, pairs(settings, "agents"))
    if name in RECORDS:
        return record_events(body)
    return voicemail_events(body) if name == "voicemail_received" else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """Zoom sends no id of an event: its name, time, call and the agent's leg identify it."""
    try:
        body = parse_json(request.body)
        data = body["payload"]["object"]
        parts = [body["event"].text(), body["event_ts"].text(), data["call_id"].text()]
        sides = [
            data[side][field].text_or("") or "" for side in ("caller", "callee") for field in ("user_id", "device_id")
        ]
    except BadPayload:
        return None
    return ":".join([*parts, *sides])


CONNECT = """\
1. In Zoom's App Marketplace choose Develop, Build App, and create a Webhook Only or Server-to-Server OAuth app for the account.
2. Under Features, Access copy the Secret Token and enter it as secret_token of this source.
3. Switch on Event Subscription and enter {url} as Event notification endpoint URL.
4. Add these events of Phone: Callee ringing, answered, missed, rejected, ended, hold, unhold; Caller ringing, connected, ended,
   hold, unhold; Callee's call element completed; Voicemail received.
5. Press Validate, then save and activate the app.
"""

SETTINGS = (
    Setting(
        key="secret_token",
        label="Secret Token",
        help="App Marketplace, your app, Features, Access; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="agents",
        label="Names of agents",
        help='One line per extension, "1001 = Ada Example": Zoom sends numbers in every event, names only in some.',
        file=True,
    ),
)

ADAPTER = Adapter(
    key="zoom_phone",
    title="Zoom Phone",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    handshake=handshake,
    parse=parse,
    delivery_key=delivery_key,
    facts=("wait", "talk", "hold", "ring", "abandon", "agent", "queue"),
    signature_scheme="x-zm-signature: hex HMAC-SHA256 over v0, the time and the body",
    docs="docs/adapters/zoom_phone.md",
    connect=CONNECT,
)
