"""The Flask application of one web process: wiring only."""

from __future__ import annotations

import atexit
import logging
from dataclasses import replace

from flask import Flask

from plugin.config import Config, installation_key
from plugin.inbox.intake import Intake
from plugin.installation import Installation, Latest, now, open_installation
from plugin.notify.notifier import Notifiers
from plugin.notify.registry import notifiers, slack_notifier
from plugin.receive.blueprint import hooks_blueprint
from plugin.receive.book import SourceBook
from plugin.receive.hooks import Hooks
from plugin.schedule import watchman
from plugin.schedule.lease import heartbeats
from plugin.web.register import register_pages
from plugin.web.site import Site
from plugin.web.slack.blueprint import slack_blueprint
from plugin.web.slack.desk import SlackApp
from plugin.web.survey import Surveys, survey_blueprint
from plugin.web.unsubscribe import Leaving, unsubscribe_blueprint

_log = logging.getLogger(__name__)


def create_app(config: Config | None = None) -> Flask:
    """The application over a migrated database; `app.extensions` holds `installation` and `intake`."""
    installation = open_installation(config)
    app = Flask(__name__, static_folder=None)
    app.extensions["installation"] = installation
    app.extensions["intake"] = _register_hooks(app, installation)
    site = replace(site_of(installation), accept=app.extensions["intake"].accept)
    register_pages(app, site)
    app.register_blueprint(slack_blueprint(_slack_of(installation, site)))
    app.register_blueprint(unsubscribe_blueprint(_leaving_of(site)))
    app.register_blueprint(survey_blueprint(_surveys_of(installation, app.extensions["intake"])))
    return app


def create_watching_app(config: Config | None = None) -> Flask:
    """The application of a web process that also sees whether a worker evaluates rules."""
    app = create_app(config)
    installation: Installation = app.extensions["installation"]
    watchman.start(installation, _ways_out(installation.config))
    return app


def _ways_out(config: Config) -> Notifiers | None:
    try:
        return notifiers(config)
    except ValueError as error:
        # Receiving goes on: only a stop of the worker would not be told.
        _log.error("nobody watches over the worker: %s", error)
        return None


def site_of(installation: Installation) -> Site:
    latest = Latest(installation)
    return Site(
        engine=installation.engine,
        secret=installation_key(installation.config),
        base_url=installation.config.base_url,
        document=lambda: latest.get().document,
        now=now,
        knows=lambda: latest.get().knows,
        sources=lambda: latest.get().sources,
        heartbeats=heartbeats,
        trusted_proxies=installation.config.trusted_proxies,
    )


def _slack_of(installation: Installation, site: Site) -> SlackApp:
    config = installation.config
    return SlackApp(
        engine=installation.engine,
        signing_secret=config.slack_signing_secret,
        document=site.document,
        now=site.now,
        knows=site.knows,
        base_url=site.base_url,
        api_url=config.slack_api_url,
        notifier=slack_notifier(config),
    )


def _leaving_of(site: Site) -> Leaving:
    return Leaving(engine=site.engine, secret=site.secret, document=site.document, now=site.now)


def _surveys_of(installation: Installation, intake: Intake) -> Surveys:
    return Surveys(
        engine=installation.engine, secret=installation_key(installation.config), now=now, accept=intake.accept
    )


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
