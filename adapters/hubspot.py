"""HubSpot's webhooks of tickets in, ticket events out: subscriptions of an app, and the action of a workflow.

Notifications: https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide.md ; merges:
https://developers.hubspot.com/changelog/new-subscription-types-for-webhooks (read 2026-11). The three versions of the signature are
those of the vectors in HubSpot's Python client, `tests/spec/utils/test_signature.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from adapters._hubspot_pull import PULL
from adapters._hubspot_ticket import PROPERTIES, TICKETS, Change, change_events
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_base64, require, require_fresh, require_match, signed_time

V3, TIMESTAMP = "X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp"
OLDER, VERSION = "X-HubSpot-Signature", "X-HubSpot-Signature-Version"
HINT = (
    "Copy the client secret of your app again. HubSpot signs the address, too: it has to begin with DESKGAUGE_BASE_URL."
)
#: what HubSpot writes plainly in the address before it signs it
PLAIN = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Version 3 wherever it is sent; the older two sign no time, and count only where it is not."""
    live, given = secrets(settings, "secret"), request.headers.get(V3)
    if given is None:
        given = require(request.headers.get(OLDER), V3, HINT)
        require_match(given, live, lambda secret: _older(secret, request), HINT)
        return
    stamp = require(request.headers.get(TIMESTAMP), TIMESTAMP, HINT)
    require_match(given, live, lambda secret: _signatures(secret, request, stamp), HINT)
    require_fresh(signed_time(stamp, TIMESTAMP, in_ms=True), request.received_at)


def _signatures(secret: str, request: WebhookRequest, stamp: str) -> Iterator[str]:
    for url in (_plain(request.url), request.url):
        head = f"{request.method}{url}".encode("utf-8", "surrogateescape")
        yield hmac_base64("sha256", secret, head + request.body + stamp.encode("utf-8", "surrogateescape"))


def _plain(url: str) -> str:
    for escape, character in PLAIN.items():
        url = url.replace(escape, character).replace(escape.lower(), character)
    return url


def _older(secret: str, request: WebhookRequest) -> str:
    key = secret.encode("utf-8", "surrogatepass")
    head = f"{request.method}{request.url}".encode("utf-8", "surrogateescape")
    signs_all = request.headers.get(VERSION) == "v2"
    return sha256(key + (head if signs_all else b"") + request.body).hexdigest()


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body)
    if isinstance(body.raw, list):
        found = [event for told in body.items() for event in _notified(told.object(), settings)]
    else:
        found = _record(body.object(), settings)
    return list({event.dedupe_key: event for event in found}.values())


def _notified(told: Payload, settings: Settings) -> list[Event]:
    """`ticket.…`, or `object.…` of the type of tickets."""
    subject, _, name = (told["subscriptionType"].text_or("") or "").partition(".")
    if subject != "ticket" and not (subject == "object" and told["objectTypeId"].raw == TICKETS):
        return []
    if name == "propertyChange":
        return _changed(told, settings)
    if name not in ("creation", "deletion", "merge"):
        return []
    at = told["occurredAt"].epoch_ms()
    if name == "merge":
        primary = told["primaryObjectId"].text()
        into = told["newObjectId"].text_or() or primary
        gone = {primary, *(each.text() for each in told["mergedObjectIds"].items())} - {into}
        return [_whole(ticket, Kind.TICKET_MERGED, at, {"into": into}) for ticket in sorted(gone)]
    ticket = told["objectId"].text()
    if name == "creation":
        return [_whole(ticket, Kind.TICKET_OPENED, at, {})]
    return [_whole(ticket, Kind.TICKET_DELETED, at, {"reason": "deleted"})]


def _whole(ticket: str, kind: Kind, at: datetime, data: dict[str, str]) -> Event:
    return Event(kind=kind, at=at, subject=ticket, dedupe_key=f"{ticket}:{kind}:{at.isoformat()}", data={**data})


def _changed(told: Payload, settings: Settings) -> list[Event]:
    change = Change(
        ticket=told["objectId"].text(),
        name=told["propertyName"].text(),
        value=told["propertyValue"].text_or("") or "",
        at=told["occurredAt"].epoch_ms(),
        path=told["propertyValue"].path,
        settings=settings,
    )
    return change_events(change)


def _record(body: Payload, settings: Settings) -> list[Event]:
    """The whole ticket, as the action of a workflow sends it: each property with all of its versions."""
    if body["objectTypeId"].raw != TICKETS and body["objectType"].raw != "TICKET":
        return []
    found: list[Event] = []
    for name in PROPERTIES:
        for version in body["properties"][name]["versions"].items():
            change = Change(
                ticket=body["objectId"].text(),
                name=name,
                value=version["value"].text_or("") or "",
                at=version["timestamp"].epoch_ms(),
                path=version["value"].path,
                settings=settings,
            )
            found += change_events(change)
    return found


ADAPTER = Adapter(
    key="hubspot",
    title="HubSpot Service Hub",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.CHAT, Channel.WEB, Channel.VOICE),
    settings=(
        Setting(
            key="secret",
            label="Client secret",
            help="Of the app that subscribes; HubSpot signs with it.",
            secret=True,
            required=True,
        ),
        Setting(
            key="stages",
            label="What the stages mean",
            help="Lines `id of a stage = open, pending, on_hold or solved`; those of HubSpot's own pipeline are known.",
            file=True,
        ),
        Setting(
            key="replies",
            label="Which replies of agents count",
            help="first: the first response alone; every: each last response, of which HubSpot does not say whether a bot gave it.",
            default="first",
        ),
        Setting(
            key="names",
            label="Names of owners and pipelines",
            help="Lines `owner 823493108 = Anna` and `pipeline 0 = Support`: notifications carry ids.",
            file=True,
        ),
        Setting(
            key="access_token",
            label="Access token",
            help="Of a private app that may read tickets; for the history.",
            secret=True,
        ),
    ),
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-HubSpot-Signature-v3: HMAC-SHA256 of method, address, body and time, base64, within five minutes",
    docs="docs/adapters/hubspot.md",
    connect=(
        "1. In HubSpot: Settings, Integrations, Private apps (or an app of your developer account), the app, Webhooks.\n"
        "2. Target URL: {url}\n"
        "3. Subscribe to tickets: created, deleted, merged, and property changed of hs_pipeline_stage, closed_date,\n"
        "   hubspot_owner_id, hs_pipeline, hs_ticket_priority, source_type, first_agent_reply_date,\n"
        "   hs_last_message_sent_at and hs_last_message_received_at. Activate them.\n"
        "4. Give the app's client secret to Deskgauge as `secret`, and name your stages in the document `stages`.\n"
        "5. Give the app the scope `tickets` and its access token to Deskgauge as `access_token`: the history is read by API."
    ),
)
