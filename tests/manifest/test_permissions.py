"""Who may open which page: the manifest against what the application does."""

from __future__ import annotations

from typing import Any

import pytest
from busy_centre import NOW
from flask.testing import FlaskClient
from sqlalchemy import Engine
from web_site import app_for

from plugin.manifest.document import PUBLIC, SCOPE
from plugin.manifest.reading import manifest
from plugin.web.accounts import create_user
from plugin.web.tables import Role, Scope
from plugin.web.tokens import create_token

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}
PAGES = {page.path: page.permission for page in manifest().pages}
POSTED = ("/api/v1/inputs/<kind>", "/slack/actions", "/logout", "/language", "/incidents/<int:number>/answer")
PASSWORD = "a password of the tests"


def address(path: str) -> str:
    for part, value in (
        ("<int:number>", "1"),
        ("/kpis/<key>/records", "/kpis/offered/records?period=yesterday"),
        ("/api/v1/kpis/<key>", "/api/v1/kpis/offered?period=yesterday"),
        ("<key>", "offered"),
        ("/api/v1/digests/<name>", "/api/v1/digests/none"),
        ("<kind>", "cost"),
        ("/api/v1/staffing", "/api/v1/staffing?contacts=100&aht_s=180"),
        ("/api/v1/why", "/api/v1/why?kpi=offered&period=yesterday"),
        ("/api/v1/reconcile", "/api/v1/reconcile?source=none&period=yesterday"),
        ("/report", "/report?period=yesterday"),
        ("/fonts/<name>", "/fonts/Inter-Regular.otf"),
        ("<name>", "volume"),
        ("<token>", "dg_nobody"),
        ("<path:filename>", "deskgauge.css"),
    ):
        path = path.replace(part, value)
    return path


@pytest.fixture
def client(engine: Engine) -> FlaskClient:
    create_user(engine, "ann", PASSWORD, Role.VIEWER, NOW)
    return app_for(engine).test_client()


def test_a_stranger_opens_what_is_public_and_nothing_else(client: FlaskClient) -> None:
    opened = set()
    for path in PAGES:
        method = "POST" if path in POSTED else "GET"
        answer = client.open(address(path), method=method, environ_base=ELSEWHERE, buffered=True)
        if answer.status_code not in (401, 404) and "/login" not in answer.headers.get("Location", ""):
            opened.add(path)
    assert opened == {path for path, permission in PAGES.items() if permission == PUBLIC}


@pytest.mark.parametrize("scope", Scope)
def test_a_token_opens_what_has_its_scope(client: FlaskClient, engine: Engine, scope: Scope) -> None:
    token = create_token(engine, scope, [scope], NOW)
    opened = set()
    for path, permission in PAGES.items():
        headers = {} if "<token>" in path else {"Authorization": f"Bearer {token}"}
        given: dict[str, Any] = {"method": "POST", "json": []} if permission == f"{SCOPE}{Scope.WRITE}" else {}
        answer = client.open(
            address(path).replace("dg_nobody", token), environ_base=ELSEWHERE, headers=headers, buffered=True, **given
        )
        # There is no such digest or source, and nothing has moved in a centre without contacts.
        absent = answer.status_code == 404 and ("digests" in path or "reconcile" in path)
        unknown = absent or ("/why" in path and answer.status_code == 400)
        if permission.startswith(SCOPE) and (answer.status_code == 200 or unknown):
            opened.add(path)
    assert opened == {path for path, permission in PAGES.items() if permission == f"{SCOPE}{scope}"}


@pytest.mark.parametrize("role", Role)
def test_a_person_may_do_what_the_role_may(client: FlaskClient, engine: Engine, role: Role) -> None:
    account = create_user(engine, "bob", PASSWORD, role, NOW)
    refused = set()
    for path, permission in PAGES.items():
        with client.session_transaction() as session:
            session.update(user=account.id, epoch=account.epoch, csrf="mine")
        if permission in set(Role):
            given: dict[str, Any] = (
                {"method": "POST", "data": {"csrf": "mine", "do": "alert.ack"}} if path in POSTED else {}
            )
            answer = client.open(address(path), environ_base=ELSEWHERE, buffered=True, **given)
            if answer.status_code == 403 or "/login" in answer.headers.get("Location", ""):
                refused.add(path)
    order = list(Role)
    needed = {path: order.index(Role(permission)) for path, permission in PAGES.items() if permission in order}
    # Whoever leaves is sent to the login, too.
    assert refused - {"/logout"} == {path for path, least in needed.items() if least > order.index(role)}
