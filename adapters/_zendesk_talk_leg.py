"""A record of a leg: what one agent did in a call. It begins when the call rings at him.

https://support.zendesk.com/hc/en-us/articles/115000716748-Understanding-the-calls-dataset-in-Insights; the words of `type` and
`completion_status` as programs expect them from their own exports. Read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from adapters._zendesk_talk_words import includes_hold, name_of, seconds
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload
from plugin.contract.settings import Settings

#: others are the customer, an outside number, and a supervisor who listens in
AGENT = "agent"
#: completion_status --> how the ring came out; a browser that could not be reached is nobody's doing
RINGS: Mapping[str, str] = {
    "agent_missed": "missed",
    "agent_declined": "declined",
    "agent_transfer_declined": "declined",
    "agent_unreachable": "cancelled",
    "customer_hang_up": "cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Leg:
    shown: Payload
    settings: Settings

    @cached_property
    def began_at(self) -> datetime:
        return self.shown["created_at"].iso()

    @cached_property
    def ended_at(self) -> datetime:
        return self.began_at + timedelta(seconds=self.shown["duration"].number())

    @cached_property
    def hold_s(self) -> int | float:
        return seconds(self.shown["hold_time"]) or 0

    @cached_property
    def talk_s(self) -> int | float:
        """Without hold."""
        talk = seconds(self.shown["talk_time"]) or 0
        return talk - self.hold_s if includes_hold(self.settings) else talk

    @cached_property
    def answered_at(self) -> datetime:
        """Reckoned back from the end: how long it rang is not told."""
        return max(self.began_at, self.ended_at - timedelta(seconds=self.talk_s + self.hold_s))

    def tell(self, kind: Kind, at: datetime, key: str, order: int, data: Mapping[str, Json] | None = None) -> Event:
        return Event(
            kind=kind,
            at=at,
            subject=self.shown["call_id"].text(),
            dedupe_key=f"leg:{self.shown['id'].text()}:{key}",
            order=order,
            channel=Channel.VOICE,
            agent=name_of(self.shown["agent_id"].text(), self.settings),
            data=data or {},
        )


def told_of_leg(shown: Payload, settings: Settings) -> Sequence[Event]:
    """Nothing of a leg that is not over, nor of one that is no agent's; who talked for no second has not answered."""
    status = shown["completion_status"].text_or()
    if status is None or shown["type"].text() != AGENT or shown["agent_id"].text_or("0") == "0":
        return []
    leg = Leg(shown=shown, settings=settings)
    if status in RINGS:
        return [leg.tell(Kind.CONTACT_RINGING, leg.ended_at, "ring", 2, {"result": RINGS[status]})]
    return _worked(leg) if (seconds(shown["talk_time"]) or 0) > 0 else []


def _worked(leg: Leg) -> list[Event]:
    answered = leg.tell(Kind.CONTACT_ANSWERED, leg.answered_at, "answered", 2)
    return [answered, _ended(leg), *_wrapped_up(leg)]


def _ended(leg: Leg) -> Event:
    to = leg.shown["transferred_to"].text_or()
    told: dict[str, Json] = {"talk_s": leg.talk_s, "hold_s": leg.hold_s}
    if to is None:
        return leg.tell(Kind.CONTACT_ENDED, leg.ended_at, "ended", 3, told)
    mode = "blind" if leg.shown["consultation_to"].is_absent else "attended"
    told |= {"to": name_of(to, leg.settings), "mode": mode}
    return leg.tell(Kind.CONTACT_TRANSFERRED, leg.ended_at, "ended", 3, told)


def _wrapped_up(leg: Leg) -> list[Event]:
    """The key holds how long it took: the record may be read before it is over."""
    wrap = seconds(leg.shown["wrap_up_time"])
    if wrap is None:
        return []
    at = leg.ended_at + timedelta(seconds=wrap)
    return [leg.tell(Kind.CONTACT_WRAPPED_UP, at, f"wrapped_up:{wrap}", 4, {"wrap_s": wrap})]
