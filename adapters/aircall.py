"""Aircall's webhooks in, calls and agent states out.

Documents, read on 2026-11-24: https://developer.aircall.io/api-references/#webhooks (token, events),
https://developer.aircall.io/docs/webhooks-overview (hungup at once, ended about 30 s later, order not guaranteed),
https://support.aircall.io/hc/en-gb/articles/14936017803549 (what each missed_call_reason means).
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._aircall_call import CALL_EVENTS, MISSED, QUEUE_SOURCES, call_events
from adapters._aircall_pull import PULL
from adapters._aircall_registration import REGISTRATION
from adapters._aircall_user import USER_EVENTS, user_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, require_match

HINT = "Compare the token of this source with the one that Aircall showed when the webhook was created."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Aircall signs nothing: the body carries the webhook's token, so the secret part of the URL counts as well."""
    try:
        token = parse_json(request.body)["token"].text()
    except BadPayload:
        raise Rejected(f"The body is not JSON with a token, which Aircall always sends. {HINT}") from None
    require_match(token, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """The events of one delivery; every call event is a snapshot of the whole call."""
    body = parse_json(request.body)
    name = (body["event"].text_or() or "").removesuffix(".v2")
    if name in CALL_EVENTS:
        return call_events(name, body, settings)
    if name in USER_EVENTS:
        return user_events(name, body)
    return []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """Aircall sends no event id: event, object and time identify it, and the tags or comments where two fall into one second."""
    try:
        body = parse_json(request.body)
        parts = [body["event"].text(), body["data"]["id"].text(), body["timestamp"].text()]
    except BadPayload:
        return None
    data = body["data"]
    sizes = [len(value) for name in ("tags", "comments") if isinstance(value := data[name].raw, list)]
    status = data["substatus"].raw
    return ":".join([*parts, *map(str, sizes), *([status] if isinstance(status, str) else [])])


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    """200 within 5 seconds, as the documentation asks; a webhook that keeps failing is switched off by Aircall."""
    return Answer(status=200)


CONNECT = """\
1. In Aircall's dashboard open Integrations & API, Webhooks, and create a webhook with the URL {url}
2. Select all events of Call and of User. Where both exist, take the User events that end in .v2.
3. Copy the token that Aircall shows for the new webhook and enter it as token of this source.
Aircall signs nothing, so keep the URL secret as well: it contains a part that cannot be guessed. Use HTTPS only.
Behind an IVR select either the parent or the child numbers, not both, or every call comes twice.
"""

SETTINGS = (
    Setting(
        key="token",
        label="Webhook token",
        help="Shown when the webhook is created; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="queue_from",
        label="What counts as a queue",
        help=f"One of {', '.join(QUEUE_SOURCES)}: Aircall has no queues of its own.",
        default="number",
    ),
    Setting(
        key="missed",
        label="Meaning of missed calls",
        help=f'One line per reason, "reason = outcome", to replace: {", ".join(f"{k} = {v}" for k, v in MISSED.items())}',
        file=True,
    ),
    Setting(key="api_id", label="API ID", help="For the API: dashboard, Integrations & API, API keys."),
    Setting(key="api_token", label="API token", help="For the API.", secret=True),
)

ADAPTER = Adapter(
    key="aircall",
    title="Aircall",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    pull=PULL,
    registration=REGISTRATION,
    facts=("wait", "talk", "hold", "wrap_up", "ring", "transfer", "abandon", "agent", "queue", "agent_state", "login"),
    signature_scheme="webhook token in the JSON body, and a secret URL",
    docs="docs/adapters/aircall.md",
    connect=CONNECT,
)
