"""The pages, the API and the probes onto an application."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from plugin.web.api import PREFIX, api_blueprint, describe
from plugin.web.errors import BadQuery
from plugin.web.headers import send_headers
from plugin.web.pages import pages_blueprint
from plugin.web.probes import probes_blueprint
from plugin.web.site import EXTENSION, Site
from plugin.web.view import choose_language, page_values

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
    app.register_error_handler(BadQuery, _bad_query)
    app.register_error_handler(404, _not_found)
    send_headers(app, site)
    describe(app)


def _set_language() -> None:
    if request.blueprint in ("pages", "api") or request.blueprint is None:
        choose_language()


def _bad_query(error: BadQuery) -> tuple[str, int]:
    return render_template("error.html", error=error, **page_values()), error.status


def _not_found(error: HTTPException) -> Response | tuple[str, int]:
    if request.path.startswith((PREFIX, "/hooks/")):
        missing = BadQuery("path", "there is nothing at this address", f"see {PREFIX}/openapi.json", status=404)
        response = Response(status=404, mimetype="application/json")
        response.set_data(_json(missing))
        return response
    return render_template("error.html", error=None, **page_values()), 404


def _json(error: BadQuery) -> str:
    return json.dumps(error.body)
