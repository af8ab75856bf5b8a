"""An open incident is acknowledged from its page by who may, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from alert_desk import MINUTE, START, Desk, policy, policy_of
from busy_centre import DOCUMENT as BUSY
from busy_centre import NOW, fill
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import Session
from web_site import app_for

from plugin.alert.behind import behind, latest_behind, latest_lines, question
from plugin.alert.tables import Incident
from plugin.database import reading
from plugin.kpi.metric import Measurement
from plugin.web import accounts

DOCUMENT = policy()
BAD = Measurement(numerator=17, denominator=50)
PASSWORD = "three unrelated words"


@pytest.fixture
def number(engine: Engine) -> int:
    began = NOW - timedelta(minutes=18)
    incident = Incident(rule="waits", kpi="asa", opened_at=began, fired_at=began, peak=95.0, n=34, threshold=60)
    with Session(engine) as session:
        session.add(incident)
        session.commit()
        return incident.id or 0


def person(engine: Engine, role: str, **changes: Any) -> FlaskClient:
    accounts.create_user(engine, role, PASSWORD, role, NOW)
    client = app_for(engine, **changes).test_client()
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
    answer = client.post(f"{path}/answer", data={"csrf": csrf(client, path), "do": "alert.ack"})
    assert answer.headers["Location"] == path
    shown = client.get(path).text
    assert "acknowledged by supervisor" in shown
    assert "alert.ack" not in shown
    assert "acknowledged by supervisor" in client.get("/incidents").text


def test_a_viewer_sees_no_button_and_may_not(engine: Engine, number: int) -> None:
    client = person(engine, "viewer")
    path = f"/incidents/{number}"
    assert "/answer" not in client.get(path).text
    assert client.post(f"{path}/answer", data={"csrf": csrf(client, path), "do": "alert.ack"}).status_code == 403
    with Session(engine) as session:
        incident = session.get(Incident, number)
        assert incident is not None
        assert incident.acknowledged_by is None


def test_an_answer_on_the_page_changes_the_message_on_slack_as_its_button_does(engine: Engine) -> None:
    desk = Desk(engine, DOCUMENT)
    desk.at(START, BAD)
    client = person(engine, "supervisor", document=lambda: DOCUMENT, now=lambda: START + MINUTE)
    path = "/incidents/1"
    assert ">Open<" in client.get(path).text
    for button, shown in (
        ("alert.snooze.2h", "snoozed until Mon 23 Nov 12:41 by supervisor"),
        ("alert.ack", "acknowledged by supervisor"),
        ("alert.unsnooze", ">Acknowledged<"),
    ):
        client.post(f"{path}/answer", data={"csrf": csrf(client, path), "do": button})
        assert shown in client.get(path).text
    changes = [what for what, _ in desk.told("C0FLOOR")]
    assert changes == ["fired", "snoozed", "acknowledged", "unsnoozed"]
    assert [what for what, _ in desk.told("lead@example.com")] == ["fired"]
    assert client.post(f"{path}/answer", data={"csrf": csrf(client, path), "do": "alert.delete"}).status_code == 400


def test_incidents_of_one_message_lead_to_each_other(engine: Engine) -> None:
    document = policy_of({"Support": {}, "Sales": {}})
    Desk(engine, document).queues(START, {}, BAD)
    client = person(engine, "viewer", document=lambda: document, now=lambda: START + MINUTE)
    assert 'Told together with incident: <a href="/incidents/2">2</a>' in client.get("/incidents/1").text


def test_programs_read_rules_and_incidents(engine: Engine) -> None:
    Desk(engine, DOCUMENT).at(START, BAD)
    client = person(engine, "viewer", document=lambda: DOCUMENT, now=lambda: START + MINUTE)
    (rule,) = client.get("/api/v1/rules").get_json()["rules"]
    assert (rule["rule"], rule["status"], rule["incident"]) == ("support-abandonment", "firing", 1)
    assert rule["said"] == "Alert since 10:40: 34.0%, limit 15%."
    (incident,) = client.get("/api/v1/incidents?open=true").get_json()["incidents"]
    assert (incident["status"], incident["peak"], incident["limit"]) == ("firing", 0.34, 0.15)
    assert incident["told_at"] == "2026-11-23T08:40:00+00:00"
    assert client.get("/api/v1/incidents?most=0").status_code == 400


def incident_of_yesterday(engine: Engine, **changes: Any) -> int:
    """An alert at noon of the day before, about the quarter of an hour before it."""
    told = (NOW - timedelta(days=1)).replace(hour=10, minute=0, second=0)
    values = {"rule": "r", "kpi": "abandonment_rate", "peak": 0.2, "n": 50, "threshold": 0.1, "scope": "queue=Billing"}
    incident = Incident(opened_at=told, fired_at=told, told_at=told, window_s=3600, **{**values, **changes})
    with Session(engine) as session:
        session.add(incident)
        session.commit()
        return incident.id or 0


def test_an_alert_leads_to_the_contacts_that_it_was_made_of(engine: Engine) -> None:
    fill(engine)
    number = incident_of_yesterday(engine)
    client = person(engine, "viewer")
    assert f"/incidents/{number}/records" in client.get(f"/incidents/{number}").text
    shown = client.get(f"/incidents/{number}/records").text
    with reading(engine) as connection, Session(connection) as session:
        incident = session.get(Incident, number)
        assert incident
        found = behind(connection, BUSY, incident, NOW)
        latest = latest_behind(connection, BUSY, incident, NOW, most=3)
        # A service level that is too low is made of those who waited too long.
        incident.kpi, incident.peak, incident.threshold = "service_level", 0.5, 0.8
        late = latest_behind(connection, BUSY, incident, NOW, most=3)
    assert found.total == found.whole.denominator
    assert {one.fact["queue"] for one in found.page} == {"Billing"}
    assert f"{found.whole.numerator:g} of {found.total} count" in shown
    assert shown.count("<td>✓</td>") == found.whole.numerator
    assert all(one.counted for one in latest)
    assert late
    assert not any(one.counted for one in late)
    assert [one.at for one in late] == sorted((one.at for one in late if one.at), reverse=True)
    assert latest_lines(late, "Europe/Riga")[0].startswith("11:5")
    csv = re.search(r'href="(/api/v1/kpis/abandonment_rate/records[^"]+)"', shown)
    assert csv
    assert client.get(csv.group(1).replace("&amp;", "&")).text.count("\n") == found.total + 1


def test_what_is_no_kpi_has_no_contacts_behind_it(engine: Engine) -> None:
    number = incident_of_yesterday(engine, kpi="silent_source")
    client = person(engine, "viewer")
    assert "/records" not in client.get(f"/incidents/{number}").text
    assert client.get(f"/incidents/{number}/records").status_code == 404


@pytest.mark.parametrize(("threshold", "limit"), [(0, ""), (300, "limit 0:05:00")])
def test_a_trouble_of_its_own_shows_no_limit_that_it_does_not_have_and_no_kpi(
    engine: Engine, threshold: float, limit: str
) -> None:
    told = {"kpi": "watch.broken_channel", "scope": "channel=floor", "threshold": threshold, "peak": 720, "n": 720}
    number = incident_of_yesterday(engine, **told)
    client = person(engine, "viewer")
    for path in (f"/incidents/{number}", "/"):
        shown = client.get(path).text
        assert ("limit 0:" in shown) == bool(limit)
        assert limit in shown
        assert "n = 720" not in shown
        assert "/kpis/watch." not in shown


def test_the_scope_of_an_incident_is_read_whatever_a_queue_is_called() -> None:
    told = START
    incident = Incident(
        rule="r",
        kpi="asa",
        scope="channel=voice,queue=Sales, Rīga=2",
        opened_at=told,
        fired_at=told,
        peak=1,
        n=1,
        threshold=1,
        window_s=900,
    )
    asked = question(incident)
    assert asked.only == {"channel": "voice", "queue": "Sales, Rīga=2"}
    assert (asked.start, asked.end) == (START - 15 * MINUTE, START)
