"""An open incident is acknowledged from its page by who may, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from busy_centre import NOW
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import Session
from web_site import app_for

from plugin.alert.tables import Incident
from plugin.web import accounts

PASSWORD = "three unrelated words"


@pytest.fixture
def number(engine: Engine) -> int:
    began = NOW - timedelta(minutes=18)
    incident = Incident(rule="waits", kpi="asa", opened_at=began, fired_at=began, peak=95.0, n=34, threshold=60)
    with Session(engine) as session:
        session.add(incident)
        session.commit()
        return incident.id or 0


def person(engine: Engine, role: str) -> FlaskClient:
    accounts.create_user(engine, role, PASSWORD, role, NOW)
    client = app_for(engine).test_client()
    client.post("/login", data={"csrf": csrf(client, "/login"), "name": role, "password": PASSWORD})
    return client


def csrf(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found
    return found.group(1)


def test_a_supervisor_acknowledges_and_everybody_sees_who(engine: Engine, number: int) -> None:
    client = person(engine, "supervisor")
    path = f"/incidents/{number}"
    assert "0:01:35" in client.get(path).text
    answer = client.post(f"{path}/acknowledge", data={"csrf": csrf(client, path)})
    assert answer.headers["Location"] == path
    shown = client.get(path).text
    assert "acknowledged by supervisor" in shown
    assert "/acknowledge" not in shown
    assert "acknowledged by supervisor" in client.get("/incidents").text


def test_a_viewer_sees_no_button_and_may_not(engine: Engine, number: int) -> None:
    client = person(engine, "viewer")
    path = f"/incidents/{number}"
    assert "/acknowledge" not in client.get(path).text
    assert client.post(f"{path}/acknowledge", data={"csrf": csrf(client, path)}).status_code == 403
    with Session(engine) as session:
        incident = session.get(Incident, number)
        assert incident is not None
        assert incident.acknowledged_by is None
