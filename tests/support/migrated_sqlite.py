"""A migrated SQLite database to copy: migrating takes a second, copying nothing."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from plugin.database import migrate, open_engine


def fresh(path: Path) -> str:
    """Puts an empty, migrated database there; returns its URL."""
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


def opened(path: Path) -> Engine:
    return open_engine(fresh(path))


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deskgauge.db"
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()
