"""One place that knows both databases: engines, column types, transactions, migrations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Float,
    Insert,
    Integer,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

# Alembic takes a quarter of a command's start; only what migrates needs it.
if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_T = TypeVar("_T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
BUSY_TIMEOUT_S = 30

#: A 64-bit row number; SQLite numbers rows by itself only when the type is INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, cut, not rounded."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


class Moment(TypeDecorator[datetime]):
    """An aware instant, stored as milliseconds since 1970 in a BIGINT: the same arithmetic and order on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


def open_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine that holds to the rules of its database; the folder of a new SQLite file is created."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A plain BEGIN that reads and then writes fails at once when another connection wrote in between, whatever the busy timeout.
    reading = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def session_scope(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end and rolls back on an exception; on SQLite it takes the write lock at once."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, for set-wise work without objects."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine, *, remember: bool = False) -> Iterator[Connection]:
    """A connection that only reads one consistent state and never waits for a writer.

    `remember`: of what `execute_given` asks the same twice, the second answer is the first one, since the state is the same.
    """
    options: dict[str, Any] = {"read_only": True, "remembered": {} if remember else None}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.execution_options(**options).connect() as connection:
        yield connection


def insert_new(table: Table, dialect: str) -> Insert:
    """An INSERT that leaves a row that is already there as it is."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, skip_existing: bool = False
) -> int:
    """Adds rows that all have the same columns, with nothing between them and the driver; returns how many were added."""
    if not rows:
        return 0
    names = tuple(rows[0])
    columns = [_as_stored(table, name, [row[name] for row in rows]) for name in names]
    statement = _insert_statement(table, names, connection.dialect, skip_existing)
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(statement, tuple(columns)).rowcount
    return connection.exec_driver_sql(statement, list(zip(*columns, strict=True))).rowcount


@lru_cache(maxsize=64)
def _insert_statement(table: Table, names: tuple[str, ...], dialect: Dialect, skip_existing: bool) -> str:
    if dialect.name == "postgresql":
        # One array for each column, in the binary format: a third of the client's work of an `executemany`.
        types = [table.c[name].type.compile(dialect=dialect) for name in names]
        values = f"SELECT * FROM unnest({', '.join(f'%b::{kind}[]' for kind in types)})"  # noqa: S608 (names of ours)
    else:
        values = f"VALUES ({', '.join('?' * len(names))})"
    ending = " ON CONFLICT DO NOTHING" if skip_existing else ""
    return f"INSERT INTO {table.name} ({', '.join(names)}) {values}{ending}"


def _as_stored(table: Table, name: str, values: list[Any]) -> list[Any]:
    kind = table.c[name].type
    plain = next((convert for types, convert in _PLAIN if isinstance(kind, types)), None)
    return values if plain is None else [None if value is None else plain(value) for value in values]


#: types of columns whose values are not what both drivers take as they are
_PLAIN: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = ((Moment, to_ms), (String, str), (Float, float))


#: rows that are held at once of a result that is streamed
_AT_A_TIME = 1000


def execute_given(connection: Connection, statement: str, **columns: Sequence[int]) -> Sequence[Any]:
    """Runs one statement in which `:given` stands for a table of these columns, and returns its rows as the driver gives them."""
    remembered = connection.get_execution_options().get("remembered")
    if remembered is None:
        return _executed(connection, statement, columns)
    question = statement, *map(tuple, columns.values())
    if question not in remembered:
        remembered[question] = _executed(connection, statement, columns)
    return cast(Sequence[Any], remembered[question])


def _executed(connection: Connection, statement: str, columns: Mapping[str, Sequence[int]]) -> Sequence[Any]:
    result = connection.exec_driver_sql(*_with_given(connection, statement, columns))
    return result.all() if result.returns_rows else ()


def stream_given(connection: Connection, statement: str, **columns: Sequence[int]) -> Iterator[Any]:
    """The rows of such a SELECT one after the other, of which the database hands out some at a time."""
    written, values = _with_given(connection, statement, columns)
    yield from connection.exec_driver_sql(written, values, execution_options={"yield_per": _AT_A_TIME})


def _with_given(
    connection: Connection, statement: str, columns: Mapping[str, Sequence[int]]
) -> tuple[str, tuple[Any, ...]]:
    if connection.dialect.name == "postgresql":
        statement = statement.replace("%", "%%")
        values: tuple[Any, ...] = tuple(map(list, columns.values()))
        table = f"unnest({', '.join(['%b::bigint[]'] * len(columns))}) AS given({', '.join(columns)})"
    else:
        values = (json.dumps(list(zip(*columns.values(), strict=True))),) if columns else ()
        fields = [f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns)]
        table = f"(SELECT {', '.join(fields)} FROM json_each(?)) AS given"  # noqa: S608 (names of ours)
    return statement.replace(":given", table, 1), values


def literal(value: str) -> str:
    """A text as `execute_given` takes it within a statement."""
    return "'" + value.replace("'", "''") + "'"


def chunks(values: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _alembic(engine: Engine) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    inside = Path(__file__).parent / "_migrations"
    config.set_main_option(
        "script_location", str(inside if inside.exists() else Path(__file__).parent.parent / "migrations")
    )
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine) -> None:
    """Brings the schema to this release's state; forward only."""
    from alembic import command

    command.upgrade(_alembic(engine), "head")


def schema_state(engine: Engine) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision of this release)."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory.from_config(_alembic(engine)).get_current_head()
