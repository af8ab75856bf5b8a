"""Verified requests into the table `delivery`, and out of it for whoever turns them into events."""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from typing import Any, cast
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, Row, Select, Table, delete, func, select, update

from plugin.contract.request import WebhookRequest
from plugin.database import chunks, reading, to_ms, writing
from plugin.inbox.redact import kept_headers, kept_url, redacted
from plugin.inbox.tables import UNSETTLED, Delivery, State

DELIVERY = cast(Table, Delivery.__table__)  # type: ignore[attr-defined]
SETTLED = (State.DONE, State.IGNORED, State.DEAD)
#: Rows of one transaction when many are changed: the writer of an SQLite file is never held up for long.
_ROWS_AT_ONCE = 2000
_IDS_A_STATEMENT = 500
#: Rows of one INSERT
MOST_AT_ONCE = 250

DeliveryRow = Mapping[str, Any]
#: column of a new row --> its type on PostgreSQL; `received_at` is in milliseconds
_NEW = {
    "source": "text",
    "key": "bytea",
    "received_at": "bigint",
    "method": "text",
    "url": "text",
    "headers": "text",
    "body": "bytea",
    "state": "text",
    "attempts": "int",
}
_INSERT = f"INSERT INTO delivery ({', '.join(_NEW)}) {{}} ON CONFLICT DO NOTHING RETURNING source"
_POSTGRES_INSERT = _INSERT.format(f"SELECT * FROM unnest({', '.join(f'%b::{kind}[]' for kind in _NEW.values())})")  # noqa: S608


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A delivery that waits for its adapter; `attempts` have failed so far."""

    id: int
    source: str
    attempts: int
    request: WebhookRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a delivery; PENDING means that it shall be tried once more."""

    id: int
    state: State
    error: str | None = None
    adapter_version: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    pending: int = 0
    dead: int = 0
    oldest_pending_at: datetime | None = None
    #: per source
    pending_by_source: Mapping[str, int] = field(default_factory=dict)
    dead_by_source: Mapping[str, int] = field(default_factory=dict)


def delivery_row(source: str, request: WebhookRequest, key: str | None, secrets: tuple[bytes, ...] = ()) -> DeliveryRow:
    """The row of one accepted request; `key` is the vendor's idempotency key, `secrets` what must not be kept."""
    body = redacted(request.body, secrets)
    url = kept_url(request.url, secrets)
    return {
        "source": source,
        "key": _digest(b"key", key.encode("utf-8", "replace")) if key else _content_digest(url, body),
        "received_at": to_ms(request.received_at),
        "method": request.method,
        "url": url,
        "headers": json.dumps(kept_headers(request.headers, secrets), separators=(",", ":"), ensure_ascii=False),
        "body": zlib.compress(body, 6),
        "state": State.PENDING.value,
        "attempts": 0,
    }


def _content_digest(url: str, body: bytes) -> bytes:
    return _digest(b"content", urlsplit(url).query.encode() + b"\x00" + body)


def _digest(kind: bytes, content: bytes) -> bytes:
    return blake2b(content, digest_size=16, person=kind).digest()


def insert_deliveries(engine: Engine, rows: Sequence[DeliveryRow]) -> dict[str, int]:
    """Stores the rows in one transaction and returns how many of each source were new."""
    # Two overlapping batches that hold the same keys would wait for each other, were they not in one order.
    ordered = sorted(rows, key=itemgetter("key")) if engine.dialect.name == "postgresql" else rows
    fresh: Counter[str] = Counter(dict.fromkeys((row["source"] for row in rows), 0))
    with writing(engine) as connection:
        for part in chunks(ordered, MOST_AT_ONCE):
            statement, values = _insert(part, engine.dialect.name)
            fresh.update(connection.exec_driver_sql(statement, values).scalars())
    return dict(fresh)


def _insert(rows: Sequence[DeliveryRow], dialect: str) -> tuple[str, tuple[Any, ...]]:
    """One statement for all rows, in the form that costs its driver least; it returns the sources of the new ones.

    Python's SQLite driver gives way to other threads at every row of an `executemany`, which makes a transaction under load many
    times as long; psycopg takes a column as one binary array far more cheaply than its values one by one.
    """
    taken = map(itemgetter(*_NEW), rows)
    if dialect == "postgresql":
        return _POSTGRES_INSERT, tuple(list(column) for column in zip(*taken, strict=True))
    return _sqlite_insert(len(rows)), tuple(chain.from_iterable(taken))


@lru_cache(maxsize=MOST_AT_ONCE)
def _sqlite_insert(rows: int) -> str:
    row = f"({', '.join('?' * len(_NEW))})"
    return _INSERT.format(f"VALUES {', '.join([row] * rows)}")


def pending(connection: Connection, limit: int) -> list[Pending]:
    """The oldest deliveries that wait; on PostgreSQL they stay claimed until the transaction ends."""
    query = select(DELIVERY).where(UNSETTLED, DELIVERY.c.state == State.PENDING.value)
    query = query.order_by(DELIVERY.c.id).limit(limit).with_for_update(skip_locked=True)
    return [
        Pending(id=row.id, source=row.source, attempts=row.attempts, request=request_of(row))
        for row in connection.execute(query)
    ]


def waiting(connection: Connection, until: datetime) -> int:
    """How many deliveries that had come by then are not read yet."""
    query = select(func.count()).select_from(DELIVERY)
    unread = query.where(UNSETTLED, DELIVERY.c.state == State.PENDING.value, DELIVERY.c.received_at <= until)
    return int(connection.execute(unread).scalar_one())


def request_of(row: Row[Any]) -> WebhookRequest:
    """The request as its adapter reads it: without credentials, everything else as received."""
    return WebhookRequest(
        method=row.method,
        url=row.url,
        headers=json.loads(row.headers),
        body=zlib.decompress(row.body),
        received_at=row.received_at,
    )


def settle(connection: Connection, outcomes: Iterable[Outcome]) -> None:
    """Writes what became of deliveries; each counts as one attempt."""
    alike: dict[tuple[State, str | None, int | None], list[int]] = defaultdict(list)
    for outcome in outcomes:
        alike[outcome.state, outcome.error, outcome.adapter_version].append(outcome.id)
    for (state, error, version), ids in alike.items():
        values = {"state": state.value, "error": error, "adapter_version": version}
        for part in chunks(ids, _IDS_A_STATEMENT):
            statement = update(DELIVERY).where(DELIVERY.c.id.in_(part))
            connection.execute(statement.values(attempts=DELIVERY.c.attempts + 1, **values))


def replay(
    engine: Engine,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    states: Sequence[State] = SETTLED,
) -> int:
    """Sets deliveries back to pending, [since, until) by the time of receipt, and returns how many."""
    query = select(DELIVERY.c.id).where(DELIVERY.c.state.in_([state.value for state in states]))
    if source is not None:
        query = query.where(DELIVERY.c.source == source)
    if since is not None:
        query = query.where(DELIVERY.c.received_at >= since)
    if until is not None:
        query = query.where(DELIVERY.c.received_at < until)
    anew = update(DELIVERY).values(state=State.PENDING.value, attempts=0, error=None)
    return sum(_change(engine, query, lambda ids: anew.where(DELIVERY.c.id.in_(ids))))


def prune(engine: Engine, before: datetime) -> int:
    """Deletes settled deliveries that were received before the moment, and returns how many."""
    states = [state.value for state in SETTLED]
    query = select(DELIVERY.c.id).where(DELIVERY.c.received_at < before, DELIVERY.c.state.in_(states))
    return sum(_change(engine, query, lambda ids: delete(DELIVERY).where(DELIVERY.c.id.in_(ids))))


def _change(engine: Engine, query: Select[int], statement: Any) -> Iterable[int]:
    """Runs the statement over the ids of the query, a limited number in each transaction."""
    last = 0
    while True:
        with writing(engine) as connection:
            page = query.where(DELIVERY.c.id > last).order_by(DELIVERY.c.id).limit(_ROWS_AT_ONCE)
            ids = list(connection.scalars(page))
            for part in chunks(ids, _IDS_A_STATEMENT):
                connection.execute(statement(part))
        if not ids:
            return
        last = ids[-1]
        yield len(ids)


def counts(engine: Engine) -> Counts:
    """How much waits and how much could not be read; costs nothing but the unsettled rows."""
    by_source: dict[str, dict[str, int]] = {State.PENDING: {}, State.DEAD: {}}
    query = select(DELIVERY.c.state, DELIVERY.c.source, func.count()).where(UNSETTLED)
    oldest = select(DELIVERY.c.received_at).where(UNSETTLED, DELIVERY.c.state == State.PENDING.value)
    with reading(engine) as connection:
        for state, source, number in connection.execute(query.group_by(DELIVERY.c.state, DELIVERY.c.source)):
            by_source[state][source] = number
        first = connection.scalar(oldest.order_by(DELIVERY.c.id).limit(1))
    return Counts(
        pending=sum(by_source[State.PENDING].values()),
        dead=sum(by_source[State.DEAD].values()),
        oldest_pending_at=first,
        pending_by_source=by_source[State.PENDING],
        dead_by_source=by_source[State.DEAD],
    )


def dead_deliveries(engine: Engine, limit: int = 50) -> list[Row[Any]]:
    """The newest deliveries that no adapter could read: id, source, received_at, error."""
    columns = (DELIVERY.c.id, DELIVERY.c.source, DELIVERY.c.received_at, DELIVERY.c.error)
    query = select(*columns).where(UNSETTLED, DELIVERY.c.state == State.DEAD.value)
    with reading(engine) as connection:
        return list(connection.execute(query.order_by(DELIVERY.c.id.desc()).limit(limit)))
