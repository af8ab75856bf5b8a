"""Vonage's signed voice webhooks in, calls out.

Read on 2026-11-27: https://developer.vonage.com/voice/voice-api/webhook-reference, a summary of the pages on signed webhooks in
https://raw.githubusercontent.com/api-evangelist/vonage/refs/heads/main/asyncapi/vonage-webhooks.yml, and
Vonage/vonage-python-sdk, jwt/tests/test_verify_jwt.py. A bearer token is signed with HS256 and the account's signature secret; its
payload_hash is the SHA-256 of the body, which the SDK itself does not compare.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from adapters._vonage_leg import leg_events, read_centre
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.jwt import verify_jwt
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, equal, require, require_fresh

HINT = "Compare the signature secret with that in Vonage's dashboard, API settings, and let signed webhooks be switched on there."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """The token proves who sent it and when, its hash what was sent: without the hash any body could be put under it."""
    scheme, _, token = require(request.headers.get("authorization"), "Authorization", HINT).partition(" ")
    if scheme.lower() != "bearer":
        raise Rejected(f"The Authorization header is not of the scheme Bearer. {HINT}")
    claims = verify_jwt(token.strip(), secrets(settings, "secret"), request.received_at, HINT)
    try:
        stated, signed_at = claims["payload_hash"].text(), claims["iat"].epoch_s()
    except BadPayload as problem:
        raise Rejected(
            f"The token has no usable {problem.path.removeprefix('$.')}, so the body is not proven. {HINT}"
        ) from None
    if not equal(stated.lower(), hashlib.sha256(_signed(request)).hexdigest()):
        raise Rejected("The body is not the one that was signed: its hash differs from payload_hash.")
    require_fresh(signed_at, request.received_at)


def _signed(request: WebhookRequest) -> bytes:
    """A GET has no body: its query, in the order of the URL, is signed as JSON without spaces."""
    if request.body:
        return request.body
    return json.dumps(request.query, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _body(request: WebhookRequest) -> Payload:
    if request.body or not request.query:
        return parse_json(request.body).object()
    return Payload(dict(request.query))


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    return leg_events(_body(request), read_centre(settings), request.received_at)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """Vonage sends no event id: leg, status and time identify it."""
    try:
        body = _body(request)
        return ":".join(body[name].text() for name in ("uuid", "status", "timestamp"))
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
1. In Vonage's dashboard, Applications, edit the application, Voice: event URL {url}, method POST. The answer URL stays as it is.
   If your program needs the events as well, let it forward them at once, with the Authorization header and the body unchanged.
2. Let "Use signed webhooks" be switched on, and enter the signature secret (API settings) as secret of this source.
3. Enter the document agents: the numbers, users or SIP addresses of agents and their names.
4. Where a number is a queue, enter it in the document queues.
"""

ADAPTER = Adapter(
    key="vonage",
    title="Vonage Voice",
    kind="telephony",
    channels=("voice",),
    settings=(
        Setting(
            key="secret",
            label="Signature secret",
            help="Of the account: dashboard, API settings; two while it is changed.",
            secret=True,
            required=True,
        ),
        Setting(
            key="agents",
            label="Agents",
            help="Lines `address = name`, for example `447700900001 = Ada Example`: a leg that is dialled to it is the agent's.",
            file=True,
        ),
        Setting(
            key="queues",
            label="Queues",
            help="Lines `number = name`: whoever called that number waits from the moment at which your program answers him.",
            file=True,
        ),
        Setting(
            key="outside",
            label="Legs to others",
            help="calls or transfers: what a leg to a number is that is no agent's, a call of the centre or a hand-over.",
            default="calls",
        ),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    facts=("wait", "talk", "ring", "abandon", "agent", "queue"),
    signature_scheme="bearer token signed with HS256, and the SHA-256 of the body in it, within five minutes",
    docs="docs/adapters/vonage.md",
    connect=CONNECT,
)
