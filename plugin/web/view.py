"""What every template may use: words, names and moments in the reader's language, and links that keep the choice."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup, escape

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Unit
from plugin.policy.localtime import zone
from plugin.report import wording
from plugin.report.compared import Comparison
from plugin.report.figures import LANGUAGES, clock, figure, language_of, number, percent, span
from plugin.report.remarks import definitions, left_out, unavailable
from plugin.web.access import SET_UP, csrf_token
from plugin.web.choice import STEPS, WORDS, Choice, compared, next_to
from plugin.web.site import site
from plugin.web.wording import ago, say

LANGUAGE_COOKIE = "deskgauge_language"
#: each language by its own name
LANGUAGE_NAMES = {"en": "English", "lv": "Latviešu", "ru": "Русский", "zh": "中文"}
_KEPT = ("period", "compare", "grain", "by", "why")


def choose_language() -> None:
    """Before every request: what the reader chose, else what the browser asks for, else the centre's language."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    asked = [tag for tag, _ in request.accept_languages if tag.replace("_", "-").split("-")[0].lower() in LANGUAGES]
    g.language = language_of(chosen) if chosen in LANGUAGES else language_of(asked[0]) if asked else _usual()


def _usual() -> str:
    return site().document().language


def page_values() -> dict[str, Any]:
    language = g.language
    return {
        "account": g.get("account"),
        "set_up": g.get("account") is SET_UP,
        "language": language,
        "languages": LANGUAGE_NAMES,
        "csrf_token": csrf_token,
        "asset": asset,
        "here": here,
        "words": WORDS,
        "steps_of": STEPS,
        "against": Comparison,
        "compared": compared,
        "next_to": next_to,
        "t": lambda key, **values: say(key, language, **values),
        "rt": lambda key, **values: wording.text(key, language, **values),
        "label": lambda kpi: wording.label(kpi, language),
        "fact": lambda name: wording.fact(name, language),
        "number": lambda value: number(value, language),
        "tenths": lambda value: figure(value, Unit.COUNT, language),
        "percent": lambda value: percent(value, language),
        "clock": clock,
        "span": lambda length: span(length.total_seconds(), language),
        "weekday_name": lambda day, short=False: wording.weekday_name(day, language, short),
        "period_name": lambda period, short=False: wording.period_name(period, language, short),
        "range_name": lambda period: wording.range_name(period, language),
        "moment_name": lambda moment, timezone: wording.moment_name(moment, timezone, language),
        "ago": lambda moment, now: ago(moment, now, language),
        "local": local,
        "definitions": lambda report: definitions(report, language),
        "left_out": lambda counts: left_out(counts, language),
        "unavailable": lambda reasons: unavailable(reasons, language),
        "api_link": api_link,
        "records_link": records_link,
        "records_of": records_of,
        "coded": coded,
    }


def here(endpoint: str | None = None, **changes: str | None) -> str:
    """The address of a page with the choice of this one; a change to None takes a part of it away."""
    kept: dict[str, Any] = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    if endpoint in (None, "pages.kpi", "pages.chart") and request.args.get("hours"):
        kept["hours"] = request.args["hours"]
    kept |= changes
    path = {} if endpoint else dict(request.view_args or {})
    return url_for(endpoint or request.endpoint or "pages.home", **{**path, **kept})


def api_link(choice: Choice, kpis: tuple[str, ...], form: str, by: str = "") -> str:
    """The same numbers from the API."""
    period = choice.period
    values: dict[str, Any] = {
        "from": local(period.start, period.timezone),
        "to": local(period.end, period.timezone),
        "kpi": ",".join(kpis),
        "format": form,
    }
    if by:
        values["by"] = by
    values |= choice.only
    return url_for("api.report", **values)


def records_link(choice: Choice, kpi: str, form: str) -> str:
    """What is behind the number of a page, from the API."""
    period = choice.period
    start, end = (local(moment, period.timezone) for moment in (period.start, period.end))
    values: dict[str, Any] = {"from": start, "to": end, "format": form}
    return url_for("api.kpi_records", key=kpi, **values)


def records_of(ask: Ask, form: str) -> str:
    """All records behind one number, from the API."""
    values: dict[str, Any] = {"from": local(ask.start, "UTC"), "to": local(ask.end, "UTC"), "format": form, **ask.only}
    return url_for("api.kpi_records", key=ask.kpis[0], **values)


def coded(written: str) -> Markup:
    """What stands between backticks becomes code; everything is escaped."""
    pieces = str(escape(written)).split("`")
    marked = (f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
    return Markup("".join(marked))  # noqa: S704 - escaped above


def local(moment: datetime, timezone: str) -> str:
    return moment.astimezone(zone(timezone)).isoformat(timespec="seconds")


def asset(name: str) -> str:
    """The address of a file of the pages; it changes with the file, so that browsers may keep it for ever."""
    return url_for("pages.static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:10]
