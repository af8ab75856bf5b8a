"""What a digest says, in literal words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sample_report import (
    BEFORE,
    GOALS,
    KPIS,
    MONDAY,
    TODAY,
    WEEK_BEFORE,
    by_hour,
    by_queue,
    material,
    of,
    values,
    whole,
)

from plugin.notify.message import Message, Tone
from plugin.report.digest import build_digest
from plugin.report.goal import Goal, distance, margin, met
from plugin.report.material import Split, finality
from plugin.report.published import Reason, Revision
from plugin.report.wording import text

NOTHING = {queue: values(0, 0, 0) for queue in TODAY}


def section(message: Message, title: str) -> list[str]:
    return next((one.text.splitlines() for one in message.sections if one.title == title), [])


def cells(message: Message, name: str) -> list[str]:
    assert message.table
    return next([cell.text for cell in row] for row in message.table.rows if row[0].text == name)


def test_the_headline_tells_targets_volume_and_what_moved() -> None:
    message = build_digest(material())
    assert message.title == "Support daily: Monday 23 November 2026"
    assert message.summary == (
        "2 of 3 targets were missed. "
        "Abandonment rate was furthest from its target: 11.6% (target ≤\u00a05%). "
        "Customer satisfaction (CSAT) did best: 89.8% (target ≥\u00a085%). "
        "Contacts offered: 1,112 (+12.4% on Mon 16 Nov). "
        "Average speed of answer moved most: from 0:00:18 to 0:00:40 (+118.9%). "
        "Most of it was made by queue Support."
    )


def test_the_table_prints_both_periods_and_the_target() -> None:
    message = build_digest(material())
    assert message.table
    assert message.table.columns == ("KPI", "Mon 23 Nov", "Target", "Mon 16 Nov", "Change")
    assert cells(message, "Abandonment rate") == ["Abandonment rate", "11.6%", "≤\u00a05%\u00a0✗", "5.4%", "+6.2 pp"]
    assert cells(message, "Customer satisfaction (CSAT)")[2] == "≥\u00a085%\u00a0✓"
    assert cells(message, "Contacts offered") == ["Contacts offered", "1,112", "", "989", "+12.4%"]
    assert cells(message, "Cost per call")[1] == "€4.22"


def test_a_goal_of_many_targets_names_the_first_ones() -> None:
    goals = {**GOALS, "asa": Goal(at_most=20), "aht": Goal(at_most=300)}
    assert build_digest(material(goals=goals)).sections[0].text == (
        "Goal: Abandonment rate ≤\u00a05%, Service level ≥\u00a080%, Average speed of answer ≤\u00a00:00:20 and 2 more targets"
    )
    assert not any(one.text.startswith("Goal") for one in build_digest(material(goals={})).sections)


def test_tones_follow_the_target_and_the_better_side() -> None:
    message = build_digest(material())
    assert message.table
    tones = {row[0].text: [cell.tone for cell in row] for row in message.table.rows}
    assert tones["Abandonment rate"][1] == Tone.BAD
    assert tones["Abandonment rate"][4] == Tone.BAD
    assert tones["Customer satisfaction (CSAT)"][1] == Tone.GOOD
    assert tones["Contacts offered"][4] == Tone.NEUTRAL


def test_without_targets_the_table_has_no_target_column() -> None:
    message = build_digest(material(goals={}))
    assert message.table
    assert message.table.columns == ("KPI", "Mon 23 Nov", "Mon 16 Nov", "Change")
    assert message.summary.startswith("Contacts offered: 1,112")


def test_one_story_is_told_once() -> None:
    lines = section(build_digest(material()), "What moved")
    assert [line.partition(", ")[0] for line in lines] == [
        "Average speed of answer: 0:00:18 → 0:00:40 (+118.9%)",
        "Service level: 79.9% → 62.2% (−17.6 pp)",
        "Abandonment rate: 5.4% → 11.6% (+6.2 pp)",
    ]


def test_what_moved_it_is_told_by_rate_and_mix_that_add_up_as_they_are_written() -> None:
    line = section(build_digest(material()), "What moved")[1]
    # -17.2 - 0.3 = -17.5, and -17.5 - 0.1 = -17.6
    assert line.endswith("queue Support −17.5 pp (own value −17.2 pp, share of the whole −0.3 pp), the rest −0.1 pp")


def test_the_dimension_whose_group_stands_out_most_is_named() -> None:
    """Support made most, but is most of the calls, too; one hour made as much, and is a tenth of them."""
    now = {"Support": values(900, 190, 500), "Sales": values(100, 10, 80)}
    before = {"Support": values(900, 90, 700), "Sales": values(100, 10, 80)}
    hours_now = {"09": values(900, 100, 500), "14": values(100, 100, 80)}
    hours_before = {"09": values(900, 90, 700), "14": values(100, 10, 80)}
    message = build_digest(
        material(
            kpis=("abandonment_rate",),
            now=whole(MONDAY, now),
            before=whole(WEEK_BEFORE, before),
            split=Split(dimension="queue", now=by_queue(MONDAY, now), before=by_queue(WEEK_BEFORE, before)),
            others=(
                Split(dimension="queue", now=by_queue(MONDAY, hours_now), before=by_queue(WEEK_BEFORE, hours_before)),
            ),
        )
    )
    assert section(message, "What moved") == [
        "Abandonment rate: 10.0% → 20.0% (+10.0 pp), queue 14 +9.0 pp, the rest +1.0 pp"
    ]


def test_a_change_that_may_be_chance_is_not_told() -> None:
    nearly = {queue: values(100, 5, 80) for queue in TODAY}
    a_bit = {queue: values(103, 6, 81) for queue in TODAY}
    message = build_digest(material(now=whole(MONDAY, a_bit), before=whole(WEEK_BEFORE, nearly), goals={}))
    assert "Nothing moved by more than chance since Monday 16 November 2026." in message.summary
    assert section(message, "What moved") == []


def test_the_share_of_a_queue_is_named_when_it_made_most_but_not_all() -> None:
    now = {"Support": values(500, 100, 300), "Sales": values(500, 50, 300)}
    before = {"Support": values(500, 40, 300), "Sales": values(500, 20, 300)}
    message = build_digest(
        material(
            kpis=("abandonment_rate",),
            now=whole(MONDAY, now),
            before=whole(WEEK_BEFORE, before),
            split=Split(dimension="queue", now=by_queue(MONDAY, now), before=by_queue(WEEK_BEFORE, before)),
        )
    )
    assert message.summary.endswith(
        "Abandonment rate moved most: from 6.0% to 15.0% (+9.0 pp). Most of it was made by queue Support."
    )


def test_an_empty_day_says_so_and_shows_no_numbers() -> None:
    message = build_digest(material(now=whole(MONDAY, NOTHING), series=by_hour(MONDAY)))
    assert message.summary == (
        "No contacts arrived on Monday 23 November 2026. Contacts offered on Mon 16 Nov: 989. "
        "If you expected contacts, look whether the sources still deliver."
    )
    assert message.table is None
    assert message.chart is None
    assert "100" not in message.summary


def test_an_unmeasured_value_is_a_dash_in_the_table_and_takes_no_side() -> None:
    today = whole(MONDAY, {"Support": {**values(50, 2, 40), "csat": of(0, 0)}})
    message = build_digest(material(now=today))
    assert cells(message, "Customer satisfaction (CSAT)") == [
        "Customer satisfaction (CSAT)",
        "–",
        "≥\u00a085%",
        "89.4%",
        "n/a",
    ]
    # 2 of 50 abandoned is 4 %, 40 of 50 in time is 80 %: the two that were measured are met
    assert message.summary.startswith("All 2 targets were met.")


def test_nothing_before_means_no_comparison() -> None:
    message = build_digest(material(before=whole(WEEK_BEFORE, NOTHING)))
    assert "nothing was measured for Monday 16 November 2026" in message.summary
    assert message.table
    assert message.table.columns == ("KPI", "Mon 23 Nov", "Target")
    assert "is compared with" not in message.footer


def test_few_answers_are_marked() -> None:
    today = whole(MONDAY, {"Support": {**values(50, 2, 40), "csat": of(3, 3)}})
    assert cells(build_digest(material(now=today)), "Customer satisfaction (CSAT)")[1] == "100.0% (n = 3)"


def test_what_was_left_out_and_what_is_missing_is_said() -> None:
    message = build_digest(material())
    assert section(message, "Data quality") == [
        "Left out: internal contacts (12), contacts still in progress (3), contacts with impossible times (2)",
        "Occupancy: no source supplies agent states and login times",
    ]


def test_each_group_has_one_line_with_its_targets() -> None:
    lines = section(build_digest(material()), "By queue")
    assert lines[0] == (
        "Support: Contacts offered 812 · Abandonment rate 14.5%\u00a0✗ · Service level 53.1%\u00a0✗ · "
        "Customer satisfaction (CSAT) 89.9%\u00a0✓"
    )
    assert [line.split(":")[0] for line in lines] == ["Support", "Sales", "Billing"]


def test_a_group_that_met_all_its_targets_says_just_that() -> None:
    fine = {**TODAY, "Billing": values(94, 3, 83, 9.0)}
    split = Split(dimension="queue", now=by_queue(MONDAY, fine))
    lines = section(build_digest(material(split=split, goals={**GOALS, "csat": Goal(at_least=0.5)})), "By queue")
    assert lines[2] == "Billing: Contacts offered 94 · all targets met"
    alone = build_digest(material(split=split, goals={"csat": Goal(at_least=0.5)}))
    # one target alone is shown, since its value says more than its being met
    assert section(alone, "By queue")[2] == "Billing: Contacts offered 94 · Customer satisfaction (CSAT) 88.9%\u00a0✓"


def test_a_queue_is_held_against_its_own_target() -> None:
    own = {"Support": {"abandonment_rate": Goal(at_most=0.2)}}
    split = Split(dimension="queue", now=by_queue(MONDAY, TODAY), goals=own)
    lines = section(build_digest(material(split=split, goals={"abandonment_rate": Goal(at_most=0.01)})), "By queue")
    assert lines[0] == "Support: Contacts offered 812 · Abandonment rate 14.5%\u00a0✓"
    assert lines[1] == "Sales: Contacts offered 206 · Abandonment rate 3.9%\u00a0✗"


def test_one_group_alone_is_not_repeated() -> None:
    only = {"Support": TODAY["Support"]}
    split = Split(dimension="queue", now=by_queue(MONDAY, only), before=by_queue(WEEK_BEFORE, only))
    assert section(build_digest(material(split=split)), "By queue") == []


def test_many_groups_are_cut_and_counted() -> None:
    many = {f"Queue {place}": values(100 - place, 5, 80) for place in range(9)}
    message = build_digest(material(split=Split(dimension="queue", now=by_queue(MONDAY, many))))
    lines = section(message, "By queue")
    assert len(lines) == 7
    assert lines[-1] == "and 3 more on the page"


def test_the_chart_shows_the_worst_missed_target_by_busy_hours() -> None:
    chart = build_digest(material()).chart
    assert chart
    assert chart.title == "Abandonment rate by hour"
    assert chart.target == 0.05
    points = chart.series[0].points
    assert [point.label for point in points][:3] == ["08:00", "09:00", "10:00"]
    assert points[-1].label == "20:00"
    assert points[2].text == "20.7%"
    assert points[2].tone == Tone.BAD


def test_with_targets_met_the_chart_shows_the_volume() -> None:
    chart = build_digest(material(goals={"csat": Goal(at_least=0.5)})).chart
    assert chart
    assert chart.title == "Contacts offered and Contacts answered by hour"
    assert [series.name for series in chart.series] == ["Contacts offered", "Contacts answered"]


@pytest.mark.parametrize(
    ("hours_after_end", "state"), [(-1, "open"), (0, "provisional"), (23.9, "provisional"), (24, "final")]
)
def test_a_period_is_provisional_within_the_grace_time(hours_after_end: float, state: str) -> None:
    assert finality(MONDAY, MONDAY.end + timedelta(hours=hours_after_end)) == state


def test_the_footer_tells_zone_comparison_definitions_and_finality() -> None:
    assert build_digest(material()).footer == (
        "Provisional: late events may change these numbers until Wed 25 Nov 00:00. "
        "Monday 23 November 2026 is compared with Monday 16 November 2026. "
        "Service level: SL-3, within 20 sec. Average handle time: talk + hold, no wrap-up. Times in Europe/Riga."
    )


def test_both_ranges_of_a_running_period_end_where_it_stands() -> None:
    now = MONDAY.start + timedelta(hours=12)
    before = replace(WEEK_BEFORE, end=WEEK_BEFORE.start + timedelta(hours=12))
    footer = build_digest(material(now_at=now, previous=before)).footer
    assert "Monday 23 November 2026 up to 12:00 is compared with Monday 16 November 2026 up to 12:00." in footer


def test_volumes_stand_per_business_day_where_the_periods_have_different_numbers_of_them() -> None:
    table = build_digest(material(days=(5, 4))).table
    assert table
    rows = [tuple(cell.text for cell in row) for row in table.rows]
    place = next(number for number, row in enumerate(rows) if row[0] == "Contacts offered per business day")
    assert rows[place] == ("Contacts offered per business day", "222.4", "", "247.3", "−10.1%")
    assert rows[place - 1][0] == "Contacts offered"
    assert [row[0] for row in rows if "per business day" in row[0]] == [
        "Contacts offered per business day",
        "Contacts answered per business day",
    ]
    assert all(len(row) == len(table.columns) for row in rows)


def test_a_late_digest_says_when_it_was_due() -> None:
    late = material(due_at=MONDAY.end + timedelta(hours=6))
    assert "Sent late: this digest was due at Tue 24 Nov 06:00." in build_digest(late).footer


def test_a_revised_number_is_told_with_the_old_one_and_the_reason() -> None:
    revision = Revision(
        period=WEEK_BEFORE,
        kpi="abandonment_rate",
        groups="",
        old=of(53, 989),
        new=of(59, 993),
        reason=Reason.LATE,
    )
    lines = section(build_digest(material(revisions=(revision,))), "Revised since the last digest")
    assert lines == ["Abandonment rate, Mon 16 Nov: 5.4% → 5.9% (4 contacts came late)"]


@pytest.mark.parametrize("language", ["lv", "ru", "zh"])
@pytest.mark.parametrize("empty", [False, True])
def test_digests_in_the_other_languages_leave_no_english_sentence(language: str, empty: bool) -> None:
    now = whole(MONDAY, NOTHING) if empty else material().now
    message = build_digest(material(language=language, title="Centrs", now=now))
    english = {"target", "missed", "moved", "Contacts", "rate", "Left", "Compared", "until", "arrived", "Change"}
    said = [message.title, message.summary, message.footer, *(one.text for one in message.sections)]
    said += list(message.table.columns) if message.table else []
    assert not english & set(" ".join(said).replace(",", " ").split())
    assert message.language == language


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_the_remarks_of_a_report_are_in_the_readers_language(language: str) -> None:
    remarks = (
        "Costs are pro-rated by calendar days.",
        "Costs in SEK and USD are taken at the rates of the policy.",
        "Contacts of pbx count in the period in which they ended.",
        "csat_mean: answers are on several scales (1 to 5, 1 to 10); a mean is shown only where there is one.",
    )
    now = replace(material().now, notes=remarks, unavailable={}, excluded={})
    lines = section(build_digest(material(language=language, now=now)), text("section.quality", language))
    assert len(lines) == 4
    assert [part in line for line, part in zip(lines[1:], ["SEK", "pbx", "1 to 10"], strict=True)] == [True] * 3
    # only the KPI is named as people call it
    assert lines[:3] == list(remarks[:3]) if language == "en" else not set(lines) & set(remarks)


def test_the_whole_day_before_noon_reads_the_same_twice() -> None:
    assert build_digest(material()) == build_digest(replace(material()))


def test_a_goal_is_met_at_its_bound_on_unrounded_values() -> None:
    assert met(0.05, Goal(at_most=0.05)) is True
    assert met(0.0500001, Goal(at_most=0.05)) is False
    assert met(0.7996, Goal(at_least=0.80)) is False
    assert met(0.82, Goal(at_least=0.80, at_most=0.85)) is True
    assert met(None, Goal(at_least=0.80)) is None
    assert distance(0.6, Goal(at_least=0.8)) == pytest.approx(0.25)
    assert distance(0.9, Goal(at_least=0.8, at_most=0.85)) == pytest.approx(0.05 / 0.85)
    assert margin(0.04, Goal(at_most=0.05)) == pytest.approx(0.2)
    with pytest.raises(ValueError, match="at_least, at_most or both"):
        Goal()


def test_the_samples_are_what_the_cases_assume() -> None:
    assert set(KPIS) == set(whole(MONDAY, TODAY).rows[0].values)
    assert set(GOALS) <= set(KPIS)
    assert whole(WEEK_BEFORE, BEFORE).rows[0].values["offered"] == of(989)
