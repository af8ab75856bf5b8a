"""Who gets in: this machine before there is an account, people with a session, programs with a token, nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from argon2 import Type
from busy_centre import NOW
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from web_site import Clock, app_for
from werkzeug.test import TestResponse

from plugin.database import reading
from plugin.web import accounts, tokens
from plugin.web.accounts import AccountError, _hasher
from plugin.web.tables import Role, Scope

PASSWORD = "three unrelated words"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(engine: Engine, clock: Clock) -> Flask:
    return app_for(engine, now=clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def anna(engine: Engine) -> None:
    accounts.create_user(engine, "Anna", PASSWORD, Role.VIEWER, NOW)


def csrf(client: FlaskClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found
    return found.group(1)


def log_in(client: FlaskClient, name: str = "Anna", password: str = PASSWORD, target: str = "/") -> TestResponse:
    form = {"csrf": csrf(client), "name": name, "password": password, "next": target}
    return client.post("/login", data=form)


def is_refused(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login")


# -- before there is an account


def test_before_there_is_an_account_this_machine_sees_the_pages_and_is_told_so(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "<code>deskgauge user create</code>" in answer.text


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "stranger.example"},
    ],
)
def test_a_proxy_or_a_strangers_name_is_not_this_machine(client: FlaskClient, header: dict[str, str]) -> None:
    assert is_refused(client.get("/", headers=header))
    assert client.get("/api/v1/kpis", headers=header).status_code == 401
    assert client.get("/metrics", headers=header).status_code == 401


def test_another_machine_is_not_this_one(client: FlaskClient) -> None:
    assert is_refused(client.get("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}))


# -- accounts


@pytest.mark.usefixtures("anna")
def test_with_an_account_everybody_logs_in(client: FlaskClient) -> None:
    for path in ("/", "/kpi", "/sources", "/incidents", "/wall", "/chart/contacts.svg"):
        assert is_refused(client.get(path)), path
    answer = log_in(client, target="/kpi?period=today")
    assert answer.headers["Location"] == "/kpi?period=today"
    assert client.get("/kpi").status_code == 200


@pytest.mark.usefixtures("anna")
def test_the_session_is_out_of_reach_for_scripts_and_other_sites(engine: Engine) -> None:
    secure = app_for(engine, base_url="https://kpi.example.com").test_client()
    token = re.search(r'name="csrf" value="([^"]+)"', secure.get("/login", base_url="https://kpi.example.com").text)
    assert token
    form = {"csrf": token.group(1), "name": "Anna", "password": PASSWORD}
    answer = secure.post("/login", data=form, base_url="https://kpi.example.com")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-deskgauge=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\t/e"]
)
def test_the_login_leads_to_no_other_site(client: FlaskClient, target: str) -> None:
    assert log_in(client, target=target).headers["Location"] == "/"


@pytest.mark.usefixtures("anna")
def test_a_wrong_name_and_a_wrong_password_sound_alike(client: FlaskClient) -> None:
    wrong_password, wrong_name = log_in(client, password="not that"), log_in(client, name="Nobody")
    assert wrong_password.status_code == wrong_name.status_code == 401
    told = "Name and password do not go together."
    assert told in wrong_password.text
    assert told in wrong_name.text


@pytest.mark.usefixtures("anna")
def test_guessing_is_stopped_and_the_right_password_works_again_later(client: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        assert log_in(client, password="not that").status_code == 401
    assert log_in(client).status_code == 429
    clock.at += timedelta(minutes=15, seconds=1)
    assert log_in(client).status_code == 302


@pytest.mark.usefixtures("anna")
def test_guessing_one_name_does_not_lock_out_another_address(app: Flask, client: FlaskClient) -> None:
    for _ in range(5):
        log_in(client, password="not that")
    elsewhere = app.test_client()
    form = {"csrf": csrf(elsewhere), "name": "Anna", "password": PASSWORD}
    assert elsewhere.post("/login", data=form, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 302


@pytest.mark.usefixtures("anna")
def test_trying_many_names_from_one_address_is_stopped(client: FlaskClient) -> None:
    answers = [log_in(client, name=f"user{number}", password="a guess").status_code for number in range(21)]
    assert answers == [401] * 20 + [429]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("path", ["/login", "/logout", "/language", "/incidents/1/answer"])
def test_a_form_from_elsewhere_changes_nothing(client: FlaskClient, path: str) -> None:
    log_in(client)
    for data in ({}, {"csrf": "guess"}, {"csrf": "ü"}):
        assert client.post(path, data=data).status_code == 400


@pytest.mark.usefixtures("anna")
def test_logging_out_ends_the_session(client: FlaskClient) -> None:
    log_in(client)
    assert client.post("/logout", data={"csrf": csrf(client, "/")}).status_code == 302
    assert is_refused(client.get("/"))


@pytest.mark.usefixtures("anna")
def test_a_new_password_or_switching_off_ends_sessions(client: FlaskClient, engine: Engine) -> None:
    log_in(client)
    accounts.set_password(engine, "Anna", "four quite unrelated words")
    assert is_refused(client.get("/"))
    assert log_in(client).status_code == 401
    log_in(client, password="four quite unrelated words")
    assert client.get("/").status_code == 200
    accounts.create_user(engine, "Boris", PASSWORD, Role.ADMIN, NOW)
    accounts.set_active(engine, "Anna", active=False)
    assert is_refused(client.get("/"))


def test_passwords_are_not_kept(engine: Engine, anna: None) -> None:
    with reading(engine) as connection:
        stored = connection.execute(text('SELECT password_hash FROM "user"')).scalar_one()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_trying_a_stolen_hash_costs_what_owasp_asks_at_least() -> None:
    # The program's own hasher, imported before the tests put a cheap one in its place.
    ours = _hasher()
    assert ours is not accounts._hasher()
    assert (ours.type, ours.memory_cost >= 19_456, ours.time_cost >= 2) == (Type.ID, True, True)


@pytest.mark.parametrize(
    ("name", "password", "role", "field"),
    [
        ("", PASSWORD, "viewer", "name"),
        ("A\nB", PASSWORD, "viewer", "name"),
        ("Anna", PASSWORD, "viewer", "name"),
        ("Boris", "short", "viewer", "password"),
        ("Boris", "aaaaaaaaaaaa", "viewer", "password"),
        ("Boris the second", "boris the SECOND", "viewer", "password"),
        ("Boris", PASSWORD, "king", "role"),
    ],
)
def test_a_bad_account_is_refused_with_the_field(
    engine: Engine, anna: None, name: str, password: str, role: str, field: str
) -> None:
    with pytest.raises(AccountError) as refused:
        accounts.create_user(engine, name, password, role, NOW)
    assert refused.value.field == field


def test_a_change_of_nobody_is_refused(engine: Engine) -> None:
    with pytest.raises(AccountError, match="there is no user Carl"):
        accounts.set_role(engine, "Carl", Role.ADMIN)


def test_roles_include_those_below_them(engine: Engine) -> None:
    manager = accounts.create_user(engine, "Mara", PASSWORD, "manager", NOW)
    assert [manager.may(role) for role in Role] == [True, True, True, False]


# -- tokens


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.usefixtures("anna")
def test_a_token_opens_what_its_scope_says_until_it_is_revoked(
    client: FlaskClient, engine: Engine, clock: Clock
) -> None:
    token = tokens.create_token(engine, "spreadsheet", [Scope.READ], NOW, expires_at=NOW + timedelta(days=1))
    assert client.get("/api/v1/kpis").status_code == 401
    assert client.get("/api/v1/kpis", headers=bearer(token)).status_code == 200
    assert client.get("/metrics", headers={**bearer(token), "Via": "proxy"}).status_code == 401
    assert client.get(f"/wall/{token}").status_code == 404
    assert is_refused(client.get("/", headers=bearer(token)))
    clock.at += timedelta(days=1)
    assert client.get("/api/v1/kpis", headers=bearer(token)).status_code == 401
    clock.at = NOW
    assert tokens.revoke_token(engine, "spreadsheet", NOW) == 1
    assert client.get("/api/v1/kpis", headers=bearer(token)).status_code == 401


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("token", ["", "dg_", "dg_guess", "ü", "x" * 10_000])
def test_a_guessed_token_opens_nothing(client: FlaskClient, token: str) -> None:
    answer = client.get(
        "/api/v1/kpis", headers={"Authorization": f"Bearer {token}".encode("latin-1").decode("latin-1")}
    )
    assert answer.status_code == 401
    assert answer.get_json()["error"]["field"] == "Authorization"


@pytest.mark.usefixtures("anna")
def test_the_wall_opens_by_its_address_alone(client: FlaskClient, engine: Engine) -> None:
    token = tokens.create_token(engine, "television", [Scope.WALL], NOW)
    shown = client.get(f"/wall/{token}")
    assert shown.status_code == 200
    assert f'data-poll="/wall/{token}/panel"' in shown.text
    assert client.get(f"/wall/{token}/panel").status_code == 200
    assert client.get(f"/wall/{token}x").status_code == 404
    assert is_refused(client.get("/wall"))
    assert client.get("/api/v1/kpis", headers=bearer(token)).status_code == 401


def test_tokens_are_not_kept(engine: Engine) -> None:
    token = tokens.create_token(engine, "spreadsheet", ["read", "metrics"], NOW)
    row = tokens.tokens(engine)[0]
    assert (row.name, row.scopes, row.hint) == ("spreadsheet", "metrics read", token[:8])
    with reading(engine) as connection:
        stored = connection.execute(text("SELECT * FROM api_token")).one()
    assert not [value for value in stored if isinstance(value, str) and token in value]


@pytest.mark.parametrize(("name", "scope", "field"), [(" ", "read", "name"), ("x", "all", "scope")])
def test_a_bad_token_is_refused_with_the_field(engine: Engine, name: str, scope: str, field: str) -> None:
    with pytest.raises(AccountError) as refused:
        tokens.create_token(engine, name, [scope], NOW)
    assert refused.value.field == field
