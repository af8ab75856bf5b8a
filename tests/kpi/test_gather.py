"""A range that begins and ends anywhere: whole days from cells, the rest from facts, together what the facts alone say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from busy_centre import DOCUMENT, NOW
from sqlalchemy import Engine, event

from plugin.database import execute_given, reading, to_ms
from plugin.kpi.aggregate import Span, distribution, sums
from plugin.kpi.gather import measure_sums, pieces_of, sketch_counts
from plugin.kpi.measures import MEASURES, SKETCHES
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.question import Question
from plugin.kpi.tables import CellGrain
from plugin.kpi.terms import terms_of

TERMS = terms_of(DOCUMENT)
ADDED_UP = [key for key in MEASURES if MEASURES[key].stream in ("visit", "leg", "ticket_created", "session")]


def period(start: datetime, end: datetime) -> Period:
    return Period(grain=Grain.DAY, start=start, end=end, timezone=TERMS.timezone)


def question(*periods: Period, by: tuple[str, ...] = ()) -> Question:
    return Question(periods=periods, by=by, as_of=NOW)


@pytest.mark.parametrize("by", [(), ("queue",), ("agent",), ("channel", "agent")])
def test_a_range_cut_anywhere_adds_up_to_its_facts(centre: Engine, by: tuple[str, ...]) -> None:
    random = Random(3)
    with reading(centre) as connection:
        for _ in range(6):
            start = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(seconds=random.randrange(8 * 86400))
            end = start + timedelta(minutes=random.randrange(30, 12 * 1440))
            asked = question(period(start, end), by=by)
            span = Span(buckets=[(to_ms(start), to_ms(end))], open_until=to_ms(NOW))
            rows = execute_given(connection, sums(ADDED_UP, asked.dimensions, span, TERMS), **span.given)
            facts = {tuple(row[1 : 1 + len(by)]): [int(n or 0) for n in row[1 + len(by) :]] for row in rows}
            found = measure_sums(connection, ADDED_UP, asked, TERMS)
            told = {group: [int(one.get(key, 0)) for key in ADDED_UP] for (_, group), one in found.items()}
            empty = [0] * len(ADDED_UP)
            assert {key: one for key, one in told.items() if one != empty} == {
                key: one for key, one in facts.items() if one != empty
            }


def test_durations_of_a_range_cut_anywhere_are_those_of_its_facts(centre: Engine) -> None:
    start, end = datetime(2026, 11, 5, 9, 7, 11, tzinfo=UTC), datetime(2026, 11, 20, 14, 31, tzinfo=UTC)
    span = Span(buckets=[(to_ms(start), to_ms(end))])
    query = distribution(SKETCHES["answered_wait"], ("queue",), span, TERMS)
    with reading(centre) as connection:
        expected: dict[str, dict[int, int]] = {}
        for _, queue, bucket, number in execute_given(connection, query, **span.given):
            expected.setdefault(queue, {})[bucket] = number
        found = sketch_counts(connection, "answered_wait", question(period(start, end), by=("queue",)), TERMS)
    assert {group: dict(counts) for (_, (group,)), counts in found.items()} == expected
    assert sum(sum(counts.values()) for counts in expected.values()) > 100


@pytest.mark.parametrize(
    ("start", "end", "by", "grains"),
    [
        ("2026-10-01T00:00+03:00", "2026-11-01T00:00+02:00", ("agent",), {CellGrain.MONTH: 1}),
        ("2026-10-01T00:00+03:00", "2026-10-30T00:00+02:00", (), {CellGrain.DAY: 1}),
        ("2026-10-01T06:15+03:00", "2026-10-30T00:00+02:00", (), {CellGrain.QUARTER_HOUR: 1, CellGrain.DAY: 1}),
        ("2026-10-01T06:15+03:00", "2026-10-30T00:00+02:00", ("agent",), {None: 1, CellGrain.DAY: 1}),
        (
            "2026-10-01T06:15:01+03:00",
            "2026-10-30T07:00+02:00",
            (),
            {None: 1, CellGrain.DAY: 1, CellGrain.QUARTER_HOUR: 1},
        ),
        ("2026-10-01T06:15:01+03:00", "2026-10-02T07:00+03:00", (), {None: 1}),
    ],
)
def test_the_coarsest_cells_that_can_tell_are_chosen(
    start: str, end: str, by: tuple[str, ...], grains: dict[CellGrain | None, int]
) -> None:
    asked = question(period(datetime.fromisoformat(start), datetime.fromisoformat(end)), by=by)
    assert {grain: len(pieces) for grain, pieces in pieces_of(asked, TERMS).items()} == grains


def test_a_year_by_day_takes_no_more_statements_than_a_week_by_day(centre: Engine) -> None:
    def statements(start: str, end: str) -> int:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        days = tuple(periods_between(Grain.DAY, first, last, TERMS.timezone))
        before = len(seen)
        with reading(centre) as connection:
            measure_sums(connection, list(MEASURES), question(*days), TERMS)
            sketch_counts(connection, "answered_wait", question(*days, by=("agent",)), TERMS)
        return len(seen) - before

    def note(*given: Any) -> None:
        seen.append(given[2])

    seen: list[str] = []
    event.listen(centre, "before_cursor_execute", note)
    week = statements("2026-11-09T00:00+02:00", "2026-11-16T00:00+02:00")
    assert week > 1
    assert statements("2025-11-10T00:00+02:00", "2026-11-10T00:00+02:00") == week
    event.remove(centre, "before_cursor_execute", note)
