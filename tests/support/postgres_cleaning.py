"""Databases that are emptied between tests and keep their connections, so that the next test gets one as new.

A new backend reads the catalogue of every table that it meets, which takes longer than most tests do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

import plugin.installation  # noqa: F401 (it knows all tables)
from plugin.database import open_engine, schema_state

_STRANGERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND NOT (pid = ANY(%s) AND state = 'idle')"
)
_NAMES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
_NUMBERS = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)


@dataclass(frozen=True, kw_only=True)
class KeptDatabase:
    """A migrated database, the engine that tests use it by, and the connection that empties it."""

    url: str
    engine: Engine
    cleaner: psycopg.Connection[Any]
    backends: set[int] = field(default_factory=set)

    def cleaned(self) -> bool:
        """False when the test left another schema than it found, or nothing to clean it with."""
        try:
            with self.cleaner.transaction():
                return _emptied(self.cleaner, self.backends)
        except psycopg.OperationalError:
            return False

    def close(self) -> None:
        self.engine.dispose()
        self.cleaner.close()


def keep(url: str) -> KeptDatabase:
    place = make_url(url)
    cleaner = psycopg.connect(
        host=str(place.query["host"]), user=place.username, dbname=place.database, autocommit=True
    )
    kept = KeptDatabase(url=url, engine=open_engine(url), cleaner=cleaner)

    @event.listens_for(kept.engine, "connect")
    def note(connection: psycopg.Connection[Any], _record: object) -> None:
        kept.backends.add(connection.info.backend_pid)

    return kept


def _emptied(connection: psycopg.Connection[Any], backends: set[int]) -> bool:
    connection.execute(_STRANGERS, [list(backends)])
    tables = [str(name) for (name,) in connection.execute(_NAMES)]
    if tables != sorted([*SQLModel.metadata.tables, "alembic_version"]):
        return False
    if connection.execute("SELECT version_num FROM alembic_version").fetchall() != [(_newest(),)]:
        return False
    tables.remove("alembic_version")
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    for (name,) in connection.execute(filled).fetchall():
        connection.execute(f'DELETE FROM "{name}"')
    connection.execute(_NUMBERS)
    return True


@lru_cache
def _newest() -> str | None:
    engine = create_engine("sqlite://")
    revision = schema_state(engine)[1]
    engine.dispose()
    return revision
