"""Numbers that may still change carry a mark wherever people read them, with one line that says what it means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sample_report import BEFORE, KPIS, MONDAY, TODAY, WEEK_BEFORE, material, of, report, whole

from plugin.kpi.metric import Report, Row
from plugin.notify.mail_format import Sender, html
from plugin.notify.slack_blocks import slack_blocks
from plugin.notify.text import plain_text
from plugin.report.compared import Comparison, compared
from plugin.report.digest import build_digest
from plugin.report.material import Material
from plugin.report.render_html import report_html
from plugin.report.render_text import report_text

SENDER = Sender(address="desk@example.com")
LEGEND = "† Provisional: late events may come, or something that began in the period is still open."


def day(period: object, offered: int, solved: int, *unsettled: str) -> Row:
    values = {"offered": of(offered), "solved": of(solved)}
    return Row(period=period, group={}, values=values, unsettled=frozenset(unsettled))  # type: ignore[arg-type]


def two_days(*unsettled: str) -> Report:
    rows = [day(WEEK_BEFORE, 25, 7), day(MONDAY, 31, 9, *unsettled)]
    return report(rows, definitions={"offered": {}, "solved": {}})


def test_where_everything_is_final_a_report_has_neither_mark_nor_legend() -> None:
    assert "†" not in report_text(two_days())
    assert "†" not in report_html(two_days())


def test_a_period_whose_numbers_are_all_provisional_is_marked_itself() -> None:
    lines = report_text(two_days("offered", "solved")).splitlines()
    assert lines[1].split() == ["Mon", "16", "Nov", "25", "7"]
    assert lines[2].split() == ["Mon", "23", "Nov†", "31", "9"]
    assert LEGEND in lines


def test_a_single_provisional_number_is_marked_alone() -> None:
    lines = report_text(two_days("solved")).splitlines()
    assert lines[2].split() == ["Mon", "23", "Nov", "31", "9†"]
    page = report_html(two_days("solved"))
    assert "<td>31</td><td>9†</td>" in page
    assert f"<li>{LEGEND}</li>" in page


def test_a_report_of_one_row_marks_its_head_or_its_values() -> None:
    whole_day = report([day(MONDAY, 31, 9, "offered", "solved")])
    assert report_text(whole_day).startswith("Monday 23 November 2026† (Europe/Riga)")
    one = report_text(report([day(MONDAY, 31, 9, "offered")]))
    assert one.startswith("Monday 23 November 2026 (Europe/Riga)")
    assert "31†" in one
    assert "9†" not in one


def test_a_value_of_before_that_is_provisional_is_marked_beside_the_new_one() -> None:
    before = report([day(WEEK_BEFORE, 25, 7, "solved")])
    now = report([day(MONDAY, 31, 9)], definitions={"offered": {}, "solved": {}})
    (row,) = compared(now, before, Comparison.PREVIOUS).rows
    assert row.unsettled == {"solved.previous"}


def unsettled(*kpis: str, **changes: object) -> Material:
    now = whole(MONDAY, TODAY)
    rows = (replace(now.rows[0], unsettled=frozenset(kpis)),)
    return material(now=replace(now, rows=rows), kpis=KPIS, **changes)


def test_a_digest_marks_the_period_and_its_foot_says_until_when() -> None:
    message = build_digest(unsettled(*KPIS))
    assert message.table
    assert message.table.columns[1] == "Mon 23 Nov†"
    assert [row[1].text for row in message.table.rows if "†" in row[1].text] == []
    assert message.footer.startswith("† Provisional: late events may change these numbers until Wed 25 Nov 00:00.")


def test_a_digest_marks_only_the_numbers_that_are_not_final() -> None:
    message = build_digest(unsettled("csat", now_at=MONDAY.end + timedelta(days=9)))
    assert message.table
    marked = {row[0].text: row[1].text for row in message.table.rows if "†" in row[1].text}
    assert len(marked) == 1
    assert next(iter(marked)) == message.table.rows[6][0].text
    assert message.footer.startswith("† Provisional: something that began in this period is still open.")


def test_a_digest_of_final_numbers_stays_quiet() -> None:
    message = build_digest(unsettled(now_at=MONDAY.end + timedelta(days=9)))
    assert message.footer.startswith("Final.")
    assert "†" not in plain_text(message)


def test_a_previous_period_that_is_not_final_is_marked_in_its_column() -> None:
    before = whole(WEEK_BEFORE, BEFORE)
    before = replace(before, rows=(replace(before.rows[0], unsettled=frozenset(KPIS)),))
    message = build_digest(material(kpis=KPIS, before=before))
    assert message.table
    assert "Mon 16 Nov†" in message.table.columns


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Provisional"), ("lv", "Provizoriski"), ("ru", "Предварительно"), ("zh", "暂定")]
)
def test_mail_slack_and_text_carry_mark_and_legend_in_every_language(language: str, word: str) -> None:
    message = build_digest(unsettled(*KPIS, language=language))
    for shown in (plain_text(message), html(message, SENDER, ""), str(slack_blocks(message))):
        assert shown.count("†") >= 2
        assert f"† {word}" in shown
    assert f"† {word}" in report_text(two_days("solved"), language)
