"""A row says whether its numbers may still change: while a contact of it is open, and for a day after it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from busy_centre import DOCUMENT, NOW
from sqlalchemy import Engine

from plugin.database import reading
from plugin.kpi.answer import Ask, answer
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
