"""`deskgauge connect` and `disconnect` as they are typed, with a vendor whose API makes webhooks, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from registries import HAND_MADE, VENDORS, Registry
from sqlalchemy import insert
from vendor_api import VendorApi, serving

from plugin.cli import main
from plugin.connecting import registering
from plugin.connecting.waiting import Seen, wait
from plugin.contract.registration import Registration
from plugin.contract.request import WebhookRequest
from plugin.database import open_engine, writing
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.inbox.tally import REFUSAL
from plugin.normalise.sources import SourceConfig
from plugin.vendor_api.asking import Send

LOGIN = ("--set", "api_id=made-up-id")
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def aircall(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """An installation in the environment, and Aircall's API where its requests arrive."""
    monkeypatch.setenv("DESKGAUGE_DATABASE_URL", database_url)
    monkeypatch.setenv("DESKGAUGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DESKGAUGE_BASE_URL", "https://gauge.example.org")
    monkeypatch.setenv("DESKGAUGE_SECRET_KEY", "a secret key of the tests that is long")
    registry = Registry(webhooks={HAND_MADE: "https://elsewhere.example.org"}, given={HAND_MADE: "somebody-elses"})
    with serving(lambda asked: VENDORS["aircall"].routes(registry, asked)) as api:
        monkeypatch.setattr(registering, "sender", sender_to(api))
        yield registry


def sender_to(api: VendorApi) -> object:
    def sender(source: SourceConfig, registration: Registration) -> Send:
        return api.sender_to(registration.origins, source.settings)

    return sender


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def done(*arguments: str, given: str | None = None) -> str:
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.output
    return result.output


def logged_in() -> None:
    done("connect", "aircall", *LOGIN)
    done("secret", "set", "source.aircall.api_token", given="made-up-token\n")


def test_connect_offers_to_make_the_webhook_and_names_what_that_needs(aircall: Registry) -> None:
    told = done("connect", "aircall")
    assert "Or let Deskgauge make it there" in told
    assert "deskgauge secret set source.aircall.api_token" in told
    assert "deskgauge connect aircall --source aircall --set api_id=…" in told
    assert set(aircall.webhooks) == {HAND_MADE}


def test_connect_makes_the_webhook_and_needs_nothing_pasted(aircall: Registry) -> None:
    logged_in()
    told = done("connect", "aircall")
    assert "Made at the vendor's side: webhook made-1." in told
    assert "Made and stored: webhook token." in told
    assert "secret set" not in told
    assert aircall.webhooks["made-1"].startswith("https://gauge.example.org/hooks/aircall/")
    assert "secret-of-made-1" not in told
    assert "source.aircall.token" in done("secret", "list")
    assert "there is what was made before: webhook made-1" in done("connect", "aircall")


def test_by_hand_makes_nothing(aircall: Registry) -> None:
    logged_in()
    assert "In Aircall's dashboard open" in done("connect", "aircall", "--by-hand")
    assert set(aircall.webhooks) == {HAND_MADE}


def test_an_address_that_no_vendor_can_reach_is_not_given_to_one(
    aircall: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKGAUGE_BASE_URL", "http://127.0.0.1:8080")
    logged_in()
    assert "set DESKGAUGE_BASE_URL to the public" in done("connect", "aircall")
    assert set(aircall.webhooks) == {HAND_MADE}


def test_what_was_made_by_hand_is_named_and_left(aircall: Registry) -> None:
    logged_in()
    address = next(line for line in done("connect", "aircall", "--by-hand").split() if line.startswith("https://gauge"))
    aircall.add(address)
    assert "made by hand: webhook made-1" in done("connect", "aircall")
    assert "made nothing at the vendor's side" in run("disconnect", "aircall").output


def test_without_a_key_for_secrets_the_vendors_token_is_shown_once(
    aircall: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKGAUGE_SOURCE_AIRCALL_API_TOKEN", "made-up-token")
    monkeypatch.setenv("DESKGAUGE_SOURCE_AIRCALL_PATH_SECRET", "hidden")
    monkeypatch.delenv("DESKGAUGE_SECRET_KEY")
    assert "DESKGAUGE_SOURCE_AIRCALL_TOKEN='secret-of-made-1'" in done("connect", "aircall", *LOGIN)


def test_disconnect_removes_what_was_made_and_forgets_its_token(aircall: Registry) -> None:
    logged_in()
    done("connect", "aircall")
    assert "Removed at the vendor's side: webhook made-1." in done("disconnect", "aircall")
    assert set(aircall.webhooks) == {HAND_MADE}
    assert "source.aircall.token" not in done("secret", "list")
    again = run("disconnect", "aircall")
    assert again.exit_code == 1
    assert "docs/adapters/aircall.md" in again.output


def test_disconnect_without_the_login_says_what_it_needs_or_forgets(aircall: Registry) -> None:
    logged_in()
    done("connect", "aircall")
    done("secret", "delete", "source.aircall.api_token")
    assert "enter api_token; or use --forget" in run("disconnect", "aircall").output
    assert "stays there until somebody removes it" in done("disconnect", "aircall", "--forget")
    assert "made-1" in aircall.webhooks


def test_disconnect_names_the_sources_there_are(aircall: Registry) -> None:
    done("connect", "aircall")
    assert "There is no source phones. Known are: aircall" in run("disconnect", "phones").output


def test_a_vendors_refusal_is_told_with_what_to_check(aircall: Registry) -> None:
    logged_in()
    done("secret", "set", "source.aircall.api_token", given="outdated\n")
    result = run("connect", "aircall")
    assert result.exit_code == 1
    assert "Check api_id, api_token" in result.output
    assert "Forbidden" in result.output


# -- waiting for what comes first


def test_waiting_ends_with_the_first_delivery(aircall: Registry, database_url: str) -> None:
    done("connect", "aircall")
    engine = open_engine(database_url)
    request = WebhookRequest(method="POST", url="/hooks/aircall", headers={}, body=b"{}", received_at=FUTURE)
    insert_deliveries(engine, [delivery_row("aircall", request, None, ())])
    engine.dispose()
    assert "was accepted" in done("connect", "aircall", "--wait", "5")


def test_waiting_tells_why_a_delivery_was_refused(aircall: Registry, database_url: str) -> None:
    done("connect", "aircall")
    engine = open_engine(database_url)
    with writing(engine) as connection:
        row = {"source": "aircall", "at": FUTURE, "status": 401, "reason": "The token does not match.", "url": "/hooks"}
        connection.execute(insert(REFUSAL).values(row))
    engine.dispose()
    result = run("connect", "aircall", "--wait", "0.01")
    assert result.exit_code == 1
    assert "refused: The token does not match." in result.output


def test_waiting_for_nothing_says_what_to_look_at(aircall: Registry) -> None:
    assert "Is `deskgauge serve` running" in done("connect", "aircall", "--wait", "0.01")


def test_a_refusal_does_not_end_the_waiting_and_a_delivery_does() -> None:
    seen = iter([None, Seen(at=FUTURE, refused="no"), Seen(at=FUTURE), None])
    slept: list[float] = []
    assert list(wait(lambda: next(seen), 60, slept.append)) == [0.0, 1.0]
    assert slept == [1.0, 1.0]


def test_doctor_notices_when_the_webhook_no_longer_leads_here(
    aircall: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_in()
    done("connect", "aircall")
    assert "webhook of aircall: was made at the vendor's side" in run("doctor").output
    monkeypatch.setenv("DESKGAUGE_BASE_URL", "https://moved.example.org")
    assert "`deskgauge connect aircall --source aircall` makes it anew" in run("doctor").output
    done("connect", "aircall")
    assert "webhook of aircall: was made at the vendor's side" in run("doctor").output
