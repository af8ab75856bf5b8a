"""What must hold of any data: parts add up, service levels are in their order, cells equal facts, nothing is a mean of means.

Checked on a made-up centre, on a bank's real month and on calls made through an Asterisk (the last two where they are there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from adapter_fixtures import shared
from bank_month import BankMonth, published
from busy_centre import DOCUMENT, NOW
from installed import imported, installed
from sqlalchemy import Engine

from plugin.database import open_engine, reading
from plugin.kpi.catalogue import METRICS
from plugin.kpi.measure import Question, measure, measure_sums
from plugin.kpi.metric import Measurement, Metric
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.terms import Terms, terms_of
from plugin.kpi.whole import WHOLE_MEASURES

OUTCOMES = ("answered", "abandoned", "flow_outs", "voicemails", "callbacks_requested")
PARTITIONS = (("queue",), ("agent",), ("channel", "direction"), ("queue", "source"))
#: every cell's border is a second; so short before it, only the facts can tell
JUST_BEFORE = timedelta(milliseconds=1)
Values = Mapping[str, Measurement]


def _adds_up(metric: Metric) -> bool:
    parts = {*metric.numerator, *(metric.denominator or {})}
    return metric.over_time == "sum" and not parts & WHOLE_MEASURES and "cost" not in metric.needs


ADDING_UP = tuple(key for key, metric in METRICS.items() if _adds_up(metric))
MEASURED = tuple(key for key, metric in METRICS.items() if "cost" not in metric.needs)


def asked(engine: Engine, terms: Terms, kpis: tuple[str, ...], question: Question) -> list[Values]:
    with reading(engine) as connection:
        return list(measure(connection, kpis, question, terms).values())


def check(engine: Engine, terms: Terms, question: Question) -> None:
    (whole,) = asked(engine, terms, ADDING_UP, question)
    for by in PARTITIONS:
        parts = asked(engine, terms, ADDING_UP, replace(question, by=by))
        for key in ADDING_UP:
            assert sum(part[key].numerator for part in parts) == pytest.approx(whole[key].numerator), (key, by)
            together = sum(part[key].denominator or 0 for part in parts)
            assert together == pytest.approx(whole[key].denominator or 0), (key, by)
    in_order(whole)
    with reading(engine) as connection:
        (sums,) = measure_sums(connection, ["offered", *OUTCOMES], question, terms).values()
    assert sum(sums[outcome] for outcome in OUTCOMES) == sums["offered"] > 0


def in_order(values: Values) -> None:
    """SL-3 <= SL-5 <= SL-4 <= SL-1 and SL-3 <= SL-2, wherever they have a value."""
    level = [values[f"service_level.sl{number}"].value for number in range(1, 7)]
    if None in level:
        return
    sl1, sl2, sl3, sl4, sl5, _ = (one or 0 for one in level)
    assert sl3 <= sl5 <= sl4 <= sl1
    assert sl3 <= sl2


def cells_equal_facts(engine: Engine, terms: Terms, question: Question) -> None:
    (period,) = question.periods
    moved = replace(period, start=period.start - JUST_BEFORE, end=period.end - JUST_BEFORE)
    (cells,) = asked(engine, terms, MEASURED, question)
    (facts,) = asked(engine, terms, MEASURED, replace(question, periods=(moved,)))
    for key in MEASURED:
        if "day_ends" in (METRICS[key].denominator or {}):
            continue  # moved by a moment, the period has an end of a day more
        assert cells[key].numerator == pytest.approx(facts[key].numerator, rel=1e-7, abs=0.1), key
        assert (cells[key].denominator is None) == (facts[key].denominator is None), key
        assert (cells[key].denominator or 0) == pytest.approx(facts[key].denominator or 0, rel=1e-7, abs=0.1), key


def question_of(start: datetime, end: datetime, timezone: str) -> Question:
    return Question(periods=(Period(grain=Grain.DAY, start=start, end=end, timezone=timezone),), as_of=NOW)


def test_they_hold_of_a_busy_centre(centre: Engine) -> None:
    terms = terms_of(DOCUMENT)
    whole = question_of(NOW - timedelta(days=20), NOW, terms.timezone)
    check(centre, terms, whole)
    days = tuple(periods_between(Grain.DAY, whole.periods[0].start, NOW, terms.timezone))
    for values in asked(centre, terms, ADDING_UP, replace(whole, periods=days, by=("queue",))):
        in_order(values)


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.mark.xdist_group("a bank's month")
def test_they_hold_of_a_banks_month_and_no_mean_of_means_appears(bank_months: Callable[[str], BankMonth]) -> None:
    opened = bank_months("sqlite").opened
    start = datetime(1999, 1, 31, 22, tzinfo=UTC)
    terms, month = terms_of(opened.document), question_of(start, start + timedelta(days=28), "Asia/Jerusalem")
    check(opened.engine, terms, month)
    cells_equal_facts(opened.engine, terms, month)
    (values,) = asked(opened.engine, terms, MEASURED, month)
    shown = {round(one.value * factor, 4) for one in values.values() if one.value is not None for factor in (1, 100)}
    wrong = {value for name, value in published().items() if name.endswith("_WRONG")}
    assert len(wrong) == 2
    assert not wrong & shown


@pytest.mark.parametrize("capture", ["asterisk-basic20", "asterisk-crash"])
def test_they_hold_of_calls_made_through_an_exchange(capture: str, sqlite: Engine, tmp_path: Path) -> None:
    opened = installed(sqlite, tmp_path)
    imported(opened, "asterisk", [shared("captures", capture, "queue_log")])
    terms = terms_of(opened.document)
    every = question_of(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC), "UTC")
    check(sqlite, terms, every)
    cells_equal_facts(sqlite, terms, every)
