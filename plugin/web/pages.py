"""The pages: a request becomes a choice, one reading of the data, and a template."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from plugin.alert.board import SNOOZES
from plugin.database import reading
from plugin.notify.chart import FONTS
from plugin.notify.errors import ChartFailed
from plugin.report.figures import LANGUAGES
from plugin.report.goals import goals_for
from plugin.web import access, accounts, tokens
from plugin.web.catalogue import catalogue
from plugin.web.charts import THEMES, Picture, drawn, pictures
from plugin.web.choice import Choice, choose
from plugin.web.explain import explain, kpi_pictures
from plugin.web.groups import group_table
from plugin.web.health import health, unread
from plugin.web.incidents import incident, open_incidents, press, recent_incidents, records_page
from plugin.web.overview import CONTACTS, TICKETS, Reading, course, headline_kpis, newest_day, overview, revised
from plugin.web.site import site
from plugin.web.staffing import INTERVALS, is_short, staffing
from plugin.web.staffing_pictures import NAMES as STAFFING_PICTURES
from plugin.web.staffing_pictures import staffing_pictures
from plugin.web.tables import Role, Scope
from plugin.web.tiles import tiles
from plugin.web.view import page_values
from plugin.web.wall import wall
from plugin.web.why import WHY_PICTURE, why_moved

FONT_FILES = {
    "Inter-Regular.otf": "font/otf",
    "Inter-SemiBold.otf": "font/otf",
    "DroidSansFallback.ttf": "font/ttf",
}
_YEAR_S = 365 * 86400
_WIDTHS = range(280, 1601)


def pages_blueprint() -> Blueprint:
    blueprint = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/assets"
    )
    blueprint.before_request(_admit)
    blueprint.context_processor(page_values)
    for rule, view in (
        ("/", home),
        ("/kpi", kpis),
        ("/kpi/<key>", kpi),
        ("/staffing", staffing_page),
        ("/sources", sources),
        ("/incidents", incidents),
        ("/incidents/<int:number>", incident_page),
        ("/incidents/<int:number>/records", incident_records),
        ("/wall", wall_page),
        ("/wall/panel", wall_panel),
        ("/wall/<token>", wall_page),
        ("/wall/<token>/panel", wall_panel),
        ("/chart/<name>.svg", chart),
        ("/fonts/<name>", font),
    ):
        blueprint.add_url_rule(rule, view.__name__, view)
    blueprint.add_url_rule("/incidents/<int:number>/answer", "answer_incident", answer_incident, methods=["POST"])
    blueprint.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    blueprint.add_url_rule("/logout", "logout", logout, methods=["POST"])
    blueprint.add_url_rule("/language", "language", language, methods=["POST"])
    return blueprint


#: what anybody may open: the way in, and what every page loads
_OPEN = ("pages.login", "pages.static", "pages.font", "pages.language")


def _admit() -> AnyResponse | None:
    g.account = None
    if request.endpoint in _OPEN:
        return None
    token = (request.view_args or {}).get("token")
    if token is not None:
        here = site()
        return None if tokens.opens(here.engine, token, Scope.WALL, here.now()) else abort(404)
    return access.need_login()


@contextmanager
def _reading() -> Iterator[Reading]:
    here = site()
    with reading(here.engine) as connection:
        yield Reading(connection=connection, document=here.document(), site=here, now=here.now())


def _choice(data: Reading, usual: str = "yesterday") -> Choice:
    return choose(request.args, data.document, data.now, usual)


def home() -> str:
    with _reading() as data:
        choice = _choice(data)
        found = overview(data, choice, g.language)
        material = found.material
        series = material.series
        return render_template(
            "overview.html",
            data=data,
            choice=choice,
            found=found,
            material=material,
            tiles=tiles(material, data.document),
            pictures=pictures(series, dict(material.goals), data.now, g.language) if series else (),
            tables=[
                table
                for kpis in (CONTACTS, TICKETS)
                if (table := group_table(material, data.document, kpis)) is not None
            ],
            incidents=open_incidents(data.connection, data.now, g.language),
            health=health(data.site, data.now),
            newest=newest_day(data) if material.empty else None,
            revised=revised(data, material, g.language),
        )


def kpis() -> str:
    with _reading() as data:
        choice = _choice(data)
        return render_template("kpis.html", data=data, choice=choice, catalogue=catalogue(data, choice, g.language))


def kpi(key: str) -> str:
    with _reading() as data:
        choice = _choice(data)
        found = explain(data, choice, key, g.language)
        return render_template(
            "kpi.html",
            data=data,
            choice=choice,
            found=found,
            pictures=kpi_pictures(found, data.now),
            why=why_moved(data, choice, key, request.args.get("why", ""), g.language) if found.tile else None,
            # What a digest said is of all hours.
            revised=[] if choice.hours else revised(data, found.material, g.language, found.kpi),
        )


def staffing_page() -> tuple[str, int]:
    """Answered with 400 when a field is wrong; the field says so."""
    with _reading() as data:
        found = staffing(data, request.args)
        page = render_template(
            "staffing.html",
            data=data,
            found=found,
            pictures=staffing_pictures(found, g.language),
            intervals=INTERVALS,
            is_short=is_short,
        )
        return page, 400 if found.faults else 200


def sources() -> str:
    with _reading() as data:
        return render_template("sources.html", data=data, health=health(data.site, data.now), unread=unread(data.site))


def incidents() -> str:
    with _reading() as data:
        return render_template(
            "incidents.html", data=data, found=recent_incidents(data.connection, data.now, g.language)
        )


def incident_page(number: int) -> str:
    with _reading() as data:
        found = incident(data.connection, number, data.now, g.language)
        return render_template(
            "incident.html",
            data=data,
            found=found,
            may_answer=g.account.may(Role.SUPERVISOR),
            lengths=SNOOZES,
            has_opening=data.document.calendar() is not None,
        )


def incident_records(number: int) -> str:
    with _reading() as data:
        return render_template("incident_records.html", **records_page(data, number))


def answer_incident(number: int) -> AnyResponse:
    access.check_csrf()
    press(site(), number, request.form.get("do", ""), g.account)
    return redirect(url_for("pages.incident_page", number=number))


def wall_page(token: str | None = None) -> str:
    with _reading() as data:
        return render_template("wall.html", data=data, wall=wall(data, g.language), token=token)


def wall_panel(token: str | None = None) -> Response:
    """The inside of the wall; its ETag changes with what it shows, and with nothing else."""
    with _reading() as data:
        body = render_template("wall_panel.html", data=data, wall=wall(data, g.language))
    response = make_response(body)
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["X-Deskgauge-At"] = data.now.astimezone(UTC).isoformat()
    response.make_conditional(request)
    return response


def chart(name: str) -> Response:
    """One picture of a page, drawn as wide as there is room for it."""
    theme = request.args.get("theme", "page")
    width = request.args.get("width", 640, type=int)
    if theme not in THEMES or width not in _WIDTHS:
        abort(404)
    with _reading() as data:
        found = next((each for each in _drawable(data, name) if each.name == name), None)
    if found is None:
        abort(404)
    try:
        response = Response(drawn(found.chart, theme, width, g.language), mimetype="image/svg+xml")
    except ChartFailed:
        abort(404)
    response.add_etag()
    response.make_conditional(request)
    return response


def _drawable(data: Reading, name: str) -> tuple[Picture, ...]:
    """The picture of that name among others that are read with it."""
    if name in STAFFING_PICTURES:
        return staffing_pictures(staffing(data, request.args), g.language)
    choice, key = _choice(data), request.args.get("kpi", "")
    if name == WHY_PICTURE:
        found = why_moved(data, choice, key, request.args.get("why", ""), g.language, with_model=False)
        return (found.picture,) if found and found.picture else ()
    if key:
        return kpi_pictures(explain(data, choice, key, g.language), data.now)
    goals = goals_for(data.document, headline_kpis(data.document), choice.period, {}, data.now)
    return pictures(course(data, choice), goals, data.now, g.language)


def font(name: str) -> Response:
    if name not in FONT_FILES:
        abort(404)
    response = Response((FONTS / name).read_bytes(), mimetype=FONT_FILES[name])
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response


# -- the way in and out


def login() -> str | AnyResponse | tuple[str, int]:
    target = access.local_target(request.values.get("next", "/"))
    if request.method == "GET":
        return render_template("login.html", target=target, refused=None, name="")
    access.check_csrf()
    here = site()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    address = access.client_address(request, here.trusted_proxies)
    try:
        account = accounts.log_in(here.engine, here.secret, name, password, address, here.now())
    except accounts.LoginRefused as refused:
        return render_template("login.html", target=target, refused=refused, name=name), 429 if refused.until else 401
    access.begin_session(account)
    return redirect(target)


def logout() -> AnyResponse:
    access.check_csrf()
    session.clear()
    return redirect(url_for("pages.login"))


def language() -> AnyResponse:
    access.check_csrf()
    response = redirect(access.local_target(request.form.get("next", "/")))
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        response.set_cookie(
            "deskgauge_language", chosen, max_age=_YEAR_S, samesite="Lax", secure=site().over_tls, httponly=True
        )
    return response
