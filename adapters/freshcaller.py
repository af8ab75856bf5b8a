"""Freshcaller (Freshdesk Contact Center): calls and their metrics by API. It has no webhooks but those for its apps.

https://developers.freshcaller.com/docs/product-events/ (read 2026-11-27): product events reach an installed app only.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._freshcaller_events import told
from adapters._freshcaller_pull import PULL
from plugin.contract.adapter import Adapter, Setting, Settings
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected


def verify(request: WebhookRequest, settings: Settings) -> None:
    raise Rejected("Freshcaller is read through its API, and sends nothing: enter `subdomain` and `api_key`.")


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """What the API told; any other body is a question of its call flow to an app."""
    body = parse_json(request.body).object()
    return told(body, settings) if body["deskgauge_read"].text_or() == "call" else []


SETTINGS = (
    Setting(key="subdomain", label="Account", help="The part before .freshcaller.com.", required=True),
    Setting(
        key="api_key",
        label="API key",
        help="Of an administrator: Admin Settings, or Profile, API settings.",
        secret=True,
        required=True,
    ),
    Setting(
        key="queue_from",
        label="What counts as a queue",
        help="queue: the call queue, else the team, else the number that was called; team: the team, else the number; "
        "number: always the number.",
        default="queue",
    ),
    Setting(
        key="statuses",
        label="Meaning of call statuses",
        help="Lines `code = answered, abandoned, voicemail, error or going_on` for codes that we do not know, or know wrongly.",
        file=True,
    ),
)

CONNECT = """\
1. In Freshcaller, as an administrator: Profile, API settings: copy the key; enter it as `api_key`, and the account's name, the part
   before .freshcaller.com, as `subdomain`.
2. Calls are now read every five minutes; `deskgauge backfill` reads those of the past.
"""

ADAPTER = Adapter(
    key="freshcaller",
    title="Freshcaller",
    kind="telephony",
    channels=(Channel.VOICE,),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("wait", "talk", "hold", "wrap_up", "ring", "transfer", "abandon", "agent", "queue"),
    signature_scheme="none: it is read through its API, requests are refused",
    docs="docs/adapters/freshcaller.md",
    connect=CONNECT,
)
