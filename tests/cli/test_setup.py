"""The commands that set an installation up, as they are typed, on both databases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.cli.setup.health import starter_policy
from plugin.database import open_engine, session_scope
from plugin.kpi.catalogue import known_kpis
from plugin.policy.revisions import current
from plugin.policy.text import parse
from plugin.policy.vault import Vault
from plugin.web.accounts import users

KEY = "a secret key of the tests that is long"


@pytest.fixture
def home(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of an installation in the environment."""
    folder = tmp_path / "data"
    monkeypatch.setenv("DESKGAUGE_DATABASE_URL", database_url)
    monkeypatch.setenv("DESKGAUGE_DATA_DIR", str(folder))
    monkeypatch.setenv("DESKGAUGE_BASE_URL", "https://gauge.example.org")
    monkeypatch.setenv("DESKGAUGE_SECRET_KEY", KEY)
    monkeypatch.setenv("USER", "tester")
    return folder


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def done(*arguments: str, given: str | None = None) -> str:
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.output
    return result.output


# -- init


def test_init_makes_what_is_missing_and_leaves_what_is_there(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESKGAUGE_SECRET_KEY")
    monkeypatch.setenv("DESKGAUGE_DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'deskgauge.db'}")
    first = done("init")
    key, policy = (home / "secret.key").read_text(), home / "policy.toml"
    assert (tmp_path / "new" / "deskgauge.db").exists()
    assert f"deskgauge policy apply {policy}" in first
    policy.write_text('timezone = "Asia/Tokyo"\n')
    assert "was there, left as it is" in done("init")
    assert (home / "secret.key").read_text() == key
    assert policy.read_text() == 'timezone = "Asia/Tokyo"\n'


def test_the_first_policy_is_valid_as_it_is_and_with_every_example_taken_in() -> None:
    text = starter_policy()
    assert set(parse(text).model_fields_set) == {"timezone", "language", "currency"}
    everything = re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)
    document = parse(everything, known_kpis=known_kpis())
    assert set(document.digests) == {"morning"}
    assert document.channels.keys() == {"desk", "boss"}


def test_the_first_policy_can_be_applied(home: Path) -> None:
    done("init")
    assert "Revision 1" in done("policy", "apply", str(home / "policy.toml"))


# -- connect and secret


def test_connect_adds_the_source_makes_its_secret_and_says_where_to_paste_it(home: Path, database_url: str) -> None:
    told = done("connect", "asterisk")
    engine = open_engine(database_url)
    with session_scope(engine) as session:
        assert current(session).sources["asterisk"].adapter == "asterisk"
    stored = Vault(engine, KEY).get("source.asterisk.secret")
    engine.dispose()
    assert stored is not None
    assert stored.startswith("whsec_")
    assert f"'{stored}' deskgauge forward asterisk" in told
    assert "https://gauge.example.org/hooks/asterisk" in told
    again = done("connect", "asterisk")
    assert stored in again
    assert "revision" not in again


def test_connect_gives_a_vendor_that_signs_nothing_a_secret_address(home: Path) -> None:
    told = done("connect", "aircall", "--source", "phones")
    assert re.search(r"https://gauge\.example\.org/hooks/phones/[\w-]{32}", told)
    assert "deskgauge secret set source.phones.token" in told


def test_connect_shows_the_template_where_the_vendor_lets_one_write_the_body(home: Path) -> None:
    told = done("connect", "zendesk")
    assert '"ticket_id": "{{ticket.id}}"' in told
    assert "deskgauge secret set source.zendesk.secret" in told


def test_connect_without_a_key_names_the_variable_to_set_instead(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKGAUGE_SECRET_KEY")
    told = done("connect", "asterisk", "--source", "pbx-2")
    assert re.search(r"^  DESKGAUGE_SOURCE_PBX_2_SECRET='whsec_[A-Za-z0-9+/=]{32}'$", told, re.MULTILINE)
    assert "secret set" not in done("connect", "zendesk")


def test_connect_keeps_settings_in_the_policy_and_names_those_that_are_missing(home: Path) -> None:
    assert "--set auth=" in done("connect", "generic")
    told = done("connect", "generic", "--set", "auth=bearer")
    assert "--set auth=" not in told
    assert 'auth = "bearer"' in done("policy", "export")


def test_connect_to_what_sends_nothing_adds_no_source(home: Path) -> None:
    assert "deskgauge import csv" in done("connect", "csv")
    assert "sources" not in done("policy", "export")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["zendsk"], "did you mean zendesk?"),
        (["zendesk", "--source", "Help Desk"], 'sources."Help Desk"'),
        (["zendesk", "--set", "secret=x"], "is a secret and must not be written here"),
        (["zendesk", "--source", "asterisk"], "The source asterisk is of the adapter asterisk."),
    ],
)
def test_connect_refuses_what_cannot_be(home: Path, arguments: list[str], told: str) -> None:
    done("connect", "asterisk")
    result = run("connect", *arguments)
    assert result.exit_code != 0
    assert told in result.output


def test_connect_does_not_replace_a_secret_that_it_cannot_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done("connect", "asterisk")
    monkeypatch.setenv("DESKGAUGE_SECRET_KEY", "another key that is also quite long")
    result = run("connect", "asterisk")
    assert result.exit_code == 1
    assert "was stored under another DESKGAUGE_SECRET_KEY" in result.output


def test_a_secret_is_stored_named_and_forgotten(home: Path, database_url: str) -> None:
    done("connect", "zendesk")
    told = done("secret", "set", "source.zendesk.secret", given="one two\n")
    assert "one two" not in told
    assert done("secret", "list") == "source.zendesk.secret\n"
    done("secret", "delete", "source.zendesk.secret")
    assert done("secret", "list") == "None is stored.\n"
    assert run("secret", "delete", "source.zendesk.secret").exit_code == 1


def test_a_secret_that_no_source_reads_is_not_stored(home: Path) -> None:
    done("connect", "zendesk")
    result = run("secret", "set", "source.zendesk.secrt", given="x\n")
    assert "choose from source.zendesk.api_token, source.zendesk.path_secret, source.zendesk.secret" in result.output
    assert done("secret", "list") == "None is stored.\n"


# -- user and token


def test_a_person_is_added_and_given_another_role_and_password(home: Path, database_url: str) -> None:
    assert done("user", "create", "ann", given="several unrelated words\n") == "ann may log in as viewer.\n"
    done("user", "role", "ann", "supervisor")
    done("user", "password", "ann", given="other unrelated words\n")
    assert "ann                      supervisor  last login never" in done("user", "list")
    engine = open_engine(database_url)
    assert [row.role for row in users(engine)] == ["supervisor"]
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (["create", "ann"], "short\n", "password: must have 10 to 200 characters"),
        (["create", "ann"], "", "nothing came on standard input"),
        (["role", "bob", "admin"], None, "there is no user bob"),
        (["create", "ann", "--role", "boss"], "several unrelated words\n", "'boss' is not one of"),
    ],
)
def test_a_person_that_cannot_be_is_refused(home: Path, arguments: list[str], given: str | None, told: str) -> None:
    result = run("user", *arguments, given=given)
    assert result.exit_code != 0
    assert told in result.output


def test_a_token_is_shown_once_and_can_be_revoked(home: Path) -> None:
    result = run("token", "create", "screen", "--scope", "wall", "--days", "30")
    token = result.stdout.strip()
    assert re.fullmatch(r"dg_[\w-]{43}", token)
    assert f"https://gauge.example.org/wall/{token}" in result.stderr
    listed = done("token", "list")
    assert token not in listed
    assert "screen" in listed
    assert "valid until" in listed
    assert done("token", "revoke", "screen") == "Revoked.\n"
    assert run("token", "revoke", "screen").exit_code == 1


# -- doctor and manifest


def test_doctor_ends_with_one_when_something_is_wrong_and_tells_programs_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKGAUGE_BASE_URL", "http://127.0.0.1:9")
    done("connect", "zendesk")
    result = run("doctor")
    assert result.exit_code == 1
    assert "ERROR  source zendesk: is not complete, so nothing is accepted" in result.output
    told = json.loads(run("doctor", "--format", "json").stdout)
    assert told["status"] == "error"
    assert all(finding["action"] for finding in told["findings"] if finding["level"] != "ok")


def test_doctor_ends_well_when_there_are_only_warnings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKGAUGE_BASE_URL", "http://127.0.0.1:9")
    assert "0 errors, " in done("doctor")


def test_doctor_tells_a_contradiction_in_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL_FILE", "/nowhere")
    monkeypatch.setenv("SMTP_URL", "smtp://mail.example.org")
    result = run("doctor")
    assert result.exit_code == 1
    assert "SMTP_URL and SMTP_URL_FILE are both set; remove one of them." in result.output


def test_the_manifest_is_printed_in_its_forms(home: Path) -> None:
    assert done("manifest", "check") == "Deskgauge 0.1.0: manifest and code agree.\n"
    assert json.loads(done("manifest", "schema"))["title"] == "Manifest"
    assert "#DESKGAUGE_BASE_URL=http://127.0.0.1:8080" in done("manifest", "env")
    slack = json.loads(done("manifest", "slack"))
    assert slack["settings"]["interactivity"]["request_url"] == "https://gauge.example.org/slack/actions"
    assert json.loads(done("manifest", "adapter", "twilio"))["kind"] == "telephony"
    assert "is not an adapter of this release" in run("manifest", "adapter", "twillio").output
