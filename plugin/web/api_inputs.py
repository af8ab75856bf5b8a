"""Rows that no webhook carries, entered by a program: all of a request or, with the first mistake named, none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field
from spectree import SpecTree
from spectree.response import Response as Answers

from plugin.database import from_ms, reading, to_ms, writing
from plugin.inbox.group_commit import Overloaded
from plugin.inbox.sources import add_source, known_sources
from plugin.inbox.store import insert_deliveries
from plugin.normalise.input_rows import ROWS_PER_DELIVERY, checked_rows, delivery_of
from plugin.normalise.inputs import KINDS, OWN_SOURCE, InputKind, Row
from plugin.web import api_models
from plugin.web.errors import BadQuery
from plugin.web.site import Site, site

_ADAPTER = "csv"
_REASONS = 20


class InputQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    source: str = Field("", description="The source of the contacts that the rows are about; else the rows' own")


def described_inputs(spec: SpecTree) -> Callable[..., Any]:
    errors = dict.fromkeys(("HTTP_400", "HTTP_401", "HTTP_404", "HTTP_503"), api_models.Error)
    answers = Answers(HTTP_200=api_models.InputAnswer, HTTP_422=api_models.RowErrors, **errors)
    described = spec.validate(
        query=InputQuery, json=api_models.InputRows, resp=answers, tags=("v1",), skip_validation=True
    )(inputs)
    return cast(Callable[..., Any], described)


def inputs(kind: str) -> tuple[Response, int] | Response:
    """Enter rows of costs, shifts, headcounts, customers, evaluations, sentiment, topics or sales

    A row replaces the one with its id; the same rows again change nothing. The answer comes when they are durable.
    """
    chosen = KINDS.get(kind)
    if chosen is None:
        raise BadQuery("kind", f"{kind!r} is no kind of input", f"choose from {', '.join(KINDS)}", status=404)
    here, rows = site(), _rows()
    source, at, timezone = _source(here, chosen), from_ms(to_ms(here.now())), here.document().timezone
    checked = checked_rows(here.engine, chosen, source, rows, timezone, at)
    if checked.problems:
        told = [{"row": row, "field": each.column, "message": each.text} for row, each in checked.problems[:_REASONS]]
        return jsonify({"errors": told}), 422
    if checked.fresh:
        _accept(here, delivery_of(chosen, source, checked.fresh, timezone, at))
    return jsonify({"accepted": len(rows) - checked.unchanged, "unchanged": checked.unchanged})


def _rows() -> list[Row]:
    rows = request.get_json(silent=True)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadQuery("body", "a JSON array of objects is expected", "send [{…}, …] as application/json")
    if len(rows) > ROWS_PER_DELIVERY:
        raise BadQuery("body", f"has {len(rows)} rows", f"send at most {ROWS_PER_DELIVERY} in one request")
    return cast(list[Row], rows)


def _source(here: Site, kind: InputKind) -> str:
    name = request.args.get("source", "")
    with reading(here.engine) as connection:
        known = known_sources(connection)
    if (name or kind.names_contact) and name not in known:
        message = "names no source" if name else "is missing: the rows are about contacts of a source"
        raise BadQuery("source", message, f"choose from {', '.join(known) or 'none yet'}")
    return name or OWN_SOURCE


def _accept(here: Site, row: Any) -> None:
    if here.accept is None:
        with writing(here.engine) as connection:
            add_source(connection, row["source"], _ADAPTER, here.now())
        insert_deliveries(here.engine, [row])
        return
    try:
        here.accept(row, _ADAPTER)
    except Overloaded:
        raise BadQuery("body", "the database is busy; nothing was stored", "send it again", status=503) from None
