"""Dialpad's call events in, calls and ratings out.

Documents, read on 2026-11-27: https://developers.dialpad.com/docs/event-subscriptions (a JSON Web Token signed with the secret) and
https://developers.dialpad.com/docs/call-events-logging (one event for each change of state; legs of a call); fields of a live event
in github.com/clickonetwo/automations dialpad/internal/event/receiver_test.go @b19b9ce; states as in Dialpad's python-sdk.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._dialpad_call import call_events
from adapters._dialpad_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.jwt import read_jwt, verify_jwt
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest

HINT = "Compare the secret of this source with the one that the webhook was created with; without a secret Dialpad signs nothing."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """The body is the token itself."""
    verify_jwt(request.body.decode("latin-1"), secrets(settings, "secret"), request.received_at, HINT)


def _claims(request: WebhookRequest) -> Payload:
    """Of the token, or of the plain JSON of an export."""
    if request.body.lstrip()[:1] in (b"{", b"["):
        return parse_json(request.body)
    return read_jwt(request.body.decode("latin-1"))


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """The events of one snapshot; messages and states of agents have neither call_id nor state."""
    body = _claims(request)
    return call_events(body) if "call_id" in body and "state" in body else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """Call, state and time, as Dialpad advises; no id of an event is sent."""
    try:
        body = _claims(request)
        return ":".join(body[name].text() for name in ("call_id", "state", "event_timestamp"))
    except BadPayload:
        return None


CONNECT = """\
1. Create an API key: Dialpad's admin portal, My Company, Authentication, API keys.
2. With Dialpad's API create a webhook: POST https://dialpad.com/api/v2/webhooks with
   {{"hook_url": "{url}", "secret": "{secret}"}}
3. With Dialpad's API create a call event subscription for that webhook, without a target (the whole company), with the call_states
   calling, ringing, queued, connected, hangup, missed, voicemail and csat.
"""

SETTINGS = (
    Setting(
        key="secret",
        label="Webhook secret",
        help="The one that the webhook was created with; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="api_key",
        label="API key",
        help="For the API: admin portal, My Company, Authentication, API keys.",
        secret=True,
    ),
)

ADAPTER = Adapter(
    key="dialpad",
    title="Dialpad",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    registration=REGISTRATION,
    facts=("wait", "talk", "hold", "ring", "abandon", "agent", "queue", "survey"),
    signature_scheme="JSON Web Token as body, HS256 with the webhook's secret",
    docs="docs/adapters/dialpad.md",
    connect=CONNECT,
)
