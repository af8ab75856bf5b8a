"""What is answered when something is wrong: a page to people, JSON to programs, in both cases what to do."""

from __future__ import annotations

import json
import logging

from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RoutingException
from werkzeug.wrappers import Response as AnyResponse

from plugin.web.api import PREFIX
from plugin.web.errors import BadQuery
from plugin.web.view import page_values

log = logging.getLogger(__name__)

_PROGRAMS = (PREFIX, "/hooks/", "/slack/", "/metrics", "/healthz", "/readyz")


def register_errors(app: Flask) -> None:
    app.register_error_handler(BadQuery, _bad_query)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(InternalServerError, _broken)
    app.register_error_handler(OperationalError, _database)


def _bad_query(error: BadQuery) -> Response:
    return _answer(error.status, error)


def _refused(error: HTTPException) -> AnyResponse:
    if error.response is not None or isinstance(error, RoutingException):
        # A redirect, or an answer that was made where the error was raised.
        answer: AnyResponse = error.get_response()
        return answer
    status = error.code or 500
    if status == 404:
        missing = BadQuery("path", "there is nothing at this address", f"see {PREFIX}/openapi.json")
        return _answer(404, missing, kind="missing")
    described = BadQuery("request", error.description or error.name, "correct the request")
    return _answer(status, described, headers=dict(error.get_headers()))


def _broken(error: InternalServerError) -> Response:
    # Flask has logged the cause already.
    return _answer(500, BadQuery("server", "something went wrong here", "look at the log"), kind="broken")


def _database(error: OperationalError) -> Response:
    log.error("The database did not answer: %s", type(error.orig).__name__)
    told = BadQuery("database", "does not answer", "try again in a minute")
    return _answer(503, told, kind="database", headers={"Retry-After": "30"})


def _answer(status: int, error: BadQuery, kind: str = "", headers: dict[str, str] | None = None) -> Response:
    kept = {name: value for name, value in (headers or {}).items() if name.lower() in ("allow", "retry-after")}
    if request.path.startswith(_PROGRAMS):
        return Response(json.dumps(error.body), status, kept, mimetype="application/json")
    # A page that cannot ask the database who is there speaks to nobody in particular.
    g.setdefault("account", None)
    g.setdefault("language", "en")
    page = render_template("error.html", error=None if kind else error, kind=kind, **page_values())
    return Response(page, status, kept, mimetype="text/html")
