"""A row says whether its numbers may still change: while a contact of it is open, and for a day after it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import contact_desk
import pytest
from busy_centre import DOCUMENT, NOW
from contact_desk import told
from sqlalchemy import Engine

from plugin.contract.event import Kind
from plugin.database import reading
from plugin.facts.reckoning import reckoning_of
from plugin.kpi.answer import Ask, answer
from plugin.kpi.terms import terms_of
from plugin.policy.document import Document
from plugin.policy.localtime import Grain
from plugin.report.render_csv import report_csv
from plugin.report.render_json import report_json

MIDNIGHT = datetime(2026, 11, 22, 22, tzinfo=UTC)
ASK = Ask(kpis=("offered",), start=MIDNIGHT, end=MIDNIGHT + timedelta(days=1), grain=Grain.DAY)


@pytest.mark.parametrize(("hours", "expected"), [(-1, True), (23, True), (24, False), (99, False)])
def test_a_day_is_provisional_until_a_day_after_its_end(centre: Engine, hours: int, expected: bool) -> None:
    with reading(centre) as connection:
        (row,) = answer(connection, DOCUMENT, ASK, ASK.end + timedelta(hours=hours)).rows
    assert row.provisional is expected


def test_an_open_ticket_keeps_numbers_of_tickets_provisional_and_no_others(centre: Engine) -> None:
    later = NOW + timedelta(days=30)
    with reading(centre) as connection:
        calls = answer(connection, DOCUMENT, ASK, later).rows[0]
        tickets = answer(connection, DOCUMENT, replace(ASK, kpis=("received",)), later).rows[0]
    assert (calls.provisional, tickets.provisional) == (False, True)


def test_files_say_it_for_every_row(centre: Engine) -> None:
    with reading(centre) as connection:
        report = answer(connection, DOCUMENT, ASK, NOW)
    assert report_json(report)["rows"][0]["provisional"] is True  # type: ignore[index, call-overload]
    assert report_csv(report).splitlines()[1].endswith(",yes")


def document(**definitions: object) -> Document:
    return Document.model_validate({**DOCUMENT.model_dump(mode="json"), "definitions": definitions})


@pytest.mark.parametrize(
    ("grace_h", "hours", "expected"), [(0, 0, False), (2, 1.9, True), (2, 2, False), (72, 71, True)]
)
def test_the_policy_says_how_long_late_events_are_waited_for(
    centre: Engine, grace_h: int, hours: float, expected: bool
) -> None:
    with reading(centre) as connection:
        (row,) = answer(connection, document(grace_h=grace_h), ASK, ASK.end + timedelta(hours=hours)).rows
    assert row.provisional is expected


def test_another_grace_changes_no_number_no_definition_and_no_basis(centre: Engine) -> None:
    late = NOW + timedelta(days=1)
    with reading(centre) as connection:
        short, long = (answer(connection, document(grace_h=hours), ASK, late) for hours in (1, 99))
    assert [row.values for row in short.rows] == [row.values for row in long.rows]
    assert short.definitions == long.definitions
    one, two = (terms_of(document(grace_h=hours)) for hours in (1, 99))
    assert one.cell_basis == two.cell_basis
    assert reckoning_of(document(grace_h=1)).bases == reckoning_of(document(grace_h=99)).bases


def test_only_the_numbers_that_look_at_what_is_open_are_unsettled(centre: Engine) -> None:
    later = NOW + timedelta(days=30)
    with reading(centre) as connection:
        (row,) = answer(connection, DOCUMENT, replace(ASK, kpis=("offered", "received", "asa")), later).rows
    assert row.unsettled == {"received"}


def test_a_contact_that_never_ended_keeps_nothing_provisional(engine: Engine) -> None:
    contact_desk.store(engine, {"lost": [told(Kind.CONTACT_OFFERED, 0), told(Kind.CONTACT_QUEUED, 5, "support")]})
    ask = replace(ASK, start=contact_desk.MONDAY, end=contact_desk.MONDAY + timedelta(hours=1))
    with reading(engine) as connection:
        states = [
            answer(connection, document(grace_h=0), ask, contact_desk.MONDAY + timedelta(hours=hours))
            .rows[0]
            .provisional
            for hours in (2, 23, 25)
        ]
    assert states == [True, True, False]
