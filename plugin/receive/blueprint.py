"""Flask's request to `Incoming` and the answer to a response; nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, cast

from flask import Blueprint, Response, request

from plugin.receive.checks import BODY_LIMIT
from plugin.receive.hooks import Hooks, Incoming, answer

METHODS = ["POST", "GET", "HEAD", "OPTIONS"]


def hooks_blueprint(hooks: Hooks) -> Blueprint:
    blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")

    def receive(source: str, secret: str | None = None, tail: str = "") -> Response:
        given = answer(hooks, _incoming(source, secret, tail))
        return Response(given.body, given.status, dict(given.headers), mimetype=None, content_type=None)

    for rule in ("/<source>", "/<source>/<secret>", "/<source>/<secret>/<path:tail>"):
        blueprint.add_url_rule(rule, view_func=receive, methods=METHODS, provide_automatic_options=False)
    return blueprint


def _incoming(source: str, secret: str | None, tail: str) -> Incoming:
    return Incoming(
        method=request.method,
        source=source,
        secret=secret,
        tail=tail,
        query=request.query_string.decode("latin-1"),
        headers=dict(request.headers),
        body=_body(),
        peer=request.remote_addr or "",
        received_at=datetime.now(UTC),
    )


def _body() -> bytes | None:
    """The raw body; None when it is too long. Flask's own limit would cut a chunked body off instead of refusing it."""
    stated = request.content_length
    if stated is None:
        # Without a length the end is known only where the server says so; elsewhere reading would wait for ever.
        stated = BODY_LIMIT + 1 if request.environ.get("wsgi.input_terminated") else 0
    elif stated > BODY_LIMIT:
        return None
    body = cast(IO[bytes], request.environ["wsgi.input"]).read(stated)
    return body if len(body) <= BODY_LIMIT else None
