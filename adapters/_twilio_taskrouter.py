"""TaskRouter events in (callbacks, Event Streams, Events API), queue visits, agents' parts and agent states out.

A task's events may come by two ways (callback and stream): both carry the event's own id, so they count once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters._twilio_task import Task, activity, callback_fields, moment, read_task
from plugin.contract.adapter import Settings
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import Payload

CLOUD_PREFIX = "com.twilio.taskrouter."
#: event of a reservation that came to nothing --> result of the ring
RING_RESULTS = {
    "reservation.rejected": "declined",
    "reservation.timeout": "missed",
    "reservation.canceled": "cancelled",
    "reservation.rescinded": "cancelled",
}
#: words in the reason of a canceled task --> why the contact left the queue; the first that is found counts.
#: An <Enqueue> cancels its task with the QueueResult as the reason.
CANCEL_REASONS = {
    "hangup": "abandoned",
    "hung up": "abandoned",
    "hang up": "abandoned",
    "abandon": "abandoned",
    "disconnect": "abandoned",
    "voicemail": "voicemail",
    "callback": "callback_requested",
    "ttl": "timeout",
    "timeout": "timeout",
    "timed out": "timeout",
    "max assignment": "timeout",
    "leave": "key",
    "redirect": "flow_out",
    "transfer": "flow_out",
    "full": "full",
    "closed": "closed",
    "hours": "closed",
    "error": "error",
}
#: exits of a queue that are kinds of their own; the other values of CANCEL_REASONS are reasons of contact.overflowed
EXITS = {
    "abandoned": Kind.CONTACT_ABANDONED,
    "voicemail": Kind.CONTACT_VOICEMAIL,
    "callback_requested": Kind.CONTACT_CALLBACK_REQUESTED,
}


def task_event(fields: Mapping[str, str], settings: Settings) -> list[Event]:
    """The events of one callback; none for what says nothing about contacts or agents."""
    kind = fields.get("EventType", "")
    if kind in RING_RESULTS:
        return _ring_ended(read_task(fields))
    if kind in _STATES:
        return _STATES[kind](read_task(fields), settings)
    read = _READERS.get(kind)
    return read(read_task(fields)) if read is not None else []


def cloud_events(body: Payload, settings: Settings) -> list[Event]:
    """Of a batch, or a single one; other products' events are passed over."""
    batch = list(body.items()) if isinstance(body.raw, list) else [body]
    return [event for entry in batch for event in _cloud_event(entry, settings)]


def _cloud_event(entry: Payload, settings: Settings) -> list[Event]:
    name = entry["type"].text_or("") or ""
    if not name.startswith(CLOUD_PREFIX):
        return []
    data = entry["data"]
    fields = callback_fields(data["payload"])
    fields["EventType"] = name.removeprefix(CLOUD_PREFIX)
    sid = data["sid"].text_or() or fields.get("Sid") or entry["id"].text_or()
    stamp = data["timestamp"].text_or() or entry["time"].text_or()
    return task_event(_with(fields, Sid=sid, Timestamp=fields.get("Timestamp") or stamp), settings)


def rest_event(body: Payload, settings: Settings) -> list[Event]:
    """One record of GET /v1/Workspaces/{Sid}/Events; its time has whole seconds only."""
    fields = callback_fields(body["event_data"])
    stamp = body["event_date_ms"].text_or() or body["event_date"].text()
    fields = _with(fields, EventType=body["event_type"].text(), Sid=body["sid"].text(), Timestamp=stamp)
    return task_event(_with(fields, ResourceSid=body["resource_sid"].text_or()), settings)


def _with(fields: Mapping[str, str], **more: str | None) -> dict[str, str]:
    return {**fields, **{name: value for name, value in more.items() if value}}


def _event(
    task: Task, kind: Kind, data: Mapping[str, Json] | None = None, *, queue: bool = False, agent: bool = False
) -> Event:
    return Event(
        kind=kind,
        at=task.at,
        subject=task.subject,
        dedupe_key=f"{task.key}:{kind.value}",
        channel=task.channel,
        direction=task.direction,
        queue=task.queue if queue else None,
        agent=task.agent if agent else None,
        data=data or {},
    )


def _created(task: Task) -> list[Event]:
    entry = (task.attribute("called") or task.attribute("to")) if task.is_call and task.direction == "inbound" else None
    return [
        Event(
            kind=Kind.CONTACT_OFFERED,
            at=task.at,
            subject=task.subject,
            dedupe_key=f"{task.key}:{Kind.CONTACT_OFFERED.value}",
            channel=task.channel,
            direction=task.direction,
            customer=task.customer,
            data={"entry_number": entry} if entry else {},
        )
    ]


def _queued(task: Task) -> list[Event]:
    # A task of a call that an agent makes passes a queue on paper only: nobody waits in it.
    return [_event(task, Kind.CONTACT_QUEUED, queue=True)] if task.direction == "inbound" else []


def _ringing(task: Task) -> list[Event]:
    return [_event(task, Kind.CONTACT_RINGING, queue=True, agent=True)]


def _ring_ended(task: Task) -> list[Event]:
    return [_event(task, Kind.CONTACT_RINGING, {"result": RING_RESULTS[task.type]}, queue=True, agent=True)]


def _accepted(task: Task) -> list[Event]:
    return [_event(task, Kind.CONTACT_ANSWERED, queue=task.direction == "inbound", agent=True)]


def _canceled(task: Task) -> list[Event]:
    reason = task.get("TaskCanceledReason") or task.get("Reason") or ""
    way = _way_out(reason)
    if task.direction != "inbound":
        return [_event(task, Kind.CONTACT_ENDED)]
    if way in EXITS:
        return [_event(task, EXITS[way], queue=True)]
    return [_event(task, Kind.CONTACT_OVERFLOWED, {"reason": way}, queue=True)]


def _way_out(reason: str) -> str:
    """A reason that nobody knows comes from whoever canceled the task through the API."""
    if not reason:
        return "abandoned"
    return next((way for word, way in CANCEL_REASONS.items() if word in reason.lower()), "withdrawn")


def _deleted(task: Task) -> list[Event]:
    # Finished tasks are deleted as well, so this only ends what is still open.
    return [_event(task, Kind.CONTACT_ENDED, {"by": "system"})]


def _wrapping(task: Task) -> list[Event]:
    return [_event(task, Kind.CONTACT_ENDED, agent=True)]


def _completed(task: Task) -> list[Event]:
    # Without a wrap-up state the completion is also the end of the talk; told after a wrap-up, the end changes nothing.
    return [_event(task, Kind.CONTACT_ENDED, agent=True), _event(task, Kind.CONTACT_WRAPPED_UP, agent=True)]


def _transfer_started(task: Task) -> list[Event]:
    return [_event(task, Kind.CONTACT_TRANSFERRED, {"mode": "blind"}, agent=True)] if _mode(task) == "COLD" else []


def _transfer_completed(task: Task) -> list[Event]:
    """A warm transfer, dated back to its start: the event names no agent, and at its end two of them talk."""
    started = task.get("TransferStarted")
    if _mode(task) != "WARM" or (started is None and task.agent is None):
        return []
    at = moment(Payload(started, "TransferStarted")) if started and task.agent is None else task.at
    dated = Task(fields=task.fields, attributes=task.attributes, at=at)
    return [_event(dated, Kind.CONTACT_TRANSFERRED, {"mode": "attended"}, agent=True)]


def _mode(task: Task) -> str:
    return (task.get("TransferMode") or "").upper()


def _activity_changed(task: Task, settings: Settings) -> list[Event]:
    name = task.get("WorkerActivityName")
    if name is None:
        return []
    ours = activity(name, settings)
    return _state(task, {"session": "logout" if ours == "offline" else "login", "activity": ours, "reason": name})


def _worker_deleted(task: Task, settings: Settings) -> list[Event]:
    return _state(task, {"session": "logout", "activity": "offline"})


def _state(task: Task, data: Mapping[str, Json]) -> list[Event]:
    agent = task.agent
    if agent is None:
        return []
    return [
        Event(
            kind=Kind.AGENT_STATE,
            at=task.at,
            subject=agent,
            dedupe_key=f"{task.key}:agent.state",
            agent=agent,
            data=data,
        )
    ]


_READERS: dict[str, Callable[[Task], list[Event]]] = {
    "task.created": _created,
    "task-queue.entered": _queued,
    "reservation.created": _ringing,
    "reservation.accepted": _accepted,
    "reservation.wrapup": _wrapping,
    "reservation.completed": _completed,
    "task.canceled": _canceled,
    "task.deleted": _deleted,
    "task.system-deleted": _deleted,
    "task.wrapup": _wrapping,
    "task.completed": _completed,
    "task.transfer-initiated": _transfer_started,
    "task.transfer-completed": _transfer_completed,
}
_STATES: dict[str, Callable[[Task, Settings], list[Event]]] = {
    "worker.activity.update": _activity_changed,
    "worker.deleted": _worker_deleted,
}
#: the events that are read
READ = (*_READERS, *RING_RESULTS, *_STATES)
