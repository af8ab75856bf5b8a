"""The Flask application of one web process: wiring only."""

from __future__ import annotations

import atexit

from flask import Flask

import plugin.web
from plugin.config import Config
from plugin.inbox.intake import Intake
from plugin.installation import Installation, open_installation
from plugin.receive.blueprint import hooks_blueprint
from plugin.receive.book import SourceBook
from plugin.receive.hooks import Hooks


def create_app(config: Config | None = None) -> Flask:
    """The application over a migrated database; `app.extensions` holds `installation` and `intake`."""
    installation = open_installation(config)
    app = Flask(__name__)
    app.extensions["installation"] = installation
    app.extensions["intake"] = _register_hooks(app, installation)
    register_pages = getattr(plugin.web, "register_pages", None)
    if register_pages is not None:
        register_pages(app)
    return app


def _register_hooks(app: Flask, installation: Installation) -> Intake:
    config, engine = installation.config, installation.engine
    intake = Intake(engine)
    atexit.register(intake.stop)
    hooks = Hooks(
        intake=intake,
        # Its own installation each time, because the pages read theirs in other threads.
        book=SourceBook(lambda: Installation(config=config, engine=engine).sources),
        base_url=config.base_url,
        trusted_proxies=config.trusted_proxies,
    )
    app.register_blueprint(hooks_blueprint(hooks))
    return intake
