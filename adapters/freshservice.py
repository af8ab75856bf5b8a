"""Freshservice: tickets and conversations by API, with the webhook of a workflow as a poke.

Freshservice signs nothing. A workflow's webhook takes headers and a JSON body of ours, and knows `{{ticket.id_numeric}}`:
github.com/woodleighschool/freshservice-label. The events of its app platform (onTicketCreate and so on) reach apps only.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._freshservice_pull import PULL
from adapters._freshworks_ticket import Ticket, told
from adapters._freshworks_words import FRESHSERVICE
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.pull import poke_key
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HEADER = "X-Deskgauge-Token"
HINT = f'Add the header "{HEADER}: your token" to the webhook of the workflow, with the value that this source has as `token`.'
TEMPLATE = '{"deskgauge": 1, "ticket_id": "{{ticket.id_numeric}}"}\n'
#: what a body has that our reading of the API made
READ = b'"deskgauge_read"'


def verify(request: WebhookRequest, settings: Settings) -> None:
    """The header is ours: Freshservice lets the administrator write it."""
    given = require(request.headers.get(HEADER), HEADER, HINT)
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """What the API told; a webhook only says that there is something to read."""
    if READ not in request.body:
        return []
    body = parse_json(request.body).object()
    is_ticket = body["deskgauge_read"].text_or() == "ticket"
    return told(Ticket(body=body, settings=settings, product=FRESHSERVICE)) if is_ticket else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The same ticket may change again: each minute's first webhook about it is kept, and pokes."""
    if READ in request.body:
        return None
    return poke_key(request)


SETTINGS = (
    Setting(
        key="token",
        label="Token",
        help=f"A text that you make up and send in the header {HEADER}; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(key="subdomain", label="Account", help="The part before .freshservice.com."),
    Setting(key="api_key", label="API key", help="Profile settings, of an administrator.", secret=True),
    Setting(
        key="workspace",
        label="Workspace",
        help="The number of the workspace whose tickets count; empty for the primary one, 0 for all.",
    ),
    Setting(
        key="statuses",
        label="Meaning of statuses",
        help="Lines `number = meaning` for statuses of your own: open, customer (waits for the customer), other (waits for "
        "others), solved or closed.",
        file=True,
    ),
)

ADAPTER = Adapter(
    key="freshservice",
    title="Freshservice",
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
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    template=TEMPLATE,
    facts=("ticket", "ticket_reply"),
    signature_scheme=f"a token in the header {HEADER}",
    docs="docs/adapters/freshservice.md",
    connect=(
        "1. Enter `subdomain` and `api_key`: tickets and replies are then read by API, every hour.\n"
        "2. To have them within a minute: in Freshservice, Admin, Workflow Automator, make event based workflows for tickets:\n"
        "   ticket is raised, ticket is updated, reply is sent, note is added.\n"
        "3. Action: Trigger Webhook, POST, {url}\n"
        f"   Custom headers: {HEADER}: the value of `token`. Encoding JSON, Content Advanced: paste the template."
    ),
)
