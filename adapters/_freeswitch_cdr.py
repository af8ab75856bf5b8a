"""Records of mod_json_cdr in, calls out.

The customer's leg (A) tells of his entries into queues, his exits and his end; the leg of each agent (B) of its ring, talk and
holds, under the id of the customer's leg. B legs are only written where `log-b-leg` is on; should they miss, the A leg still says
how long the last agent talked: told of a leg whose end is known already, this adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from adapters._freeswitch_leg import Leg, Names, Part, Step, known_number, moment, read_leg, seconds
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

#: cc_cancel_reason --> reason of contact.overflowed; a caller who hangs up is BREAK_OUT since 1.6, NONE before
CANCELS = {"TIMEOUT": "timeout", "NO_AGENT_TIMEOUT": "leave_empty", "EXIT_WITH_KEY": "key"}
#: hangup_cause of an agent's leg that nobody was connected to --> result of the ring; any other is missed
RINGS = {
    "ORIGINATOR_CANCEL": "cancelled",
    "LOSE_RACE": "cancelled",
    "PICKED_OFF": "cancelled",
    "NORMAL_CLEARING": "cancelled",
    "USER_BUSY": "declined",
    "CALL_REJECTED": "declined",
}
#: kind of an entry of transfer_history --> mode
TRANSFERS = {"bl_xfer": "blind", "att_xfer": "attended"}
HOLD = re.compile(r"\{(\d{16}),(\d{16})\}")
QUEUE_APP = "callcenter"
MAILBOX_APP = "voicemail"


def record_events(record: Payload, names: Names) -> list[Event]:
    leg = read_leg(record)
    if leg is None:
        return []
    if leg.value("cc_side") == "agent":
        return _agent_leg(leg, names)
    if leg.is_answering:
        return _dialled_leg(leg, names)
    return _caller_leg(leg, names)


def _tell(
    subject: str,
    kind: Kind,
    at: datetime,
    key: str,
    data: Mapping[str, Json] | None = None,
    *,
    queue: str | None = None,
    agent: str | None = None,
    order: int = 0,
) -> Event:
    return Event(
        kind=kind,
        at=at,
        subject=subject,
        dedupe_key=f"{subject}:{key}:{kind.value}",
        order=order,
        channel=Channel.VOICE,
        queue=queue,
        agent=agent,
        data=data or {},
    )


# -- the leg of whoever called


def _caller_leg(leg: Leg, names: Names) -> list[Event]:
    entries = _entries(leg)
    from_inside = names.is_own(leg.caller)
    if from_inside and not entries:
        return [] if names.is_own(leg.dialled) else _outbound(leg, names)
    direction = Direction.INTERNAL if from_inside else Direction.INBOUND
    return [
        _offered(leg, direction, leg.caller, leg.dialled),
        *(
            _tell(leg.id, Kind.CONTACT_QUEUED, entry.at, f"queue:{index}", queue=names.of(entry.told))
            for index, entry in enumerate(entries)
        ),
        *_left(leg, entries[-1] if entries else None, names),
        *_told_parts(leg, entries[-1] if entries else None, names),
        *_message(leg),
        _over(leg),
    ]


def _entries(leg: Leg) -> list[Step]:
    """Each entry into a queue, to the microsecond; a record without a log of applications still tells of the last one."""
    entries = [step for step in leg.steps if step.name == QUEUE_APP and step.told]
    joined, queue = leg.variables["cc_queue_joined_epoch"], leg.value("cc_queue")
    if entries or queue is None or joined.is_absent:
        return entries
    return [Step(name=QUEUE_APP, told=queue, at=joined.epoch_s())]


def _offered(leg: Leg, direction: Direction, customer: str | None, entry: str | None) -> Event:
    return Event(
        kind=Kind.CONTACT_OFFERED,
        at=leg.started_at,
        subject=leg.id,
        dedupe_key=f"{leg.id}:offered",
        channel=Channel.VOICE,
        direction=direction,
        customer=known_number(customer),
        data={"entry_number": entry} if entry is not None else {},
    )


def _left(leg: Leg, entry: Step | None, names: Names) -> list[Event]:
    """How the last queue was left without an agent; that of an earlier one is forgotten, and the next entry ends it."""
    if entry is None or (leg.value("cc_cause") or "").lower() != "cancel":
        return []
    after = next((step for step in leg.steps if step.at > entry.at), None)
    at, queue = leg.ended_at if after is None else after.at, names.of(entry.told)
    wait: dict[str, Json] = {"wait_s": seconds(entry.at, at)}
    # A caller who is taken out of the queue goes on to something; one who hangs up does not.
    reason = CANCELS.get(leg.value("cc_cancel_reason") or "", None if after is None else "withdrawn")
    if reason is None:
        return [_tell(leg.id, Kind.CONTACT_ABANDONED, at, "left", wait, queue=queue)]
    return [_tell(leg.id, Kind.CONTACT_OVERFLOWED, at, "left", {**wait, "reason": reason}, queue=queue)]


def _told_parts(leg: Leg, entry: Step | None, names: Names) -> Iterator[Event]:
    """The ends of agents' parts, for records without B legs. Who answered in an earlier queue only his own leg knows."""
    parts, found = leg.parts(), leg.value("cc_agent_uuid")
    begin = next(
        (index for index, part in enumerate(parts) if part.partner == found), 0 if entry is None else len(parts)
    )
    for part in parts[begin:]:
        of_queue = part.partner == found
        agent = leg.value("cc_agent") if of_queue else part.number
        if agent is None or not (of_queue or names.is_own(agent)):
            continue
        wait: dict[str, Json] = {"wait_s": seconds(entry.at, part.began_at)} if entry is not None and of_queue else {}
        kind, how = _end_of(leg, part)
        data = {**wait, **how, **_talk(part.began_at, part.ended_at)}
        yield _tell(leg.id, kind, part.ended_at, f"part:{part.partner}", data, agent=names.of(agent))


def _talk(began_at: datetime, ended_at: datetime) -> dict[str, Json]:
    return {"talk_s": seconds(began_at, ended_at), "talk_includes_hold": True}


def _end_of(leg: Leg, part: Part) -> tuple[Kind, dict[str, Json]]:
    for entry in (leg.value("transfer_history") or "").removeprefix("ARRAY::").split("|:"):
        stamp, _, mode, *_ = [*entry.split(":"), "", "", ""]
        if mode in TRANSFERS and stamp.isdecimal() and abs(int(stamp[:12]) - part.ended_at.timestamp()) <= 1:
            return Kind.CONTACT_TRANSFERRED, {"mode": TRANSFERS[mode]}
    return Kind.CONTACT_ENDED, {}


def _message(leg: Leg) -> list[Event]:
    """voicemail_message_len is set to hours, minutes and seconds when a message was left."""
    length = leg.value("voicemail_message_len") or ""
    mailbox = next((step for step in reversed(leg.steps) if step.name == MAILBOX_APP), None)
    if mailbox is None or not length.strip("0:"):
        return []
    return [_tell(leg.id, Kind.CONTACT_VOICEMAIL, mailbox.at, "message")]


def _over(leg: Leg) -> Event:
    by: dict[str, Json] = {"by": "customer"} if leg.value("sip_hangup_disposition") == "recv_bye" else {}
    return _tell(leg.id, Kind.CONTACT_ENDED, leg.ended_at, "over", by, order=1)


def _outbound(leg: Leg, names: Names) -> list[Event]:
    """An own extension called somebody outside: the record of its own leg tells everything."""
    agent, parts = names.of(leg.caller), leg.parts()
    return [
        _offered(leg, Direction.OUTBOUND, leg.dialled, None),
        *(_tell(leg.id, Kind.CONTACT_ANSWERED, part.began_at, "answered", agent=agent) for part in parts[:1]),
        _tell(leg.id, Kind.CONTACT_ENDED, leg.ended_at, "over", order=1),
    ]


# -- the legs of agents


def _agent_leg(leg: Leg, names: Names) -> list[Event]:
    """A leg that mod_callcenter made."""
    call = Payload(leg.value("cc_member_session_uuid"), "$.variables.cc_member_session_uuid").text()
    agent = names.of(Payload(leg.value("cc_agent"), "$.variables.cc_agent").text()) or ""
    talk = next((part for part in leg.parts() if part.partner == call), None)
    return _spoken(leg, call, agent, names.of(leg.value("cc_queue")), talk, rang=True)


def _dialled_leg(leg: Leg, names: Names) -> list[Event]:
    """An extension that was dialled for a caller from outside, or that a transfer gave him to; nothing else is a contact."""
    asked_by = leg.value("originating_leg_uuid")
    call = leg.value("bridge_uuid") or asked_by
    if call is None or leg.dialled is None or not names.is_own(leg.dialled) or names.is_own(leg.last_caller):
        return []
    talk = next((part for part in reversed(leg.parts()) if part.partner == call), None)
    return _spoken(leg, call, names.of(leg.dialled) or "", None, talk, rang=call == asked_by)


def _spoken(leg: Leg, call: str, agent: str, queue: str | None, talk: Part | None, *, rang: bool) -> list[Event]:
    if talk is None:
        return [_rang_in_vain(leg, call, agent, queue)] if rang else []
    ring = [_tell(call, Kind.CONTACT_RINGING, leg.started_at, leg.id, queue=queue, agent=agent)] if rang else []
    answered = _tell(call, Kind.CONTACT_ANSWERED, talk.began_at, leg.id, queue=queue, agent=agent)
    return [*ring, answered, *_holds(leg, call, agent), _agent_end(leg, call, agent, talk)]


def _rang_in_vain(leg: Leg, call: str, agent: str, queue: str | None) -> Event:
    result = RINGS.get(leg.value("hangup_cause") or "", "missed")
    data: dict[str, Json] = {"result": result, "ring_s": seconds(leg.started_at, leg.ended_at)}
    return _tell(call, Kind.CONTACT_RINGING, leg.ended_at, leg.id, data, queue=queue, agent=agent)


def _holds(leg: Leg, call: str, agent: str) -> Iterator[Event]:
    for held, resumed in HOLD.findall(leg.value("hold_events") or ""):
        for kind, stamp in ((Kind.CONTACT_HELD, held), (Kind.CONTACT_RESUMED, resumed)):
            at = moment(Payload(stamp, "$.variables.hold_events"))
            yield _tell(call, kind, at, f"{leg.id}:{stamp}", agent=agent)


def _agent_end(leg: Leg, call: str, agent: str, talk: Part) -> Event:
    data = _talk(talk.began_at, leg.ended_at)
    if leg.value("endpoint_disposition") == "BLIND_TRANSFER":
        return _tell(call, Kind.CONTACT_TRANSFERRED, leg.ended_at, leg.id, {**data, "mode": "blind"}, agent=agent)
    by: dict[str, Json] = {"by": "agent"} if leg.value("sip_hangup_disposition") == "recv_bye" else {}
    return _tell(call, Kind.CONTACT_ENDED, leg.ended_at, leg.id, {**data, **by}, agent=agent)
