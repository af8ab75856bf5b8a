"""A call of Freshcaller as its API shows it, with its metrics: what its codes mean, its times and durations.

Codes of `call_status` and metrics: https://developers.freshcaller.com/api/ as far as others quote it (read 2026-11-27): 1 and 3
https://community.freshworks.dev/t/freshcaller-api-call-status/5550 with a whole call; 10, 15, 16 and what each metric measures
in connectors that cite it. The other codes are those of its predecessor in Freshdesk, whose 1, 3 and 10 are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

ANSWERED, ABANDONED, VOICEMAIL, ERROR, GOING_ON = "answered", "abandoned", "voicemail", "error", "going_on"
MEANINGS = frozenset({ANSWERED, ABANDONED, VOICEMAIL, ERROR, GOING_ON})
#: `call_status` of the customer --> what became of the call; any other goes on
STATUSES: Mapping[str, str] = {
    "1": ANSWERED,
    "2": ABANDONED,
    "3": ABANDONED,
    "4": ERROR,
    "5": ABANDONED,
    "9": ERROR,
    "10": VOICEMAIL,
    "11": ERROR,
    "15": ANSWERED,
    "16": VOICEMAIL,
}
UNITS: Mapping[str, float] = {"seconds": 1, "minutes": 60, "hours": 3600, "milliseconds": 0.001}


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """`body`: `call`, `metrics` (null while there are none), and `users` with names by id."""

    body: Payload
    settings: Settings
    direction: Direction

    @property
    def shown(self) -> Payload:
        return self.body["call"]

    @property
    def id(self) -> str:
        return self.shown["id"].text()

    @property
    def is_child(self) -> bool:
        """A transfer is a call of its own beneath the first one."""
        return not self.shown["parent_call_id"].is_absent

    @property
    def subject(self) -> str:
        return self.shown["root_call_id"].text_or() or self.shown["parent_call_id"].text_or() or self.id

    @property
    def began_at(self) -> datetime:
        return self.shown["created_time"].iso()

    @property
    def customer(self) -> Payload:
        return next((each for each in self.people("Customer")), Payload({}, "$.call.participants[customer]"))

    @property
    def queue(self) -> str | None:
        """Nothing waits on the way out, nor for an agent to whom a call is handed over."""
        is_handed_over = self.is_child and self.shown["assigned_call_queue_name"].is_absent
        if self.direction is Direction.OUTBOUND or is_handed_over:
            return None
        queue, team, number = (
            self.shown[name].text_or() for name in ("assigned_call_queue_name", "assigned_team_name", "phone_number")
        )
        told = {"queue": queue or team or number, "team": team or number, "number": number}
        return told.get(first(self.settings, "queue_from", "queue") or "queue", number)

    @property
    def agent(self) -> str | None:
        return self.shown["assigned_agent_name"].text_or() or self.name(self.shown["assigned_agent_id"])

    def name(self, key: Payload) -> str | None:
        found = key.text_or()
        return self.body["users"][found].text_or(found) if found else None

    def people(self, kind: str) -> Iterator[Payload]:
        return (each for each in self.shown["participants"].items() if each["participant_type"].text_or() == kind)

    def seconds(self, name: str) -> float | None:
        """A metric; None where it is not told, or in a unit that nobody knows."""
        value = self.body["metrics"][name].number_or()
        unit = UNITS.get(self.body["metrics"][f"{name}_unit"].text_or("seconds") or "seconds")
        return None if value is None or unit is None else value * unit

    @property
    def entered_at(self) -> datetime:
        """When the customer began to wait for an agent: into the queue, else at the end of the menu."""
        enqueued = self.customer["enqueued_time"]
        return self.began_at + span_of(self.seconds("ivr_time")) if enqueued.is_absent else enqueued.iso()

    @property
    def wait_s(self) -> float | None:
        speed = self.seconds("answering_speed")
        return self.seconds("total_ringing_time") if speed is None else speed

    @property
    def left_at(self) -> datetime:
        return self.entered_at + span_of(self.wait_s)

    def tell(self, kind: Kind, at: datetime, key: str, order: int = 0, **given: str | None) -> Event:
        return self.tell_with({}, kind, at, key, order, **given)

    def tell_with(
        self, data: Mapping[str, Json], kind: Kind, at: datetime, key: str, order: int = 0, **given: str | None
    ) -> Event:
        return Event(
            kind=kind,
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.id}:{key}:{kind}",
            order=order,
            channel=Channel.VOICE,
            direction=self.direction,
            queue=given.get("queue"),
            agent=given.get("agent"),
            customer=given.get("customer"),
            data=data,
        )


def span_of(seconds: float | None) -> timedelta:
    return timedelta(seconds=seconds or 0)


def meaning(call: Call) -> str:
    """Of a call that was answered nothing is told before its talk is."""
    status = call.customer["call_status"].text_or("") or ""
    found = pairs(call.settings, "statuses").get(status) or STATUSES.get(status, GOING_ON)
    if found not in MEANINGS:
        raise BadPayload("settings.statuses", f"{found!r} is none of {', '.join(sorted(MEANINGS))}")
    is_measured = not call.body["metrics"].is_absent
    if not is_measured or (found == ANSWERED and call.seconds("talk_time") is None):
        return GOING_ON
    return found
