"""Mango Office's VPBX notifications in, calls out.

Documents, read on 2026-11-27 as others quote them: MangoOffice_VPBX_API_v1.9.pdf (notifications, fields, sign); the check of `sign`
in github.com/maxodrom/yii2-mango-office-api src/controllers/EventsController.php; two live notifications in public repositories.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from adapters._mango_office_call import Names, leg_events, summary_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, pairs, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require_match

HINT = "Compare the key and the salt of this source with those of the API connector in Mango Office's personal account."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """`sign`: hex SHA-256 of the key, the json exactly as it came, and the salt."""
    form = request.form
    require_match(form.get("vpbx_api_key", ""), secrets(settings, "api_key"), lambda secret: secret, HINT)
    signed = form.get("vpbx_api_key", "") + form.get("json", "")
    require_match(form.get("sign", ""), secrets(settings, "api_salt"), lambda salt: _sign(signed, salt), HINT)


def _sign(signed: str, salt: str) -> str:
    return hashlib.sha256((signed + salt).encode()).hexdigest()


def _body(request: WebhookRequest) -> Payload:
    return parse_json(request.form.get("json", "").encode("utf-8", "surrogatepass"))


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """What a notification is about is read from its fields: its address is not kept with it."""
    body = _body(request).object()
    if "call_state" in body:
        names = Names(queues=pairs(settings, "queues"), agents=pairs(settings, "agents"))
        return leg_events(body, names)
    return summary_events(body) if "call_direction" in body and "entry_id" in body else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    try:
        body = _body(request)
        if "call_state" in body:
            return ":".join(body[name].text() for name in ("entry_id", "call_id", "seq", "call_state"))
        return f"summary:{body['entry_id'].text()}" if "call_direction" in body else None
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
1. Give this source a path_secret: Mango Office puts /events/call and /events/summary behind the address.
2. In Mango Office's personal account open Integrations, API connector. Enter the unique code of your PBX as api_key and the key to
   create the signature as api_salt of this source.
3. Enter {url} as address of the external system.
4. Switch on notifications about calls (events/call) and about the end of calls (events/summary).
"""

SETTINGS = (
    Setting(
        key="api_key",
        label="Unique code of the PBX",
        help="vpbx_api_key in the API connector; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="api_salt",
        label="Key to create the signature",
        help="vpbx_api_salt in the API connector; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="queues",
        label="Names of queues",
        help='One line per group, "3001 = Support"; others are shown by the number of the group.',
        file=True,
    ),
    Setting(
        key="agents",
        label="Names of agents",
        help='One line per extension, "101 = Ada Example"; others are shown by their numbers.',
        file=True,
    ),
)

ADAPTER = Adapter(
    key="mango_office",
    title="Mango Office",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    facts=("wait", "talk", "hold", "abandon", "agent", "queue"),
    signature_scheme="sign: hex SHA-256 of key, json and salt, in the form",
    docs="docs/adapters/mango_office.md",
    connect=CONNECT,
)
