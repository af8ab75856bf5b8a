"""A record of a call: how it came, how it waited, how it came out. What its agents did is in the records of its legs.

The durations: https://support.zendesk.com/hc/en-us/articles/8202998599066-About-native-Talk-time-duration-metrics. The words of
`completion_status`: https://support.zendesk.com/hc/en-us/community/posts/4414444142874 names `abandoned_in_ivr`; the others are
those that programs expect from their own exports. All read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from adapters._zendesk_talk_words import name_of, seconds
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload
from plugin.contract.settings import Settings

FAILED = "failed"
IN_MENU = "abandoned_in_ivr"
IN_VOICEMAIL = "abandoned_in_voicemail"
ABANDONED = frozenset({"abandoned_in_queue", "abandoned_on_hold"})
#: a message was left, and Zendesk still stores it
MESSAGE = "pending_voicemail"
DIRECTIONS: Mapping[str, Direction] = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
MENU = ("ivr_time_spent", "ivr_hops", "ivr_action")
#: what says why a caller had to leave a queue --> reason of contact.overflowed; the first that holds
REASONS = {"customer_requested_voicemail": "key", "exceeded_queue_wait_time": "timeout"}


@dataclass(frozen=True, kw_only=True)
class Call:
    shown: Payload
    settings: Settings

    @cached_property
    def id(self) -> str:
        return self.shown["id"].text()

    @cached_property
    def started_at(self) -> datetime:
        return self.shown["created_at"].iso()

    @cached_property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.shown["duration"].number())

    @cached_property
    def status(self) -> str:
        return self.shown["completion_status"].text()

    @cached_property
    def direction(self) -> Direction | None:
        return Direction.CALLBACK if self.has("callback") else DIRECTIONS.get(self.shown["direction"].text())

    @cached_property
    def queue(self) -> str | None:
        """The group that takes calls of this line or this choice of the menu; without groups the line."""
        group = name_of(self.shown["call_group_id"].text_or(), self.settings)
        return group or self.shown["phone_number"].text_or()

    @cached_property
    def agent(self) -> str | None:
        """Who answered first; None where nobody spoke with the customer."""
        spoke = (seconds(self.shown["talk_time"]) or 0) > 0
        return name_of(self.shown["agent_id"].text_or(), self.settings) if spoke else None

    @cached_property
    def wait_s(self) -> int | float | None:
        """Not known where Zendesk adds up more than went by before the first answer, as after a transfer into a queue."""
        wait, answer = seconds(self.shown["wait_time"]), seconds(self.shown["time_to_answer"])
        return None if self.agent and wait is not None and answer is not None and wait > answer else wait

    def has(self, flag: str) -> bool:
        return self.shown[flag].flag_or()

    def tell(self, kind: Kind, key: str, order: int, data: Mapping[str, Json] | None = None) -> Event:
        """At the start of the call; with an order above 4 at its end, which then is part of the key."""
        at = self.ended_at if order > 4 else self.started_at
        return Event(
            kind=kind,
            at=at,
            subject=self.id,
            dedupe_key=f"call:{self.id}:{key}" + (f":{at.timestamp():.0f}" if order > 4 else ""),
            order=order,
            channel=Channel.VOICE,
            direction=self.direction,
            queue=self.queue if kind in IN_QUEUE else None,
            agent=self.agent if key == "agent" else None,
            customer=name_of(self.shown["customer_id"].text_or(), {}),
            data=data or {},
        )


IN_QUEUE = frozenset({Kind.CONTACT_QUEUED, Kind.CONTACT_ABANDONED, Kind.CONTACT_OVERFLOWED, Kind.CONTACT_VOICEMAIL})


def told_of_call(shown: Payload, settings: Settings) -> Sequence[Event]:
    """Nothing of a call that is not over."""
    if shown["completion_status"].is_absent:
        return []
    call = Call(shown=shown, settings=settings)
    way = _way(call) if call.direction is Direction.INBOUND else []
    if call.agent:
        # The leg's own record tells of the talk; this answers the visit where that record was not read.
        way.append(call.tell(Kind.CONTACT_ENDED, "agent", 8))
    by: Mapping[str, Json] = {"by": "system"} if call.status == FAILED else {}
    return [_offered(call, is_routed=bool(way)), *way, call.tell(Kind.CONTACT_ENDED, "ended", 9, by)]


def _offered(call: Call, *, is_routed: bool) -> Event:
    """The key holds the ticket, which a call gets after a while."""
    ticket = call.shown["ticket_id"].text_or()
    was_in_menu = is_routed and any(not call.shown[name].is_absent for name in MENU)
    told: Mapping[str, Json] = {
        "entry_number": call.shown["phone_number"].text_or() if call.direction is Direction.INBOUND else None,
        "ticket": ticket,
        "ivr": True if was_in_menu else None,
    }
    data = {name: value for name, value in told.items() if value is not None}
    return call.tell(Kind.CONTACT_OFFERED, f"offered:{ticket or ''}", 0, data)


def _way(call: Call) -> list[Event]:
    """Through the menu and the queue, as far as it came. The entry has the time of the call: a leg may begin in the same second."""
    queued = call.tell(Kind.CONTACT_QUEUED, "queued", 1, {"wait_s": call.wait_s})
    if call.agent:
        return [queued]
    if call.status == IN_MENU:
        return [call.tell(Kind.CONTACT_ABANDONED, "left", 5, {"stage": "ivr"})]
    message = [call.tell(Kind.CONTACT_VOICEMAIL, "voicemail", 6)] if _left_message(call) else []
    if call.has("outside_business_hours"):
        return [call.tell(Kind.CONTACT_OVERFLOWED, "closed", 5, {"reason": "closed"}), *message]
    if message:
        return [queued, *message]
    if call.status in ABANDONED:
        return [queued, call.tell(Kind.CONTACT_ABANDONED, "left", 5)]
    return [queued, call.tell(Kind.CONTACT_OVERFLOWED, "overflowed", 5, _reason(call))] if _overflowed(call) else []


def _left_message(call: Call) -> bool:
    return call.has("voicemail") or call.status == MESSAGE


def _overflowed(call: Call) -> bool:
    """Whoever waited and neither spoke nor hung up was sent elsewhere: to another number, to voicemail, to be called back."""
    waited = (seconds(call.shown["wait_time"]) or 0) > 0
    return call.status != FAILED and (call.has("overflowed") or call.status == IN_VOICEMAIL or waited)


def _reason(call: Call) -> Mapping[str, Json]:
    reason = next((reason for flag, reason in REASONS.items() if call.has(flag)), "flow_out")
    to = call.shown["overflowed_to"].text_or()
    return {"reason": reason, "to": to} if to else {"reason": reason}
