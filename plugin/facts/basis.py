"""Which part of the policy the stored facts were folded with, and what is still to be folded with another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, select, text

from plugin.database import execute_given, from_ms, reading
from plugin.facts import tables
from plugin.facts.dirty import table_of
from plugin.facts.store import TABLES

BASIS = table_of(tables.FactBasis)
_NOTE = (
    "INSERT INTO fact_basis (about, basis, folded_to) VALUES (:about, :basis, :folded_to) "
    "ON CONFLICT (about) DO UPDATE SET basis = excluded.basis, folded_to = excluded.folded_to"
)
#: before every subject
_START = -1


_FIRST = (
    "SELECT subject_key, MIN(source), MIN(subject), MIN(at) FROM event "
    "WHERE subject_key IN (SELECT key FROM :given) GROUP BY subject_key"
)
_AGENTS = table_of(tables.AgentState)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """A subject, (source, subject), whose facts are to be folded anew, and when its first event happened."""

    of: tuple[str, str]
    first_at: datetime


def not_folded_with(engine: Engine, bases: Mapping[str, str]) -> list[str]:
    """About what some facts are folded with another basis than this one."""
    with reading(engine) as connection:
        found = {row.about: (row.basis, row.folded_to) for row in connection.execute(select(BASIS))}
    return [about for about, basis in bases.items() if found.get(about) != (basis, None)]


def folded_with(engine: Engine, about: str) -> str | None:
    """The basis of the facts that are there; None for those that were folded before anything was noted."""
    with reading(engine) as connection:
        return _row(connection, about)[0]


def next_stale(connection: Connection, about: str, basis: str, size: int) -> tuple[dict[int, Stale], int | None]:
    """The next keys to be folded anew, and the last of them; None when nothing comes after them."""
    stored, folded_to = _row(connection, about)
    after = folded_to if stored == basis and folded_to is not None else _START
    key = _table(about).c.subject_key
    keys = list(connection.execute(select(key).distinct().where(key > after).order_by(key).limit(size)).scalars())
    found = {
        key: Stale(of=(source, subject), first_at=from_ms(at))
        for key, source, subject, at in execute_given(connection, _FIRST, key=keys)
    }
    return found, keys[-1] if len(keys) == size else None


def _table(about: str) -> Table:
    return _AGENTS if about == "agent" else TABLES[about][0][0]


def note_folded(connection: Connection, about: str, basis: str, folded_to: int | None) -> None:
    """`folded_to` None: all of them."""
    connection.execute(text(_NOTE), {"about": about, "basis": basis, "folded_to": folded_to})


def _row(connection: Connection, about: str) -> tuple[str | None, int | None]:
    row = connection.execute(select(BASIS.c.basis, BASIS.c.folded_to).where(BASIS.c.about == about)).first()
    return (None, None) if row is None else (row.basis, row.folded_to)
