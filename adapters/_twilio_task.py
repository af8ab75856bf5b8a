"""One TaskRouter event of any delivery in, its fields by their callback names out: text, times, task attributes, activities."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, pairs
from plugin.contract.event import Channel, Direction
from plugin.contract.payload import BadPayload, Payload, instant_from_epoch, parse_json

CHANNELS = {
    "voice": Channel.VOICE,
    "chat": Channel.CHAT,
    "web": Channel.CHAT,
    "sms": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "messenger": Channel.MESSAGING,
    "facebook": Channel.MESSAGING,
    "email": Channel.EMAIL,
}
#: TaskRouter's name of an activity, in lower case --> our activity
ACTIVITIES = {
    "available": "available",
    "idle": "available",
    "ready": "available",
    "busy": "on_contact",
    "reserved": "on_contact",
    "on call": "on_contact",
    "on a call": "on_contact",
    "break": "break",
    "lunch": "break",
    "wrap up": "wrap_up",
    "wrap-up": "wrap_up",
    "wrapup": "wrap_up",
    "after call work": "wrap_up",
    "meeting": "meeting",
    "training": "training",
    "offline": "offline",
    "logged out": "offline",
    "unavailable": "other",
}
KNOWN_ACTIVITIES = frozenset({*ACTIVITIES.values(), "other"})
#: what Twilio sends for a withheld number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a telephone's keys
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
MILLISECONDS_FROM = 1e11


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """The fields of one event, by their names in the form callback; `attributes` is the decoded TaskAttributes."""

    fields: Mapping[str, str]
    attributes: Payload
    at: datetime

    def get(self, name: str) -> str | None:
        return self.fields.get(name) or None

    @property
    def type(self) -> str:
        return self.fields.get("EventType", "")

    @property
    def direction(self) -> Direction:
        return Direction.OUTBOUND if self.attribute("direction") == "outbound" else Direction.INBOUND

    @property
    def is_call(self) -> bool:
        return self.fields.get("TaskChannelUniqueName") == "voice" or self.attribute("call_sid") is not None

    @property
    def subject(self) -> str:
        """The call, when the task stands for an inbound one: its status callbacks speak of the same contact.

        A task of an outbound call learns its call's id only after it was created, so it is known by its own.
        """
        call = self.attribute("call_sid") if self.direction is Direction.INBOUND else None
        subject = call or self.get("TaskSid")
        if subject is None:
            raise BadPayload("TaskSid", f"text expected in a {self.type}, but it is missing")
        return subject

    @property
    def channel(self) -> Channel:
        if self.is_call:
            return Channel.VOICE
        for name in (self.attribute("channelType"), self.get("TaskChannelUniqueName")):
            if name is not None and name.lower() in CHANNELS:
                return CHANNELS[name.lower()]
        return Channel.OTHER

    @property
    def customer(self) -> str | None:
        names = ("outbound_to", "to", "called") if self.direction is Direction.OUTBOUND else ("from", "customerAddress")
        return next((known_number(value) for name in names if (value := self.attribute(name))), None)

    @property
    def queue(self) -> str | None:
        return self.get("TaskQueueName") or self.get("TaskQueueSid")

    @property
    def agent(self) -> str | None:
        return self.get("WorkerName") or self.get("WorkerSid")

    @property
    def key(self) -> str:
        """The id of the event, the same in callbacks, Event Streams and the Events API."""
        stamp = round(self.at.timestamp() * 1000)
        return self.get("Sid") or f"{self.get('ReservationSid') or self.get('ResourceSid')}:{self.type}:{stamp}"

    def attribute(self, name: str) -> str | None:
        value = self.attributes[name]
        return value.text() if isinstance(value.raw, str) and value.raw else None


def read_task(fields: Mapping[str, str]) -> Task:
    """Raises `BadPayload` for an event without a time or with task attributes that are not JSON."""
    return Task(fields=fields, attributes=_attributes(fields.get("TaskAttributes", "")), at=when(fields))


def _attributes(text: str) -> Payload:
    if not text:
        return Payload({}, "TaskAttributes")
    return Payload(parse_json(text.encode("utf-8", "replace")).raw, "TaskAttributes")


def when(fields: Mapping[str, str]) -> datetime:
    name = "TimestampMs" if fields.get("TimestampMs") else "Timestamp"
    return moment(Payload(fields.get(name), name))


def moment(value: Payload) -> datetime:
    """Epoch seconds or milliseconds, as a number or digits, or ISO 8601: TaskRouter sends all of them."""
    text = value.text()
    if not text.isascii() or not text.isdigit():
        return value.iso()
    number = value.number()
    return instant_from_epoch(number / 1000 if number > MILLISECONDS_FROM else number, value.path)


def callback_fields(payload: Payload) -> dict[str, str]:
    """The snake_case fields of Event Streams and of the Events API under the names that form callbacks use."""
    raw = payload.object().raw
    assert isinstance(raw, dict)
    return {_callback_name(name): _as_text(payload[name]) for name, value in raw.items() if value is not None}


def _callback_name(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _as_text(value: Payload) -> str:
    if isinstance(value.raw, str):
        return value.text_or("") or ""
    return json.dumps(value.raw)


def known_number(number: str) -> str | None:
    return None if number in WITHHELD else number


def activity(name: str, settings: Settings) -> str:
    """Our activity for TaskRouter's name, by the administrator's table and then by the usual names."""
    own = {theirs.lower(): ours.lower() for theirs, ours in pairs(settings, "activities").items()}
    table = {**ACTIVITIES, **{theirs: ours for theirs, ours in own.items() if ours in KNOWN_ACTIVITIES}}
    return table.get(name.strip().lower(), "other")
