"""Events into the append-only table, and a subject's events out of it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Table, select

from plugin.contract.event import Event, Kind
from plugin.database import execute_given, from_ms, insert_rows, to_ms
from plugin.events.tables import Customer, StoredEvent

EVENT = cast(Table, StoredEvent.__table__)  # type: ignore[attr-defined]
CUSTOMER = cast(Table, Customer.__table__)  # type: ignore[attr-defined]
_ENCODE = json.JSONEncoder(separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode
_BEFORE_ALL = -(1 << 62)
#: the fields of an event, in the order in which `_event` takes them
_COLUMNS = "kind, at, subject, dedupe, seq, channel, direction, queue, agent, customer, data"


def subject_key(source: str, about: str, subject: str) -> int:
    """63 bits that name a subject in every table."""
    digest = hashlib.blake2b(f"{source}\x00{about}\x00{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def dedupe_digest(kind: Kind, dedupe_key: str) -> bytes:
    return hashlib.blake2b(f"{kind}\x00{dedupe_key}".encode(), digest_size=16).digest()


def event_row(source: str, key: int, event: Event, customer: str | None, delivery_id: int | None) -> dict[str, Any]:
    """The row of one event; `key` is its subject's, `customer` the keyed hash, never the number itself."""
    return {
        "source": source,
        "dedupe": dedupe_digest(event.kind, event.dedupe_key),
        "subject_key": key,
        "subject": event.subject,
        "kind": event.kind.value,
        "at": event.at,
        "seq": event.order,
        "channel": event.channel,
        "direction": event.direction,
        "queue": event.queue,
        "agent": event.agent,
        "customer": customer,
        "data": _ENCODE(event.data) if event.data else "{}",
        "delivery_id": delivery_id,
    }


def insert_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds what is new; an event that is already there stays as it is."""
    insert_rows(connection, EVENT, rows, skip_existing=True)


def insert_customers(connection: Connection, masks: Mapping[str, str]) -> None:
    """Remembers the masked form of customers by their keyed hash."""
    rows = [{"key": key, "mask": mask} for key, mask in sorted(masks.items())]
    insert_rows(connection, CUSTOMER, rows, skip_existing=True)


def load_subjects(connection: Connection, keys: Sequence[int]) -> dict[int, list[Event]]:
    """All events of the subjects, by subject key, in no order."""
    query = f"SELECT subject_key, {_COLUMNS} FROM event WHERE subject_key IN (SELECT key FROM :given)"  # noqa: S608
    return _by_subject(execute_given(connection, query, key=keys))


def load_since(connection: Connection, since: Mapping[int, datetime | None]) -> dict[int, list[Event]]:
    """The events of each subject after its moment (all of them for None), by subject key, in no order."""
    after = [_BEFORE_ALL if moment is None else to_ms(moment) for moment in since.values()]
    query = f"SELECT subject_key, {_COLUMNS} FROM :given CROSS JOIN event WHERE subject_key = key AND at > after"  # noqa: S608
    return _by_subject(execute_given(connection, query, key=list(since), after=after))


def _by_subject(rows: Iterable[Any]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for key, *fields in rows:
        found[key].append(_event(*fields))
    return found


def restarts(connection: Connection, sources: Iterable[str]) -> dict[str, list[datetime]]:
    """When each source began anew, oldest first."""
    found: dict[str, list[datetime]] = defaultdict(list)
    query = select(EVENT.c.source, EVENT.c.at).where(EVENT.c.kind == Kind.SOURCE_RESTARTED.value).order_by(EVENT.c.at)
    for source, at in connection.execute(query.where(EVENT.c.source.in_(sorted(sources)))):
        found[source].append(at)
    return found


_kind = lru_cache(maxsize=None)(Kind)


def _event(
    kind: str,
    at: int,
    subject: str,
    dedupe: bytes,
    seq: int,
    channel: str | None,
    direction: str | None,
    queue: str | None,
    agent: str | None,
    customer: str | None,
    data: str,
) -> Event:
    return Event(
        kind=_kind(kind),
        at=from_ms(at),
        subject=subject,
        dedupe_key=dedupe.hex(),
        order=seq,
        channel=channel,
        direction=direction,
        queue=queue,
        agent=agent,
        customer=customer,
        data=json.loads(data) if data != "{}" else {},
    )
