"""FreeScout's module "API & Webhooks" in, ticket events out.

Signature: base64 HMAC-SHA1 of the body; its key is the MD5, in hexadecimal, of the installation's APP_KEY followed by
`webhook_key`, as the module's `Entities/Webhook.php` makes it. Objects: https://api-docs.freescout.net/ (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5

from adapters._freescout_pull import PULL
from adapters._help_scout_conversation import THREADS, Conversation, conversation_events
from adapters._help_scout_read import assignments_by_action, read_events
from plugin.contract.adapter import Adapter, BadPayload, Setting, Settings, secrets
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_base64, require, require_match

SIGNATURE, EVENT = "X-FreeScout-Signature", "X-FreeScout-Event"
HINT = "Copy the secret key of the module again (Manage, API & Webhooks), or the line APP_KEY of FreeScout's .env."

#: a chat has no threads of its own type, as it has in Help Scout
KINDS: Mapping[str, Kind] = {name: kind for name, kind in THREADS.items() if name != "chat"}


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: _signatures(secret, request.body), HINT)


def _signatures(secret: str, body: bytes) -> Iterator[str]:
    """With the key as the module shows it, and with the one that an APP_KEY (its `base64:` included) makes."""
    yield hmac_base64("sha1", secret, body)
    made = md5(f"{secret}webhook_key".encode("utf-8", "surrogatepass"), usedforsecurity=False)
    yield hmac_base64("sha1", made.hexdigest(), body)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    if "deskgauge_read" in body:
        shown = body["conversation"].object()
        return read_events(
            Conversation(
                event="", body=shown, digest="", received_at=request.received_at, settings=settings, kinds=KINDS
            ),
            assignments_by_action,
        )
    event = request.headers.get(EVENT, "")
    if not event and "number" in body:
        raise BadPayload(f"header {EVENT}", "missing, and nothing else says what happened: let the proxy pass it on")
    return conversation_events(event, request, settings, KINDS)


ADAPTER = Adapter(
    key="freescout",
    title="FreeScout",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.CHAT, Channel.VOICE),
    settings=(
        Setting(
            key="secret",
            label="Secret key",
            help="As the module API & Webhooks shows it; or the value of APP_KEY in FreeScout's .env, with its base64:.",
            secret=True,
            required=True,
        ),
        Setting(
            key="bots",
            label="Bots",
            help="Ids of users that are integrations, separated by commas: their replies are no first response.",
        ),
        Setting(
            key="names",
            label="Names of mailboxes and users",
            help="Lines `id = name`: webhooks carry ids. They stand in the addresses of FreeScout's pages.",
            file=True,
        ),
        Setting(key="base_url", label="Address", help="https://help.example.com; for the history."),
        Setting(key="api_key", label="API key", help="Manage, API & Webhooks; for the history.", secret=True),
    ),
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-FreeScout-Signature: HMAC-SHA1 of the body, base64",
    docs="docs/adapters/freescout.md",
    connect=(
        "1. In FreeScout, with the module API & Webhooks: Manage, API & Webhooks.\n"
        "2. Give the secret key that the page shows to Deskgauge as `secret`; where it shows none, the value of APP_KEY.\n"
        "3. Webhooks, Add: Payload URL {url}   and all events that begin with convo. Save.\n"
        "4. For the history, enter the API key of the same page as `api_key`, and FreeScout's address as `base_url`."
    ),
)
