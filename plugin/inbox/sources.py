"""The table of sources: who has ever sent anything, and which facts it supplies."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, select, update

from plugin.database import insert_new
from plugin.inbox.tables import Source

_NEW = {"supplied": "", "settings": "{}", "received": 0, "refused": 0, "duplicates": 0}
SOURCE = cast(Table, Source.__table__)  # type: ignore[attr-defined]


def add_source(connection: Connection, name: str, adapter: str, at: datetime) -> None:
    """Adds the source when it is new."""
    row = {"name": name, "adapter": adapter, "created_at": at, **_NEW}
    connection.execute(insert_new(SOURCE, connection.dialect.name), row)


def ensure_source(
    connection: Connection, name: str, adapter: str, at: datetime, settings: Mapping[str, str] | None = None
) -> None:
    """Adds the source when it is new; an existing one only takes over new settings. Another adapter's name is a `ValueError`."""
    add_source(connection, name, adapter, at)
    existing = connection.execute(select(SOURCE.c.adapter, SOURCE.c.settings).where(SOURCE.c.name == name)).one()
    if existing.adapter != adapter:
        raise ValueError(f"source {name} belongs to the adapter {existing.adapter}; choose another name with --source")
    if settings and json.loads(existing.settings) != dict(settings):
        told = json.dumps(dict(settings), ensure_ascii=False, sort_keys=True)
        connection.execute(update(SOURCE).where(SOURCE.c.name == name).values(settings=told))


def known_sources(connection: Connection) -> dict[str, Row[Any]]:
    return {row.name: row for row in connection.execute(select(SOURCE).order_by(SOURCE.c.name))}


def note_supply(connection: Connection, supply: Mapping[str, Collection[str]]) -> None:
    """Adds facts to what the sources are known to supply; writes only where something is new."""
    for name in sorted(supply):
        row = connection.execute(select(SOURCE.c.supplied).where(SOURCE.c.name == name)).first()
        if row is None:
            continue
        known = set(row.supplied.split())
        if not known >= set(supply[name]):
            together = " ".join(sorted(known | set(supply[name])))
            connection.execute(update(SOURCE).where(SOURCE.c.name == name).values(supplied=together))


def supplied(connection: Connection) -> dict[str, frozenset[str]]:
    """source --> the facts that its events have ever supplied."""
    return {row.name: frozenset(row.supplied.split()) for row in connection.execute(select(SOURCE))}
