"""Request Tracker (RT) from release 5 on: its log of transactions, read through REST 2.0. It sends no webhooks.

Read in its source, 2026-11: https://github.com/bestpractical/rt lib/RT/REST2.pm, lib/RT/REST2/Resource/, t/rest2/.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._request_tracker_pull import PULL
from adapters._request_tracker_ticket import Ticket, told
from plugin.contract.adapter import Adapter, Setting, Settings
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected


def verify(request: WebhookRequest, settings: Settings) -> None:
    raise Rejected("Request Tracker is read through its API, and sends nothing: enter `base_url` and `token`.")


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    return told(Ticket(body=body, settings=settings)) if "deskgauge_read" in body else []


SETTINGS = (
    Setting(key="base_url", label="Address", help="Of RT, like https://rt.example.com, without /REST.", required=True),
    Setting(
        key="token",
        label="Token",
        help="Of a user who may see queues, tickets and comments: Logged in as, Settings, Auth Tokens.",
        secret=True,
        required=True,
    ),
    Setting(
        key="statuses",
        label="Statuses",
        help="Lines `status = open, pending, on_hold, solved, closed, merged or deleted` for statuses of your own.",
        file=True,
    ),
    Setting(
        key="bots",
        label="Bots",
        help="Names of users that programs write as, separated by commas: their replies are no first response.",
    ),
)

CONNECT = """\
1. In RT make a user who may see all queues that count (rights SeeQueue, ShowTicket, ShowTicketComments).
2. As this user: Logged in as, Settings, Auth Tokens: create a token; enter it as `token`, and the address of RT as `base_url`.
3. Tickets are now read every five minutes; `deskgauge backfill` reads those of the past.
"""

ADAPTER = Adapter(
    key="request_tracker",
    title="Request Tracker",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="none: it is read through its API, requests are refused",
    docs="docs/adapters/request_tracker.md",
    connect=CONNECT,
)
