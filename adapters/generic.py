"""Any JSON webhook, Standard Webhook or CloudEvent: a mapping in TOML with JMESPath says which body becomes which events.

Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11);
CloudEvents web hooks: https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from adapters._generic_envelope import Record, cloud_event_key, digest, records
from adapters._generic_events import own_events
from adapters._generic_proof import SCHEMES, verify
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, first
from plugin.contract.event import Channel, Event, Json
from plugin.contract.mapping import Rules, compile_mapping, events_of, jmespath_language, read_mapping
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.request import WebhookRequest

OWN_KEYS = frozenset({"each", "root"})
ROOTS = ("body", "request")


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    mapping = first(settings, "mapping")
    if mapping is None:
        return [event for record in records(request) for event in own_events(Payload(record.value, record.path))]
    rules = _rules(mapping)
    return [event for record in records(request) for event in _mapped(rules, record, request)]


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The CloudEvent's source and id, the `webhook-id`, or the header that the setting `id_header` names."""
    name = first(settings, "id_header", "webhook-id") or "webhook-id"
    return cloud_event_key(request) or request.headers.get(name) or None


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """Permission to send, which CloudEvents asks for by OPTIONS; it is no proof, every delivery still needs its own."""
    if request.method.upper() != "OPTIONS":
        return None
    asked = request.headers.get("webhook-request-origin", "")
    allowed = first(settings, "origin")
    if not asked or (allowed and asked != allowed):
        return Answer(status=403, body=b"The sender's WebHook-Request-Origin is not the one that this source allows.\n")
    headers = {"WebHook-Allowed-Origin": asked, "Allow": "POST"}
    if rate := request.headers.get("webhook-request-rate"):
        headers["WebHook-Allowed-Rate"] = rate if rate.isascii() and rate.isdigit() else "*"
    return Answer(status=200, headers=headers)


@lru_cache(maxsize=32)
def _rules(mapping: str) -> Rules:
    document = read_mapping(mapping, OWN_KEYS)
    if document.get("root", "body") not in ROOTS:
        raise BadPayload("mapping.root", f"one of {', '.join(ROOTS)} expected")
    each = document.get("each")
    if each is not None:
        try:
            jmespath_language().value(each if isinstance(each, str) else "")
        except ValueError as error:
            raise BadPayload("mapping.each", str(error)) from None
    return compile_mapping(document, jmespath_language())


def _mapped(rules: Rules, record: Record, request: WebhookRequest) -> Iterator[Event]:
    root = _root(rules, record, request)
    for index, value in enumerate(_each(rules, root)):
        key = None if record.key is None else f"{record.key}/{index}" if "each" in rules.document else record.key
        try:
            yield from events_of(rules, value, lambda key=key, value=value: key or digest(value, record.path))  # type: ignore[misc]
        except BadPayload as error:
            raise BadPayload(error.path, f"{record.path}: {error.reason}") from None


def _root(rules: Rules, record: Record, request: WebhookRequest) -> Json:
    if rules.document.get("root") != "request":
        return record.value
    return {"body": record.value, "headers": dict(request.headers.items()), "query": dict(request.query)}


def _each(rules: Rules, root: Json) -> Sequence[Any]:
    """The records inside of one body, where the mapping says that it holds several."""
    each = rules.document.get("each")
    if each is None:
        return [root]
    try:
        found = jmespath_language().value(each)(root)
    except ValueError as error:
        raise BadPayload("mapping.each", str(error)) from None
    if found is not None and not isinstance(found, list):
        raise BadPayload("mapping.each", "gives no list for this body")
    return found or []


SETTINGS = (
    Setting(key="auth", label="Proof", help=f"How the sender proves itself: {', '.join(SCHEMES)}.", required=True),
    Setting(
        key="secret", label="Secret", help="The signing secret, the token or the password.", secret=True, required=True
    ),
    Setting(key="mapping", label="Mapping", help="A TOML file; empty when Deskgauge's own events are sent.", file=True),
    Setting(key="user", label="User", help="For basic: the user name."),
    Setting(key="header", label="Signature header", help="For hmac: the header that holds the signature."),
    Setting(key="algorithm", label="Algorithm", help="For hmac: sha1, sha256, sha384 or sha512.", default="sha256"),
    Setting(key="encoding", label="Encoding", help="For hmac: hex or base64.", default="hex"),
    Setting(key="prefix", label="Prefix", help="For hmac: what stands before the signature, for example sha256=."),
    Setting(
        key="signed",
        label="Signed text",
        help="For hmac: what is signed, made of {body}, {timestamp} and {id}, for example {timestamp}.{body}.",
        default="{body}",
    ),
    Setting(key="timestamp_header", label="Timestamp header", help="For hmac with {timestamp}."),
    Setting(key="id_header", label="Id header", help="The header with the sender's id of the delivery; also for {id}."),
    Setting(key="tolerance_s", label="Replay window, s", help="For hmac with {timestamp}.", default="300"),
    Setting(key="origin", label="Origin", help="CloudEvents: the only WebHook-Request-Origin that may ask to send."),
)

ADAPTER = Adapter(
    key="generic",
    title="Any webhook (JSON, Standard Webhooks, CloudEvents)",
    kind="generic",
    channels=tuple(Channel),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    handshake=handshake,
    delivery_key=delivery_key,
    # without "hold": only the mapping knows whether a call that tells of no hold had none
    facts=(
        "wait",
        "talk",
        "wrap_up",
        "ring",
        "transfer",
        "abandon",
        "agent",
        "queue",
        "agent_state",
        "ticket",
        "ticket_reply",
        "survey",
        "login",
    ),
    signature_scheme="Standard Webhooks, HMAC of your choice, bearer token or basic authentication",
    docs="docs/adapters/generic.md",
    connect=(
        "1. Let the sender post to {url}\n"
        "2. Give it the secret {secret} in the way that the setting `auth` says:\n"
        "   as Standard Webhooks signing secret, as HMAC key, as bearer token or as password.\n"
        "3. Describe its bodies in a mapping as docs/adapters/generic.md shows, unless it sends Deskgauge's own events."
    ),
)
