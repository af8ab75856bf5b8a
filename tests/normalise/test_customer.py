"""One customer, however his number is written; what is no number keeps its spelling."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from adapters.generic import ADAPTER
from plugin.contract.request import WebhookRequest
from plugin.database import reading
from plugin.drain import Reader, drain
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.normalise.customer import plain
from plugin.policy.problems import PolicyError
from plugin.policy.text import parse

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("+44 330 818 6690", None),
        ("+44 (0)330 818 6690", None),
        ("0044 330 818 6690", None),
        ("0330 818 6690", "GB"),
        ("(0330) 818-6690", "GB"),
        ("0044 330 818 6690", "GB"),
        ("011 44 330 818 6690", "US"),
        ("+443308186690", "LV"),
    ],
)
def test_a_number_has_one_spelling(written: str, country: str | None) -> None:
    assert plain(written, country) == "+443308186690"


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("0330 818 6690", None, "03308186690"),  # of which country nobody said
        ("1234", "LV", "1234"),  # an extension
        ("112", "LV", "112"),
        ("Ann@Example.org", "LV", "ann@example.org"),
        ("anonymous", "LV", None),
        ("67123456", "ZZ", "67123456"),  # no such country
        ("123456789012345678901234567890", "LV", "123456789012345678901234567890"),
    ],
)
def test_what_is_no_number_of_the_country_keeps_its_digits(written: str, country: str | None, kept: str | None) -> None:
    assert plain(written, country) == kept


def test_a_country_is_two_capital_letters() -> None:
    with pytest.raises(PolicyError, match=r'country: must be two capital letters like "LV"'):
        parse('country = "Latvia"')


def test_a_source_has_the_country_of_the_centre_unless_it_has_its_own() -> None:
    document = parse(
        'country = "LV"\n[sources.one]\nadapter = "generic"\n[sources.two]\nadapter = "generic"\ncountry = "GB"'
    )
    assert [document.country_of(name) for name in ("one", "two", "imported")] == ["LV", "GB", "LV"]


def test_a_call_and_a_ticket_of_one_customer_are_linked_though_two_systems_write_his_number_differently(
    engine: Engine,
) -> None:
    told = {
        "phone": {"kind": "contact.answered", "subject": "call", "customer": "+371 67 123 456"},
        "desk": {"kind": "ticket.opened", "subject": "ticket", "customer": "67123456"},
    }
    rows = []
    for source, event in told.items():
        body = json.dumps({**event, "at": NINE.isoformat()}).encode()
        rows.append(
            dict(
                delivery_row(
                    source, WebhookRequest(method="POST", url="/", headers={}, body=body, received_at=NINE), None
                )
            )
        )
    insert_deliveries(engine, rows)
    reader = Reader(adapter=ADAPTER, settings={}, country="LV")
    assert drain(engine, lambda source: reader, b"secret") == 2
    with reading(engine) as connection:
        links = connection.execute(
            text(
                "SELECT contact.subject, ticket.subject, how FROM link JOIN contact ON "
                "contact.subject_key = contact_key JOIN ticket ON ticket.subject_key = ticket_key"
            )
        ).fetchall()
    assert links == [("call", "ticket", "customer")]
