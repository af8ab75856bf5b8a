"""A filled centre on each database, made once and only read from; and an empty one for tests that write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import busy_centre
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from web_site import app_for

from plugin.database import open_engine


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("centre") / "deskgauge.db"
        template: Path = request.getfixturevalue("sqlite_template")
        path.write_bytes(template.read_bytes())
        engine = open_engine(f"sqlite:///{path}")
    else:
        server: str = request.getfixturevalue("postgres_server")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE busy_centre TEMPLATE template_deskgauge"))
        admin.dispose()
        engine = open_engine(make_url(server).set(database="busy_centre").render_as_string(hide_password=False))
    busy_centre.fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def pages(centre: Engine) -> Flask:
    return app_for(centre)


@pytest.fixture
def client(pages: Flask) -> FlaskClient:
    return pages.test_client()
