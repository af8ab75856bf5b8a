"""Zoho Desk: webhooks of tickets, threads and comments in, ticket events out.

https://desk.zoho.com/support/WebhookDocument.do (read 2026-11: 200 within seconds, 410 removes a webhook, events). Bodies are lists
of `{payload, prevState, eventType, eventTime, orgId}`, as several receivers of others read them. Zoho signs with a key that would
have to be fetched from it, which is not done here: the address has a secret part, and the organisation must be the expected one.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._zoho_desk_event import entries, zoho_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, require_match

HINT = "Enter the id of your organisation as `org_id`: Zoho Desk, Setup, Developer Space, API."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Each event names the organisation; a body without an event, with which Zoho tries an address, says nothing."""
    if not request.body.strip():
        return
    try:
        named = [entry["orgId"].text() for entry in entries(parse_json(request.body))]
    except BadPayload as error:
        raise Rejected(f"The body does not name the organisation ({error}). {HINT}") from None
    for organisation in named:
        require_match(organisation, secrets(settings, "org_id"), lambda ours: ours, HINT)


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """Zoho may look whether an address answers before it takes it for a webhook."""
    return Answer(status=200) if request.method.upper() in ("GET", "HEAD") else None


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    if not request.body.strip():
        return []
    return [event for entry in entries(parse_json(request.body)) for event in zoho_events(entry, settings)]


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    """200 exactly, as the documentation asks; anything else counts as failed."""
    return Answer(status=200)


SETTINGS = (
    Setting(key="org_id", label="Organisation id", help="Setup, Developer Space, API.", required=True),
    Setting(
        key="names",
        label="Names",
        help="Lines `id = name` for departments and agents: tickets carry ids only.",
        file=True,
    ),
    Setting(
        key="statuses",
        label="Statuses",
        help="Lines `status = open, pending, on_hold, solved, closed, merged or deleted`; else its type decides.",
        file=True,
    ),
    Setting(
        key="bots",
        label="Bots",
        help="Ids of agents that programs write as, separated by commas: their messages are no first response.",
    ),
)

CONNECT = """\
1. Give the source a `path_secret`, for Zoho proves nothing. Setup, Developer Space, Webhooks, New: {url}
2. Events: ticket added, updated, deleted; ticket thread added; ticket comment added.
3. Enter the id of your organisation as `org_id`, and the ids of departments and agents in `names`.
"""

ADAPTER = Adapter(
    key="zoho_desk",
    title="Zoho Desk",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB, Channel.VOICE, Channel.CHAT, Channel.MESSAGING, Channel.SOCIAL),
    settings=SETTINGS,
    verify=verify,
    handshake=handshake,
    parse=parse,
    acknowledge=acknowledge,
    facts=("ticket", "ticket_reply"),
    signature_scheme="a secret URL, and the id of the organisation",
    docs="docs/adapters/zoho_desk.md",
    connect=CONNECT,
)
