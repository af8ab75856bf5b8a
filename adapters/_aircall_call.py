"""One snapshot of an Aircall call in, all that it proves out.

Snapshots repeat what earlier ones said: a fact that stays (start, entry, end) has one key and one content in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters._aircall_user import agent_name
from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

RINGS: Mapping[str, dict[str, Json]] = {"call.ringing_on_agent": {}, "call.agent_declined": {"result": "declined"}}
HOLDS = {"call.hold": Kind.CONTACT_HELD, "call.unhold": Kind.CONTACT_RESUMED}
#: events that bring nothing but the snapshot; call.unsuccessful_transfer is one: the call stays with the same agent
SNAPSHOTS = (
    "call.created",
    "call.answered",
    "call.unsuccessful_transfer",
    "call.hungup",
    "call.ended",
    "call.voicemail_left",
    "call.comm_assets_generated",
    "call.ivr_option_selected",
    "call.assigned",
    "call.archived",
    "call.unarchived",
    "call.tagged",
    "call.untagged",
    "call.commented",
)
TRANSFERS = ("call.transferred", "call.external_transferred")
CALL_EVENTS = frozenset({*RINGS, *HOLDS, *TRANSFERS, *SNAPSHOTS})
#: missed_call_reason --> outcome: abandoned, ivr (left in the menu), or a reason of contact.overflowed.
#: Aircall says agents_did_not_answer of every call that rang an agent for 10 s, also when the caller then hung up.
MISSED = {
    "short_abandoned": "abandoned",
    "abandoned_in_classic": "abandoned",
    "agents_did_not_answer": "abandoned",
    "abandoned_in_ivr": "ivr",
    "no_available_agent": "leave_empty",
    "out_of_opening_hours": "closed",
}
UNKNOWN_REASON = "error"
#: the tag that Aircall itself, not a user, gives a caller who asked to be called back
CALLBACK_TAG = "callback request"
QUEUE_SOURCES = ("number", "team")
NO_NUMBER = ("anonymous", "unknown", "private", "restricted")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """`queue` is None where calls are queued by team: a call's teams are certain only when it has ended."""

    id: str
    event: str
    data: Payload
    stamp: Payload
    direction: Direction
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    queue: str | None
    missed: str | None

    @property
    def is_inbound(self) -> bool:
        return self.direction is Direction.INBOUND

    @property
    def agent(self) -> str | None:
        return agent_name(self.data["user"])

    @property
    def waited_s(self) -> int | None:
        until = self.answered_at or self.ended_at
        return None if until is None else round((until - self.started_at).total_seconds())

    def tell(
        self,
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
            subject=self.id,
            dedupe_key=f"{self.id}:{key}",
            order=order,
            channel=Channel.VOICE,
            direction=self.direction,
            queue=queue,
            agent=agent,
            data=data or {},
        )


def call_events(name: str, body: Payload, settings: Settings) -> list[Event]:
    call = _read(name, body, settings)
    return [
        _offered(call),
        *_queued(call, settings),
        *_rung(call),
        *_answered(call),
        *_held(call),
        *_transferred(call),
        *_missed(call),
        *_asked_for_callback(call),
        *_left_message(call),
        *_tagged(call),
        *_ended(call),
    ]


def _read(name: str, body: Payload, settings: Settings) -> _Call:
    data = body["data"].object()
    direction = Direction.OUTBOUND if data["direction"].text_or() == "outbound" else Direction.INBOUND
    answered_at = _moment(data["answered_at"])
    reason = data["missed_call_reason"].text_or()
    return _Call(
        id=data["id"].text(),
        event=name,
        data=data,
        stamp=body["timestamp"],
        direction=direction,
        started_at=data["started_at"].epoch_s(),
        answered_at=answered_at,
        ended_at=_moment(data["ended_at"]),
        queue=_number(data) if first(settings, "queue_from", "number") != "team" and direction == "inbound" else None,
        missed=None if reason is None or answered_at is not None else _meaning(reason, settings),
    )


def _moment(value: Payload) -> datetime | None:
    return None if value.is_absent else value.epoch_s()


def _number(data: Payload) -> str | None:
    number = data["number"]
    return number["name"].text_or() or number["digits"].text_or() or number["id"].text_or()


def _meaning(reason: str, settings: Settings) -> str:
    own = {name.lower(): meaning.lower() for name, meaning in pairs(settings, "missed").items()}
    return {**MISSED, **own}.get(reason, UNKNOWN_REASON)


def _offered(call: _Call) -> Event:
    number = call.data["number"]["digits"].text_or()
    digits = call.data["raw_digits"].text_or()
    return Event(
        kind=Kind.CONTACT_OFFERED,
        at=call.started_at,
        subject=call.id,
        dedupe_key=f"{call.id}:offered:{call.data['number']['id'].text_or('')}",
        channel=Channel.VOICE,
        direction=call.direction,
        customer=None if digits is None or digits.lower() in NO_NUMBER else digits,
        data={"entry_number": number} if number is not None and call.is_inbound else {},
    )


def _queued(call: _Call, settings: Settings) -> list[Event]:
    """Aircall has no event of entering a queue: whoever rang an agent, was answered or missed outside the menu had entered it."""
    waits = call.answered_at is not None or call.event in RINGS or call.missed not in (None, "ivr")
    if not call.is_inbound or not (waits or _callback_tags(call)):
        return []
    queue = call.queue
    if first(settings, "queue_from", "number") == "team":
        queue = _team(call) if call.event == "call.ended" else None
    return [] if queue is None else [call.tell(Kind.CONTACT_QUEUED, call.started_at, f"queued:{queue}", queue=queue)]


def _team(call: _Call) -> str | None:
    teams = (team["name"].text_or() or team["id"].text_or() for team in call.data["teams"].items())
    return next((team for team in teams if team), None) or _number(call.data)


def _rung(call: _Call) -> list[Event]:
    if call.event not in RINGS or call.agent is None:
        return []
    key = f"ring:{call.agent}:{call.stamp.text()}:{call.event}"
    return [
        call.tell(
            Kind.CONTACT_RINGING, call.stamp.epoch_s(), key, RINGS[call.event], queue=call.queue, agent=call.agent
        )
    ]


def _answered(call: _Call) -> list[Event]:
    """From call.answered and, should that be lost, from call.ended; not when another agent has the call by then."""
    if call.answered_at is None or call.agent is None or call.event not in ("call.answered", "call.ended"):
        return []
    if call.agent != (agent_name(call.data["transferred_by"]) or call.agent):
        return []
    data: dict[str, Json] = {"wait_s": call.waited_s} if call.is_inbound else {}
    return [
        call.tell(
            Kind.CONTACT_ANSWERED, call.answered_at, f"answered:{call.agent}", data, queue=call.queue, agent=call.agent
        )
    ]


def _held(call: _Call) -> list[Event]:
    """Hold events carry no time of their own but that of the delivery."""
    if call.event not in HOLDS:
        return []
    return [call.tell(HOLDS[call.event], call.stamp.epoch_s(), f"{call.event}:{call.stamp.text()}", agent=call.agent)]


def _transferred(call: _Call) -> list[Event]:
    """Aircall tells of a transfer when it has succeeded; from then on the other agent has the call."""
    if call.event not in TRANSFERS or call.answered_at is None:
        return []
    at, key = call.stamp.epoch_s(), f"{call.event}:{call.stamp.text()}"
    giver = agent_name(call.data["transferred_by"]) or call.agent
    if call.event == "call.external_transferred":
        return [call.tell(Kind.CONTACT_TRANSFERRED, at, key, {"to": "external"}, agent=giver)]
    taker = next(
        (name for name in (call.agent, agent_name(call.data["transferred_to"])) if name not in (None, giver)), None
    )
    gone = call.tell(Kind.CONTACT_TRANSFERRED, at, key, {"to": taker} if taker else {}, agent=giver)
    if taker is None:
        return [gone]
    return [gone, call.tell(Kind.CONTACT_ANSWERED, at, f"{key}:{taker}", queue=call.queue, agent=taker, order=1)]


def _missed(call: _Call) -> list[Event]:
    if not call.is_inbound or call.missed is None or call.ended_at is None:
        return []
    key, wait = f"missed:{call.missed}", {"wait_s": call.waited_s}
    if call.missed == "ivr":
        return [call.tell(Kind.CONTACT_ABANDONED, call.ended_at, key, {"stage": "ivr"})]
    if call.missed == "abandoned":
        return [call.tell(Kind.CONTACT_ABANDONED, call.ended_at, key, wait, queue=call.queue)]
    return [call.tell(Kind.CONTACT_OVERFLOWED, call.ended_at, key, {**wait, "reason": call.missed}, queue=call.queue)]


def _callback_tags(call: _Call) -> list[datetime]:
    """When Aircall tagged the call for a callback: such a tag was given by nobody."""
    return [
        at
        for tag in call.data["tags"].items()
        if (tag["name"].text_or() or "").casefold() == CALLBACK_TAG and agent_name(tag["tagged_by"]) is None
        if (at := _moment(tag["tagged_at"])) is not None
    ]


def _asked_for_callback(call: _Call) -> list[Event]:
    if not call.is_inbound or call.answered_at is not None:
        return []
    return [
        call.tell(Kind.CONTACT_CALLBACK_REQUESTED, at, f"callback:{at.timestamp():.0f}", queue=call.queue)
        for at in _callback_tags(call)[:1]
    ]


def _left_message(call: _Call) -> list[Event]:
    """The message comes after the end of the call and changes how it counts."""
    left = call.event == "call.voicemail_left" or not call.data["voicemail"].is_absent
    if not left or not call.is_inbound or call.answered_at is not None or call.ended_at is None:
        return []
    return [call.tell(Kind.CONTACT_VOICEMAIL, call.ended_at, "voicemail", {"wait_s": call.waited_s}, queue=call.queue)]


def _tagged(call: _Call) -> list[Event]:
    events = []
    for tag in call.data["tags"].items():
        name, at = tag["name"].text_or(), _moment(tag["tagged_at"])
        if name is not None and at is not None:
            key = f"tag:{tag['id'].text_or(name)}:{at.timestamp():.0f}"
            events.append(call.tell(Kind.CONTACT_TAGGED, at, key, {"tag": name}))
    return events


def _ended(call: _Call) -> list[Event]:
    return [] if call.ended_at is None else [call.tell(Kind.CONTACT_ENDED, call.ended_at, "ended")]
