"""Telnyx's signed webhooks in, calls out: Call Control with its queues.

Read on 2026-11-27: https://developers.telnyx.com/api-reference/callbacks/call-hangup and its neighbours,
https://developers.telnyx.com/docs/voice/programmable-voice/voice-api-webhooks.md, and the models of
https://github.com/team-telnyx/telnyx-ruby (call_enqueued, call_left_queue). The signature is that of telnyx-python,
src/telnyx/lib/webhook_verification.py: ed25519 over timestamp, a bar and the raw body, within 300 seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._telnyx_call import call_events, read_centre
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, decode_base64, ed25519_matches, require, require_fresh, signed_time

HINT = "Copy the public key of your account again: Telnyx's portal, Account settings, Keys & credentials, Public key."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Raises `Rejected` unless one of the live public keys fits the signature over the raw body, and the time is near."""
    stamp = require(request.headers.get("telnyx-timestamp"), "telnyx-timestamp", HINT)
    signature = require(request.headers.get("telnyx-signature-ed25519"), "telnyx-signature-ed25519", HINT)
    signed_at = signed_time(stamp, "telnyx-timestamp")
    live = [decode_base64(key) or b"" for key in secrets(settings, "public_key")]
    if not live:
        raise Rejected(f"No public key is entered for this source, so nothing can be proven. {HINT}")
    signed = f"{stamp}|".encode() + request.body
    if not any(ed25519_matches(key, decode_base64(signature) or b"", signed) for key in live):
        raise Rejected(f"The signature does not match. {HINT}")
    require_fresh(signed_at, request.received_at)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    return call_events(parse_json(request.body)["data"].object(), read_centre(settings))


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The event's id: the body of a repeated delivery differs, for it counts its attempts."""
    try:
        return parse_json(request.body)["data"]["id"].text_or()
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
Telnyx sends the events of a call to one address, which your own program needs for its commands: forward them at once, the
body and the headers telnyx-timestamp and telnyx-signature-ed25519 unchanged. Where no program listens, enter this address.
1. In Telnyx's portal, Voice, Programmable Voice, edit the application: webhook URL {url}, API version 2.
2. Copy the public key (Account settings, Keys & credentials) and enter it as public_key of this source.
3. Enter the document agents: the addresses of agents (sip:… or +…) and their names. A leg to one of them is an agent's.
"""

ADAPTER = Adapter(
    key="telnyx",
    title="Telnyx",
    kind="telephony",
    channels=("voice",),
    settings=(
        Setting(
            key="public_key",
            label="Public key",
            help="Of your Telnyx account, base64; two while it is replaced.",
            secret=True,
            required=True,
        ),
        Setting(
            key="agents",
            label="Agents",
            help="Lines `address = name`, for example `sip:ada@sip.telnyx.com = Ada Example`: a leg to it is the agent's.",
            file=True,
        ),
        Setting(
            key="numbers",
            label="Own numbers",
            help="The numbers that customers call, where calls are handed over to others: a leg to another one is a transfer then.",
        ),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    facts=("wait", "talk", "hold", "ring", "abandon", "agent", "queue"),
    signature_scheme="telnyx-signature-ed25519: ed25519 over timestamp and body, within five minutes",
    docs="docs/adapters/telnyx.md",
    connect=CONNECT,
)
