"""What machines ask: does the process live, can it work, and how much is there to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from plugin.database import reading
from plugin.inbox.silence import silent_since
from plugin.web import access
from plugin.web.errors import BadQuery
from plugin.web.site import site
from plugin.web.tables import Scope
from plugin.web.workload import collect

#: processes without which deliveries are received but nothing comes of them
NEEDED = ("worker", "scheduler")
#: a heartbeat that is older means that its process does not live
OLDEST = timedelta(seconds=60)


def probes_blueprint() -> Blueprint:
    blueprint = Blueprint("probes", __name__)
    blueprint.add_url_rule("/healthz", "healthz", healthz)
    blueprint.add_url_rule("/readyz", "readyz", readyz)
    blueprint.add_url_rule("/metrics", "metrics", metrics)
    return blueprint


def healthz() -> Response:
    """The process answers; nothing else is asked, so that a slow database does not get it killed."""
    return jsonify({"status": "ok"})


def readyz() -> tuple[Response, int]:
    """503 with what is wrong: the database, the worker or the scheduler."""
    here = site()
    now = here.now()
    try:
        with reading(here.engine) as connection:
            beats = here.heartbeats(connection)
            silent = silent_since(connection, here.document(), here.sources(), now)
    except SQLAlchemyError:
        problems: dict[str, str] = {"database": "cannot be read; is it running, and is DESKGAUGE_DATABASE_URL right?"}
        return jsonify({"status": "not ready", "problems": problems}), 503
    problems = {}
    for name in NEEDED:
        at = beats.get(name)
        if at is None:
            problems[name] = "has never run here; start `deskgauge work` or `deskgauge serve`"
        elif now - at > OLDEST:
            age = int((now - at).total_seconds())
            problems[name] = f"has not said for {age} s that it is alive; look at its log and start it again"
    ages: dict[str, Any] = {name: int((now - at).total_seconds()) for name, at in beats.items()}
    status = "not ready" if problems else "ready"
    # That a vendor is silent is no fault of this process, so it stays ready; anybody may read this, so no source is named.
    state = {"status": status, "problems": problems, "heartbeat_age_s": ages, "silent_sources": len(silent)}
    return jsonify(state), 503 if problems else 200


def metrics() -> Response | tuple[Response, int]:
    """For Prometheus: to this machine, or with a token of the scope `metrics`; counts and ages, no personal data."""
    here = site()
    if not access.is_local(request, here) and not access.has_token(Scope.METRICS):
        error = BadQuery(
            "Authorization",
            "metrics are for this machine, or need a token",
            "make one with `deskgauge token create NAME --scope metrics`",
        )
        return jsonify(error.body), 401
    registry = CollectorRegistry()
    collect(registry, here)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
