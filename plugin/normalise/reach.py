"""Under which address a customer can be asked: taken while a delivery is read, kept sealed, dropped when it is no longer needed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, delete, select
from sqlmodel import Field, SQLModel

from plugin.contract.event import Event
from plugin.database import Moment, insert_rows

#: as long as the raw deliveries, which hold the address anyway
KEPT = timedelta(days=30)
#: the key of an event's data that carries an address; it is taken out before the event is stored
EMAIL = "email"
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+", re.ASCII)
_ABOUT = ("contact", "ticket")


class Reach(SQLModel, table=True):
    """The sealed address of the customer of one contact or ticket."""

    __tablename__ = "reach"

    subject_key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    noted_at: datetime = Field(sa_column=Column(Moment, nullable=False, index=True))


REACH = cast(Table, Reach.__table__)  # type: ignore[attr-defined]


def without_address(event: Event) -> Event:
    """The event as it may be stored."""
    if EMAIL not in event.data:
        return event
    return replace(event, data={key: value for key, value in event.data.items() if key != EMAIL})


def address_of(event: Event) -> str | None:
    """The e-mail address that the event carries: as `email`, else as its customer."""
    if event.kind.about not in _ABOUT:
        return None
    given = (event.data.get(EMAIL), event.customer)
    return next((text.strip() for text in given if isinstance(text, str) and _ADDRESS.fullmatch(text.strip())), None)


def reach_row(subject_key: int, address: str, at: datetime, secret: bytes) -> dict[str, Any]:
    return {"subject_key": subject_key, "sealed": seal(address, secret), "noted_at": at}


def seal(address: str, secret: bytes) -> bytes:
    return _cipher(secret).encrypt(address.encode())


def unseal(sealed: bytes, secret: bytes) -> str | None:
    """None for what was sealed with another key."""
    try:
        return _cipher(secret).decrypt(sealed).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _cipher(secret: bytes) -> Fernet:
    key = hashlib.blake2b(b"addresses of surveys", key=hashlib.sha256(secret).digest(), digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def note_reach(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Adds addresses; the first one of a contact or ticket stays."""
    first = {row["subject_key"]: row for row in reversed(list(rows))}
    insert_rows(connection, REACH, [first[key] for key in sorted(first)], skip_existing=True)


def sealed_of(connection: Connection, subject_key: int) -> bytes | None:
    return connection.execute(select(REACH.c.sealed).where(REACH.c.subject_key == subject_key)).scalar()


def drop_reach(connection: Connection, subject_key: int) -> None:
    connection.execute(delete(REACH).where(REACH.c.subject_key == subject_key))


def prune_reach(connection: Connection, before: datetime) -> int:
    """Drops the addresses that were noted before the moment; how many."""
    return connection.execute(delete(REACH).where(REACH.c.noted_at < before)).rowcount
