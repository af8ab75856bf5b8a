"""Fixtures that every test may use: a fresh, migrated database of either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

import bank_month
import busy_centre
import migrated_sqlite
import postgres_cleaning
import pytest
import quick_process
import throwaway_postgres
from hypothesis import settings
from postgres_cleaning import KeptDatabase
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from plugin.database import migrate, open_engine

_numbers = count(1)
NewDatabase = Callable[[str], str]
BankMonths = Callable[[str], bank_month.BankMonth]
# How long an example takes says how busy the machine is.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
# Enough to try a mutant with, the same for each of them.
settings.register_profile("mutation", deadline=None, max_examples=20, derandomize=True, database=None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A mutant is tried with single examples first, and with generated ones when they did not find it."""
    if config.getoption("--hypothesis-profile", None) == "mutation":
        items.sort(key=lambda item: hasattr(getattr(item, "obj", None), "hypothesis"))


@pytest.fixture(scope="session", autouse=True)
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick_process.hurry(patch, tmp_path_factory.mktemp("templates"))
        yield


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """A server whose database `template_deskgauge` holds the migrated schema."""
    url = throwaway_postgres.start()
    _run(url, "CREATE DATABASE template_deskgauge")
    engine = open_engine(_database(url, "template_deskgauge"))
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "deskgauge.db"
    migrated_sqlite.fresh(path)
    return path


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "deskgauge.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes a database of the kind `sqlite` or `postgresql` that lasts as long as the session; returns its URL."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("lasting") / "deskgauge.db"
            path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
            return f"sqlite:///{path}"
        server, name = request.getfixturevalue("postgres_server"), f"lasting_{next(_numbers)}"
        _run(server, f"CREATE DATABASE {name} TEMPLATE template_deskgauge")
        return _database(server, name)

    return make


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[Engine]:
    """A filled centre on each database, made once and only read from."""
    engine = open_engine(new_database(request.param))
    busy_centre.fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def bank_months(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankMonths]:
    """A bank's month in a database of the kind `sqlite` or `postgresql`, imported once and only read from."""
    engines = []

    @cache
    def month(kind: str) -> bank_month.BankMonth:
        engines.append(open_engine(new_database(kind)))
        return bank_month.fill(engines[-1], tmp_path_factory.mktemp("bank"))

    yield month
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[list[KeptDatabase]]:
    """Databases that are as good as new."""
    kept: list[KeptDatabase] = []
    yield kept
    for one in kept:
        one.close()


@pytest.fixture
def postgres_database(postgres_server: str, postgres_databases: list[KeptDatabase]) -> Iterator[KeptDatabase]:
    database = postgres_databases.pop() if postgres_databases else _new_postgres(postgres_server)
    yield database
    if database.cleaned():
        postgres_databases.append(database)
    else:
        database.close()
        _run(postgres_server, f"DROP DATABASE {make_url(database.url).database} WITH (FORCE)")


def _new_postgres(server: str) -> KeptDatabase:
    name = f"test_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE template_deskgauge")
    return postgres_cleaning.keep(_database(server, name))


@pytest.fixture
def postgres_url(postgres_database: KeptDatabase) -> str:
    return postgres_database.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated database; a test that uses it runs on both kinds."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def engine(database_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    if not database_url.startswith("sqlite"):
        yield request.getfixturevalue("postgres_database").engine
        return
    engine = open_engine(database_url)
    yield engine
    engine.dispose()
