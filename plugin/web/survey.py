"""The page behind a link of a survey: it shows the answer, and a press of its button gives it. No login, no script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Engine, Row, Table, select

from plugin.contract.event import Json
from plugin.database import insert_new, reading, writing
from plugin.inbox.group_commit import Overloaded
from plugin.inbox.store import DeliveryRow, delivery_row
from plugin.normalise.own_survey import SOURCE, own_delivery
from plugin.notify.follow_up.links import STOP, Pressed, read
from plugin.notify.follow_up.mail import told_of
from plugin.notify.follow_up.tables import SurveyMail, SurveyOptOut
from plugin.notify.follow_up.words import LANGUAGES, choice, words
from plugin.web.view import asset

MAIL = cast(Table, SurveyMail.__table__)  # type: ignore[attr-defined]
OPT_OUT = cast(Table, SurveyOptOut.__table__)  # type: ignore[attr-defined]
_COMMENT_LENGTH = 2000
#: the address is the proof, so it goes nowhere else and is kept by nobody on the way
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Surveys:
    """`accept` returns when a delivery of a source is durable."""

    engine: Engine
    secret: bytes = field(repr=False)
    now: Callable[[], datetime]
    accept: Callable[[DeliveryRow, str], None]


def survey_blueprint(surveys: Surveys) -> Blueprint:
    """Without a session: the signed address proves who answers. Mail scanners follow links, so a GET changes nothing."""
    blueprint = Blueprint("survey", __name__)

    def page(token: str) -> Response:
        pressed = read(surveys.secret, token)
        row = _row(surveys.engine, pressed) if pressed is not None else None
        if pressed is None or row is None:
            return _page("over", _asked_language(), 404)
        if pressed.is_over(surveys.now()):
            return _page("over", row.language, 410)
        if request.method == "POST":
            return _stop(surveys, row) if pressed.score == STOP else _take(surveys, row, pressed.score)
        return _page("stop" if pressed.score == STOP else "ask", row.language, row=row, score=pressed.score)

    blueprint.add_url_rule("/s/<token>", view_func=page, methods=["GET", "POST"])
    return blueprint


def _row(engine: Engine, pressed: Pressed) -> Row[Any] | None:
    with reading(engine) as connection:
        return connection.execute(select(MAIL).where(MAIL.c.id == pressed.id)).first()


def _take(surveys: Surveys, row: Row[Any], score: str) -> Response:
    """Thanks only for what is durable. Presses within one second are one."""
    at = surveys.now().replace(microsecond=0)
    comment = request.form.get("comment", "").strip()[:_COMMENT_LENGTH]
    told: dict[str, Json] = {**told_of(row), "score": score, **({"comment": comment} if comment else {})}
    delivery = delivery_row(SOURCE, own_delivery("answered", at, told, at), f"{row.id}:answered:{at.isoformat()}")
    try:
        surveys.accept(delivery, SOURCE)
    except Overloaded:
        return _page("busy", row.language, 503, row=row, score=score, comment=comment)
    return _page("thanks", row.language)


def _stop(surveys: Surveys, row: Row[Any]) -> Response:
    with writing(surveys.engine) as connection:
        statement = insert_new(OPT_OUT, connection.dialect.name)
        connection.execute(statement, {"customer": row.customer, "at": surveys.now()})
    return _page("stopped", row.language)


def _asked_language() -> str:
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _page(
    state: str, language: str, status: int = 200, *, row: Row[Any] | None = None, score: str = "", comment: str = ""
) -> Response:
    page = render_template(
        "survey.html",
        state=state,
        language=language,
        asset=asset,
        w=lambda key: words(key, language),
        type=row.type if row else "",
        question=row.question if row else "",
        answer=choice(score, language) if row and score != STOP else "",
        comment=comment,
    )
    response = make_response(page, status)
    response.headers.update(_HEADERS)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
