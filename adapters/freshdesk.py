"""Freshdesk: tickets, conversations and ratings by API, with the webhook of a rule as a poke; or rules alone.

Freshdesk signs nothing: https://support.freshdesk.com/support/solutions/articles/132589 (custom headers, templates). The events
of its app platform (onTicketCreate and so on) reach apps of its marketplace only.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._freshdesk_pull import PULL
from adapters._freshdesk_rating import rated
from adapters._freshdesk_rule import delivery_digest, rule_events
from adapters._freshworks_ticket import Ticket, told
from adapters._freshworks_words import FRESHDESK
from plugin.contract.adapter import Adapter, Setting, Settings, first, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HEADER = "X-Deskgauge-Token"
HINT = f'Add the line "{HEADER}: your token" to the custom headers of the rule, with the value that this source has as `token`.'
TEMPLATE = """\
{
  "deskgauge": 1,
  "event": "created",
  "change": "{{triggered_event}}",
  "ticket_id": "{{ticket.id}}",
  "status": "{{ticket.status}}",
  "priority": "{{ticket.priority}}",
  "type": "{{ticket.ticket_type}}",
  "source": "{{ticket.source}}",
  "group": "{{ticket.group.name}}",
  "agent": "{{ticket.agent.name}}",
  "requester": "{{ticket.requester.email}}"
}
"""
NO_TEMPLATE = (
    "The content of the rule is not the template: paste that of `deskgauge connect freshdesk` into it (JSON, Advanced)."
)


def verify(request: WebhookRequest, settings: Settings) -> None:
    """The header is ours: Freshdesk lets the administrator write it."""
    given = require(request.headers.get(HEADER), HEADER, HINT)
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """What the API told; of a rule nothing where there is a key for the API, since that tells the same better."""
    payload = parse_json(request.body)
    if isinstance(payload.raw, list):
        return []  # records of the API
    read = payload.object()["deskgauge_read"].text_or()
    if read is not None:
        ticket = Ticket(body=payload, settings=settings, product=FRESHDESK)
        return told(ticket) if read == "ticket" else rated(payload) if read == "rating" else []
    if "deskgauge" not in payload and "freshdesk_webhook" not in payload:
        if "data" in payload or "id" in payload:
            return []  # an event of the app platform, or a record of the API
        raise BadPayload("$.deskgauge", NO_TEMPLATE)
    return [] if first(settings, "api_key") else rule_events(request, payload, settings)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    return None if b'"deskgauge_read"' in request.body else delivery_digest(request)


SETTINGS = (
    Setting(
        key="token",
        label="Token",
        help=f"A text that you make up and send in the header {HEADER}; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(key="subdomain", label="Account", help="The part before .freshdesk.com."),
    Setting(key="api_key", label="API key", help="Profile settings, of an administrator.", secret=True),
    Setting(
        key="statuses",
        label="Meaning of statuses",
        help="Lines `number = meaning` for statuses of your own: open, customer (waits for the customer), other (waits for "
        "others), solved or closed.",
        file=True,
    ),
)

ADAPTER = Adapter(
    key="freshdesk",
    title="Freshdesk",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB, Channel.CHAT, Channel.VOICE),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    template=TEMPLATE,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme=f"a token in the header {HEADER}",
    docs="docs/adapters/freshdesk.md",
    connect=(
        "1. Enter `subdomain` and `api_key`: tickets, replies and ratings are then read by API.\n"
        "2. In Freshdesk: Admin, Workflows, Automations. Make one rule under Ticket Creation and one under Ticket Updates (by\n"
        "   anyone; events: status, agent, group changed, reply sent, note added, feedback received).\n"
        "3. Action: Trigger webhook, POST, {url}\n"
        f"   Custom headers: {HEADER}: the value of `token`. Encoding JSON, Content Advanced: paste the template.\n"
        "Each delivery makes Deskgauge read what changed within a minute. Without an API key make one rule for each word of\n"
        "`event`, as docs/adapters/freshdesk.md says."
    ),
)
