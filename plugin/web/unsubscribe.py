"""The page behind a digest's link to leave: a press takes one address off one digest, another puts it back. No login."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Engine

from plugin.database import reading, writing
from plugin.policy.document import Document
from plugin.report.leaving import Recipient, come_back, has_left, leave, recipient_of
from plugin.web.view import asset

_LANGUAGES = ("en", "lv", "ru", "zh")
#: the address is the proof, so it goes nowhere else and is kept by nobody on the way
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
#: in the order English, Latvian, Russian, Chinese
_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "ask": ("Unsubscribe", "Atteikties no saņemšanas", "Отписаться", "退订"),
    "ask.text": (
        "Do you want to get no more mails of the digest “{digest}”?",
        "Vai vairs nevēlaties saņemt pārskata „{digest}” vēstules?",
        "Вы больше не хотите получать письма со сводкой «{digest}»?",
        "您确定不再接收摘要“{digest}”的邮件吗？",
    ),
    "ask.button": ("Unsubscribe", "Atteikties", "Отписаться", "退订"),
    "left": (
        "You get no more of these mails",
        "Jūs vairs nesaņemsiet šīs vēstules",
        "Вы больше не получаете эти письма",
        "您将不再收到此类邮件",
    ),
    "left.text": (
        "It concerns the digest “{digest}” and your address only; alerts go on.",
        "Tas attiecas tikai uz pārskatu „{digest}” un jūsu adresi; brīdinājumi turpinās.",
        "Это касается только сводки «{digest}» и вашего адреса; оповещения продолжают приходить.",
        "仅限摘要“{digest}”和您的地址；告警仍会照常发送。",
    ),
    "left.button": ("Get them again", "Saņemt atkal", "Получать снова", "重新订阅"),
    "back": (
        "You get these mails again",
        "Jūs atkal saņemsiet šīs vēstules",
        "Вы снова получаете эти письма",
        "您将重新收到此类邮件",
    ),
    "back.text": ("Digest “{digest}”", "Pārskats „{digest}”", "Сводка «{digest}»", "摘要“{digest}”"),
    "over": (
        "This link leads nowhere any more",
        "Šī saite vairs nav derīga",
        "Эта ссылка больше не действует",
        "此链接已失效",
    ),
    "over.text": (
        "The address gets no such digest, or the link was not copied as a whole.",
        "Šī adrese tādu pārskatu nesaņem, vai saite nav nokopēta pilnībā.",
        "На этот адрес такая сводка не отправляется, или ссылка скопирована не полностью.",
        "该地址未订阅此摘要，或链接复制不完整。",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    engine: Engine
    secret: bytes = field(repr=False)
    document: Callable[[], Document]
    now: Callable[[], datetime]


def unsubscribe_blueprint(leaving: Leaving) -> Blueprint:
    """Mail scanners follow links, so a GET changes nothing. The button of a mail program posts `List-Unsubscribe=One-Click`."""
    blueprint = Blueprint("unsubscribe", __name__)

    def page(token: str) -> Response:
        document = leaving.document()
        recipient = recipient_of(document, leaving.secret, token)
        if recipient is None:
            return _page("over", document, None, 404)
        state = _press(leaving, recipient) if request.method == "POST" else _state(leaving, recipient)
        return _page(state, document, recipient)

    blueprint.add_url_rule("/unsubscribe/<token>", view_func=page, methods=["GET", "POST"])
    return blueprint


def _state(leaving: Leaving, recipient: Recipient) -> str:
    with reading(leaving.engine) as connection:
        return "left" if has_left(connection, recipient) else "ask"


def _press(leaving: Leaving, recipient: Recipient) -> str:
    with writing(leaving.engine) as connection:
        if request.form.get("again"):
            come_back(connection, recipient)
            return "back"
        by = "mail" if "List-Unsubscribe" in request.form else "page"
        leave(connection, recipient, by, leaving.now())
        return "left"


def _page(state: str, document: Document, recipient: Recipient | None, status: int = 200) -> Response:
    digest = document.digests[recipient.digest] if recipient else None
    language = (digest.language if digest else None) or document.language
    title = ((digest.title if digest else None) or recipient.digest) if recipient else ""

    def word(key: str) -> str:
        return _WORDS[key][_LANGUAGES.index(language)].format(digest=title)

    response = make_response(
        render_template("unsubscribe.html", state=state, language=language, asset=asset, w=word), status
    )
    response.headers.update(_HEADERS)
    return response
