"""Salesforce Service Cloud: outbound messages (SOAP) and HTTP call-outs of flows (JSON) in, ticket events out.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_notifications.htm (read 2026-11).
Outbound messages carry no signature: the organisation's id must be the expected one, and the address has a secret part. A call-out
carries a secret header.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from adapters._salesforce_case import READERS, REMARKS, remark_events
from adapters._salesforce_pull import PULL
from adapters._salesforce_soap import ACKNOWLEDGED, is_soap, read_message
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, require, require_match

HEADER = "X-Deskgauge-Secret"
HINT = f"The named credential of the flow must send the header {HEADER} with the secret of this source."
ORGANIZATION_HINT = (
    "Enter the id of your organisation as `organization`: Setup, Company Information, Salesforce.com Organization ID."
)
#: an id of 18 characters is one of 15 and a check of its letters
SHORT = 15

#: what a reading of the API consists of
PARTS = (("Case", "cases"), ("EmailMessage", "emails"))

TEMPLATE = """\
{
  "deskgauge": 1,
  "event": "case",
  "Id": "500000000000001AAA",
  "Status": "New",
  "IsClosed": false,
  "Priority": "High",
  "Origin": "Email",
  "OwnerId": "00G000000000001AAA",
  "CreatedDate": "2026-11-24T08:00:00.000Z",
  "LastModifiedDate": "2026-11-24T08:00:00.000Z",
  "ClosedDate": "",
  "ContactPhone": "",
  "ContactEmail": ""
}
"""


def verify(request: WebhookRequest, settings: Settings) -> None:
    if not is_soap(request.body):
        given = require(request.headers.get(HEADER), HEADER, HINT)
        require_match(given, secrets(settings, "secret"), lambda secret: secret, HINT)
        return
    try:
        organization = read_message(request.body).organization
    except BadPayload as error:
        raise Rejected(f"The body is no outbound message ({error}). {ORGANIZATION_HINT}") from None
    require_match(organization[:SHORT], secrets(settings, "organization"), lambda ours: ours[:SHORT], ORGANIZATION_HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    if is_soap(request.body):
        return [event for record in read_message(request.body).records for event in _read(record, settings)]
    body = parse_json(request.body).object()
    if "deskgauge" not in body:
        raise BadPayload("$.deskgauge", "missing: give the flow the sample body of `deskgauge connect salesforce`")
    name = body["event"].text()
    if name == "case":
        return READERS["Case"](body, settings)
    if name == "read":
        return _history(body, settings)
    return remark_events(body, settings) if name in REMARKS else []


def _history(body: Payload, settings: Settings) -> Sequence[Event]:
    """The states of one case, of which each repeats the opening, and its e-mails."""
    found = [
        event for kind, name in PARTS for record in body[name].items() for event in READERS[kind](record, settings)
    ]
    return list({event.dedupe_key: event for event in found}.values())


def _read(record: Payload, settings: Settings) -> Sequence[Event]:
    reader = READERS.get(record["type"].text_or("") or "")
    return reader(record, settings) if reader else []


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The ids of the notifications in a message, which Salesforce keeps when it sends them again."""
    if not is_soap(request.body):
        return None
    try:
        ids = read_message(request.body).ids
    except BadPayload:
        return None
    return sha256(":".join(sorted(ids)).encode("utf-8", "replace")).hexdigest() if ids else None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    """Salesforce repeats a message for a day unless the answer is `Ack` in SOAP."""
    if not is_soap(request.body):
        return Answer()
    return Answer(status=200, headers={"Content-Type": "text/xml; charset=utf-8"}, body=ACKNOWLEDGED)


SETTINGS = (
    Setting(
        key="organization",
        label="Organisation id",
        help="For outbound messages: Setup, Company Information. Two while a sandbox is replaced.",
        secret=True,
    ),
    Setting(key="secret", label="Secret", help=f"For flows: what the header {HEADER} holds.", secret=True),
    Setting(key="names", label="Names", help="Lines `id = name` for queues and users.", file=True),
    Setting(
        key="statuses",
        label="Statuses",
        help="Lines `status = open, pending, on_hold, solved, closed, merged or deleted`.",
        file=True,
    ),
    Setting(key="bots", label="Bots", help="Ids of users whose mail is automatic, separated by commas."),
    Setting(key="base_url", label="Address", help="https://acme.my.salesforce.com; for the history."),
    Setting(key="client_id", label="Consumer key", help="Of an app with the client credentials flow.", secret=True),
    Setting(key="client_secret", label="Consumer secret", help="Of the same app.", secret=True),
)

CONNECT = """\
Outbound messages (workflow rules, or the action of a flow); they prove nothing, so give the source a `path_secret`:
1. Setup, Outbound Messages, New, object Case, endpoint URL {url}
   Choose the fields Id, Status, IsClosed, Priority, Origin, OwnerId, CreatedDate, LastModifiedDate, ClosedDate, ContactPhone or
   ContactEmail. One more for Email Message: Id, ParentId, Incoming, Status,
   MessageDate, CreatedById.
2. A record-triggered flow for each, when a record is created or updated, with the action that sends the message.
3. Enter the id of your organisation as `organization`.
Or call-outs: a named credential for {url}
with the custom header X-Deskgauge-Secret, an HTTP Callout (POST) with the sample body, and a flow that calls it.
For the history, enter `base_url`, and `client_id` and `client_secret` of an app.
Not both for the same cases. docs/adapters/salesforce.md has every step.
"""

ADAPTER = Adapter(
    key="salesforce",
    title="Salesforce Service Cloud",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB, Channel.VOICE, Channel.CHAT, Channel.MESSAGING, Channel.SOCIAL),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    pull=PULL,
    template=TEMPLATE,
    facts=("ticket", "ticket_reply"),
    signature_scheme="id of the organisation (outbound messages) or X-Deskgauge-Secret (flows), and a secret URL",
    docs="docs/adapters/salesforce.md",
    connect=CONNECT,
)
