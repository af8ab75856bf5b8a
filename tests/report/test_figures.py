"""How numbers are written; every expectation is a literal."""

from __future__ import annotations

import pytest

from plugin.kpi.metric import Unit
from plugin.report import figures


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0345, "3.5%"),  # half to even would say 3.4%
        (0.127325, "12.7%"),
        (0.12345, "12.3%"),
        (0.1235, "12.4%"),
        (0.0005, "0.1%"),
        (0.00049, "0.0%"),
        (-0.0004, "0.0%"),
        (-0.0425, "−4.3%"),
        (1.0, "100.0%"),
        (1.234, "123.4%"),
        (12.345, "1,234.5%"),
        (0.0, "0.0%"),
    ],
)
def test_a_ratio_has_one_decimal_rounded_half_up(value: float, written: str) -> None:
    assert figures.figure(value, Unit.RATIO) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0:00:00"),
        (40.8, "0:00:41"),
        (59.5, "0:01:00"),
        (3599.4, "0:59:59"),
        (100000, "27:46:40"),
        (-61, "−0:01:01"),
    ],
)
def test_a_duration_is_hours_minutes_seconds(seconds: float, written: str) -> None:
    assert figures.figure(seconds, Unit.SECONDS) == written


@pytest.mark.parametrize("unit", list(Unit))
def test_nothing_measured_is_a_dash_in_every_unit(unit: Unit) -> None:
    assert figures.figure(None, unit, currency="EUR") == "–"


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (31125, "31,125"), (7.5, "7.5"), (7.25, "7.3"), (1e6, "1,000,000")]
)
def test_a_count_is_whole_unless_it_is_not(value: float, written: str) -> None:
    assert figures.figure(value, Unit.COUNT) == written


def test_money_has_the_decimals_of_its_currency() -> None:
    assert figures.money(7.155, "EUR") == "€7.16"
    assert figures.money(1234.5, "JPY") == "¥1,235"
    assert figures.money(-7.155, "EUR") == "−€7.16"
    assert figures.figure(7.155, Unit.MONEY) == "7.16"


@pytest.mark.parametrize(
    ("language", "ratio", "count", "amount"),
    [
        ("en", "12.7%", "31,125", "€7.16"),
        ("lv", "12,7%", "31\u00a0125", "7,16\u00a0€"),
        ("ru", "12,7\u00a0%", "31\u00a0125", "7,16\u00a0€"),
        ("zh", "12.7%", "31,125", "€7.16"),
        ("zh-CN", "12.7%", "31,125", "€7.16"),
        ("de", "12.7%", "31,125", "€7.16"),
    ],
)
def test_numbers_follow_the_readers_language(language: str, ratio: str, count: str, amount: str) -> None:
    assert figures.figure(0.127325, Unit.RATIO, language) == ratio
    assert figures.figure(31125, Unit.COUNT, language) == count
    assert figures.figure(7.16, Unit.MONEY, language, "EUR") == amount


@pytest.mark.parametrize(("value", "written"), [(0.15, "15%"), (0.025, "2.5%"), (0.0375, "3.75%"), (1.0, "100%")])
def test_a_limit_is_written_as_somebody_wrote_it(value: float, written: str) -> None:
    assert figures.limit(value, Unit.RATIO) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 sec"),
        (45, "45 sec"),
        (95, "1 min"),
        (540, "9 min"),
        (3600, "1 hr"),
        (4320, "1 hr 12 min"),
        (90061, "1 day 1 hr"),
        (172800, "2 days"),
    ],
)
def test_a_span_names_its_two_largest_parts(seconds: float, written: str) -> None:
    assert figures.span(seconds) == written


def test_a_span_follows_the_readers_language() -> None:
    assert [figures.span(4320, language) for language in ("lv", "ru", "zh")] == [
        "1 st. 12 min",
        "1 ч 12 мин",
        "1 小时 12 分钟",
    ]
