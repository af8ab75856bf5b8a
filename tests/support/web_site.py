"""The application's pages over a test's database, with a clock that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from busy_centre import DOCUMENT, NOW
from flask import Flask
from sqlalchemy import Engine

from plugin.web.register import register_pages
from plugin.web.site import Site


def site_for(engine: Engine, **changes: Any) -> Site:
    site = Site(
        engine=engine,
        secret=b"a secret of the tests",
        base_url="http://127.0.0.1:8080",
        document=lambda: DOCUMENT,
        now=lambda: NOW,
    )
    return replace(site, **changes)


def app_for(engine: Engine, **changes: Any) -> Flask:
    app = Flask("pages", static_folder=None)
    register_pages(app, site_for(engine, **changes))
    app.testing = True
    return app


class Clock:
    """A moment that a test sets forward."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
