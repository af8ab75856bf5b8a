"""Pylon: issues, their messages and ratings by API, with the webhooks of its triggers as pokes.

Webhooks: https://docs.usepylon.com/pylon-docs/developer/webhooks, variables of their bodies:
https://docs.usepylon.com/pylon-docs/platform/triggers/template-variables (read 2026-11). The string that is signed is the one that
receivers of others check, such as https://github.com/hookdeck/webhook-skills.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from adapters._pylon_issue import Issue, told
from adapters._pylon_pull import PULL
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.pull import poke_key
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, hmac_hex, require, require_fresh, require_match

SIGNATURE, TIMESTAMP = "Pylon-Webhook-Signature", "Pylon-Webhook-Timestamp"
HINT = (
    "Pylon shows the secret of a webhook only when it is made: make the webhook anew under Settings, Integrations & dev, "
    "Webhooks, and copy it."
)
#: what a body has that our reading of the API made
READ = b'"deskgauge_read"'
TEMPLATE = '{"deskgauge": 1, "issue": "{{ issue.id }}"}\n'


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The timestamp, a dot and the body."""
    return "hs256=" + hmac_hex("sha256", secret, timestamp.encode("utf-8", "surrogateescape") + b"." + body)


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    timestamp = require(request.headers.get(TIMESTAMP), TIMESTAMP, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: signature(secret, timestamp, request.body), HINT)
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 11:
        raise Rejected(f"The {TIMESTAMP} header is not a number of seconds.")
    require_fresh(datetime.fromtimestamp(int(timestamp), UTC), request.received_at)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """What the API told; a webhook only says that there is something to read."""
    if READ not in request.body:
        return []
    body = parse_json(request.body).object()
    return told(Issue(body=body, settings=settings)) if body["deskgauge_read"].text_or() == "issue" else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """Equal bodies of one minute are one poke; a retry is signed anew with the same body."""
    if READ in request.body:
        return None
    return poke_key(request)


SETTINGS = (
    Setting(
        key="secret",
        label="Secret of the webhook",
        help="Shown once, when the webhook is made; two while it is replaced. Without it webhooks are refused.",
        secret=True,
    ),
    Setting(
        key="api_token",
        label="API token",
        help="Settings, API: an administrator makes it. Without it nothing is read.",
        secret=True,
        required=True,
    ),
    Setting(key="region", label="Region", help="us, or eu where your Pylon is kept in Europe.", default="us"),
    Setting(
        key="statuses",
        label="Statuses",
        help="Lines `slug = open, pending, on_hold, solved, closed, merged or deleted` for statuses that count otherwise.",
        file=True,
    ),
    Setting(
        key="bots",
        label="Bots",
        help="Addresses or ids of users that programs write as, separated by commas: their replies are no first response.",
    ),
    Setting(key="csat_scale", label="Scale of the ratings", help="1-5, 1-7, 1-10 or 0-10.", default="1-5"),
)

CONNECT = """\
1. In Pylon: Settings, API: make an API token, and enter it as `api_token`; for Pylon in Europe set `region` to eu.
   Issues are now read every five minutes; `deskgauge backfill` reads those of the past.
2. Settings, Integrations & dev, Webhooks, Create webhook. Target URL: {url}   Method: POST
   Copy its secret, which is shown once, and enter it as `secret`.
3. Settings, Workflows, Triggers: make a trigger for each of: an issue is created, its status changes, a message arrives.
   Action: Send webhook, this webhook, and the template as its JSON payload. Now issues are read within a minute of a change.
"""

ADAPTER = Adapter(
    key="pylon",
    title="Pylon",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB, Channel.CHAT, Channel.MESSAGING, Channel.OTHER),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    template=TEMPLATE,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="HMAC-SHA256 of timestamp, a dot and the body, hex behind hs256=, within five minutes",
    docs="docs/adapters/pylon.md",
    connect=CONNECT,
)
