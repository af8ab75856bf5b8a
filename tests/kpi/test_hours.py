"""Opening hours as a filter and as a split: open and closed add up to all, each queue by its own calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from contact_desk import abandoned, answered, store
from hypothesis import given
from hypothesis import strategies as st
from installed import NOW, installed
from sqlalchemy import Engine

from plugin.database import reading
from plugin.installation import Installation
from plugin.kpi.answer import Ask, AskError, answer
from plugin.kpi.hours import pieces
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain, Period
from plugin.kpi.terms import terms_of
from plugin.policy.text import parse

POLICY = """
timezone = "Europe/Riga"
business_calendar = "office"
[calendars.office]
monday = ["09:00-12:00", "13:00-17:30"]
tuesday = ["22:00-02:07"]
[calendars.night]
monday = ["00:00-06:00"]
[queues.night]
calendar = "night"
"""
KPIS = ("offered", "answered", "abandonment_rate", "asa", "asa.p50", "longest_wait", "average_wait", "contacts_handled")
#: hours of Monday 2 March 2026 in Riga, two ahead of UTC
ARRIVALS = (2, 5, 8.99, 9, 11.9, 12, 12.5, 13, 17.49, 17.5, 23)


def at(hour: float, day: int = 0) -> float:
    return (hour - 2 + 24 * day) * 3600


def centre(engine: Engine, folder: Path, policy: str = POLICY) -> Installation:
    opened = installed(engine, folder, policy)
    calls = {f"{queue} {hour}": answered(at(hour), wait=hour, queue=queue) for hour in ARRIVALS for queue in QUEUES}
    # open from 22:00 on Tuesday to 02:07 on Wednesday, which no quarter of an hour can tell
    calls |= {f"late {minute}": abandoned(at(26 + minute / 60, 1), wait=minute) for minute in (5, 6.9, 7, 9)}
    store(engine, calls, terms_of(opened.document))
    return opened


QUEUES = ("support", "night")


def asked(
    opened: Installation, kpis: tuple[str, ...] = KPIS, shift_s: int = 0, days: int = 4, **more: object
) -> Report:
    start = datetime(2026, 3, 1, 22, tzinfo=UTC) - timedelta(seconds=shift_s)
    ask = Ask(kpis=kpis, start=start, end=start + timedelta(days=days), **more)  # type: ignore[arg-type]
    with reading(opened.engine) as connection:
        return answer(connection, opened.document, ask, NOW)


def by_hours(report: Report, kpi: str) -> dict[tuple[str, ...], float | None]:
    return {tuple(row.group.values()): row.values[kpi].value for row in report.rows}


def test_each_queue_is_open_by_its_own_calendar(engine: Engine, tmp_path: Path) -> None:
    opened = centre(engine, tmp_path)
    # the office: 9, 11.9, 13 and 17.49 on Monday, and 5 and 6.9 minutes past 2 on Wednesday; the night queue: 2 and 5
    assert by_hours(asked(opened, by=("hours",)), "offered") == {("open",): 8, ("closed",): 18}
    assert by_hours(asked(opened, by=("queue", "hours")), "offered") == {
        ("night", "closed"): 9,
        ("night", "open"): 2,
        ("support", "closed"): 9,
        ("support", "open"): 6,
    }


@pytest.mark.parametrize("shift_s", [0, 1])
@pytest.mark.parametrize("grain", [None, Grain.HOUR, Grain.DAY])
def test_open_and_closed_add_up_to_all(engine: Engine, tmp_path: Path, shift_s: int, grain: Grain | None) -> None:
    opened = centre(engine, tmp_path)
    whole = asked(opened, shift_s=shift_s, grain=grain).rows
    parts = [
        asked(opened, shift_s=shift_s, grain=grain, only={"hours": state}, by=("queue",))
        for state in ("open", "closed")
    ]
    for key in set(KPIS) - {"longest_wait", "asa.p50"}:
        for row in whole:
            same = [each.values[key] for part in parts for each in part.rows if each.period == row.period]
            assert sum(one.numerator for one in same) == pytest.approx(row.values[key].numerator), key
            assert sum(one.denominator or 0 for one in same) == (row.values[key].denominator or 0), key
    longest = [row.values["longest_wait"].value for part in parts for row in part.rows]
    assert max(one for one in longest if one is not None) == 23


def test_what_came_after_hours_is_counted_with_its_share(engine: Engine, tmp_path: Path) -> None:
    opened = centre(engine, tmp_path)
    (row,) = asked(opened, ("after_hours", "after_hours_rate")).rows
    found = row.values["after_hours"], row.values["after_hours_rate"]
    assert [(one.numerator, one.denominator) for one in found] == [(18, None), (18, 26)]


def test_a_closed_hour_in_which_nothing_came_has_none(engine: Engine, tmp_path: Path) -> None:
    opened = centre(engine, tmp_path)
    quiet = datetime(2026, 3, 7, 23, tzinfo=UTC)
    ask = Ask(kpis=("after_hours",), start=quiet, end=quiet + timedelta(hours=1))
    with reading(opened.engine) as connection:
        (row,) = answer(connection, opened.document, ask, NOW).rows
    assert row.values["after_hours"].value == 0


def test_what_cannot_be_told_apart_says_so(engine: Engine, tmp_path: Path) -> None:
    opened = centre(engine, tmp_path)
    report = asked(opened, ("offered", "average_queue_length"), by=("hours",))
    assert report.unavailable == {"average_queue_length": "is not told apart by opening hours"}
    with pytest.raises(AskError, match="hours are open or closed"):
        asked(opened, only={"hours": "shut"})


def test_a_centre_without_a_calendar_has_no_opening_hours(engine: Engine, tmp_path: Path) -> None:
    opened = centre(engine, tmp_path, 'timezone = "Europe/Riga"')
    assert asked(opened, ("after_hours",)).unavailable == {"after_hours": "missing fact: calendar"}
    with pytest.raises(AskError, match="no calendar"):
        asked(opened, by=("hours",))


@given(
    begins=st.timedeltas(timedelta(0), timedelta(days=400)),
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=20)),
)
def test_the_pieces_of_a_period_are_the_period(begins: timedelta, length: timedelta) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + begins
    period = Period(grain=Grain.DAY, start=start, end=start + length, timezone="Europe/Riga")
    cut = list(pieces(period, "office", terms_of(parse(POLICY))))
    assert (cut[0][1].start, cut[-1][1].end) == (period.start, period.end)
    for (state, piece), (next_state, after) in pairwise(cut):
        assert piece.start < piece.end == after.start
        assert state != next_state
