"""The API: the same words as the command, errors with a remedy, and a description that is true."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from busy_centre import DOCUMENT, NOW
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import Engine
from web_site import app_for

from plugin.database import reading
from plugin.kpi.answer import Ask, answer
from plugin.policy.document import Document
from plugin.policy.localtime import Grain
from plugin.report.render_csv import report_csv
from plugin.report.render_json import report_json
from plugin.web import api_models

DAYS = "/api/v1/report?from=2026-11-16&to=2026-11-23&grain=day&by=queue&kpi=offered,service_level,asa.p90,backlog"


def test_a_report_is_the_one_calculation(client: FlaskClient, centre: Engine) -> None:
    ask = Ask(
        kpis=("offered", "service_level", "asa.p90", "backlog"),
        start=datetime(2026, 11, 15, 22, tzinfo=UTC),
        end=datetime(2026, 11, 22, 22, tzinfo=UTC),
        grain=Grain.DAY,
        by=("queue",),
        timezone="Europe/Riga",
    )
    with reading(centre) as connection:
        report = answer(connection, DOCUMENT, ask, NOW)
    assert client.get(DAYS).get_json() == report_json(report)
    assert client.get(f"{DAYS}&format=csv").text == report_csv(report)
    assert len(report.rows) == 21


def test_one_period_by_name_is_the_same_as_its_borders(client: FlaskClient) -> None:
    named = client.get("/api/v1/report?period=2026-W47&kpi=offered,asa").get_json()
    bounded = client.get("/api/v1/report?from=2026-11-16&to=2026-11-23&kpi=offered,asa").get_json()
    assert named == bounded
    assert named["rows"][0]["start"] == "2026-11-16T00:00:00+02:00"


def test_a_zone_moves_the_borders(client: FlaskClient) -> None:
    rows = client.get("/api/v1/report?period=2026-11-16&timezone=America/New_York&kpi=offered").get_json()["rows"]
    assert rows[0]["start"] == "2026-11-16T00:00:00-05:00"


def test_an_offset_may_be_written_as_it_is(client: FlaskClient) -> None:
    rows = client.get("/api/v1/report?from=2026-11-16T08:00:00+02:00&to=2026-11-16T09:00:00%2B02:00&kpi=offered")
    assert rows.get_json()["rows"][0]["start"] == "2026-11-16T08:00:00+02:00"


def test_one_queue_alone(client: FlaskClient) -> None:
    groups = client.get("/api/v1/report?period=2026-W47&by=queue&kpi=offered").get_json()["rows"]
    alone = client.get("/api/v1/report?period=2026-W47&queue=Billing&kpi=offered").get_json()["rows"]
    billing = next(row for row in groups if row["group"] == {"queue": "Billing"})
    assert alone[0]["values"] == billing["values"]


def test_a_comparison_adds_what_was_before(client: FlaskClient) -> None:
    values = client.get("/api/v1/report?period=2026-W47&kpi=offered&compare=previous").get_json()["rows"][0]["values"]
    before = client.get("/api/v1/report?period=2026-W46&kpi=offered").get_json()["rows"][0]["values"]
    assert values["offered.previous"]["value"] == before["offered"]["value"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-16", "to"),
        ("to=2026-11-16", "from"),
        ("from=2026-11-16&to=tomorrow", "to"),
        ("from=2026-11-17&to=2026-11-16", "to"),
        ("period=2026-W47&from=2026-11-16", "period"),
        ("period=soon", "period"),
        ("period=2026-W47&kpi=mood", "kpi"),
        ("period=2026-W47&by=weather", "by"),
        ("period=2026-W47&grain=fortnight", "grain"),
        ("period=2026-W47&timezone=Mars/Olympus", "timezone"),
        ("period=2026-W47&timezone=../etc/passwd", "timezone"),
        ("period=2026-W47&format=xml", "format"),
        ("period=2026-W47&compare=never", "compare"),
        ("period=2026-W47&color=red", "color"),
        ("from=0001-01-01&to=9999-12-31&kpi=offered&timezone=Pacific/Kiritimati", "from"),
        ("from=1950-01-01&to=2026-01-01&grain=hour", "grain"),
    ],
)
def test_a_wrong_parameter_is_named_with_a_remedy(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/report?{query}")
    assert answer.status_code == 400
    error = api_models.Error.model_validate(answer.get_json()).error
    assert error.field == field
    assert error.remedy


def test_the_catalogue_names_every_kpi_in_the_readers_language(client: FlaskClient) -> None:
    entries = {
        each["key"]: each for each in client.get("/api/v1/kpis", headers={"Accept-Language": "lv"}).get_json()["kpis"]
    }
    assert entries["service_level"]["unit"] == "ratio"
    assert entries["service_level"]["label"] == "Apkalpošanas līmenis"
    assert entries["cost_per_call"]["needs"] == ["cost", "agent"]


def test_sources_say_how_they_do(client: FlaskClient) -> None:
    found = client.get("/api/v1/sources").get_json()
    assert [(each["name"], each["condition"]) for each in found["sources"]] == [
        ("aircall", "refusing"),
        ("zendesk", "unread"),
        ("asterisk", "fine"),
    ]
    assert found["dead"] == 1


def test_answers_hold_to_their_description(client: FlaskClient) -> None:
    models: dict[str, type[BaseModel]] = {
        "/api/v1/kpis": api_models.KpiList,
        "/api/v1/sources": api_models.SourceList,
        DAYS: api_models.ReportAnswer,
    }
    for path, model in models.items():
        model.model_validate(client.get(path).get_json(), strict=True)


def test_the_description_holds_every_route_and_parameter(client: FlaskClient, pages: Flask) -> None:
    found = client.get("/api/v1/openapi.json").get_json()
    routes = {rule.rule for rule in pages.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    described = {path.replace("{", "<").replace("}", ">") for path in found["paths"]} | {"/api/v1/openapi.json"}
    assert described == routes
    names = {each["name"] for each in found["paths"]["/api/v1/report"]["get"]["parameters"]}
    assert {"from", "to", "period", "grain", "by", "kpi", "timezone", "compare", "format"} <= names
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert _dangling(found, found) == []


def _dangling(part: Any, whole: dict[str, Any]) -> list[str]:
    """References that lead nowhere."""
    if isinstance(part, list):
        return [each for item in part for each in _dangling(item, whole)]
    if not isinstance(part, dict):
        return []
    reference = part.get("$ref")
    name = str(reference).rpartition("/")[2]
    missing = [str(reference)] if reference and name not in whole["components"]["schemas"] else []
    return missing + [each for value in part.values() for each in _dangling(value, whole)]


def test_a_digest_says_what_its_report_says(centre: Engine) -> None:
    digest = {"title": "Morning", "grain": "day", "at": "08:00", "channels": [], "kpis": ["offered", "service_level"]}
    document = Document.model_validate(
        {**DOCUMENT.model_dump(mode="json", by_alias=True), "digests": {"morning": digest}}
    )
    client = app_for(centre, document=lambda: document).test_client()
    told = client.get("/api/v1/digests/morning?period=2026-11-23").get_json()
    report = client.get("/api/v1/report?period=2026-11-23&kpi=offered,service_level").get_json()
    assert told["report"]["rows"][0]["values"] == report["rows"][0]["values"]
    shown = {row[0]["text"]: row[1]["text"] for row in told["message"]["table"]["rows"]}
    assert shown["Service level"] == "73.3%"
    assert client.get("/api/v1/digests/evening").status_code == 404
    assert client.get("/api/v1/digests/morning?period=soon").status_code == 400


def test_what_is_not_there_is_told_in_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.get_json()["error"]["remedy"] == "see /api/v1/openapi.json"


def test_published_numbers_are_listed_and_a_wrong_question_is_named(client: FlaskClient) -> None:
    assert client.get("/api/v1/published").get_json() == {"total": 0, "published": []}
    assert client.get("/api/v1/published?format=csv").text.startswith("digest,period,start,end,scope,kpi,value,")
    assert client.get("/api/v1/published?kpi=nonsense").get_json()["error"]["field"] == "kpi"
    assert client.get("/api/v1/published?period=someday").status_code == 400
