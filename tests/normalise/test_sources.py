from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from acme_adapter import acme
from sqlalchemy import Engine

from plugin.normalise.sources import SourceConfig, configured_sources, undeclarable, unread_variables
from plugin.policy.vault import Vault

KNOWN = {"acme": acme()}


@dataclass
class Declared:
    adapter: str = "acme"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Policy:
    sources: Mapping[str, Declared] = field(default_factory=dict)


@pytest.fixture
def vault(engine: Engine) -> Vault:
    return Vault(engine, "a passphrase")


def configure(vault: Vault, environ: dict[str, str], **declared: Declared) -> dict[str, SourceConfig]:
    return configured_sources(Policy(declared), environ, vault, KNOWN)


def test_a_secret_comes_from_the_environment(vault: Vault) -> None:
    source = configure(vault, {"DESKGAUGE_SOURCE_BERLIN_SECRET": "s1"}, berlin=Declared())["berlin"]
    assert source.settings == {"secret": ("s1",), "region": "eu"}
    assert source.problem is None


def test_two_secrets_live_during_a_rotation(vault: Vault) -> None:
    source = configure(vault, {"DESKGAUGE_SOURCE_BERLIN_SECRET": "new old\n"}, berlin=Declared())["berlin"]
    assert source.settings["secret"] == ("new", "old")
    assert source.secret_values == ("new", "old")


def test_a_secret_comes_from_a_file(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\n")
    environ = {"DESKGAUGE_SOURCE_BERLIN_SECRET_FILE": str(tmp_path / "secret")}
    assert configure(vault, environ, berlin=Declared())["berlin"].settings["secret"] == ("from-file",)


def test_a_file_that_cannot_be_read_is_the_sources_problem_and_no_others(vault: Vault) -> None:
    environ = {"DESKGAUGE_SOURCE_BERLIN_SECRET_FILE": "/nowhere/secret", "DESKGAUGE_SOURCE_ROME_SECRET": "s"}
    found = configure(vault, environ, berlin=Declared(), rome=Declared())
    assert "DESKGAUGE_SOURCE_BERLIN_SECRET_FILE: cannot read /nowhere/secret" in (found["berlin"].problem or "")
    assert found["rome"].problem is None


def test_a_secret_that_was_entered_comes_from_the_vault(vault: Vault) -> None:
    vault.put("source.berlin.secret", "stored")
    assert configure(vault, {}, berlin=Declared())["berlin"].settings["secret"] == ("stored",)


def test_the_environment_wins_over_the_vault(vault: Vault) -> None:
    vault.put("source.berlin.secret", "stored")
    environ = {"DESKGAUGE_SOURCE_BERLIN_SECRET": "given"}
    assert configure(vault, environ, berlin=Declared())["berlin"].settings["secret"] == ("given",)


def test_a_secret_that_is_a_document_keeps_its_spaces(vault: Vault) -> None:
    environ = {"DESKGAUGE_SOURCE_BERLIN_SECRET": "s", "DESKGAUGE_SOURCE_BERLIN_MAPPING": "a = 1\nb = 2"}
    assert configure(vault, environ, berlin=Declared())["berlin"].settings["mapping"] == "a = 1\nb = 2"


def test_a_missing_secret_is_named_with_its_variable(vault: Vault) -> None:
    source = configure(vault, {}, **{"berlin-2": Declared()})["berlin-2"]
    assert source.problem is not None
    assert source.problem.startswith("Signing secret is missing: set DESKGAUGE_SOURCE_BERLIN_2_SECRET")


def test_a_vault_of_another_key_is_the_sources_problem(engine: Engine, vault: Vault) -> None:
    vault.put("source.berlin.secret", "stored")
    found = configure(Vault(engine, "another"), {}, berlin=Declared())
    assert "DESKGAUGE_SECRET_KEY" in (found["berlin"].problem or "")


def test_settings_of_the_policy_arrive_as_text(vault: Vault) -> None:
    settings = {"region": 7, "names": ["a = x", "b = y"], "path_secret": "never from the policy"}
    environ = {"DESKGAUGE_SOURCE_BERLIN_SECRET": "s"}
    found = configure(vault, environ, berlin=Declared(settings=settings))["berlin"].settings
    assert found == {"secret": ("s",), "region": "7", "names": "a = x\nb = y"}


def test_a_source_named_like_its_adapter_needs_no_policy(vault: Vault) -> None:
    assert configure(vault, {"DESKGAUGE_SOURCE_ACME_SECRET": "s"})["acme"].settings["secret"] == ("s",)
    assert configure(vault, {}) == {}


def test_a_stored_secret_is_enough_to_imply_a_source(vault: Vault) -> None:
    vault.put("source.acme.secret", "stored")
    assert configure(vault, {})["acme"].problem is None


def test_every_source_may_have_a_secret_part_of_its_address(vault: Vault) -> None:
    environ = {"DESKGAUGE_SOURCE_ACME_SECRET": "s", "DESKGAUGE_SOURCE_ACME_PATH_SECRET": "p"}
    assert configure(vault, environ)["acme"].settings["path_secret"] == ("p",)


def test_a_source_of_an_unknown_adapter_is_left_out_and_named() -> None:
    policy = Policy({"berlin": Declared(adapter="acmee")})
    assert undeclarable(policy, KNOWN) == {"berlin": "Its adapter 'acmee' is unknown. Known are: acme."}


def test_a_misspelt_variable_is_found(vault: Vault) -> None:
    environ = {"DESKGAUGE_SOURCE_ACME_SECRET": "s", "DESKGAUGE_SOURCE_ACME_SECRETT": "t", "PATH": "/bin"}
    assert unread_variables(environ, configure(vault, environ)) == ["DESKGAUGE_SOURCE_ACME_SECRETT"]


def test_secrets_do_not_show_when_a_source_is_printed(vault: Vault) -> None:
    assert "sesame" not in repr(configure(vault, {"DESKGAUGE_SOURCE_ACME_SECRET": "sesame"}))
