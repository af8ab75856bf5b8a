"""A call of Freshcaller in, its events out: an API that shows calls when they are over, not what happened in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapters._freshcaller_call import ABANDONED, ANSWERED, ERROR, GOING_ON, VOICEMAIL, Call, meaning, span_of
from plugin.contract.adapter import Settings
from plugin.contract.event import Direction, Event, Json, Kind
from plugin.contract.payload import Payload

#: `call_status` of an agent who did not answer --> how his ring ended
RINGS: Mapping[str, str] = {"2": "declined", "3": "missed", "5": "cancelled"}
DIRECTIONS: Mapping[str, Direction] = {"incoming": Direction.INBOUND, "outgoing": Direction.OUTBOUND}
NUMBER = re.compile(r"\+?\d{5,}")
EXITS: Mapping[str, Kind] = {
    ABANDONED: Kind.CONTACT_ABANDONED,
    VOICEMAIL: Kind.CONTACT_VOICEMAIL,
    ERROR: Kind.CONTACT_OVERFLOWED,
}


def told(body: Payload, settings: Settings) -> list[Event]:
    direction = DIRECTIONS.get((body["call"]["direction"].text() or "").lower())
    if direction is None:
        return []
    call = Call(body=body, settings=settings, direction=direction)
    return [*_began(call), *_outcome(call), *_rings(call), *_tags(call)]


def _began(call: Call) -> Iterator[Event]:
    if call.is_child:
        return
    number = call.customer["caller_number"].text_or()
    known = number if number and NUMBER.fullmatch(number) else None
    is_inbound = call.direction is Direction.INBOUND
    entry = call.shown["phone_number"].text_or() if is_inbound else None
    data: dict[str, Json] = {"entry_number": entry} if entry else {}
    if not call.shown["assigned_ivr_id"].is_absent:
        data["ivr"] = True
    yield call.tell_with(data, Kind.CONTACT_OFFERED, call.began_at, "began", customer=known)
    for ticket in _tickets(call):
        # It may be linked at any time, and the events of one key must be equal.
        yield call.tell_with(
            {"ticket": ticket}, Kind.CONTACT_OFFERED, call.began_at, f"ticket:{ticket}", customer=known
        )


def _tickets(call: Call) -> list[str]:
    linked = call.shown["integrated_resources"].items()
    return [each["id"].text() for each in linked if "ticket" in (each["type"].text_or("") or "").lower()]


def _outcome(call: Call) -> Iterator[Event]:
    found = meaning(call)
    if found == GOING_ON:
        return
    if found == ANSWERED and call.agent is not None:
        yield from _talk(call, call.agent)
    elif call.direction is Direction.INBOUND and found != ANSWERED:
        yield from _unanswered(call, found)
    else:
        yield call.tell(Kind.CONTACT_ENDED, call.left_at, "over", 9)


def _talk(call: Call, agent: str) -> Iterator[Event]:
    """A queue is entered where the wait begins, which the answer's own wait says as well."""
    talk, hold, work = (call.seconds(name) for name in ("talk_time", "hold_duration", "call_work_time"))
    ended_at = call.left_at + span_of(talk) + span_of(hold)
    queue = call.queue
    if call.is_child:
        yield call.tell(Kind.CONTACT_TRANSFERRED, call.began_at, "transfer", 1)
    elif queue is not None:
        yield call.tell(Kind.CONTACT_QUEUED, call.entered_at, "queue", 1, queue=queue)
    waited: dict[str, Json] = {"wait_s": call.wait_s} if queue is not None else {}
    yield call.tell_with(waited, Kind.CONTACT_ANSWERED, call.left_at, "answer", 2, queue=queue, agent=agent)
    spoken: dict[str, Json] = {"talk_s": talk, **({} if hold is None else {"hold_s": hold})}
    yield call.tell_with(spoken, Kind.CONTACT_ENDED, ended_at, "leg", 3, queue=queue, agent=agent)
    yield call.tell(Kind.CONTACT_ENDED, ended_at, "over", 9)
    if work:
        # It grows until the agent is done: a later reading is a later event.
        at = ended_at + span_of(work)
        yield call.tell_with({"wrap_s": work}, Kind.CONTACT_WRAPPED_UP, at, f"work:{work:g}", agent=agent)


def _unanswered(call: Call, found: str) -> Iterator[Event]:
    if _is_in_menu(call):
        at = call.began_at + span_of(call.seconds("ivr_time"))
        yield call.tell_with({"stage": "ivr"}, Kind.CONTACT_ABANDONED, at, "menu", 2)
        yield call.tell(Kind.CONTACT_ENDED, at, "over", 9)
        return
    if call.queue is None:
        return  # an agent who did not take the call over
    if call.is_child:
        yield call.tell(Kind.CONTACT_TRANSFERRED, call.began_at, "transfer", 1)
    else:
        yield call.tell(Kind.CONTACT_QUEUED, call.entered_at, "queue", 1, queue=call.queue)
    data: dict[str, Json] = {"wait_s": call.wait_s, **({"reason": "error"} if found == ERROR else {})}
    yield call.tell_with(data, EXITS[found], call.left_at, "exit", 2, queue=call.queue)
    yield call.tell(Kind.CONTACT_ENDED, call.left_at, "over", 9)


def _is_in_menu(call: Call) -> bool:
    """It came into a menu, and from there to nobody."""
    further = ("assigned_call_queue_name", "assigned_team_name", "assigned_agent_id")
    came_further = any(not call.shown[name].is_absent for name in further)
    return not (call.shown["assigned_ivr_id"].is_absent or came_further or call.seconds("total_ringing_time"))


def _rings(call: Call) -> Iterator[Event]:
    if call.direction is not Direction.INBOUND:
        return
    for each in call.people("Agent"):
        result, agent = RINGS.get(each["call_status"].text_or("") or ""), call.name(each["participant_id"])
        if result is not None and agent is not None:
            at, key = each["updated_time"].iso(), f"ring:{each['id'].text()}"
            yield call.tell_with({"result": result}, Kind.CONTACT_RINGING, at, key, queue=call.queue, agent=agent)


def _tags(call: Call) -> Iterator[Event]:
    for tag in call.body["metrics"]["tags"].items():
        name = tag["name"].text()
        yield call.tell_with({"tag": name}, Kind.CONTACT_TAGGED, call.began_at, f"tag:{name}")
