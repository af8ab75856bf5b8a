"""One report in four forms: the same numbers in each."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_report import KPIS, MONDAY, TODAY, ZONE, by_queue, of, report, whole

from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, period_of
from plugin.report.figures import figure
from plugin.report.render_csv import report_csv
from plugin.report.render_html import report_html
from plugin.report.render_json import report_json
from plugin.report.render_text import report_text
from plugin.report.subject import unit


def test_json_has_the_documented_form() -> None:
    month = period_of(Grain.MONTH, datetime(1999, 2, 10, tzinfo=UTC), "Asia/Jerusalem")
    row = Row(period=month, group={"queue": "PS"}, values={"abandonment_rate": of(3963, 31125), "offered": of(31125)})
    shown = Report(
        timezone="Asia/Jerusalem",
        definitions={"abandonment_rate": {"version": 1}, "offered": {"version": 1}},
        rows=(row,),
        unavailable={"csat": "missing fact: survey:csat"},
    )
    assert report_json(shown) == {
        "timezone": "Asia/Jerusalem",
        "definitions": {"abandonment_rate": {"version": 1}, "offered": {"version": 1}},
        "rows": [
            {
                "start": "1999-02-01T00:00:00+02:00",
                "end": "1999-03-01T00:00:00+02:00",
                "group": {"queue": "PS"},
                "provisional": False,
                "values": {
                    "abandonment_rate": {"value": 3963 / 31125, "numerator": 3963, "denominator": 31125},
                    "offered": {"value": 31125, "numerator": 31125, "denominator": None},
                },
            }
        ],
        "unavailable": {"csat": "missing fact: survey:csat"},
        "excluded": {},
        "notes": [],
    }


def test_an_empty_ratio_is_null_and_an_empty_count_is_zero() -> None:
    row = Row(period=MONDAY, group={}, values={"abandonment_rate": of(0, 0), "offered": of(0)})
    rows = report_json(report([row]))["rows"]
    assert isinstance(rows, list)
    assert isinstance(rows[0], dict)
    assert rows[0]["values"] == {
        "abandonment_rate": {"value": None, "numerator": 0, "denominator": 0},
        "offered": {"value": 0, "numerator": 0, "denominator": None},
    }
    assert "abandonment_rate" in report_csv(report([row]))
    assert report_csv(report([row])).splitlines()[1].endswith(",0,,0,0,no")
    assert "–" in report_text(report([row]))


def test_a_kpi_without_its_facts_is_in_no_row_but_named() -> None:
    row = Row(period=MONDAY, group={}, values={"offered": of(3), "csat": of(0, 0)})
    shown = report([row], unavailable={"csat": "missing fact: survey:csat"})
    written = report_json(shown)
    assert "csat" not in str(written["rows"])
    assert "csat" not in report_csv(shown)
    assert "Customer satisfaction (CSAT): no source supplies survey answers (CSAT)" in report_text(shown)
    assert "no source supplies survey answers (CSAT)" in report_html(shown)


def test_csv_has_sums_beside_every_ratio() -> None:
    lines = list(csv.DictReader(io.StringIO(report_csv(by_queue(MONDAY, TODAY)))))
    support = lines[0]
    assert support["queue"] == "Support"
    assert support["start"] == "2026-11-23T00:00:00+02:00"
    assert support["offered"] == "812"
    assert "offered_denominator" not in support
    assert (support["abandonment_rate_numerator"], support["abandonment_rate_denominator"]) == ("118", "812")
    assert float(support["abandonment_rate"]) == 118 / 812


@pytest.mark.parametrize("name", ["=1+1", "+371", "-x", "@SUM(A1)", "\tx"])
def test_a_group_name_cannot_become_a_formula(name: str) -> None:
    row = Row(period=MONDAY, group={"queue": name}, values={"offered": of(1)})
    line = next(csv.DictReader(io.StringIO(report_csv(report([row])))))
    assert line["queue"] == f"'{name}"


def test_html_escapes_what_vendors_send() -> None:
    row = Row(period=MONDAY, group={"queue": "<script>alert(1)</script>"}, values={"offered": of(1)})
    page = report_html(report([row], notes=("<b>note</b>",)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>note" not in page


def test_a_single_row_is_written_as_a_list_with_what_it_was_made_of() -> None:
    text = report_text(whole(MONDAY, TODAY, excluded={"internal": 3, "error": 0}))
    assert "Monday 23 November 2026 (Europe/Riga)" in text
    assert "Abandonment rate                11.6%  129 / 1,112" in text
    assert "Service level: SL-3, within 20 sec." in text
    assert "Left out: internal contacts (3)" in text
    assert "failed" not in text


def test_many_rows_are_a_table_with_keys() -> None:
    lines = report_text(by_queue(MONDAY, TODAY)).splitlines()
    assert lines[0].split()[:4] == ["Period", "queue", "offered", "answered"]
    assert lines[1].split()[3:7] == ["Support", "812", "694", "14.5%"]


def test_nothing_to_show_is_said() -> None:
    assert report_text(report([])).startswith("There is nothing to show.")
    assert "There is nothing to show." in report_html(report([]))
    assert report_csv(report([])).startswith("start,end,offered,")


measured = st.one_of(
    st.integers(0, 10**6).map(of),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**4)).map(lambda pair: of(*pair)),
)


@given(st.lists(st.dictionaries(st.sampled_from(KPIS), measured, min_size=1), min_size=2, max_size=4))
def test_csv_and_json_and_text_give_the_same_numbers(rows: list[dict[str, Measurement]]) -> None:
    days = [period_of(Grain.DAY, datetime(2026, 11, 1 + place, 12, tzinfo=UTC), ZONE) for place in range(len(rows))]
    shown = report([Row(period=day, group={}, values=one) for day, one in zip(days, rows, strict=True)])
    json_rows = report_json(shown)["rows"]
    assert isinstance(json_rows, list)
    text_lines = report_text(shown).splitlines()
    heads = text_lines[0].split()
    for place, line in enumerate(csv.DictReader(io.StringIO(report_csv(shown)))):
        written = json_rows[place]
        assert isinstance(written, dict)
        values = written["values"]
        assert isinstance(values, dict)
        for kpi, parts in values.items():
            assert isinstance(parts, dict)
            value = parts["value"]
            assert line[kpi] == ("" if value is None else str(value))
            cells = text_lines[1 + place].split()
            shown_value = cells[len(cells) - len(heads) + heads.index(kpi)]
            assert value is None or isinstance(value, float | int)
            money = "EUR" if kpi == "cost_per_call" else None
            assert shown_value == figure(value, unit(kpi), currency=money)
