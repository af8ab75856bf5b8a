"""A line of queue_log in, events out.

Lines: https://docs.asterisk.org/Operation/Logging/Queue-Logs/ (read 2026-11-24) and apps/app_queue.c of asterisk/asterisk;
CLOSED, FULL, JOINEMPTY, LEAVEEMPTY and DIVERT_* are added by Wazo: https://wazo.readthedocs.io/en/wazo-20.03/api_sdk/queue_log.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters._asterisk_pbx import Pbx, activity_of_pause, amount, digest
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, instant_from_epoch

#: What stands in the call column when no call is meant.
NO_CALL = frozenset({"", "NONE", "MANAGER", "CLI", "REALTIME"})

#: Exits without an agent: the reason, and the place of the waited seconds among the parameters.
EXITS: Mapping[str, tuple[str, int | None]] = {
    "EXITWITHTIMEOUT": ("timeout", 2),
    "EXITEMPTY": ("leave_empty", 2),
    "EXITWITHKEY": ("key", 3),
    "WITHDRAW": ("withdrawn", 2),
    "LEAVEEMPTY": ("leave_empty", None),
    "SYSCOMPAT": ("error", None),
}

#: Calls that were not let in; they have no ENTERQUEUE.
REFUSALS = {
    "CLOSED": "closed",
    "FULL": "full",
    "JOINEMPTY": "join_empty",
    "DIVERT_CA_RATIO": "divert",
    "DIVERT_HOLDTIME": "divert",
}

#: Milliseconds of ringing come with both.
RINGS = {"RINGNOANSWER": "missed", "RINGCANCELED": "cancelled"}

#: Track of the agent's session: login or logout, the place of the stated seconds, and the key when it is not the queue.
SESSIONS: Mapping[str, tuple[str, int | None, str | None]] = {
    "AGENTLOGIN": ("login", None, "agent login"),
    "AGENTLOGOFF": ("logout", 1, "agent login"),
    "AGENTCALLBACKLOGIN": ("login", None, "callback login"),
    "AGENTCALLBACKLOGOFF": ("logout", 1, "callback login"),
    "ADDMEMBER": ("login", None, None),
    "REMOVEMEMBER": ("logout", None, None),
}

_OUTSIDE = re.compile(r"\+?[0-9]{7,}")

PAUSES = {"PAUSE": True, "PAUSEALL": True, "UNPAUSE": False, "UNPAUSEALL": False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line, split; `key` names it among all lines of all files, `order` settles what came first within a second."""

    at: datetime
    call: str
    queue: str | None
    agent: str | None
    event: str
    data: Sequence[str]
    order: int
    key: str

    def text(self, place: int) -> str | None:
        return self.data[place] if place < len(self.data) and self.data[place] else None

    def seconds(self, place: int | None) -> float | None:
        return None if place is None else amount(self.text(place))


def read_row(line: str, occurrence: int, order: int, pbx: Pbx) -> Row | None:
    """None for what is not a line of queue_log: a torn or foreign line must not take its whole batch along."""
    fields = line.rstrip("\r\n").split("|")
    seconds = amount(fields[0])
    if len(fields) < 5 or seconds is None or not fields[4]:
        return None
    try:
        at = instant_from_epoch(seconds)
    except BadPayload:
        return None
    event = fields[4].strip().upper()
    # The caller's number and name must not be recoverable from the key; the call's id says as much.
    identity = [*fields[:5], *fields[7:8]] if event == "ENTERQUEUE" else fields
    return Row(
        at=at,
        call=fields[1],
        queue=_known(fields[2]),
        agent=pbx.name(fields[3]),
        event=event,
        data=fields[5:],
        order=order,
        key=digest(pbx.host, *identity, occurrence),
    )


def events_of_row(row: Row, pbx: Pbx) -> list[Event]:
    """`[]` for what is of no interest: penalties, reloads, DID, a centre's own lines."""
    if row.event == "QUEUESTART":
        return [Event(kind=Kind.SOURCE_RESTARTED, at=row.at, subject=pbx.host, dedupe_key=row.key, order=row.order)]
    if row.event in SESSIONS or row.event in PAUSES:
        return _state(row)
    handler = _handler(row.event)
    return handler(row, pbx) if handler and row.call not in NO_CALL else []


def _handler(event: str) -> Callable[[Row, Pbx], list[Event]] | None:
    if event in EXITS:
        return _exit
    if event in REFUSALS or event.startswith("DIVERT_"):
        return _refused
    return _CALLS.get(event)


def _known(text: str) -> str | None:
    return None if text in ("", "NONE") else text


def _contact(row: Row, kind: Kind, **data: Json) -> Event:
    return Event(
        kind=kind,
        at=row.at,
        subject=row.call,
        dedupe_key=f"{row.key}:{kind}",
        order=row.order,
        channel=Channel.VOICE,
        queue=row.queue,
        agent=row.agent,
        data={name: value for name, value in data.items() if value is not None},
    )


def _offered(row: Row, pbx: Pbx, number: str | None) -> Event:
    direction, customer = pbx.caller(number)
    return Event(
        kind=Kind.CONTACT_OFFERED,
        at=row.at,
        subject=row.call,
        dedupe_key=f"{row.key}:{Kind.CONTACT_OFFERED}",
        order=row.order,
        channel=Channel.VOICE,
        direction=direction,
        customer=customer,
    )


def _entered(row: Row, pbx: Pbx) -> list[Event]:
    position = amount(row.text(2))
    queued = _contact(row, Kind.CONTACT_QUEUED, position=None if position is None else int(position))
    return [_offered(row, pbx, row.text(1)), queued]


def _refused(row: Row, pbx: Pbx) -> list[Event]:
    reason = REFUSALS.get(row.event, "divert")
    return [_offered(row, pbx, None), _contact(row, Kind.CONTACT_OVERFLOWED, reason=reason)]


def _connected(row: Row, pbx: Pbx) -> list[Event]:
    return [_contact(row, Kind.CONTACT_ANSWERED, wait_s=row.seconds(0), ring_s=row.seconds(2))]


def _abandoned(row: Row, pbx: Pbx) -> list[Event]:
    return [_contact(row, Kind.CONTACT_ABANDONED, wait_s=row.seconds(2))]


def _exit(row: Row, pbx: Pbx) -> list[Event]:
    reason, place = EXITS[row.event]
    return [_contact(row, Kind.CONTACT_OVERFLOWED, reason=reason, wait_s=row.seconds(place))]


def _rang(row: Row, pbx: Pbx) -> list[Event]:
    milliseconds = row.seconds(0)
    ring_s = None if milliseconds is None else milliseconds / 1000
    return [_contact(row, Kind.CONTACT_RINGING, result=RINGS[row.event], ring_s=ring_s)]


def _completed(row: Row, pbx: Pbx) -> list[Event]:
    by = "agent" if row.event == "COMPLETEAGENT" else "customer"
    return [_leg_over(row, pbx, Kind.CONTACT_ENDED, wait_place=0, by=by)]


def _transferred(row: Row, pbx: Pbx) -> list[Event]:
    """Exten and context come first: `TRANSFER` before Asterisk 12, and `BLINDTRANSFER`. An outside number is not kept."""
    to = row.text(0)
    to = None if to and _OUTSIDE.fullmatch(to) else to
    return [_leg_over(row, pbx, Kind.CONTACT_TRANSFERRED, wait_place=2, mode="blind", to=to)]


def _handed_over(row: Row, pbx: Pbx) -> list[Event]:
    """`ATTENDEDTRANSFER`: one or two parameters (a bridge, an application, two links) before wait, talk and position."""
    wait_place = max(len(row.data) - 3, 0)
    return [_leg_over(row, pbx, Kind.CONTACT_TRANSFERRED, wait_place=wait_place, mode="attended")]


def _leg_over(row: Row, pbx: Pbx, kind: Kind, wait_place: int, **data: Json) -> Event:
    """The stated talk has the hold inside, which is only worth saying when the holds are sent."""
    talk_s = row.seconds(wait_place + 1)
    includes = True if pbx.holds and talk_s is not None else None
    return _contact(row, kind, wait_s=row.seconds(wait_place), talk_s=talk_s, talk_includes_hold=includes, **data)


def _state(row: Row) -> list[Event]:
    if row.agent is None:
        return []
    data = _session(row) if row.event in SESSIONS else _pause(row)
    return [
        Event(
            kind=Kind.AGENT_STATE,
            at=row.at,
            subject=row.agent,
            dedupe_key=row.key,
            order=row.order,
            agent=row.agent,
            data={name: value for name, value in data.items() if value is not None},
        )
    ]


def _session(row: Row) -> dict[str, Json]:
    session, place, key = SESSIONS[row.event]
    return {"session": session, "of": key or row.queue, "session_s": row.seconds(place)}


def _pause(row: Row) -> dict[str, Json]:
    """One PauseAll writes PAUSEALL and a PAUSE for each queue: the key tells them apart, and the union counts once."""
    of = None if row.event.endswith("ALL") else row.queue
    if not PAUSES[row.event]:
        return {"activity": "available", "of": of}
    reason = row.text(0)
    return {"activity": activity_of_pause(reason), "of": of, "reason": reason}


_CALLS: Mapping[str, Callable[[Row, Pbx], list[Event]]] = {
    "ENTERQUEUE": _entered,
    "CONNECT": _connected,
    "ABANDON": _abandoned,
    "RINGNOANSWER": _rang,
    "RINGCANCELED": _rang,
    "COMPLETEAGENT": _completed,
    "COMPLETECALLER": _completed,
    "TRANSFER": _transferred,
    "BLINDTRANSFER": _transferred,
    "ATTENDEDTRANSFER": _handed_over,
}
