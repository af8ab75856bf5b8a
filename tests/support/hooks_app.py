"""An application with nothing but the hooks, over the sources of the tests."""

from __future__ import annotations

import os
from collections.abc import Mapping

from acme_adapter import acme
from flask import Flask
from sqlalchemy import Engine

from plugin.database import open_engine
from plugin.inbox.intake import Intake
from plugin.normalise.sources import SourceConfig
from plugin.receive.blueprint import hooks_blueprint
from plugin.receive.book import SourceBook
from plugin.receive.hooks import Hooks

BASE_URL = "https://desk.example.org"
SECRET = "acme-signing-secret"


def sources(**settings: str | tuple[str, ...]) -> dict[str, SourceConfig]:
    return {"acme": SourceConfig(name="acme", adapter=acme(), settings={"secret": (SECRET,), **settings})}


def app_for(
    engine: Engine, configured: Mapping[str, SourceConfig], trusted_proxies: tuple[str, ...] = ()
) -> tuple[Flask, Intake]:
    intake = Intake(engine)
    book = SourceBook(lambda: configured, fresh_s=0, seek_s=0)
    hooks = Hooks(intake=intake, book=book, base_url=BASE_URL, trusted_proxies=trusted_proxies)
    app = Flask("hooks")
    app.register_blueprint(hooks_blueprint(hooks))
    return app, intake


def create_app() -> Flask:
    """For a real server, over the database of the environment."""
    app, intake = app_for(open_engine(os.environ["DESKGAUGE_DATABASE_URL"]), sources())
    app.extensions["intake"] = intake
    return app
