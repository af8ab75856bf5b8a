"""Facts and their cells of a SQLite as they are in a PostgreSQL: what took minutes to compute is not computed twice."""

from __future__ import annotations

from sqlalchemy import Engine, select

from plugin.facts.agent_time import AGENT_TIME
from plugin.kpi.tables import CELL, CELL_BASIS, SKETCH
from tests.bench._year import TABLES


def copy(source: Engine, target: Engine) -> None:
    """`target` has none of them; its tables store what SQLite's store."""
    raw = target.raw_connection()
    with source.connect() as connection, raw.cursor() as cursor:
        for table in (*TABLES.values(), AGENT_TIME, CELL, SKETCH, CELL_BASIS):
            rows = connection.exec_driver_sql(str(select(table)))
            names = ", ".join(table.c.keys())
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copied:  # type: ignore[attr-defined]
                for row in rows:
                    copied.write_row(row)
    raw.commit()
    raw.close()
