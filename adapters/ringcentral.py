"""RingCentral's notifications of telephony sessions in, calls and the presence of queue members out.

Documents, read on 2026-11-27: https://developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks (Validation-Token,
3000 ms, 1024 bytes) and .../receiving (the token of each delivery), https://developers.ringcentral.com/guide/voice/
telephony-session-notifications (states), .../calculating-call-time-metrics; reasons: CallStatusInfo of RingCentral's own SDKs;
what a queue's call looks like at an agent: tylerlong's note "RingCentral call queue or direct?" (2023).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters._ringcentral_registration import REGISTRATION
from adapters._ringcentral_session import Names, session_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, pairs, secrets
from plugin.contract.event import Event, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, require_match

HINT = "Compare the token of this source with deliveryMode.verificationToken of the subscription."
SESSIONS = re.compile(r"/telephony/sessions(\?|$)")
QUEUE_PRESENCE = re.compile(r"/call-queues/([^/?]+)/presence(\?|$)")
#: RingCentral reads at most 1024 bytes of an answer, headers included
TOKEN = re.compile(r"[\x21-\x7e]{1,512}")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """RingCentral signs nothing: each delivery carries the token of its subscription in a header, older ones under another name."""
    given = request.headers.get("verification-token") or request.headers.get("validation-token")
    if not given:
        raise Rejected(f"The request has no Verification-Token header: create the subscription with one. {HINT}")
    require_match(given, secrets(settings, "verification_token"), lambda secret: secret, HINT)


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """The check of the address when a subscription is made or renewed: a request without content, whose token is sent back."""
    token = request.headers.get("validation-token")
    if token is None or request.body.strip() not in (b"", b"{}"):
        return None
    if not TOKEN.fullmatch(token):
        raise Rejected("The Validation-Token is no token.")
    return Answer(status=200, headers={"Validation-Token": token})


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """The events of one notification; other notifications of the same subscription mean nothing here."""
    message = parse_json(request.body)
    event = message["event"].text_or("") or ""
    if SESSIONS.search(event):
        names = Names(queues=pairs(settings, "queues"), agents=pairs(settings, "agents"))
        return session_events(message["body"].object(), names)
    queue = QUEUE_PRESENCE.search(event)
    return [] if queue is None else _members(message, queue.group(1), settings)


def _members(message: Payload, queue: str, settings: Settings) -> list[Event]:
    """Who takes calls of the queue now; one who takes those of any queue is logged in."""
    at, names = message["timestamp"], pairs(settings, "agents")
    events = []
    for record in message["body"]["records"].items():
        member = record["member"]["id"].text()
        session = "login" if record["acceptCurrentQueueCalls"].flag() else "logout"
        agent = names.get(member, member)
        events.append(
            Event(
                kind=Kind.AGENT_STATE,
                at=at.iso(),
                subject=agent,
                dedupe_key=f"presence:{queue}:{member}:{at.text()}:{session}",
                agent=agent,
                data={"session": session, "of": queue},
            )
        )
    return events


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    try:
        return parse_json(request.body)["uuid"].text_or()
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    """200 within 3 seconds; a subscription whose deliveries fail is blacklisted."""
    return Answer(status=200)


CONNECT = """\
1. In RingCentral's developer console create a REST API app for your own company with the permissions Webhook Subscriptions,
   Call Control and Read Presence.
2. Create the subscription, signed in as an administrator: POST /restapi/v1.0/subscription with
   {{"eventFilters": ["/restapi/v1.0/account/~/telephony/sessions"], "expiresIn": 315360000,
    "deliveryMode": {{"transportType": "WebHook", "address": "{url}", "verificationToken": "{secret}"}}}}
   and, for login times, add "/restapi/v1.0/account/~/call-queues/QUEUE_ID/presence" for each call queue.
3. Enter as queues one line per call queue, "62282928016 = Support": GET /restapi/v1.0/account/~/call-queues lists their ids.
A subscription ends at its expirationTime, and when deliveries fail it is blacklisted: look at GET /restapi/v1.0/subscription.
"""

SETTINGS = (
    Setting(
        key="verification_token",
        label="Verification token",
        help="The deliveryMode.verificationToken of the subscription; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="queues",
        label="Call queues",
        help='One line per call queue, "62282928016 = Support": the id of its extension and its name. Without it nobody waits.',
        file=True,
    ),
    Setting(
        key="agents",
        label="Names of agents",
        help='One line per extension, "62264425016 = Ada Example"; others are shown by the id of their extension.',
        file=True,
    ),
    Setting(
        key="client_id", label="Client ID", help="Of the app, for the API; its authentication is the JWT auth flow."
    ),
    Setting(key="client_secret", label="Client secret", help="Of the app, for the API.", secret=True),
    Setting(key="jwt", label="JWT credential", help="Developer console, Credentials, for the API.", secret=True),
)

ADAPTER = Adapter(
    key="ringcentral",
    title="RingCentral",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    handshake=handshake,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    registration=REGISTRATION,
    facts=("wait", "talk", "hold", "ring", "transfer", "abandon", "agent", "queue", "login"),
    signature_scheme="Verification-Token header, and a secret URL",
    docs="docs/adapters/ringcentral.md",
    connect=CONNECT,
)
