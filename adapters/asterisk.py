"""Signed batches of queue_log lines or of AMI events from an Asterisk or FreePBX in, events out.

Asterisk posts nothing itself: `deskgauge forward` sends queue_log, a script may send AMI events as panoramisk gives them;
`_asterisk_body` says what else may come. The envelope and its signature are ours
(https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md); for what is inside see `_asterisk_queue_log`
(https://docs.asterisk.org/Operation/Logging/Queue-Logs/) and `_asterisk_ami`
(https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/AMI_Events/), both read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters._asterisk_ami import events_of_message, holds_of_message, read_message
from adapters._asterisk_body import read_body
from adapters._asterisk_files import BATCH, Occurrences, cut_files, queue_log_body
from adapters._asterisk_pbx import DEFAULT_HOST, Pbx, read_pbx
from adapters._asterisk_queue_log import Row, events_of_row, read_row
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import verify_standard_webhook

__all__ = ["ADAPTER", "BATCH", "DEFAULT_HOST", "Occurrences", "facts_of", "queue_log_body"]


def verify(request: WebhookRequest, settings: Settings) -> None:
    verify_standard_webhook(request.headers, request.body, secrets(settings, "secret"), request.received_at)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    return request.headers.get("webhook-id") or None


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    contents = read_body(request.body)
    pbx = read_pbx(settings, contents.host)
    if pbx.record is None and contents.lines.raw:
        pbx = replace(pbx, record="queue_log")
    return [*_queue_log(contents.lines, pbx), *_manager(contents.events, request, pbx)]


def _queue_log(lines: Payload, pbx: Pbx) -> list[Event]:
    seen = Occurrences()
    rows = [_row(item, index, seen, pbx) for index, item in enumerate(lines.items())]
    if rows and not any(rows):
        raise BadPayload(f"{lines.path}[0]", "a line of queue_log expected, but none of the batch is one")
    if pbx.record == "ami":
        return []
    return [event for row in rows if row for event in events_of_row(row, pbx)]


def _row(item: Payload, index: int, seen: Occurrences, pbx: Pbx) -> Row | None:
    """A bare line is counted within its batch; the forwarder counts over all of them and says the numbers."""
    if isinstance(item.raw, str):
        line = "" if item.is_absent else item.text()
        return read_row(line, seen.next_of(line), index, pbx)
    entry = item.object()
    line = entry["line"].text()
    occurrence = entry["n"].number_or() if "n" in entry else seen.next_of(line)
    order = entry["seq"].number_or(index)
    return read_row(line, int(occurrence or 0), int(index if order is None else order), pbx)


def _manager(events: Sequence[Payload], request: WebhookRequest, pbx: Pbx) -> list[Event]:
    received = (request.received_at, request.headers.get("webhook-id") or request.received_at.isoformat())
    messages = [read_message(event, order, received, pbx) for order, event in enumerate(events)]
    if pbx.record != "queue_log":
        return [event for message in messages for event in events_of_message(message, pbx)]
    return [event for message in messages for event in holds_of_message(message, pbx)] if pbx.holds else []


def facts_of(settings: Settings) -> Sequence[str]:
    """What one source can fill: holds only where AMI events are sent."""
    return (*ADAPTER.facts, "hold") if read_pbx(settings, None).holds else ADAPTER.facts


CONNECT = """\
1. On the PBX install deskgauge (pip install deskgauge) as a user that may read the queue log.
2. Start the forwarder there, and let the system keep it running:
     DESKGAUGE_FORWARD_SECRET='{secret}' deskgauge forward asterisk /var/log/asterisk/queue_log --to {url}
   It sends what the log already holds, then every new line; it goes on where it stopped after a restart or a rotation.
3. Let every queue member have a name (queues.conf: member => PJSIP/1001,0,Alice Example), or enter the document `members`.
4. Optional, for hold times: forward the AMI events Hold and Unhold as JSON to the same address, signed with the same secret
   (manager.conf: timestampevents = yes), and set `hold` to ami. docs/adapters/asterisk.md has a script.
"""

ADAPTER = Adapter(
    key="asterisk",
    title="Asterisk / FreePBX",
    kind="telephony",
    channels=("voice",),
    settings=(
        Setting(
            key="secret",
            label="Signing secret",
            help="Shared with the forwarder; whsec_ followed by base64, or any long text.",
            secret=True,
            required=True,
        ),
        Setting(
            key="record",
            label="Record that counts",
            help="auto, queue_log or ami: which of the two the calls are taken from. Choose one when both are sent.",
            default="auto",
        ),
        Setting(
            key="hold",
            label="Hold events",
            help="ami when Hold and Unhold events are sent beside queue_log; queue_log itself knows no holds.",
        ),
        Setting(
            key="members",
            label="Members",
            help="Lines `interface = name`, for example `PJSIP/1001 = Alice Example`: the names behind interfaces.",
            file=True,
        ),
        Setting(
            key="host",
            label="Name of the PBX",
            help="For imported files and for bodies that name no host; the forwarder's --host must be the same.",
            default=DEFAULT_HOST,
        ),
    ),
    verify=verify,
    parse=parse,
    facts=("wait", "talk", "ring", "transfer", "abandon", "agent", "queue", "agent_state", "login"),
    signature_scheme="Standard Webhooks, HMAC-SHA256",
    docs="docs/adapters/asterisk.md",
    delivery_key=delivery_key,
    files=cut_files,
    connect=CONNECT,
)
