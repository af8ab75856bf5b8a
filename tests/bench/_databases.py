"""A fresh, migrated database of either kind, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from plugin.database import migrate, open_engine

_numbers = count(1)


@contextmanager
def fresh(server: str) -> Iterator[dict[str, Engine]]:
    """One of each kind by its name; `server` is the URL of a PostgreSQL, empty for SQLite alone."""
    name = f"fresh_{next(_numbers)}"
    with tempfile.TemporaryDirectory(prefix="dg-bench-") as folder:
        engines = {"SQLite": open_engine(f"sqlite:///{folder}/deskgauge.db")}
        if server:
            _admin(server, f"CREATE DATABASE {name}")
            own = make_url(server).set(database=name).render_as_string(hide_password=False)
            engines["PostgreSQL"] = open_engine(own)
        for engine in engines.values():
            migrate(engine)
        yield engines
        for engine in engines.values():
            engine.dispose()
        if server:
            _admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def _admin(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
