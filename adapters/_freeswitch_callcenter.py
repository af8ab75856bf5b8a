"""Events callcenter::info of mod_callcenter in, queue visits, agents' parts and agent states out.

Names and meanings: src/mod/applications/mod_callcenter/mod_callcenter.c of github.com/signalwire/freeswitch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters._freeswitch_cdr import CANCELS, RINGS
from adapters._freeswitch_leg import Names, known_number, moment
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload

#: CC-Agent-Status --> state
STATES: Mapping[str, dict[str, Json]] = {
    "Available": {"session": "login", "activity": "available"},
    "Available (On Demand)": {"session": "login", "activity": "available"},
    "On Break": {"session": "login", "activity": "break"},
    "Logged Out": {"session": "logout", "activity": "offline"},
}
STATUS = "agent-status-change"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Happening:
    action: str
    body: Payload
    at: datetime
    stamp: str
    names: Names

    def named(self, header: str) -> str:
        return self.names.of(self.body[header].text()) or ""

    def tell(
        self, kind: Kind, data: Mapping[str, Json] | None = None, *, agent: bool = False, customer: bool = False
    ) -> Event:
        call = self.body["CC-Member-Session-UUID"].text()
        return Event(
            kind=kind,
            at=self.at,
            subject=call,
            dedupe_key=f"{call}:{self.action}:{self.stamp}:{kind.value}",
            channel=Channel.VOICE,
            direction=Direction.INBOUND if customer else None,
            queue=None if customer else self.named("CC-Queue"),
            agent=self.named("CC-Agent") if agent else None,
            customer=known_number(self.body["CC-Member-CID-Number"].text_or()) if customer else None,
            data=data or {},
        )


def callcenter_events(body: Payload, names: Names, *, with_calls: bool) -> list[Event]:
    """`with_calls` False: states of agents only, where calls are taken from the records of their legs."""
    action = body["CC-Action"].text_or() or ""
    if action != STATUS and not (with_calls and action in _READERS):
        return []
    stamp = body["Event-Date-Timestamp"]
    happening = _Happening(
        action=action,
        body=body,
        at=moment(stamp),
        stamp=stamp.text(),
        names=names,
    )
    return _status(happening) if action == STATUS else _READERS[action](happening)


def _status(event: _Happening) -> list[Event]:
    agent, status = event.named("CC-Agent"), event.body["CC-Agent-Status"].text_or() or ""
    if status not in STATES:
        return []
    key = f"{agent}:{event.action}:{event.stamp}"
    data = {**STATES[status], "reason": status}
    return [Event(kind=Kind.AGENT_STATE, at=event.at, subject=agent, dedupe_key=key, agent=agent, data=data)]


def _joined(event: _Happening) -> list[Event]:
    return [event.tell(Kind.CONTACT_OFFERED, customer=True), event.tell(Kind.CONTACT_QUEUED)]


def _ringing(event: _Happening) -> list[Event]:
    return [event.tell(Kind.CONTACT_RINGING, agent=True)]


def _failed(event: _Happening) -> list[Event]:
    result = RINGS.get(event.body["CC-Hangup-Cause"].text_or() or "", "missed")
    return [event.tell(Kind.CONTACT_RINGING, {"result": result}, agent=True)]


def _bridged(event: _Happening) -> list[Event]:
    return [event.tell(Kind.CONTACT_ANSWERED, agent=True)]


def _parted(event: _Happening) -> list[Event]:
    return [event.tell(Kind.CONTACT_ENDED, agent=True)]


def _left(event: _Happening) -> list[Event]:
    """Cause Terminated tells of a talk that is over, which bridge-agent-end has told."""
    if (event.body["CC-Cause"].text_or() or "").lower() != "cancel":
        return []
    reason = CANCELS.get(event.body["CC-Cancel-Reason"].text_or() or "")
    if reason is None:
        return [event.tell(Kind.CONTACT_ABANDONED)]
    return [event.tell(Kind.CONTACT_OVERFLOWED, {"reason": reason})]


_READERS: Mapping[str, Callable[[_Happening], list[Event]]] = {
    "member-queue-start": _joined,
    "member-queue-resume": _joined,
    "agent-offering": _ringing,
    "bridge-agent-fail": _failed,
    "bridge-agent-start": _bridged,
    "bridge-agent-end": _parted,
    "member-queue-end": _left,
}
