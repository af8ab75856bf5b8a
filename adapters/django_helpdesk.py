"""django-helpdesk: its two webhooks in, ticket events out; what it sends no webhook for is read through its API.

Read in the source of 2.6.1 (https://github.com/django-helpdesk/django-helpdesk: webhooks.py, update_ticket.py, views/api.py), and
seen in deliveries of a running one (`make helpdesk`). It signs nothing; but requests, with which it posts, makes HTTP Basic
authentication of `user:password@` in an address (https://requests.readthedocs.io/en/latest/user/authentication/).
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._django_helpdesk_pull import PULL
from adapters._django_helpdesk_ticket import ticket_events
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, decode_base64, require, require_match

HINT = "The address in django-helpdesk's settings must be https://deskgauge:<token>@… with the token of this source."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """The password of HTTP Basic authentication is the token; the name before it is of no account."""
    given = require(request.headers.get("authorization"), "Authorization", HINT)
    scheme, _, credentials = given.partition(" ")
    decoded = decode_base64(credentials.strip())
    if scheme.lower() != "basic" or decoded is None:
        raise Rejected(f"The Authorization header is not of the scheme Basic. {HINT}")
    password = decoded.partition(b":")[2].decode("utf-8", "replace")
    require_match(password, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    return ticket_events(parse_json(request.body).object(), request, settings)


SETTINGS = (
    Setting(
        key="token",
        label="Token",
        help="A password of your choice that stands in the address: https://deskgauge:TOKEN@…",
        secret=True,
        required=True,
    ),
    Setting(
        key="bots",
        label="Bots",
        help="User ids of integrations, separated by commas: they open tickets for customers themselves, and their replies "
        "are no first response.",
    ),
    Setting(key="names", label="Names of agents", help="Lines `id = name`: only ids of users are sent.", file=True),
    Setting(
        key="queues",
        label="Queues",
        help="Lines `id = slug`, for the API, which tells ids only; webhooks tell the slug.",
        file=True,
    ),
    Setting(
        key="statuses",
        label="Statuses",
        help="Lines `number = open, pending, on_hold, solved, closed, merged or deleted` for statuses of your own.",
        file=True,
    ),
    Setting(
        key="titles",
        label="Titles",
        help="Lines `beginning of a title = web, email or system` where the site does not speak English.",
        file=True,
    ),
    Setting(key="base_url", label="Address of the API", help="Like https://help.example.org/helpdesk."),
    Setting(key="api_user", label="User of the API", help="A staff account that may see all queues."),
    Setting(key="api_password", label="Password of the API user", secret=True),
)

CONNECT = """\
1. Choose a token, give it to Deskgauge as `token`, and put deskgauge:TOKEN@ into the address, behind https://: {url}
2. In the environment of django-helpdesk set HELPDESK_NEW_TICKET_WEBHOOK_URLS and HELPDESK_FOLLOWUP_WEBHOOK_URLS to that address,
   and start it anew, also the jobs that fetch mail.
3. For what it sends no webhook for, enter `base_url`, `api_user`, `api_password` and the ids of your `queues`.
django-helpdesk waits for the answer while it handles its user, and fails when nobody listens: see docs/adapters/django_helpdesk.md.
"""

ADAPTER = Adapter(
    key="django_helpdesk",
    title="django-helpdesk",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="token as password of HTTP Basic authentication, and a secret URL",
    docs="docs/adapters/django_helpdesk.md",
    connect=CONNECT,
)
