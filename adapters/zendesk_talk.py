"""Zendesk Talk: calls and their legs, read through the incremental exports. Talk sends no webhooks.

The exports: https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._zendesk_talk_call import told_of_call
from adapters._zendesk_talk_leg import told_of_leg
from adapters._zendesk_talk_pull import PULL
from plugin.contract.adapter import Adapter, Setting, Settings
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected


def verify(request: WebhookRequest, settings: Settings) -> None:
    raise Rejected(
        "Zendesk Talk is read through its API, and sends nothing: enter `subdomain`, `api_user`, `api_token`."
    )


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """Legs name their call; whatever else is neither is an overview or a list of Talk's."""
    record = parse_json(request.body).object()
    if "call_id" in record:
        return told_of_leg(record, settings)
    return told_of_call(record, settings) if "completion_status" in record else []


SETTINGS = (
    Setting(key="subdomain", label="Account", help="The part before .zendesk.com.", required=True),
    Setting(key="api_user", label="API user", help="E-mail address of an administrator.", required=True),
    Setting(
        key="api_token",
        label="API token",
        help="Apps and integrations, APIs, Zendesk API, Settings.",
        secret=True,
        required=True,
    ),
    Setting(
        key="names",
        label="Names of groups and agents",
        help="Lines `id = name`: records carry ids only. The same document as for Zendesk Support.",
        file=True,
    ),
    Setting(
        key="talk_includes_hold",
        label="Talk time includes hold",
        help="yes where talk time, hold and ringing of a leg add up to more than its duration; Zendesk's own words say no.",
        default="no",
    ),
)

CONNECT = """\
1. In Zendesk: Admin Center, Apps and integrations, APIs, Zendesk API: allow token access and add an API token.
2. Give it to Deskgauge as `api_token`, the address of an administrator as `api_user`, the part before .zendesk.com as `subdomain`.
3. Calls are now read every five minutes; `deskgauge backfill` reads those of the past.
"""

ADAPTER = Adapter(
    key="zendesk_talk",
    title="Zendesk Talk",
    kind="telephony",
    channels=(Channel.VOICE,),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("wait", "talk", "hold", "wrap_up", "transfer", "abandon", "agent", "queue"),
    signature_scheme="none: it is read through its API, requests are refused",
    docs="docs/adapters/zendesk_talk.md",
    connect=CONNECT,
)
