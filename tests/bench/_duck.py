"""The facts of an SQLite file in DuckDB; they travel as CSV, because attaching the file would fetch an extension."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import Engine, Float, String, Table, text
from sqlmodel import AutoString

from plugin.database import reading
from tests.bench._year import TABLES

NULL = r"\N"


@contextmanager
def duckdb_of(engine: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="dg-bench-") as folder:
        duck = duckdb.connect(f"{folder}/facts.duckdb")
        for table in TABLES.values():
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
    form = f"FORMAT csv, AUTO_DETECT false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', HEADER false, NULLSTR '{NULL}'"
    duck.execute(f"COPY {table.name} FROM '{path}' ({form})")


def _kind(kind: object) -> str:
    if isinstance(kind, (String, AutoString)):
        return "VARCHAR"
    return "DOUBLE" if isinstance(kind, Float) else "BIGINT"
