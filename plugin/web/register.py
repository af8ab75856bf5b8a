"""The pages, the API and the probes onto an application."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Flask, request

from plugin.web.api import api_blueprint, describe
from plugin.web.failures import register_errors
from plugin.web.headers import send_headers
from plugin.web.pages import pages_blueprint
from plugin.web.probes import probes_blueprint
from plugin.web.site import EXTENSION, Site
from plugin.web.view import choose_language

SESSION_LIFE = timedelta(hours=12)
#: Longer requests than any form of ours.
_FORM_LIMIT = 64 * 1024


def register_pages(app: Flask, site: Site) -> None:
    """Sets the session's rules for the whole application; everything else is under blueprints."""
    app.extensions[EXTENSION] = site
    app.secret_key = hashlib.blake2b(b"session", key=site.secret[:64], digest_size=32).digest()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-deskgauge" if site.over_tls else "deskgauge",
        SESSION_COOKIE_SECURE=site.over_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE,
        MAX_FORM_MEMORY_SIZE=_FORM_LIMIT,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    pages = pages_blueprint()
    pages.before_app_request(_set_language)
    for blueprint in (pages, api_blueprint(), probes_blueprint()):
        app.register_blueprint(blueprint)
    register_errors(app)
    send_headers(app, site)
    describe(app)


def _set_language() -> None:
    if request.blueprint in ("pages", "api") or request.blueprint is None:
        choose_language()
