"""Which part of the policy the stored facts were folded with, and what is still to be folded with another one."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select, text

from plugin.database import reading
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


def is_folded_with(engine: Engine, about: str, basis: str) -> bool:
    with reading(engine) as connection:
        return _row(connection, about) == (basis, None)


def folded_with(engine: Engine, about: str) -> str | None:
    """The basis of the facts that are there; None for those that were folded before anything was noted."""
    with reading(engine) as connection:
        return _row(connection, about)[0]


def next_stale(
    connection: Connection, about: str, basis: str, size: int
) -> tuple[dict[int, tuple[str, str]], int | None]:
    """(source, subject) of the next keys to be folded anew, and the last of them; None when nothing comes after them."""
    stored, folded_to = _row(connection, about)
    after = folded_to if stored == basis and folded_to is not None else _START
    table = TABLES[about][0][0]
    query = select(table.c.subject_key, table.c.source, table.c.subject).where(table.c.subject_key > after)
    names = {
        key: (source, subject) for key, source, subject in connection.execute(query.order_by("subject_key").limit(size))
    }
    return names, max(names) if len(names) == size else None


def note_folded(connection: Connection, about: str, basis: str, folded_to: int | None) -> None:
    """`folded_to` None: all of them."""
    connection.execute(text(_NOTE), {"about": about, "basis": basis, "folded_to": folded_to})


def _row(connection: Connection, about: str) -> tuple[str | None, int | None]:
    row = connection.execute(select(BASIS.c.basis, BASIS.c.folded_to).where(BASIS.c.about == about)).first()
    return (None, None) if row is None else (row.basis, row.folded_to)
