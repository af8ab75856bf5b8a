"""A vendor's figures from a file: what may be written, and what is refused with line, field and remedy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.kpi.period import Grain, Period, period_of
from plugin.report.vendor_file import Stated, VendorFileError, added_up, read_figures, template
from plugin.report.vendor_rules import VENDORS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OCTOBER = period_of(Grain.MONTH, datetime(2026, 10, 5, tzinfo=UTC), "UTC")


def read(*lines: str, header: str = "date,kpi,value,queue", whole: Period = OCTOBER) -> list[Stated]:
    return read_figures("\n".join((header, *lines)) + "\n", whole, NOW)


def refused(*lines: str, header: str = "date,kpi,value,queue") -> tuple[str, ...]:
    with pytest.raises(VendorFileError) as caught:
        read(*lines, header=header)
    return caught.value.problems


@pytest.mark.parametrize(
    ("kpi", "written", "value", "within"),
    [
        ("service_level", "81.3%", 0.813, 0.0005),
        ("service_level", "81 %", 0.81, 0.005),
        ("service_level", "0.8130", 0.813, 0.00005),
        ("resolution_rate", "120%", 1.2, 0.005),
        ("asa", "40.8", 40.8, 0.05),
        ("asa", "0:00:41", 41, 0.5),
        ("aht", "4:05", 245, 0.5),
        ("offered", "31125", 31125, 0.5),
        ("nps", "-12.5", -12.5, 0.05),
    ],
)
def test_a_figure_is_read_in_its_unit_and_is_as_exact_as_it_is_written(
    kpi: str, written: str, value: float, within: float
) -> None:
    (found,) = read(f"2026-10-05,{kpi},{written},")
    assert (found.value, found.within) == (pytest.approx(value), pytest.approx(within))


def test_a_date_is_any_period_of_the_range_and_none_is_all_of_it() -> None:
    lines = ("2026-10-05,asa,1,", "2026-W41,asa,2,", "2026-10,asa,3,", ",aht,4,Sales", "2026-10-06,offered,,")
    found = read(*lines)
    assert [(one.period.start.day, one.period.end.day, one.queue) for one in found] == [
        (5, 6, None),
        (5, 12, None),
        (1, 1, None),
        (1, 1, "Sales"),
    ]
    assert found[2].period == found[3].period == OCTOBER


@pytest.mark.parametrize(
    ("line", "begins", "remedy"),
    [
        ("2026-10-05,asaa,1,", "line 2, kpi: 'asaa'", "deskgauge kpi list"),
        ("2026-10-05,cost_per_call,1,", "line 2, kpi: 'cost_per_call'", "such as service_level"),
        ("2026-10-05,asa,soon,", "line 2, value: 'soon'", "0:00:41"),
        ("2026-10-05,asa,nan,", "line 2, value: 'nan'", "0:00:41"),
        ("2026-10-05,asa,40%,", "line 2, value: '40%' is a share", "0:00:41"),
        ("2026-10-05,service_level,81.3,", "line 2, value: '81.3' is more than everything", "81.3% or 0.813"),
        ("2026-10-05,offered,9%,", "line 2, value: '9%' is a share", "1250"),
        ("2026-10-05,asa,1,2,3", "line 2, value: the line has more cells", "quotes"),
        ("5 October,asa,1,", "line 2, date: '5 October'", "2026-10-05"),
        ("2026-09-30,asa,1,", "line 2, date: 2026-09-30 is not within", "widen --from and --to"),
    ],
)
def test_a_mistake_is_told_by_line_and_field_with_a_remedy(line: str, begins: str, remedy: str) -> None:
    (problem,) = refused(line)
    assert problem.startswith(begins)
    assert remedy in problem


def test_all_mistakes_are_told_at_once_and_a_figure_is_given_once() -> None:
    problems = refused("2026-10-05,asa,1,", "2026-10-06,asa,x,", "", "2026-10-05,asa,2,")
    assert [problem.partition(":")[0] for problem in problems] == ["line 3, value", "line 5, date"]


@pytest.mark.parametrize("header", ["date,kpi", "date,kpi,value,team", ""])
def test_a_header_must_have_the_columns(header: str) -> None:
    (problem,) = refused(header=header)
    assert problem.startswith("line 1, header: ")
    assert "write date,kpi,value,queue" in problem


def test_counts_of_all_days_are_added_up_and_shares_never() -> None:
    whole = Period(
        grain=Grain.DAY,
        start=datetime(2026, 10, 5, tzinfo=UTC),
        end=datetime(2026, 10, 7, tzinfo=UTC),
        timezone="UTC",
    )
    days = ("2026-10-06,offered,70,", "2026-10-05,offered,50,", "2026-10-05,asa,4,", "2026-10-06,asa,8,")
    (found,) = added_up(read(*days, "2026-10-05,answered,4,", whole=whole), whole)
    assert (found.kpi, found.value, found.within, found.period) == ("offered", 120, 0.5, whole)


@pytest.mark.parametrize("key", VENDORS)
def test_an_untouched_template_is_accepted_and_says_nothing(key: str) -> None:
    text = template(VENDORS[key], "2026-10-05")
    assert read_figures(text, OCTOBER, NOW) == []
    filled = [line.removesuffix(",,") + ",0.5," for line in text.splitlines()[1:]]
    assert len(read(*filled)) == len({rule.kpi for rule in VENDORS[key].rules})
