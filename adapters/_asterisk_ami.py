"""An event of the Asterisk Manager Interface in, as the flat object that panoramisk makes of it; our events out.

Events: https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/AMI_Events/ (read 2026-11-24) and apps/app_queue.c;
the names before Asterisk 12 (Join, Member, QueueMemberPaused) are read too. `AgentRingNoAnswer.RingTime` is in milliseconds,
every other duration in seconds, also where the documentation says "since 1970".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters._asterisk_pbx import Pbx, activity_of_pause, amount, digest
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload

#: Fields that differ when the same event is sent again, or that carry the customer's number or name.
_VOLATILE = re.compile(r"privilege|content|actionid|sequencenumber|file|line|func|.*(callerid|connectedline).*")

#: How a caller left the queue, or was not let in: the channel variable QUEUESTATUS, set last of all.
QUEUE_STATUS = {
    "TIMEOUT": "timeout",
    "LEAVEEMPTY": "leave_empty",
    "LEAVEUNAVAIL": "leave_empty",
    "WITHDRAW": "withdrawn",
}
REFUSED_STATUS = {"FULL": "full", "JOINEMPTY": "join_empty", "JOINUNAVAIL": "join_empty"}

ENDED_BY = {"agent": "agent", "caller": "customer"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One AMI event with its fields in lower case."""

    fields: Mapping[str, str]
    at: datetime
    order: int
    key: str

    def text(self, *names: str) -> str | None:
        """The first of the fields that has a value."""
        return next((self.fields[name] for name in names if self.fields.get(name)), None)

    def seconds(self, name: str) -> float | None:
        return amount(self.fields.get(name))


def read_message(event: Payload, order: int, received: tuple[datetime, str], pbx: Pbx) -> Message:
    """`received` is the time and the id of the delivery, for events without a Timestamp (manager.conf: timestampevents)."""
    fields = {name.lower(): text for name, value in _items(event) if (text := _scalar(value)) is not None}
    stamp = event["Timestamp"] if "Timestamp" in event else event["timestamp"]
    stable = sorted((name, value) for name, value in fields.items() if not _VOLATILE.fullmatch(name))
    content = json.dumps(stable)
    if not stamp.is_absent:
        return Message(fields=fields, at=stamp.epoch_s(), order=0, key=digest(pbx.host, content))
    at, delivery = received
    return Message(fields=fields, at=at, order=order, key=digest(pbx.host, content, delivery, order))


def _items(event: Payload) -> list[tuple[str, object]]:
    raw = event.object().raw
    return list(raw.items()) if isinstance(raw, dict) else []


def _scalar(value: object) -> str | None:
    """Text without what a database cannot hold; a repeated header, which panoramisk makes a list, is of no interest."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.replace("\x00", "").encode("utf-8", "replace").decode() if isinstance(value, str) else None


def events_of_message(message: Message, pbx: Pbx) -> list[Event]:
    handler = HANDLERS.get(message.fields.get("event", "").lower())
    return handler(message, pbx) if handler else []


def holds_of_message(message: Message, pbx: Pbx) -> list[Event]:
    """Only Hold and Unhold: for a source whose calls come from queue_log."""
    return events_of_message(message, pbx) if message.fields.get("event", "").lower() in ("hold", "unhold") else []


def _agent(message: Message, pbx: Pbx) -> str | None:
    return message.text("membername", "agentname") or pbx.name(
        message.text("interface", "location", "member", "agentcalled")
    )


def _contact(message: Message, kind: Kind, agent: str | None = None, **data: Json) -> list[Event]:
    call = message.text("uniqueid")
    if call is None:
        return []
    return [
        Event(
            kind=kind,
            at=message.at,
            subject=call,
            dedupe_key=f"{message.key}:{kind}",
            order=message.order,
            channel=Channel.VOICE,
            queue=message.text("queue"),
            agent=agent,
            data={name: value for name, value in data.items() if value is not None},
        )
    ]


def _offered(message: Message, pbx: Pbx) -> list[Event]:
    call = message.text("uniqueid")
    direction, customer = pbx.caller(message.text("calleridnum"))
    if call is None:
        return []
    return [
        Event(
            kind=Kind.CONTACT_OFFERED,
            at=message.at,
            subject=call,
            dedupe_key=f"{message.key}:{Kind.CONTACT_OFFERED}",
            order=message.order,
            channel=Channel.VOICE,
            direction=direction,
            customer=customer,
        )
    ]


def _joined(message: Message, pbx: Pbx) -> list[Event]:
    position = message.seconds("position")
    queued = _contact(message, Kind.CONTACT_QUEUED, position=None if position is None else int(position))
    return _offered(message, pbx) + queued


def _called(message: Message, pbx: Pbx) -> list[Event]:
    return _contact(message, Kind.CONTACT_RINGING, _agent(message, pbx))


def _missed(message: Message, pbx: Pbx) -> list[Event]:
    milliseconds = message.seconds("ringtime")
    ring_s = None if milliseconds is None else milliseconds / 1000
    return _contact(message, Kind.CONTACT_RINGING, _agent(message, pbx), result="missed", ring_s=ring_s)


def _connected(message: Message, pbx: Pbx) -> list[Event]:
    wait_s, ring_s = message.seconds("holdtime"), message.seconds("ringtime")
    return _contact(message, Kind.CONTACT_ANSWERED, _agent(message, pbx), wait_s=wait_s, ring_s=ring_s)


def _completed(message: Message, pbx: Pbx) -> list[Event]:
    talk_s, reason = message.seconds("talktime"), (message.text("reason") or "").lower()
    kind = Kind.CONTACT_TRANSFERRED if reason == "transfer" else Kind.CONTACT_ENDED
    return _contact(
        message,
        kind,
        _agent(message, pbx),
        wait_s=message.seconds("holdtime"),
        talk_s=talk_s,
        talk_includes_hold=None if talk_s is None else True,
        by=ENDED_BY.get(reason),
    )


def _left_unserved(message: Message, pbx: Pbx) -> list[Event]:
    """Raised for every exit without an agent, a time-out too; QUEUESTATUS or another Join says later that it was not the caller."""
    return _contact(message, Kind.CONTACT_ABANDONED, wait_s=message.seconds("holdtime"))


def _status_set(message: Message, pbx: Pbx) -> list[Event]:
    if message.fields.get("variable") != "QUEUESTATUS":
        return []
    status = message.fields.get("value", "")
    if status in REFUSED_STATUS:
        return _offered(message, pbx) + _contact(message, Kind.CONTACT_OVERFLOWED, reason=REFUSED_STATUS[status])
    reason = QUEUE_STATUS.get(status)
    return _contact(message, Kind.CONTACT_OVERFLOWED, reason=reason) if reason else []


def _held(message: Message, pbx: Pbx) -> list[Event]:
    """The holding channel is the agent's; the oldest channel of the call, its Linkedid, is the caller's."""
    call = message.text("linkedid")
    if call is None or call == message.text("uniqueid"):
        return []
    kind = Kind.CONTACT_HELD if message.fields["event"].lower() == "hold" else Kind.CONTACT_RESUMED
    return [
        Event(
            kind=kind,
            at=message.at,
            subject=call,
            dedupe_key=f"{message.key}:{kind}",
            order=message.order,
            channel=Channel.VOICE,
            agent=pbx.name_of_channel(message.text("channel")),
        )
    ]


def _state(message: Message, pbx: Pbx, data: Mapping[str, Json]) -> list[Event]:
    agent = _agent(message, pbx)
    if agent is None:
        return []
    return [
        Event(
            kind=Kind.AGENT_STATE,
            at=message.at,
            subject=agent,
            dedupe_key=message.key,
            order=message.order,
            agent=agent,
            data={name: value for name, value in data.items() if value is not None},
        )
    ]


def _paused(message: Message, pbx: Pbx) -> list[Event]:
    of = message.text("queue")
    if message.text("paused") == "0":
        return _state(message, pbx, {"activity": "available", "of": of})
    reason = message.text("pausedreason", "reason")
    return _state(message, pbx, {"activity": activity_of_pause(reason), "of": of, "reason": reason})


def _added(message: Message, pbx: Pbx) -> list[Event]:
    return _state(message, pbx, {"session": "login", "of": message.text("queue")})


def _removed(message: Message, pbx: Pbx) -> list[Event]:
    since, now = message.seconds("logintime"), message.at.timestamp()
    session_s = round(now - since, 3) if since and since <= now else None
    return _state(message, pbx, {"session": "logout", "of": message.text("queue"), "session_s": session_s})


def _restarted(message: Message, pbx: Pbx, at: datetime) -> list[Event]:
    order = message.order
    return [Event(kind=Kind.SOURCE_RESTARTED, at=at, subject=pbx.host, dedupe_key=message.key, order=order)]


def _new_channel(message: Message, pbx: Pbx) -> list[Event]:
    """Asterisk counts its channels from 0 since it started, so number 0 tells of a start that nothing else may have told."""
    first = (message.text("uniqueid") or "").endswith(".0")
    return _restarted(message, pbx, message.at) if first else []


def _booted(message: Message, pbx: Pbx) -> list[Event]:
    """Sent at every login of a manager too: only with the uptime does it say when Asterisk started."""
    uptime_s = message.seconds("uptime")
    if uptime_s is None or uptime_s > message.at.timestamp():
        return []
    return _restarted(message, pbx, message.at - timedelta(seconds=uptime_s))


def _shut_down(message: Message, pbx: Pbx) -> list[Event]:
    return _restarted(message, pbx, message.at)


HANDLERS: Mapping[str, Callable[[Message, Pbx], list[Event]]] = {
    "queuecallerjoin": _joined,
    "join": _joined,
    "agentcalled": _called,
    "agentringnoanswer": _missed,
    "agentconnect": _connected,
    "agentcomplete": _completed,
    "queuecallerabandon": _left_unserved,
    "varset": _status_set,
    "hold": _held,
    "unhold": _held,
    "queuememberpause": _paused,
    "queuememberpaused": _paused,
    "queuememberadded": _added,
    "queuememberremoved": _removed,
    "newchannel": _new_channel,
    "fullybooted": _booted,
    "shutdown": _shut_down,
}
