"""What Zoom Phone writes down after a call in (call elements, call history, voicemails), exits from call queues out.

A queue whose members were all busy rings nobody, so that only these records tell of its callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters._zoom_phone_call import QUEUE, known_number, queue_entry, subject_of
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

RECORDS = (
    "callee_call_element_completed",
    "callee_call_history_completed",
)
#: result of a call queue's record --> kind and data; an answer is told by the leg of the member who answered
EXITS: Mapping[str, tuple[Kind, dict[str, Json]]] = {
    "abandoned": (Kind.CONTACT_ABANDONED, {}),
    "canceled": (Kind.CONTACT_ABANDONED, {}),
    "hang_up": (Kind.CONTACT_ABANDONED, {}),
    "overflowed": (Kind.CONTACT_OVERFLOWED, {"reason": "timeout"}),
    "ring_timeout": (Kind.CONTACT_OVERFLOWED, {"reason": "timeout"}),
    "no_answer": (Kind.CONTACT_OVERFLOWED, {"reason": "timeout"}),
    "voicemail": (Kind.CONTACT_VOICEMAIL, {"wait_s": None}),
    "system_blocked": (Kind.CONTACT_OVERFLOWED, {"reason": "error"}),
    "service_unavailable": (Kind.CONTACT_OVERFLOWED, {"reason": "error"}),
}


def record_events(body: Payload) -> list[Event]:
    data = body["payload"]["object"].object()
    records = [*data["call_elements"].items(), *data["call_logs"].items()]
    return [event for record in records for event in _left_queue(record.object())]


def _left_queue(record: Payload) -> list[Event]:
    if record["callee_ext_type"].text_or() != "call_queue" or record["direction"].text_or() != "inbound":
        return []
    exit_ = EXITS.get(record["result"].text_or("") or "")
    queue = record["callee_name"].text_or() or record["callee_ext_number"].text_or()
    if exit_ is None or queue is None:
        return []
    call, began_at, ended_at = subject_of(record), record["start_time"].iso(), record["end_time"].iso()
    customer = known_number(record["caller_did_number"])
    kind, data = exit_
    return [
        _tell(Kind.CONTACT_OFFERED, call, began_at, f"record:{began_at.timestamp():.0f}", customer=customer),
        *_entry(call, queue, began_at),
        _tell(kind, call, ended_at, f"{kind.value}:{queue}", data, queue=queue),
    ]


def voicemail_events(body: Payload) -> list[Event]:
    """A message to a call queue; where it is a person's own mailbox, the call was in no queue."""
    data = body["payload"]["object"].object()
    queue = data["callee_name"].text_or()
    if data["callee_extension_type"].text_or() != QUEUE or queue is None:
        return []
    call, at = subject_of(data), data["date_time"].iso()
    # Zoom does not say whether its time is the beginning or the end of the message.
    return [
        *_entry(call, queue, at),
        _tell(Kind.CONTACT_VOICEMAIL, call, at, f"message:{queue}", {"wait_s": None}, queue=queue),
    ]


def _entry(call: str, queue: str, seen_at: datetime) -> list[Event]:
    entered = queue_entry(call, queue, seen_at)
    return [] if entered is None else [entered]


def _tell(
    kind: Kind,
    call: str,
    at: datetime,
    key: str,
    data: Mapping[str, Json] | None = None,
    *,
    queue: str | None = None,
    customer: str | None = None,
) -> Event:
    return Event(
        kind=kind,
        at=at,
        subject=call,
        dedupe_key=f"{call}:{key}",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        queue=queue,
        customer=customer,
        data=data or {},
    )
