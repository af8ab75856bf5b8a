"""The API's answers to how many agents are needed and why a KPI moved."""

from __future__ import annotations

import pytest
from busy_centre import NOW
from flask.testing import FlaskClient
from sqlalchemy import Engine
from web_site import app_for

from plugin.web.tables import Scope
from plugin.web.tokens import create_token


@pytest.fixture
def asked(engine: Engine) -> tuple[FlaskClient, dict[str, str]]:
    token = create_token(engine, "api", [Scope.READ], NOW)
    return app_for(engine).test_client(), {"Authorization": f"Bearer {token}"}


def test_a_load_is_answered_in_agents(asked: tuple[FlaskClient, dict[str, str]]) -> None:
    client, headers = asked
    found = client.get("/api/v1/staffing?contacts=100&aht_s=180&shrinkage=0.3", headers=headers).get_json()
    assert (found["agents"], found["scheduled"]) == (14, 20)
    assert found["answered_in_time"] == pytest.approx(0.88835, abs=1e-5)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("contacts=100", "aht_s"),
        ("contacts=0&aht_s=180", "contacts"),
        ("contacts=100&aht_s=180&share=2", "share"),
        ("contacts=many", "contacts"),
        ("contact=1", "contact"),
    ],
)
def test_a_wrong_load_is_refused_by_its_field(
    asked: tuple[FlaskClient, dict[str, str]], query: str, field: str
) -> None:
    client, headers = asked
    answer = client.get(f"/api/v1/staffing?{query}", headers=headers)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["field"] == field


def test_what_was_not_measured_is_not_explained(asked: tuple[FlaskClient, dict[str, str]]) -> None:
    client, headers = asked
    answer = client.get("/api/v1/why?kpi=asa&period=2026-11-23", headers=headers)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["field"] == "kpi"
