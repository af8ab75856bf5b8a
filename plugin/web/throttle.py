"""How many failed logins are too many: counted in the database, so that every web process sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import cast

from sqlalchemy import Connection, Table, delete, func, insert, select

from plugin.web.tables import LoginFailure

FAILURE = cast(Table, LoginFailure.__table__)  # type: ignore[attr-defined]
WINDOW = timedelta(minutes=15)
#: A name is guessed from one address; names are tried from one address; one name is guessed from many.
LIMITS = {"both": 5, "address": 20, "name": 50}


def keys_of(secret: bytes, name: str, address: str) -> dict[str, bytes]:
    """What is counted for an attempt, without keeping name or address."""
    texts = {"both": f"{name}\n{address}", "address": address, "name": name}
    return {
        kind: blake2b(text.encode(), key=secret[:64], digest_size=16, person=kind.encode()).digest()
        for kind, text in texts.items()
    }


def locked_until(connection: Connection, keys: dict[str, bytes], now: datetime) -> datetime | None:
    """When the next attempt is allowed; None when it is now."""
    until: list[datetime] = []
    for kind, who in keys.items():
        query = select(func.count(), func.min(FAILURE.c.at)).where(FAILURE.c.who == who, FAILURE.c.at > now - WINDOW)
        number, first_at = connection.execute(query).one()
        if number >= LIMITS[kind]:
            until.append(first_at + WINDOW)
    return max(until, default=None)


def note_failure(connection: Connection, keys: dict[str, bytes], now: datetime) -> None:
    connection.execute(delete(FAILURE).where(FAILURE.c.at <= now - WINDOW))
    connection.execute(insert(FAILURE), [{"who": who, "at": now} for who in keys.values()])


def forget(connection: Connection, keys: dict[str, bytes]) -> None:
    """After a login that succeeded, only that name at that address starts afresh."""
    connection.execute(delete(FAILURE).where(FAILURE.c.who == keys["both"]))
