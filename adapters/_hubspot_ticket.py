"""Changes of a HubSpot ticket's properties in, events out.

A notification names one property and its new value, a workflow's webhook every property with all the values that it ever had; both
come to the same changes. The properties are those of schemas that others read out of HubSpot, which also say that `closed_date` is
emptied when a ticket is opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, instant_from_epoch
from plugin.contract.status import PAUSED_ON, Status, status_seen, statuses

#: `objectTypeId` of tickets
TICKETS = "0-5"
#: values of `source_type`
CHANNELS: Mapping[str, Channel] = {
    "EMAIL": Channel.EMAIL,
    "CHAT": Channel.CHAT,
    "FORM": Channel.WEB,
    "PHONE": Channel.VOICE,
}
#: stages of HubSpot's own pipeline; a stage of another pipeline is in the document `stages`
STAGES: Mapping[str, Status] = {
    "1": Status.OPEN,
    "2": Status.PENDING,
    "3": Status.OPEN,
    "4": Status.SOLVED,
}
EVERY_REPLY = "every"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One property of one ticket got a value."""

    ticket: str
    name: str
    value: str
    at: datetime
    path: str
    settings: Settings

    @property
    def moment(self) -> datetime:
        """The value as a time: milliseconds, or ISO 8601."""
        if self.value.isascii() and self.value.isdigit() and len(self.value) < 16:
            return instant_from_epoch(int(self.value) / 1000, self.path)
        try:
            found = datetime.fromisoformat(self.value)
            return instant_from_epoch((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp(), self.path)
        except (ValueError, OverflowError):
            raise BadPayload(self.path, "a time in milliseconds or ISO 8601 expected") from None

    def named(self, kind: str) -> str:
        return pairs(self.settings, "names").get(f"{kind} {self.value}", self.value)

    def new(
        self,
        kind: Kind,
        at: datetime | None = None,
        *,
        agent: str | None = None,
        queue: str | None = None,
        channel: Channel | None = None,
        data: Mapping[str, Json] | None = None,
    ) -> Event:
        when = at or self.at
        # A time is written in either of two ways.
        value = str(round(at.timestamp() * 1000)) if at else self.value
        return Event(
            kind=kind,
            at=when,
            subject=self.ticket,
            dedupe_key=f"{self.ticket}:{self.name}:{value}:{when.isoformat()}:{kind}",
            channel=channel,
            queue=queue,
            agent=agent,
            data=data or {},
        )


def change_events(change: Change) -> list[Event]:
    reader = PROPERTIES.get(change.name)
    return reader(change) if reader else []


def _created(change: Change) -> list[Event]:
    return [change.new(Kind.TICKET_OPENED, change.moment)] if change.value else []


def _stage(change: Change) -> list[Event]:
    stage = statuses(change.settings, "stages", STAGES).get(change.value.lower())
    if stage is None:
        return []
    on: dict[str, Json] = {"on": PAUSED_ON.get(stage)}
    return [change.new(kind, data=on if kind is Kind.TICKET_PAUSED else None) for kind in status_seen(stage)]


def _closed(change: Change) -> list[Event]:
    """HubSpot empties it when a ticket is opened again."""
    if not change.value:
        return [change.new(Kind.TICKET_REOPENED)]
    return [change.new(Kind.TICKET_SOLVED, change.moment)]


def _owner(change: Change) -> list[Event]:
    return [change.new(Kind.TICKET_ASSIGNED, agent=change.named("owner"))] if change.value else []


def _pipeline(change: Change) -> list[Event]:
    return [change.new(Kind.TICKET_ASSIGNED, queue=change.named("pipeline"))] if change.value else []


def _priority(change: Change) -> list[Event]:
    return [change.new(Kind.TICKET_ASSIGNED, data={"priority": change.value.lower()})] if change.value else []


def _source(change: Change) -> list[Event]:
    channel = CHANNELS.get(change.value.upper())
    return [change.new(Kind.TICKET_ASSIGNED, channel=channel)] if channel else []


def _first_reply(change: Change) -> list[Event]:
    return _reply(change, first(change.settings, "replies", "first") != EVERY_REPLY)


def _last_reply(change: Change) -> list[Event]:
    return _reply(change, first(change.settings, "replies", "first") == EVERY_REPLY)


def _reply(change: Change, is_wanted: bool) -> list[Event]:
    if not is_wanted or not change.value:
        return []
    return [change.new(Kind.TICKET_AGENT_REPLIED, change.moment, data={"actor": "human"})]


def _received(change: Change) -> list[Event]:
    if not change.value:
        return []
    return [change.new(Kind.TICKET_CUSTOMER_REPLIED, change.moment, data={"actor": "human"})]


PROPERTIES: Mapping[str, Callable[[Change], list[Event]]] = {
    "createdate": _created,
    "hs_pipeline_stage": _stage,
    "closed_date": _closed,
    "hubspot_owner_id": _owner,
    "hs_pipeline": _pipeline,
    "hs_ticket_priority": _priority,
    "source_type": _source,
    "first_agent_reply_date": _first_reply,
    "hs_last_message_sent_at": _last_reply,
    "hs_last_message_received_at": _received,
}
