"""Twilio's signed callbacks in, contacts and agent states out: TaskRouter, Event Streams, queues, dials and call progress.

Documents, read on 2026-11-24: https://www.twilio.com/docs/usage/security (signature; vectors of twilio-python's own tests),
https://www.twilio.com/docs/taskrouter/api/event/reference, https://www.twilio.com/docs/events/event-types/taskrouter/task,
https://www.twilio.com/docs/voice/twiml/enqueue and https://www.twilio.com/docs/voice/twiml/dial.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlsplit, urlunsplit
from xml.sax.saxutils import escape

from adapters._twilio_pull import PULL
from adapters._twilio_registration import REGISTRATION
from adapters._twilio_task import when
from adapters._twilio_taskrouter import cloud_events, rest_event, task_event
from adapters._twilio_voice import is_action, needs_twiml, voice_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, equal, hmac_base64, require, require_match

DEFAULT_PORTS = {"https": "443", "http": "80"}
HINT = (
    "Compare the Auth Token with the one in Twilio's console, and check that the base URL of this installation is exactly the "
    "address that Twilio calls (scheme, host, path and query)."
)


def verify(request: WebhookRequest, settings: Settings) -> None:
    """X-Twilio-Signature: base64 of an HMAC over the URL, with and without its port, and the sorted form fields."""
    given = require(request.headers.get("x-twilio-signature"), "X-Twilio-Signature", HINT)
    if _is_json(request):
        _require_body_hash(request)
        fields = ""
    else:
        fields = _signed_fields(request.form_pairs)
    algorithm, live = _scheme(request, settings)
    urls = _both_ports(request.url)
    require_match(
        given, live, lambda secret: [hmac_base64(algorithm, secret, (url + fields).encode()) for url in urls], HINT
    )


def _scheme(request: WebhookRequest, settings: Settings) -> tuple[str, Sequence[str]]:
    """Accounts with a shared webhook key sign with SHA-256 and say so in a header; all others with SHA-1 and the Auth Token."""
    if "algorithm=hmac_sha256" in request.headers.get("x-twilio-webhooks-signature-settings", "").lower():
        return "sha256", secrets(settings, "shared_key") or secrets(settings, "auth_token")
    return "sha1", secrets(settings, "auth_token")


def _is_json(request: WebhookRequest) -> bool:
    return request.content_type == "application/json" or request.content_type.endswith("+json")


def _require_body_hash(request: WebhookRequest) -> None:
    """A JSON body is signed through its hash in the query; without it only the URL would be proven."""
    stated = request.query.get("bodySHA256")
    if not stated:
        raise Rejected(f"The URL of a JSON delivery has no bodySHA256, so its body is not signed. {HINT}")
    if not equal(stated.lower(), hashlib.sha256(request.body).hexdigest()):
        raise Rejected("The body is not the one that was signed: its hash differs from bodySHA256.")


def _signed_fields(pairs: Sequence[tuple[str, str]]) -> str:
    """Keys sorted by code point, each followed by the sorted set of its decoded values."""
    values: dict[str, set[str]] = {}
    for name, value in pairs:
        values.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(values) for value in sorted(values[name]))


def _both_ports(url: str) -> list[str]:
    """Twilio signs the URL with or without the port, whichever its service happens to do."""
    parts = urlsplit(url)
    host, colon, port = parts.netloc.rpartition(":")
    if colon and port.isdigit():
        return [url, _with_netloc(parts, host)]
    return [url, _with_netloc(parts, f"{parts.netloc}:{DEFAULT_PORTS.get(parts.scheme, '443')}")]


def _with_netloc(parts: SplitResult, netloc: str) -> str:
    return urlunsplit(parts._replace(netloc=netloc))


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """Events of a form callback (decoded, as JSON, too), of a batch of CloudEvents, or of one record of the Events API."""
    if request.body.lstrip()[:1] in (b"[", b"{"):
        return _json_events(request, settings)
    return _form_events(request.form, request, settings)


def _form_events(given: Mapping[str, str], request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    form = {name: value.replace("\x00", "") for name, value in given.items()}
    if "EventType" in form:
        return task_event(_dated(form, request), settings)
    return voice_events(form, request)


def _dated(form: Mapping[str, str], request: WebhookRequest) -> Mapping[str, str]:
    """A callback whose time cannot be read is of the moment at which it was received; its id says that a repetition is one."""
    try:
        when(form)
    except BadPayload:
        if form.get("Sid"):
            return {**form, "TimestampMs": "", "Timestamp": request.received_at.isoformat()}
    return form


def _json_events(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body)
    if "EventType" in body or "CallSid" in body:
        return _form_events(_logged_form(body), request, settings)
    if isinstance(body.raw, dict) and "event_type" in body:
        return rest_event(body, settings)
    return cloud_events(body, settings)


def _logged_form(body: Payload) -> Mapping[str, str]:
    """The decoded form as a program's log or a forwarding function writes it: one JSON object of texts."""
    raw = body.raw if isinstance(body.raw, dict) else {}
    return {name: body[name].text() for name in raw if not body[name].is_absent}


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """TaskRouter's event id, a call's sequence number, else the token that Twilio repeats with a retry."""
    if request.body.lstrip()[:1] in (b"[", b"{"):
        return request.headers.get("i-twilio-idempotency-token")
    form = request.form
    if "EventType" in form:
        return _joined(form, "Sid", "EventType")
    if is_action(form):
        return request.headers.get("i-twilio-idempotency-token") or _action_key(form)
    return _joined(form, "CallSid", "SequenceNumber", "CallStatus")


def _joined(form: Mapping[str, str], *names: str) -> str | None:
    values = [form.get(name, "") for name in names]
    return ":".join(values) if all(values) else None


def _action_key(form: Mapping[str, str]) -> str | None:
    return _joined(form, "CallSid", "QueueSid", "QueueResult", "QueueTime") or _joined(
        form, "CallSid", "DialCallSid", "DialCallStatus"
    )


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    """TwiML to a request that steers a call, since Twilio reads an empty answer there as an application error; 204 to all others.

    `next` in the query of a URL is where the call goes on; it is part of what Twilio signed.
    """
    if _is_json(request) or not needs_twiml(request.form):
        return Answer(status=204, headers={"Content-Type": "application/json"})
    target = request.query.get("next", "")
    verb = f"<Redirect>{escape(target)}</Redirect>" if urlsplit(target).scheme in DEFAULT_PORTS else ""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{verb}</Response>'
    return Answer(status=200, headers={"Content-Type": "text/xml; charset=utf-8"}, body=body.encode())


CONNECT = """\
Enter your Auth Token (Twilio console, Account, API keys & tokens) as auth_token of this source. Then, whichever of these you use:
1. TaskRouter or Flex: console, TaskRouter, Workspaces, your workspace, Settings, Event callbacks: enter {url}, select all events.
   Or Event Streams: create a webhook sink with destination {url}, subscribe it to the types com.twilio.taskrouter.*
2. Plain queues: <Enqueue action="{url}?queue=NAME&amp;entered=NOW&amp;next=YOUR_TWIML_URL">
   NOW is the time in seconds since 1970 at which your program writes this TwiML. Without it talk times stay unknown.
   Not for an <Enqueue> with workflowSid: of that TaskRouter tells.
3. Hunt groups: <Dial action="{url}?queue=NAME&amp;agent=AGENT&amp;next=YOUR_TWIML_URL">
4. Whole calls: console, Phone numbers, your number, "Call status changes": {url}
   For calls that your program makes: StatusCallback={url}
NAME and AGENT are what reports will show; next is where the call goes on, for Twilio asks this address what to do next.
"""

SETTINGS = (
    Setting(
        key="auth_token",
        label="Auth Token",
        help="Of the account that sends; two during a rotation.",
        secret=True,
        required=True,
    ),
    Setting(
        key="shared_key",
        label="Shared webhook key",
        help="Only for accounts that sign with HMAC_SHA256 (header X-Twilio-Webhooks-Signature-Settings).",
        secret=True,
    ),
    Setting(
        key="activities",
        label="TaskRouter activities",
        help='One line per activity, "Name = available", break, wrap_up, meeting, training, on_contact, offline or other.',
        file=True,
    ),
    Setting(key="account_sid", label="Account SID", help="For the API."),
    Setting(key="workspace_sid", label="TaskRouter workspace SID", help="For the API: it begins with WS."),
)

ADAPTER = Adapter(
    key="twilio",
    title="Twilio (TaskRouter, Flex, Voice)",
    kind="telephony",
    channels=("voice", "chat", "messaging", "email", "other"),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    pull=PULL,
    registration=REGISTRATION,
    facts=("wait", "talk", "wrap_up", "ring", "transfer", "abandon", "agent", "queue", "agent_state", "login"),
    signature_scheme="X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted form fields, or the hash of the body",
    docs="docs/adapters/twilio.md",
    connect=CONNECT,
)
