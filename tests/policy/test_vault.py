from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from plugin.policy.vault import Vault, VaultError


def test_a_secret_comes_back_and_can_be_replaced(engine: Engine) -> None:
    vault = Vault(engine, "a passphrase")
    vault.put("source.acme.token", "first")
    vault.put("source.acme.token", "zweites Geheimnis 秘密")
    assert vault.get("source.acme.token") == "zweites Geheimnis 秘密"


def test_another_process_with_the_same_key_reads_it(engine: Engine) -> None:
    Vault(engine, "k").put("a", "value")
    assert Vault(engine, "k").get("a") == "value"


def test_the_table_holds_no_clear_text(engine: Engine) -> None:
    Vault(engine, "k").put("a", "open sesame")
    with engine.connect() as connection:
        assert b"sesame" not in bytes(connection.execute(text("SELECT value FROM secret")).scalar_one())


def test_what_is_not_there_is_none_even_without_a_key(engine: Engine) -> None:
    assert Vault(engine, None).get("a") is None


def test_another_key_is_refused_with_what_to_do(engine: Engine) -> None:
    Vault(engine, "k").put("a", "value")
    with pytest.raises(VaultError, match="The secret a was stored under another DESKGAUGE_SECRET_KEY"):
        Vault(engine, "other").get("a")


def test_without_a_key_nothing_is_stored(engine: Engine) -> None:
    with pytest.raises(VaultError, match="DESKGAUGE_SECRET_KEY is not set"):
        Vault(engine, None).put("a", "value")
    assert Vault(engine, None).names() == []


def test_deleting_tells_whether_there_was_one(engine: Engine) -> None:
    vault = Vault(engine, "k")
    vault.put("a", "value")
    assert (vault.delete("a"), vault.delete("a"), vault.get("a")) == (True, False, None)


def test_names_are_listed_by_their_beginning(engine: Engine) -> None:
    vault = Vault(engine, "k")
    for name in ("source.b.token", "source.a.token", "smtp"):
        vault.put(name, "value")
    assert vault.names("source.") == ["source.a.token", "source.b.token"]
