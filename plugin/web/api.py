"""The JSON API: the numbers of the pages for programs, with its own description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from pydantic import BaseModel, ConfigDict, Field
from spectree import SpecTree
from spectree.models import SecureType, SecurityScheme, SecuritySchemeData
from spectree.response import Response as Answers
from sqlalchemy import Row
from sqlmodel import Session

from plugin.contract.event import Json
from plugin.database import reading
from plugin.kpi.answer import EXCLUDED, Ask, AskError, answer
from plugin.kpi.catalogue import METRICS, PLAN_ATTAINMENT, known_kpis
from plugin.kpi.citations import citation
from plugin.kpi.formula import formula
from plugin.kpi.metric import Report
from plugin.kpi.period import Period
from plugin.kpi.period import label as period_label
from plugin.kpi.records import asked_records
from plugin.notify.message import to_json
from plugin.policy.revisions import latest
from plugin.report.compared import Comparison, compared
from plugin.report.compose import Composer
from plugin.report.digest import build_digest
from plugin.report.due import period_for
from plugin.report.explanation import Basis, explanation, explanation_json
from plugin.report.publications import publication_json, publications, publications_csv
from plugin.report.render_csv import report_csv
from plugin.report.render_json import report_json
from plugin.report.render_records import records_csv, records_json
from plugin.report.wording import label
from plugin.version import VERSION
from plugin.web import access, api_alerts, api_models, planning, reconcile
from plugin.web.api_inputs import described_inputs
from plugin.web.choice import read_period
from plugin.web.errors import BadQuery
from plugin.web.health import SourceHealth, health
from plugin.web.query import Forms, RecordsQuery, ReportQuery, ask_of, parsed
from plugin.web.site import site
from plugin.web.tables import Scope

PREFIX = "/api/v1"
DESCRIPTION = "deskgauge-openapi"
#: a file can come with a question
_METHODS = {"/reconcile": ["GET", "POST"]}
_REMEDIES = {
    "kpi": "see /api/v1/kpis for those that there are",
    "by": "leave the unknown one out",
    "to": "exchange from and to",
}


class DigestQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    period: str = Field("", description="yesterday, 2026-10-05, 2026-W40 …; the last one that was due when empty")


class PublishedQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kpi: str = Field("", description="Only this KPI")
    period: str = Field("", description="Only this period: yesterday, 2026-10-05, 2026-W40 …")
    page: int = Field(1, ge=1)
    per_page: int = Field(100, ge=1, le=1000)
    format: Forms = Field("json", description="json, or csv for a spreadsheet")


def api_blueprint() -> Blueprint:
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    spec = _spec()
    views: tuple[tuple[str, Callable[..., Any], type[BaseModel] | None, type[BaseModel] | None], ...] = (
        ("/report", report, ReportQuery, api_models.ReportAnswer),
        ("/kpis", kpis, None, api_models.KpiList),
        ("/kpis/<key>", kpi, ReportQuery, None),
        ("/kpis/<key>/records", kpi_records, RecordsQuery, None),
        ("/sources", sources, None, api_models.SourceList),
        ("/rules", api_alerts.rules, None, api_models.RuleList),
        ("/incidents", api_alerts.incidents, api_alerts.IncidentsQuery, api_models.IncidentList),
        ("/digests/<name>", digest, DigestQuery, None),
        ("/published", published, PublishedQuery, api_models.PublishedList),
        ("/why", planning.why_moved, planning.WhyQuery, None),
        ("/staffing", planning.staffing, planning.StaffingQuery, None),
        ("/reconcile", reconcile.reconciled, reconcile.ReconcileQuery, None),
    )
    for rule, view, query, model in views:
        answers = Answers(HTTP_200=model, **dict.fromkeys(("HTTP_400", "HTTP_401", "HTTP_404"), api_models.Error))
        # Only described by it, because checking every row of a long answer once more costs more than measuring it.
        described = spec.validate(query=query, resp=answers, tags=("v1",), skip_validation=True)(view)
        blueprint.add_url_rule(rule, view.__name__, described, methods=_METHODS.get(rule))
    blueprint.add_url_rule("/openapi.json", "openapi", openapi)
    blueprint.add_url_rule("/inputs/<kind>", "inputs", described_inputs(spec), methods=["POST"])
    blueprint.before_request(_admit)
    blueprint.register_error_handler(BadQuery, refuse)
    blueprint.record_once(lambda state: state.app.extensions.__setitem__(DESCRIPTION, spec))
    return blueprint


def describe(app: Flask) -> None:
    """Makes the description once all routes are there, since making it is not safe in two threads."""
    with app.app_context():
        app.extensions[DESCRIPTION] = app.extensions[DESCRIPTION].spec


def _spec() -> SpecTree:
    bearer = SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
    return SpecTree(
        "flask",
        title="Deskgauge",
        version=VERSION,
        # Never served from here: the library's own pages load scripts from elsewhere.
        path="unused",
        page_templates={},
        mode="strict",
        annotations=False,
        naming_strategy=lambda model: model.__name__,
        nested_naming_strategy=lambda _parent, child: child,
        validation_error_status=400,
        validation_error_model=api_models.Error,
        security_schemes=[bearer],
        security={"token": []},
    )


def _admit() -> None:
    if request.endpoint == "api.inputs":
        access.need_write()
    elif request.endpoint != "api.openapi":
        access.need_token(Scope.READ)


def refuse(error: BadQuery) -> tuple[Response, int]:
    return jsonify(error.body), error.status


def openapi() -> Response:
    return jsonify(current_app.extensions[DESCRIPTION])


def report() -> Response:
    """Measure KPIs over periods and groups

    The same numbers as the pages, the digests and `deskgauge report`.
    """
    query = parsed(ReportQuery)
    here = site()
    document, now = here.document(), here.now()
    ask = ask_of(query, document, now)

    with reading(here.engine) as connection:

        def measured(question: Ask) -> Report:
            return answer(connection, document, question, now, here.knows())

        try:
            found = measured(ask)
            if query.compare:
                comparison = Comparison(query.compare)
                found = compared(found, measured(comparison.earlier(ask)), comparison, document.calendar(), now)
        except AskError as error:
            raise BadQuery(error.field, error.message, _REMEDIES.get(error.field, "correct it")) from None
    if query.format == "csv":
        attached = {"Content-Disposition": 'attachment; filename="deskgauge.csv"'}
        return Response(report_csv(found), mimetype="text/csv", headers=attached)
    return jsonify(report_json(found))


def kpis() -> Response:
    """The catalogue of KPIs"""
    entries: list[Json] = [
        {
            "key": metric.key,
            "label": label(metric.key, g.language),
            "unit": metric.unit.value,
            "better": metric.better.value,
            "version": metric.version,
            "needs": list(metric.needs),
            "formula": formula(metric),
            "source": citation(metric.key),
        }
        for metric in METRICS.values()
    ]
    return jsonify({"kpis": entries})


def kpi(key: str) -> Response:
    """How a number is made: formula, sums, what is left out, rules, source, missing facts"""
    query = parsed(ReportQuery)
    here = site()
    document, now = here.document(), here.now()
    ask = replace(ask_of(query, document, now), kpis=(_metric_key(key),))
    with reading(here.engine) as connection, Session(connection) as session:
        revision = latest(session)
        basis = Basis(
            connection=connection,
            document=document,
            now=now,
            knows=here.knows(),
            policy_revision=revision.id or 0 if revision else 0,
        )
        try:
            found = explanation(basis, ask, g.language)
        except AskError as error:
            raise BadQuery(error.field, error.message, _REMEDIES.get(error.field, "correct it")) from None
    return jsonify(explanation_json(found))


def kpi_records(key: str) -> Response:
    """The contacts, tickets or answers behind a number, or those that reports leave out, page by page"""
    query = parsed(RecordsQuery)
    here = site()
    document, now = here.document(), here.now()
    ask = replace(ask_of(query, document, now), kpis=(key if key in EXCLUDED else _metric_key(key),))
    try:
        with reading(here.engine) as connection:
            found = asked_records(
                connection,
                document,
                ask,
                now,
                page=query.page,
                per_page=query.per_page,
                customers=access.may_see_customers(),
            )
    except AskError as error:
        raise BadQuery(error.field, error.message, _REMEDIES.get(error.field, "correct it")) from None
    timezone = ask.timezone or document.timezone
    if query.format == "csv":
        attached = {"Content-Disposition": f'attachment; filename="deskgauge-{key}.csv"'}
        return Response(records_csv(found, timezone), mimetype="text/csv", headers=attached)
    return jsonify(records_json(found, timezone))


def _metric_key(key: str) -> str:
    if key not in known_kpis() or key == PLAN_ATTAINMENT.key:
        raise BadQuery("key", f"{key!r} is not a KPI that is made of sums", _REMEDIES["kpi"], status=404)
    return key


def sources() -> Response:
    """How the sources do: last deliveries, what waits, what was refused and why"""
    here = site()
    found = health(here, here.now())
    return jsonify(
        {
            "sources": [_source(each) for each in found.sources],
            "pending": found.pending,
            "dead": found.dead,
            "oldest_pending_at": _iso(found.oldest_pending_at),
            "refused_without_source": [_refusal(each) for each in found.strays],
        }
    )


def digest(name: str) -> Response:
    """What a digest says about a period, and the numbers that it says it with"""
    query = parsed(DigestQuery)
    here = site()
    document, now = here.document(), here.now()
    if name not in document.digests:
        choices = ", ".join(sorted(document.digests)) or "none; add [digests.NAME] to the policy"
        raise BadQuery("name", f"{name!r} is not a digest", f"choose from: {choices}", status=404)
    period = (
        read_period(query.period, document, now) if query.period else period_for(document.digests[name], document, now)
    )
    with reading(here.engine) as connection:
        composer = Composer(
            document=document,
            ask=lambda ask: answer(connection, document, ask, now, here.knows()),
            now=now,
            base_url=here.base_url,
        )
        told = _told(composer, name, period)
    return jsonify({"name": name, "period": period_label(period), **told})


def _told(composer: Composer, name: str, period: Period) -> dict[str, Json]:
    """The message and the numbers that it says; an audit says none of its own."""
    if composer.document.digests[name].kind == "audit":
        return {"message": to_json(composer.audit(name, period)), "report": None}
    material = composer.material(name, period)
    return {"message": to_json(build_digest(material)), "report": report_json(material.now)}


def published() -> Response:
    """What digests said, newest period first: each number as it was first said, and every revision of it, old to new"""
    query = parsed(PublishedQuery)
    here = site()
    if query.kpi and query.kpi not in known_kpis():
        raise BadQuery("kpi", f"{query.kpi!r} is not a KPI", _REMEDIES["kpi"])
    period = read_period(query.period, here.document(), here.now()) if query.period else None
    skip = (query.page - 1) * query.per_page
    with reading(here.engine) as connection, Session(connection) as session:
        total, found = publications(session, query.kpi or None, period, skip=skip, most=query.per_page)
    if query.format == "csv":
        attached = {"Content-Disposition": 'attachment; filename="deskgauge-published.csv"'}
        return Response(publications_csv(found), mimetype="text/csv", headers=attached)
    return jsonify({"total": total, "published": [publication_json(each) for each in found]})


def _source(each: SourceHealth) -> dict[str, Json]:
    return {
        "name": each.name,
        "adapter": each.adapter,
        "condition": each.condition.value,
        "last_received_at": _iso(each.last_received_at),
        "received": each.received,
        "duplicates": each.duplicates,
        "refused": each.refused,
        "pending": each.pending,
        "dead": each.dead,
        "facts": list(each.facts),
        "problem": each.problem,
        "refusals": [_refusal(refusal) for refusal in each.refusals],
    }


def _refusal(row: Row[Any]) -> dict[str, Json]:
    return {"at": _iso(row.at), "status": row.status, "reason": row.reason, "url": row.url}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
