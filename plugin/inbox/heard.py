"""When each source sent something by itself, by the quarter of an hour: noted while receiving, read to know its rhythm.

Under no source at all stands when we could receive: the web processes note twice a minute that they live.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Table, case, delete, func, literal, select, update

from plugin.database import Moment, insert_new
from plugin.inbox.tables import Heard

Span = tuple[datetime, datetime]
HEARD = cast(Table, Heard.__table__)  # type: ignore[attr-defined]
SLOT = timedelta(minutes=15)
#: twice what is looked back on
KEPT = timedelta(days=56)
RECEIVING = ""
#: a web process that lives is noted at least so often
ALIVE = timedelta(minutes=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """What a source sent within one quarter of an hour."""

    first_at: datetime
    last_at: datetime
    deliveries: int = 1

    def __add__(self, other: Slot) -> Slot:
        return Slot(
            first_at=min(self.first_at, other.first_at),
            last_at=max(self.last_at, other.last_at),
            deliveries=self.deliveries + other.deliveries,
        )


def slot_of(moment: datetime) -> datetime:
    return moment - (moment - _EPOCH) % SLOT


def note(connection: Connection, source: str, slots: Collection[Slot]) -> None:
    """Adds to what is known; each slot lies within one quarter of an hour."""
    for slot in slots:
        key = {"source": source, "slot": slot_of(slot.first_at)}
        times = {"first_at": slot.first_at, "last_at": slot.last_at}
        began, ended = (literal(moment, Moment()) for moment in times.values())
        connection.execute(insert_new(HEARD, connection.dialect.name), {**key, **times, "deliveries": 0})
        first, last = HEARD.c.first_at, HEARD.c.last_at
        connection.execute(
            update(HEARD)
            .where(HEARD.c.source == source, HEARD.c.slot == key["slot"])
            .values(
                first_at=case((first > began, began), else_=first),
                last_at=case((last < ended, ended), else_=last),
                deliveries=HEARD.c.deliveries + slot.deliveries,
            )
        )


def last_heard(connection: Connection) -> Mapping[str, datetime]:
    """source --> when it last sent something by itself."""
    query = select(HEARD.c.source, func.max(HEARD.c.last_at).label("last_at")).group_by(HEARD.c.source)
    return {row.source: row.last_at for row in connection.execute(query)}


def note_receiving(connection: Connection, now: datetime) -> None:
    note(connection, RECEIVING, [Slot(first_at=now, last_at=now)])


def outages(connection: Connection, since: datetime, now: datetime) -> Sequence[Span]:
    """When no web process lived, in order. Before the first of them was noted nothing is known, and none is assumed."""
    slots = slots_of(connection, RECEIVING, since)
    ends = [*(slot.first_at for slot in slots[1:]), now] if slots else []
    pauses = ((slot.last_at, end) for slot, end in zip(slots, ends, strict=True))
    return [(start, end) for start, end in pauses if end - start > ALIVE]


def slots_of(connection: Connection, source: str, since: datetime) -> Sequence[Slot]:
    """In order."""
    columns = (HEARD.c.first_at, HEARD.c.last_at, HEARD.c.deliveries)
    query = select(*columns).where(HEARD.c.source == source, HEARD.c.slot >= slot_of(since))
    return [
        Slot(first_at=row.first_at, last_at=row.last_at, deliveries=row.deliveries)
        for row in connection.execute(query.order_by(HEARD.c.slot))
    ]


def prune_heard(connection: Connection, now: datetime) -> None:
    """A source that has been silent for weeks keeps the weeks before that."""
    for source, last_at in last_heard(connection).items():
        connection.execute(delete(HEARD).where(HEARD.c.source == source, HEARD.c.slot < min(last_at, now) - KEPT))
