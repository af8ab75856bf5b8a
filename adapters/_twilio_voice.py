"""Voice requests of one call in (status callbacks, <Enqueue> and <Dial> actions, queue URLs), the call's events out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from adapters._twilio_task import known_number
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.request import WebhookRequest

#: QueueResult --> kind and data; https://www.twilio.com/docs/voice/twiml/enqueue. bridging-in-process is no result yet.
QUEUE_RESULTS: dict[str, tuple[Kind, dict[str, Json]]] = {
    "bridged": (Kind.CONTACT_ANSWERED, {}),
    "redirected-from-bridged": (Kind.CONTACT_ANSWERED, {}),
    "hangup": (Kind.CONTACT_ABANDONED, {}),
    "leave": (Kind.CONTACT_OVERFLOWED, {"reason": "key"}),
    "redirected": (Kind.CONTACT_OVERFLOWED, {"reason": "flow_out"}),
    "queue-full": (Kind.CONTACT_OVERFLOWED, {"reason": "full"}),
    "error": (Kind.CONTACT_OVERFLOWED, {"reason": "error"}),
    "system-error": (Kind.CONTACT_OVERFLOWED, {"reason": "error"}),
}
LONGEST_S = 7 * 24 * 3600
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
#: status of a dialled agent --> result of the ring
RING_RESULTS = {
    "no-answer": "missed",
    "busy": "declined",
    "failed": "missed",
    "canceled": "cancelled",
    "completed": "missed",
}
AGENT_ADDRESS = re.compile(r"(?:client|sip):([^@;?]+)")
STATUS_FIELDS = ("CallbackSource", "SequenceNumber", "Timestamp", "CallDuration")


def is_action(form: Mapping[str, str]) -> bool:
    return "QueueResult" in form or "DialCallStatus" in form


def needs_twiml(form: Mapping[str, str]) -> bool:
    """True for every request of a call but its status callbacks."""
    return (
        is_action(form)
        or _is_queue_url(form)
        or ("CallSid" in form and not any(name in form for name in STATUS_FIELDS))
    )


def _is_queue_url(form: Mapping[str, str]) -> bool:
    return "QueuePosition" in form or _dequeuer(form) is not None


def _dequeuer(form: Mapping[str, str]) -> str | None:
    # Twilio's documentation spells it without the u.
    return form.get("DequeingCallSid") or form.get("DequeuingCallSid")


def voice_events(form: Mapping[str, str], request: WebhookRequest) -> list[Event]:
    """The events of one form request; none for one that is not about a call, or that only asks what to do."""
    call = form.get("CallSid")
    if not call:
        return []
    if "QueueResult" in form:
        return _left_queue(form, request)
    if "DialCallStatus" in form:
        return _dialled(form, request)
    if "CallStatus" in form and any(name in form for name in STATUS_FIELDS):
        return _status(call, form)
    return []


def _seconds(form: Mapping[str, str], name: str) -> float | None:
    return Payload(form.get(name), name).number_or()


def _named(request: WebhookRequest, what: str) -> str | None:
    """What the administrator wrote into the query of the URL: `queue` or `agent`."""
    return request.query.get(what, "").replace("\x00", "") or None


def _tell(
    form: Mapping[str, str],
    request: WebhookRequest,
    kind: Kind,
    key: str,
    data: Mapping[str, Json],
    at: datetime | None = None,
) -> Event:
    """What an action says; it carries no time, so it is of the moment at which it was received."""
    return Event(
        kind=kind,
        at=at or request.received_at,
        subject=form["CallSid"],
        dedupe_key=key,
        channel=Channel.VOICE,
        direction=_direction(form),
        queue=_named(request, "queue") or form.get("QueueSid") or None,
        agent=_named(request, "agent"),
        customer=_customer(form),
        data=data,
    )


def _left_queue(form: Mapping[str, str], request: WebhookRequest) -> list[Event]:
    """The action of an <Enqueue>: requested when the caller leaves the queue, after an answer only when the talk is over."""
    result = form["QueueResult"]
    if result not in QUEUE_RESULTS or _is_taskrouter_queue(form):
        return []
    kind, data = QUEUE_RESULTS[result]
    wait = _seconds(form, "QueueTime")
    waited: dict[str, Json] = {} if wait is None else {"wait_s": wait}
    key = f"{form['CallSid']}:queue:{form.get('QueueSid', '')}:{form.get('QueueTime', '')}:{result}"
    if kind is not Kind.CONTACT_ANSWERED:
        return [_tell(form, request, kind, key, {**data, **waited})]
    entered_at = _entered_at(request)
    answered_at = None if entered_at is None or wait is None else _later(entered_at, wait)
    # Unless it is known when he entered, the length of the talk is not: only the time in the queue is sent.
    talk: dict[str, Json] = {"talk_s": None} if answered_at is None else {}
    return [
        _tell(form, request, kind, key, waited, answered_at),
        _tell(form, request, Kind.CONTACT_ENDED, f"{key}:ended", talk),
    ]


def _entered_at(request: WebhookRequest) -> datetime | None:
    """The epoch seconds that the author of the TwiML wrote into the URL when he queued the call."""
    value = request.query.get("entered")
    return Payload(value, "entered").epoch_s() if value else None


def _is_taskrouter_queue(form: Mapping[str, str]) -> bool:
    """TaskRouter tells of its own queues; their ids begin with WQ, those of plain queues with QU."""
    return form.get("QueueSid", "").startswith("WQ") or "WorkflowSid" in form or "TaskSid" in form


def _dialled(form: Mapping[str, str], request: WebhookRequest) -> list[Event]:
    """The action of a <Dial>: requested when the dialled leg is over, or was not answered. It does not say how long it rang.

    "completed" with DialBridged=false is a mailbox or an agent who did not accept: nobody talked.
    """
    status = form["DialCallStatus"]
    key = f"{form['CallSid']}:dial:{form.get('DialCallSid') or request.received_at.isoformat()}"
    if status in ("completed", "answered") and form.get("DialBridged", "").lower() != "false":
        return _talked(form, request, key)
    events = []
    if _named(request, "agent") is not None:
        result = RING_RESULTS.get(status, "missed")
        events.append(_tell(form, request, Kind.CONTACT_RINGING, f"{key}:ring", {"result": result}))
    if _named(request, "queue") is not None:
        hung_up = form.get("CallStatus") == "completed"
        kind = Kind.CONTACT_ABANDONED if hung_up else Kind.CONTACT_OVERFLOWED
        why: dict[str, Json] = {} if hung_up else {"reason": "timeout"}
        events.append(_tell(form, request, kind, f"{key}:left", {**why, "wait_s": None}))
    return events


def _talked(form: Mapping[str, str], request: WebhookRequest, key: str) -> list[Event]:
    talk = _seconds(form, "DialCallDuration")
    answered_at = None if talk is None else _later(request.received_at, -talk)
    return [
        _tell(form, request, Kind.CONTACT_ANSWERED, f"{key}:answered", {"wait_s": None}, answered_at),
        _tell(form, request, Kind.CONTACT_ENDED, f"{key}:ended", {"talk_s": talk}),
    ]


def _later(at: datetime, seconds: float) -> datetime:
    if not -LONGEST_S <= seconds <= LONGEST_S:
        raise BadPayload("duration", "at most a week expected")
    return at + timedelta(seconds=seconds)


def _status(call: str, form: Mapping[str, str]) -> list[Event]:
    if form.get("ParentCallSid"):
        return _agent_rings(form)
    if form.get("Direction", "") == "outbound-dial":
        return []
    status = form["CallStatus"]
    if status in ("queued", "initiated"):
        return [_call_event(call, form, Kind.CONTACT_OFFERED)]
    return _whole_call(call, form) if status in FINAL else []


def _whole_call(call: str, form: Mapping[str, str]) -> list[Event]:
    """The last status tells the whole call: CallDuration is its seconds, while Duration is billed minutes.

    Answered is read from it alone: of an inbound call it would be the menu or queue, and telling it twice would count it twice.
    """
    talk = _seconds(form, "CallDuration") or 0
    events = [_call_event(call, form, Kind.CONTACT_OFFERED, back_s=talk)]
    by_machine = form.get("AnsweredBy", "").startswith(("machine", "fax"))
    if _direction(form) is Direction.OUTBOUND and form["CallStatus"] == "completed" and talk > 0 and not by_machine:
        events.append(_call_event(call, form, Kind.CONTACT_ANSWERED, back_s=talk))
    failed: dict[str, Json] = {"by": "system"} if form["CallStatus"] == "failed" else {}
    return [*events, _call_event(call, form, Kind.CONTACT_ENDED, failed)]


def _call_event(
    call: str, form: Mapping[str, str], kind: Kind, data: Mapping[str, Json] | None = None, back_s: float = 0
) -> Event:
    entry = form.get("To") if _direction(form) is Direction.INBOUND and kind is Kind.CONTACT_OFFERED else None
    return Event(
        kind=kind,
        at=_later(status_at(form), -back_s),
        subject=call,
        dedupe_key=f"{call}:{form.get('SequenceNumber', '')}:{form['CallStatus']}:{kind.value}",
        order=_sequence(form),
        channel=Channel.VOICE,
        direction=_direction(form),
        customer=_customer(form),
        data={**({"entry_number": entry} if entry else {}), **(data or {})},
    )


def _agent_rings(form: Mapping[str, str]) -> list[Event]:
    """A dialled leg rings an agent only when it goes to a softphone: a telephone number may as well be the customer's."""
    address = AGENT_ADDRESS.match(form.get("To", ""))
    status = form["CallStatus"]
    if address is None or status == "completed" or (status != "ringing" and status not in FINAL):
        return []
    parent, child = form["ParentCallSid"], form["CallSid"]
    return [
        Event(
            kind=Kind.CONTACT_RINGING,
            at=status_at(form),
            subject=parent,
            dedupe_key=f"{child}:{form.get('SequenceNumber', '')}:{status}",
            order=_sequence(form),
            channel=Channel.VOICE,
            agent=address.group(1),
            data={} if status == "ringing" else {"result": RING_RESULTS[status]},
        )
    ]


def status_at(form: Mapping[str, str]) -> datetime:
    """Timestamp is RFC 2822; services compatible with Twilio send a zone's name or ISO 8601."""
    value = form.get("Timestamp", "")
    if value[:4].isdigit():
        return Payload(value, "Timestamp").iso()
    return Payload(value.replace(" Etc/UTC", " +0000").replace(" UTC", " +0000"), "Timestamp").rfc2822()


def _sequence(form: Mapping[str, str]) -> int:
    text = form.get("SequenceNumber", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _direction(form: Mapping[str, str]) -> Direction:
    return Direction.OUTBOUND if form.get("Direction", "").startswith("outbound") else Direction.INBOUND


def _customer(form: Mapping[str, str]) -> str | None:
    number = form.get("To" if _direction(form) is Direction.OUTBOUND else "From", "")
    return known_number(number) if re.fullmatch(r"\+?\d{5,}", number) else None
