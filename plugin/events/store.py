"""Events into the append-only table, and a subject's events out of it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Table, and_, or_, select

from plugin.contract.event import Event, Kind
from plugin.database import chunks, insert_new
from plugin.events.tables import Customer, StoredEvent

EVENT = cast(Table, StoredEvent.__table__)  # type: ignore[attr-defined]
CUSTOMER = cast(Table, Customer.__table__)  # type: ignore[attr-defined]
#: SQLite takes 32 766 parameters a statement; a statement this long is planned once and kept
_KEYS_A_STATEMENT = 500
_COLUMNS = (
    EVENT.c.source,
    EVENT.c.subject_key,
    EVENT.c.subject,
    EVENT.c.kind,
    EVENT.c.at,
    EVENT.c.seq,
    EVENT.c.dedupe,
    EVENT.c.channel,
    EVENT.c.direction,
    EVENT.c.queue,
    EVENT.c.agent,
    EVENT.c.customer,
    EVENT.c.data,
)


def subject_key(source: str, about: str, subject: str) -> int:
    """63 bits that name a subject in every table."""
    digest = hashlib.blake2b(f"{source}\x00{about}\x00{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def dedupe_digest(kind: Kind, dedupe_key: str) -> bytes:
    return hashlib.blake2b(f"{kind}\x00{dedupe_key}".encode(), digest_size=16).digest()


def event_row(source: str, event: Event, customer: str | None, delivery_id: int | None) -> dict[str, Any]:
    """The row of one event; `customer` is the keyed hash, never the number itself."""
    return {
        "source": source,
        "dedupe": dedupe_digest(event.kind, event.dedupe_key),
        "subject_key": subject_key(source, event.kind.about, event.subject),
        "subject": event.subject,
        "kind": event.kind.value,
        "at": event.at,
        "seq": event.order,
        "channel": event.channel,
        "direction": event.direction,
        "queue": event.queue,
        "agent": event.agent,
        "customer": customer,
        "data": json.dumps(event.data, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        if event.data
        else "{}",
        "delivery_id": delivery_id,
    }


def insert_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds what is new; an event that is already there stays as it is."""
    if rows:
        connection.execute(insert_new(EVENT, connection.dialect.name), rows)


def insert_customers(connection: Connection, masks: Mapping[str, str]) -> None:
    """Remembers the masked form of customers by their keyed hash."""
    if masks:
        rows = [{"key": key, "mask": mask} for key, mask in sorted(masks.items())]
        connection.execute(insert_new(CUSTOMER, connection.dialect.name), rows)


def load_subjects(connection: Connection, keys: Sequence[int]) -> dict[int, list[Event]]:
    """All events of the subjects, by subject key, in no order."""
    found: dict[int, list[Event]] = defaultdict(list)
    for part in chunks(keys, _KEYS_A_STATEMENT):
        for row in connection.execute(select(*_COLUMNS).where(EVENT.c.subject_key.in_(part))):
            found[row.subject_key].append(_event(row))
    return found


def load_since(connection: Connection, since: Iterable[tuple[int, datetime | None]]) -> dict[int, list[Event]]:
    """The events of each subject after its moment (all of them for None), by subject key, in no order."""
    found: dict[int, list[Event]] = defaultdict(list)
    for part in chunks(list(since), _KEYS_A_STATEMENT // 4):
        wanted = [
            EVENT.c.subject_key == key if after is None else and_(EVENT.c.subject_key == key, EVENT.c.at > after)
            for key, after in part
        ]
        for row in connection.execute(select(*_COLUMNS).where(or_(*wanted))):
            found[row.subject_key].append(_event(row))
    return found


def restarts(connection: Connection, sources: Iterable[str]) -> dict[str, list[datetime]]:
    """When each source began anew, oldest first."""
    found: dict[str, list[datetime]] = defaultdict(list)
    query = select(EVENT.c.source, EVENT.c.at).where(EVENT.c.kind == Kind.SOURCE_RESTARTED.value).order_by(EVENT.c.at)
    for source, at in connection.execute(query.where(EVENT.c.source.in_(sorted(sources)))):
        found[source].append(at)
    return found


_kind = lru_cache(maxsize=None)(Kind)


def _event(row: Any) -> Event:
    return Event(
        kind=_kind(row.kind),
        at=row.at,
        subject=row.subject,
        dedupe_key=row.dedupe.hex(),
        order=row.seq,
        channel=row.channel,
        direction=row.direction,
        queue=row.queue,
        agent=row.agent,
        customer=row.customer,
        data=json.loads(row.data) if row.data != "{}" else {},
    )
