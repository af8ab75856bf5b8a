"""The same hooks with three ways to keep a delivery: not at all, one commit per request, group commit."""

from __future__ import annotations

import os

from flask import Flask
from hooks_app import BASE_URL, create_app, sources
from sqlalchemy import Engine

from plugin.database import open_engine
from plugin.inbox.intake import Intake
from plugin.inbox.store import DeliveryRow, insert_deliveries
from plugin.receive.blueprint import hooks_blueprint
from plugin.receive.book import SourceBook
from plugin.receive.hooks import Hooks

group_commit = create_app


class _Nothing(Intake):
    def accept(self, row: DeliveryRow, adapter: str) -> None:
        pass


class _OneByOne(Intake):
    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._own = engine

    def accept(self, row: DeliveryRow, adapter: str) -> None:
        insert_deliveries(self._own, [row])


def verification_only() -> Flask:
    return _app(_Nothing)


def one_commit_per_request() -> Flask:
    return _app(_OneByOne)


def _app(kind: type[Intake]) -> Flask:
    engine = open_engine(os.environ["DESKGAUGE_DATABASE_URL"], pool_size=16)
    book = SourceBook(sources)
    app = Flask("bench")
    app.register_blueprint(hooks_blueprint(Hooks(intake=kind(engine), book=book, base_url=BASE_URL)))
    return app
