"""Support works with Twilio TaskRouter: event callbacks of tasks, reservations and workers, and the status of each call.

The workspace sends the events that were chosen in its event filter. Plain <Enqueue> actions are not here: they carry no time, so
that a fortnight of them cannot be sent in a minute.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlencode

from plugin.contract.signature import hmac_base64
from plugin.demo.chance import number, token
from plugin.demo.keys import Keys
from plugin.demo.posting import FORM, Posting
from plugin.demo.world import Contact, Day, Shift

QUEUE = "Support"
ENTRY = "+37155500100"
ACCOUNT = "AC" + token("twilio account")
WORKSPACE = "WS" + token("twilio workspace")
WORKFLOW = "WW" + token("twilio workflow")
TASK_QUEUE = "WQ" + token("twilio queue")
TASK_CHANNEL = "TC" + token("twilio channel")


def call_sid(contact: Contact) -> str:
    return "CA" + contact.id


def postings(day: Day, keys: Keys) -> Iterator[Posting]:
    for contact in day.contacts:
        if contact.queue == QUEUE:
            yield from _call(contact)
    for shift in day.shifts:
        if shift.queue == QUEUE:
            yield from _worker(shift)


def sign(posting: Posting, keys: Keys, at: datetime, base_url: str) -> Mapping[str, str]:
    """Over the URL and the sorted form fields; there is no signed time."""
    secret = token("not the secret") if posting.forged else keys.twilio
    fields = "".join(
        f"{name}{value}" for name, value in sorted(parse_qsl(posting.body.decode(), keep_blank_values=True))
    )
    return {"X-Twilio-Signature": hmac_base64("sha1", secret, f"{base_url}{posting.target}{fields}".encode())}


def _call(contact: Contact) -> Iterator[Posting]:
    # All events of a call share a fraction of a second, so that every duration is whole.
    shift = timedelta(milliseconds=number(contact.id, "fraction", digits=3))
    yield _task_event(contact, "task.created", contact.entered_at + shift)
    yield _task_event(contact, "task-queue.entered", contact.entered_at + shift)
    for place, ring in enumerate(contact.rings):
        reservation = _reservation(contact, ring.agent, place)
        yield _task_event(contact, "reservation.created", ring.started_at + shift, reservation)
        if not ring.answered:
            yield _task_event(contact, "reservation.timeout", ring.ended_at + shift, reservation)
    if contact.answered_at is None:
        reason = {"TaskCanceledReason": "hangup", "Reason": "hangup"}
        yield _task_event(contact, "task.canceled", contact.ended_at + shift, reason)
    else:
        reservation = _reservation(contact, contact.agent, len(contact.rings) - 1)
        yield _task_event(contact, "reservation.accepted", contact.answered_at + shift, reservation)
        yield _task_event(contact, "reservation.wrapup", contact.ended_at + shift, reservation)
        assert contact.wrapped_at is not None
        yield _task_event(contact, "reservation.completed", contact.wrapped_at + shift, reservation)
    yield _status(contact)


def _reservation(contact: Contact, agent: str, place: int) -> dict[str, str]:
    return {
        "WorkerSid": "WK" + token("worker", agent),
        "WorkerName": agent,
        "WorkerAttributes": json.dumps({"contact_uri": "client:" + token("worker", agent)[:8]}),
        "WorkerActivityName": "Available",
        "WorkerActivitySid": "WA" + token("activity", "Available"),
        "ReservationSid": "WR" + token("reservation", contact.id, place),
    }


def _task_event(contact: Contact, name: str, at: datetime, more: Mapping[str, str] | None = None) -> Posting:
    task = "WT" + token("task", contact.id)
    attributes = {
        "call_sid": call_sid(contact),
        "direction": "inbound",
        "from": contact.customer,
        "from_country": "LV",
        "to": ENTRY,
        "called": ENTRY,
    }
    fields = {
        "ResourceType": "task",
        "ResourceSid": task,
        "TaskSid": task,
        "TaskAttributes": json.dumps(attributes),
        "TaskAge": str(round((at - contact.entered_at).total_seconds())),
        "TaskPriority": "0",
        "TaskChannelSid": TASK_CHANNEL,
        "TaskChannelUniqueName": "voice",
        "TaskQueueName": QUEUE,
        "TaskQueueSid": TASK_QUEUE,
        "WorkflowName": "Everyone",
        "WorkflowSid": WORKFLOW,
        **(more or {}),
    }
    return _event(name, at, (contact.id, name, at), fields)


def _worker(shift: Shift) -> Iterator[Posting]:
    yield _activity(shift, "Available", shift.started_at)
    for pause in shift.pauses:
        yield _activity(shift, pause.reason, pause.started_at)
        yield _activity(shift, "Available", pause.ended_at)
    yield _activity(shift, "Offline", shift.ended_at)


def _activity(shift: Shift, activity: str, at: datetime) -> Posting:
    worker = "WK" + token("worker", shift.agent)
    fields = {
        "ResourceType": "worker",
        "ResourceSid": worker,
        "WorkerSid": worker,
        "WorkerName": shift.agent,
        "WorkerActivityName": activity,
        "WorkerActivitySid": "WA" + token("activity", activity),
    }
    return _event("worker.activity.update", at, (worker, activity, at), fields)


def _event(name: str, at: datetime, identity: tuple[object, ...], fields: Mapping[str, str]) -> Posting:
    milliseconds = round(at.timestamp() * 1000)
    form = {
        "EventType": name,
        "AccountSid": ACCOUNT,
        "WorkspaceSid": WORKSPACE,
        "WorkspaceName": "Riga",
        "Sid": "EV" + token(*identity),
        "Timestamp": str(milliseconds // 1000),
        "TimestampMs": str(milliseconds),
        **fields,
    }
    return _posting(form, at, identity)


def _status(contact: Contact) -> Posting:
    """Sent with whole seconds; rounded up, so that the call does not end before the agent's part of it."""
    over_at = contact.ended_at + timedelta(seconds=1)
    duration_s = round((over_at - contact.entered_at).total_seconds())
    form = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": call_sid(contact),
        "CallStatus": "completed",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
        "Timestamp": format_datetime(over_at.astimezone(UTC)),
        "Direction": "inbound",
        "From": contact.customer,
        "Caller": contact.customer,
        "FromCountry": "LV",
        "To": ENTRY,
        "Called": ENTRY,
        "CallDuration": str(duration_s),
        "Duration": str(-(-duration_s // 60)),
    }
    return _posting(form, over_at, (contact.id, "status"))


def _posting(form: Mapping[str, str], at: datetime, identity: tuple[object, ...]) -> Posting:
    delay = timedelta(milliseconds=number("delay", *identity, digits=4) // 4)
    headers = {"Content-Type": FORM, "I-Twilio-Idempotency-Token": token("idempotency", *identity)}
    return Posting(source="twilio", body=urlencode(form).encode(), sent_at=at + delay, headers=headers)
