"""Amazon Connect in, contacts and agent states out: contact records, contact events, agent events, by EventBridge or Firehose.

Read on 2026-11-27: contact-events, ctr-data-model, agent-event-stream-model and about-contact-states below
https://docs.aws.amazon.com/connect/latest/adminguide/, and https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from adapters._amazon_connect_agent import agent_events
from adapters._amazon_connect_body import Said, read_body
from adapters._amazon_connect_event import event_events
from adapters._amazon_connect_record import record_events
from adapters._amazon_connect_words import LEFT, STATES, Words, read_words
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, first, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import presented_secret, require_match

HINT = "Compare the secret with that of the connection of the API destination, or with the access key of the Firehose stream."
#: where Firehose puts its access key, and where CONNECT tells to put EventBridge's
KEY_HEADERS = ("X-Amz-Firehose-Access-Key", "X-Api-Key")
FIREHOSE_ID = "x-amz-firehose-request-id"


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Amazon signs nothing: the connection's key, password or token is compared; the secret part of the URL counts as well."""
    given = presented_secret(request.headers, KEY_HEADERS, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """A batch may tell the same twice, as a repeated delivery does."""
    words, live = read_words(settings), first(settings, "record", "records") == "events"
    events = (event for said in read_body(request.body) for event in _events(said, words, live=live))
    return list({event.dedupe_key: event for event in events}.values())


def _events(said: Said, words: Words, *, live: bool) -> Iterator[Event]:
    body = said.body
    if "AgentARN" in body and "EventType" in body:
        yield from agent_events(body, words, with_holds=live)
    elif "eventType" in body:
        yield from event_events(body, said.envelope, words) if live else ()
    elif "ContactId" in body:
        yield from () if live else record_events(body, words)
    elif said.envelope is None:
        raise BadPayload(body.path, "neither a contact record nor a contact event nor an agent event")


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """EventBridge's id of the event, or Firehose's of the request; both stay when they are sent again."""
    if request.headers.get(FIREHOSE_ID):
        return f"firehose:{request.headers[FIREHOSE_ID]}"
    try:
        body = parse_json(request.body)
        return body["id"].text_or() if "detail-type" in body else None
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    """Firehose takes only JSON with its own request id and a time in milliseconds for a success."""
    id_ = request.headers.get(FIREHOSE_ID)
    if not id_:
        return Answer()
    stamp = round(request.received_at.timestamp() * 1000)
    body = json.dumps({"requestId": _request_id(request) or id_, "timestamp": stamp}).encode()
    return Answer(status=200, headers={"Content-Type": "application/json"}, body=body)


def _request_id(request: WebhookRequest) -> str | None:
    try:
        return Payload(parse_json(request.body)["requestId"].raw).text_or()
    except BadPayload:
        return None


CONNECT = """\
Contact records and agent events (the whole picture; each contact when its after-contact work is over):
1. In the Connect console, your instance, Data streaming: send contact records and agent events to two Kinesis data streams.
2. For each stream create an Amazon Data Firehose stream with the destination HTTP endpoint, without compression:
     URL {url}
     access key {secret}
Contact events (live, without names, talk and hold times), instead of contact records:
1. In Amazon EventBridge create a connection with an API key: name X-Api-Key, value {secret}
2. Create an API destination with that connection, the method POST and the URL {url}
3. Create a rule for Amazon Connect, type Amazon Connect Contact Event, with that destination, and set record to events.
docs/adapters/amazon_connect.md says what each way tells.
"""

ADAPTER = Adapter(
    key="amazon_connect",
    title="Amazon Connect",
    kind="telephony",
    channels=("voice", "chat", "email", "other"),
    settings=(
        Setting(
            key="secret",
            label="Secret",
            help="API key, password or token of EventBridge's connection, or Firehose's access key; two while it is changed.",
            secret=True,
            required=True,
        ),
        Setting(
            key="record",
            label="Record that counts",
            help="records or events: contacts from contact records, or live from contact events. Send one of the two.",
            default="records",
        ),
        Setting(
            key="names",
            label="Names",
            help="Lines `ARN, its last part, or user name = name in reports`; contact events name agents and queues by ARN only.",
            file=True,
        ),
        Setting(
            key="states",
            label="Meaning of agent statuses",
            help="Lines `status = activity`; known are " + ", ".join(f"{k} = {v}" for k, v in STATES.items()) + ".",
            file=True,
        ),
        Setting(
            key="left",
            label="Meaning of disconnect reasons",
            help="Of contacts without an agent: " + ", ".join(f"{k} = {v}" for k, v in LEFT.items()) + ".",
            file=True,
        ),
        Setting(
            key="disconnect_flow",
            label="Disconnect flow after calls",
            help="yes where a disconnect flow, a survey for example, follows calls: a next contact is no transfer then.",
            default="no",
        ),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    facts=("wait", "talk", "hold", "wrap_up", "ring", "transfer", "abandon", "agent", "queue", "agent_state", "login"),
    signature_scheme="API key, password or bearer token in a header, and a secret URL",
    docs="docs/adapters/amazon_connect.md",
    connect=CONNECT,
)
