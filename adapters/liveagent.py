"""LiveAgent: tickets, their history, messages and ratings by API v3, with the HTTP request of a rule as a poke.

Rules and their action: https://support.liveagent.com/038465-Rules (read 2026-11). Which variables the action knows is not
published, so nothing is read from its body.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._liveagent_pull import PULL
from adapters._liveagent_ticket import Ticket, told
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.pull import poke_key
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HEADER = "X-Deskgauge-Token"
HINT = f'Add the header "{HEADER}: your token" to the HTTP request of the rule, with the value that this source has as `token`.'
TEMPLATE = '{"deskgauge": 1}\n'


#: what a body has that our reading of the API made
READ = b'"deskgauge_read"'


def verify(request: WebhookRequest, settings: Settings) -> None:
    """LiveAgent signs nothing; the header is ours."""
    given = require(request.headers.get(HEADER), HEADER, HINT)
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """What the API told; a request of a rule only says that there is something to read."""
    if READ not in request.body:
        return []
    body = parse_json(request.body).object()
    return told(Ticket(body=body, settings=settings)) if body["deskgauge_read"].text_or() == "ticket" else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """One request of a rule is like the other: each minute's first one is kept, and pokes."""
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
    Setting(key="base_url", label="Address", help="https://yours.ladesk.com, or that of your own server."),
    Setting(
        key="api_key",
        label="API v3 key",
        help="Configuration, System, API; it has to read tickets and agents.",
        secret=True,
    ),
    Setting(key="timezone", label="Time zone", help="Of the account, like Europe/Riga: LiveAgent's times name none."),
    Setting(
        key="statuses",
        label="Meaning of statuses",
        help="Lines `letter = meaning` to replace: A = customer, W = other and so on; the meanings are open, customer (waits for "
        "the customer), other (waits for others), solved, closed, deleted and spam.",
        file=True,
    ),
)

ADAPTER = Adapter(
    key="liveagent",
    title="LiveAgent",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.CHAT, Channel.WEB, Channel.VOICE, Channel.SOCIAL, Channel.MESSAGING),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    template=TEMPLATE,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme=f"a token in the header {HEADER}",
    docs="docs/adapters/liveagent.md",
    connect=(
        "1. In LiveAgent: Configuration, System, API: create a key for API v3 that may read tickets and agents.\n"
        "2. Enter it as `api_key`, and `base_url` and `timezone`. Tickets are now read every five minutes.\n"
        "3. To have them within a minute: Configuration, Automation, Rules. Make a rule for each of ticket created, status\n"
        "   changed, transferred, message group added, agent rated, with the action HTTP request: POST {url}\n"
        f"   Header {HEADER}: the value of `token`; Content-Type: application/json; body: the template."
    ),
)
