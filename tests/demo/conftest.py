"""A database that all tests of one module share, because a week of deliveries is drained into it once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

_NAME = "demo_week"


@pytest.fixture(scope="module")
def demo_postgres_url(postgres_server: str) -> Iterator[str]:
    server = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {_NAME} TEMPLATE template_deskgauge"))
    yield make_url(postgres_server).set(database=_NAME).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {_NAME} WITH (FORCE)"))
    server.dispose()
