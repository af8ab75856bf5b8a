"""What is in the database after the storm, and the passing of time that a dead process's claims wait for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Engine, text

from plugin.database import reading, writing

FACTS = {
    "contact": "subject_key",
    "queue_visit": "subject_key, ordinal",
    "agent_leg": "subject_key, ordinal",
    "event": "source, dedupe",
}
_UNSTABLE = {"event": ("id", "delivery_id")}


def one(engine: Engine, statement: str) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text(statement)).scalar_one())


def column(engine: Engine, statement: str) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(text(statement)))


def digest_of(engine: Engine, tables: Sequence[str] = tuple(FACTS)) -> dict[str, tuple[int, str]]:
    """Rows and a hash of the contents of each table, without the numbers that rows get by the order of their coming."""
    found = {}
    with reading(engine) as connection:
        for name in tables:
            result = connection.execute(text(f"SELECT * FROM {name} ORDER BY {FACTS[name]}"))
            kept = [index for index, key in enumerate(result.keys()) if key not in _UNSTABLE.get(name, ())]
            rows = [tuple(_plain(row[index]) for index in kept) for row in result]
            found[name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()[:12])
    return found


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def let_claims_expire(engine: Engine) -> None:
    """As if the terms of a dead worker's claims were over: its lease of the scheduler, and messages that it was sending."""
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM lease"))
        connection.execute(text("UPDATE message SET next_attempt_at = 0 WHERE state = 'sending'"))
