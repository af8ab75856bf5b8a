"""The facts of an SQLite file in DuckDB; they travel as CSV, because attaching the file would fetch an extension."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import Engine, Float, String, Table, text

from plugin.database import reading
from plugin.facts import tables
from plugin.facts.store import table_of
from tests.bench._year import TABLES

NULL = r"\N"


@contextmanager
def duckdb_of(engine: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="dg-bench-") as folder:
        duck = duckdb.connect(f"{folder}/facts.duckdb")
        for table in (*TABLES.values(), table_of(tables.Survey)):
            _copy(engine, table, Path(folder) / f"{table.name}.csv", duck)
        yield duck
        duck.close()


def _copy(engine: Engine, table: Table, path: Path, duck: duckdb.DuckDBPyConnection) -> None:
    with path.open("w", newline="") as file, reading(engine) as connection:
        writer = csv.writer(file)
        for row in connection.execute(text(f"SELECT {', '.join(table.c.keys())} FROM {table.name}")):
            writer.writerow([NULL if value is None else value for value in row])
    columns = ", ".join(f"{column.name} {_kind(column.type)}" for column in table.c)
    duck.execute(f"CREATE TABLE {table.name} ({columns})")
    duck.execute(f"COPY {table.name} FROM '{path}' (FORMAT csv, HEADER false, NULLSTR '{NULL}')")


def _kind(kind: object) -> str:
    if isinstance(kind, String):
        return "VARCHAR"
    return "DOUBLE" if isinstance(kind, Float) else "BIGINT"
