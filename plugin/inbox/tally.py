"""Counters of each source and the last refusals, gathered in memory and written now and then.

A forged request costs no write of its own, and no transaction that stores deliveries waits for a counter's row.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, Row, Table, case, delete, func, literal, select, update

from plugin.database import Moment, reading, writing
from plugin.inbox.heard import Slot, note, slot_of
from plugin.inbox.sources import SOURCE, ensure_source
from plugin.inbox.tables import Refusal

REFUSAL = cast(Table, Refusal.__table__)  # type: ignore[attr-defined]
KEPT_REFUSALS = 20
#: under which requests to a source that does not exist are kept
NO_SOURCE = ""


@dataclass(kw_only=True, slots=True)
class _Counted:
    adapter: str = ""
    received: int = 0
    duplicates: int = 0
    refused: int = 0
    first_at: datetime | None = None
    last_received_at: datetime | None = None
    slots: dict[datetime, Slot] = field(default_factory=dict)
    refusals: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_REFUSALS))


class Tally:
    """What happened since the last `write`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: dict[str, _Counted] = defaultdict(_Counted)

    def received(self, source: str, adapter: str, at: datetime) -> None:
        with self._lock:
            counted = self._of(source, adapter, at)
            counted.received += 1
            counted.last_received_at = max(counted.last_received_at or at, at)
            slot, now = slot_of(at), Slot(first_at=at, last_at=at)
            counted.slots[slot] = counted.slots[slot] + now if slot in counted.slots else now

    def duplicates(self, source: str, number: int) -> None:
        with self._lock:
            self._sources[source].duplicates += number

    def refused(self, source: str, adapter: str, at: datetime, *, status: int, reason: str, url: str) -> None:
        """Counts a refusal and keeps it; `url` is the public one that was hashed, without credentials."""
        kept = {"source": source, "at": at, "status": status, "reason": reason[:1000], "url": url[:1000]}
        with self._lock:
            counted = self._of(source, adapter, at)
            counted.refused += 1
            counted.refusals.append(kept)

    def _of(self, source: str, adapter: str, at: datetime) -> _Counted:
        counted = self._sources[source]
        counted.adapter = adapter
        counted.first_at = counted.first_at or at
        return counted

    def write(self, engine: Engine) -> None:
        """Adds what was gathered to the tables; what a failed write held is lost, since it is only for people to read."""
        with self._lock:
            gathered, self._sources = self._sources, defaultdict(_Counted)
        if not gathered:
            return
        with writing(engine) as connection:
            for name in sorted(gathered):
                _write(connection, name, gathered[name])


def _write(connection: Connection, name: str, counted: _Counted) -> None:
    if name != NO_SOURCE and counted.first_at is not None:
        ensure_source(connection, name, counted.adapter, counted.first_at)
    if name != NO_SOURCE:
        connection.execute(update(SOURCE).where(SOURCE.c.name == name).values(_increments(counted)))
        note(connection, name, counted.slots.values())
    if counted.refusals:
        _keep(connection, name, list(counted.refusals))


def _increments(counted: _Counted) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        name: SOURCE.c[name] + getattr(counted, name) for name in ("received", "duplicates", "refused")
    }
    at = counted.last_received_at
    if at is not None:
        known = SOURCE.c.last_received_at
        values["last_received_at"] = case((known > at, known), else_=literal(at, Moment()))
    return values


def _keep(connection: Connection, name: str, refusals: list[dict[str, Any]]) -> None:
    connection.execute(REFUSAL.insert(), refusals)
    kept = select(REFUSAL.c.id).where(REFUSAL.c.source == name).order_by(REFUSAL.c.id.desc()).limit(KEPT_REFUSALS)
    oldest = select(func.min(kept.subquery().c.id)).scalar_subquery()
    connection.execute(delete(REFUSAL).where(REFUSAL.c.source == name, REFUSAL.c.id < oldest))


def refusals(engine: Engine, source: str | None = None) -> list[Row[Any]]:
    """The last refusals, newest first: source, at, status, reason, url; those to no source have the source ""."""
    query = select(REFUSAL).order_by(REFUSAL.c.id.desc())
    if source is not None:
        query = query.where(REFUSAL.c.source == source)
    with reading(engine) as connection:
        return list(connection.execute(query))
