"""From the policy to the outbox: which period, which questions, what is remembered and told as revised."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sample_report import BEFORE, MONDAY, TODAY, WEEK_BEFORE, ZONE, by_hour, by_queue, of, values, whole
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Grain, Period, period_of, periods_between
from plugin.kpi.profile import KPIS as PROFILED
from plugin.notify.message import from_json
from plugin.notify.tables import OutboxMessage
from plugin.policy.document import Document
from plugin.policy.text import parse
from plugin.report.compose import Composer
from plugin.report.due import comparisons, last_due, period_for, periods_for
from plugin.report.published import Published, PublishedValue, published, revisions
from plugin.report.send import is_sent, send_digest

Groups = Mapping[str, Mapping[str, Measurement]]


def policy(**digest: object) -> Document:
    return Document.model_validate(
        {
            "timezone": ZONE,
            "channels": {
                "floor": {"kind": "slack", "channel": "C0FLOOR"},
                "leads": {"kind": "email", "to": ["lead@example.com", "boss@example.com"]},
            },
            "targets": [{"kpi": "abandonment_rate", "value": 0.05}],
            "digests": {
                "daily": {
                    "title": "Support daily",
                    "kpis": ["offered", "abandonment_rate"],
                    "channels": ["floor", "leads"],
                    "compare": "weekday",
                    **digest,
                }
            },
        }
    )


class Centre:
    """Answers questions about the two Mondays, and keeps the questions."""

    def __init__(self, before: Groups = BEFORE) -> None:
        self.before = before
        self.asked: list[Ask] = []

    def __call__(self, ask: Ask) -> Report:
        self.asked.append(ask)
        this_week = ask.start >= MONDAY.start
        groups = TODAY if this_week else self.before
        period = MONDAY if this_week else WEEK_BEFORE
        if ask.by:
            return only(by_queue(period, groups), ask)
        return only(by_hour(period) if ask.grain is Grain.HOUR else whole(period, groups), ask)


def only(found: Report, ask: Ask) -> Report:
    """The KPIs that were asked for."""
    rows = [replace(row, values={kpi: one for kpi, one in row.values.items() if kpi in ask.kpis}) for row in found.rows]
    return replace(found, rows=tuple(rows))


TUESDAY_MORNING = MONDAY.end + timedelta(hours=8)


def composer(centre: Centre, document: Document | None = None, **changes: object) -> Composer:
    parts: dict[str, object] = {
        "document": document or policy(),
        "ask": centre,
        "now": TUESDAY_MORNING,
        "base_url": "https://gauge.example.com",
        **changes,
    }
    return Composer(**parts)  # type: ignore[arg-type]


@pytest.fixture
def store(engine: Engine) -> Engine:
    tables = [PublishedValue.__table__]  # type: ignore[attr-defined]
    SQLModel.metadata.create_all(engine, tables=tables, checkfirst=True)
    return engine


def rows(engine: Engine) -> list[OutboxMessage]:
    with Session(engine) as session:
        return list(session.exec(select(OutboxMessage)))


def test_a_digest_goes_to_every_channel_and_address_once(store: Engine) -> None:
    assert send_digest(store, composer(Centre()), "daily", MONDAY) == 3
    assert send_digest(store, composer(Centre()), "daily", MONDAY) == 0
    sent = rows(store)
    assert sorted((row.kind, row.target) for row in sent) == [
        ("email", "boss@example.com"),
        ("email", "lead@example.com"),
        ("slack", "C0FLOOR"),
    ]
    assert {(row.what, row.period_key) for row in sent} == {("digest:daily", "day:2026-11-23")}
    with Session(store) as session:
        assert is_sent(session, policy(), "daily", MONDAY)
        assert not is_sent(session, policy(), "daily", WEEK_BEFORE)


def test_the_message_is_made_of_the_answers(store: Engine) -> None:
    send_digest(store, composer(Centre()), "daily", MONDAY)
    message = from_json(json.loads(rows(store)[0].payload))
    assert message.title == "Support daily: Monday 23 November 2026"
    assert message.summary.startswith("The target was missed. Abandonment rate was furthest from its target: 11.6%")
    assert message.links[0].url == "https://gauge.example.com/?period=2026-11-23"


def test_the_questions_name_both_periods_the_queues_and_the_hours() -> None:
    centre = Centre()
    composer(centre).message("daily", MONDAY)
    asked = [(ask.start, ask.grain, ask.by) for ask in centre.asked]
    assert asked[:13] == [
        (MONDAY.start, None, ()),
        (WEEK_BEFORE.start, None, ()),
        (MONDAY.start, None, ("queue",)),
        (WEEK_BEFORE.start, None, ("queue",)),
        (MONDAY.start, Grain.HOUR, ()),
        *[(start, None, (by,)) for by in ("team", "channel", "agent") for start in (MONDAY.start, WEEK_BEFORE.start)],
        (MONDAY.start, Grain.HOUR, ()),
        (WEEK_BEFORE.start, Grain.HOUR, ()),
    ]
    assert {ask.kpis for ask in centre.asked[:5]} == {("offered", "abandonment_rate")}
    assert {ask.kpis for ask in centre.asked[5:13]} == {("abandonment_rate",)}  # only of what moved


class Months(Centre):
    """Answers about days and months of a steady centre."""

    def __call__(self, ask: Ask) -> Report:
        self.asked.append(ask)
        zone = ask.timezone or ZONE
        periods = list(periods_between(ask.grain or Grain.MONTH, ask.start, ask.end, zone))
        rows = [row for period in periods for row in whole(period, {"Support": values(1000, 21, 900)}).rows]
        group = dict.fromkeys(ask.by, "Support")
        shown = tuple(replace(row, group=group) for row in (rows if ask.grain else rows[:1]))
        return only(replace(whole(MONDAY, TODAY), rows=shown), ask)


def test_a_monthly_digest_proposes_targets_and_others_do_not() -> None:
    october = period_of(Grain.MONTH, datetime(2026, 10, 5, tzinfo=UTC), ZONE)
    document = policy(grain="month", compare="previous")
    found = composer(Months(), document).message("daily", october)
    proposals = next(one.text for one in found.sections if one.title == "Proposed targets for November 2026")
    assert proposals.startswith("Abandonment rate: ≤\u00a02.5% instead of ≤\u00a05% (met in all 3 months;")
    taken = parse(proposals[proposals.index("[[targets]]") :])
    assert [(target.kpi, target.value) for target in taken.targets] == [("abandonment_rate", 0.025)]
    daily = composer(Centre()).message("daily", MONDAY)
    assert not any(one.title.startswith("Proposed") for one in daily.sections)


def test_the_scope_restricts_every_question() -> None:
    centre = Centre()
    composer(centre, policy(scope={"team": "Night"})).message("daily", MONDAY)
    assert len(centre.asked) > 11
    assert [dict(ask.only) for ask in centre.asked[:11]] == [{"team": "Night"}] * 11
    # for advice, agents are those of the whole centre, shared out by handle time
    assert all(ask.only.get("team") == "Night" or set(ask.kpis) == set(PROFILED) for ask in centre.asked)
    alone = Centre()
    composer(alone, policy(scope={"queue": "Support"})).message("daily", MONDAY)
    assert [ask.by for ask in alone.asked[:3]] == [(), (), ()]
    assert ("queue",) not in [ask.by for ask in alone.asked]


def test_an_unfinished_period_is_compared_with_the_same_part_of_the_other() -> None:
    centre = Centre()
    noon = MONDAY.start + timedelta(hours=12)
    composer(centre, now=noon).message("daily", MONDAY)
    assert centre.asked[1].end - centre.asked[1].start == timedelta(hours=12)


def test_a_late_digest_says_so_and_an_old_one_that_was_asked_for_does_not() -> None:
    late = composer(Centre(), now=TUESDAY_MORNING + timedelta(hours=3)).message("daily", MONDAY)
    assert "Sent late: this digest was due at Tue 24 Nov 08:00." in late.footer
    old = composer(Centre(), now=TUESDAY_MORNING + timedelta(days=9)).message("daily", MONDAY)
    assert "late:" not in old.footer
    assert "Final." in old.footer


def test_late_events_are_told_as_a_revision_once(store: Engine) -> None:
    send_digest(store, composer(Centre(), now=WEEK_BEFORE.end + timedelta(hours=8)), "daily", WEEK_BEFORE)
    more = {**BEFORE, "Support": values(705, 47, 540)}
    first = revised(store, Centre(more), MONDAY)
    assert first == [
        "Contacts offered, Mon 16 Nov: 989 → 993 (late events arrived)",
        "Abandonment rate, Mon 16 Nov: 5.4% → 5.9% (4 contacts came late)",
    ]
    tuesday = period_of(Grain.DAY, MONDAY.end + timedelta(hours=1), ZONE)
    assert revised(store, Centre(more), tuesday) == []


def revised(store: Engine, centre: Centre, period: Period) -> list[str]:
    send_digest(store, composer(centre, now=period.end + timedelta(hours=8)), "daily", period)
    with Session(store) as session:
        key = f"day:{period.first_date.isoformat()}"
        row = session.exec(select(OutboxMessage).where(OutboxMessage.period_key == key)).first()
    assert row
    message = from_json(json.loads(row.payload))
    return [
        line
        for one in message.sections
        if one.title == "Revised since the last digest"
        for line in one.text.splitlines()
        if "23 Nov" not in line
    ]


def test_the_reason_of_a_revision_is_the_definition_else_the_settings_else_late_events() -> None:
    def said(part: float, version: str, basis: str, revision: int) -> Published:
        value = of(part, 100)
        return Published(
            period=MONDAY, kpi="service_level", value=value, version=version, basis=basis, policy_revision=revision
        )

    old = [said(80, "threshold_s=20", "a=1", 1)]
    assert [one.reason for one in revisions(old, [said(70, "threshold_s=30", "a=2", 2)])] == ["definition"]
    assert [one.reason for one in revisions(old, [said(70, "threshold_s=20", "a=2", 2)])] == ["policy"]
    assert [one.reason for one in revisions(old, [said(70, "threshold_s=20", "a=1", 1)])] == ["late"]
    assert revisions(old, [said(80, "threshold_s=30", "a=2", 2)]) == ()


def test_one_link_leads_to_the_records_of_each_missed_target_the_worst_first() -> None:
    document = policy(kpis=["offered", "service_level", "abandonment_rate", "csat"])
    targets = [{"kpi": "service_level", "value": 0.8}, {"kpi": "abandonment_rate", "value": 0.05}]
    targets += [{"kpi": "csat", "value": 0.5}]
    found = Document.model_validate({**document.model_dump(mode="json"), "targets": targets})
    links = composer(Centre(), found).message("daily", MONDAY).links
    assert [(link.label, link.url) for link in links] == [
        ("Open the report", "https://gauge.example.com/?period=2026-11-23"),
        ("Abandonment rate: records", "https://gauge.example.com/kpi/abandonment_rate?period=2026-11-23"),
        ("Service level: records", "https://gauge.example.com/kpi/service_level?period=2026-11-23"),
    ]
    assert composer(Centre(), found, base_url="").message("daily", MONDAY).links == ()


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_data_quality_names_what_is_not_read_and_who_is_silent(language: str) -> None:
    silent = {"pbx": MONDAY.end - timedelta(hours=5)}
    message = composer(Centre(), policy(language=language), silent=silent, unread=7).message("daily", MONDAY)
    first, second = message.sections[-1].text.splitlines()[:2]
    assert "7" in first
    assert "pbx" in second
    assert "19:00" in second


def test_settings_that_do_not_touch_a_kpi_are_not_blamed() -> None:
    old = [said for said in published(whole(MONDAY, TODAY), Document(), 1) if said.kpi == "abandonment_rate"]
    changed = parse('language = "lv"\n[definitions]\nrepeat_contact_days = 3\n[teams.Day]\nagents = ["Ann"]')
    late = [replace(said, value=of(1, 10)) for said in published(whole(MONDAY, TODAY), changed, 2)]
    assert [one.reason for one in revisions(old, late)] == ["late"]
    ended = parse('[sources.pbx]\nadapter = "asterisk"\nattribution = "end"')
    moved = [replace(said, value=of(1, 10)) for said in published(whole(MONDAY, TODAY), ended, 2)]
    assert [one.reason for one in revisions(old, moved)] == ["policy"]


def test_a_difference_that_nobody_would_see_is_no_revision() -> None:
    old = Published(period=MONDAY, kpi="abandonment_rate", value=of(1270, 10000))
    new = Published(period=MONDAY, kpi="abandonment_rate", value=of(1274, 10000))
    assert revisions([old], [new]) == ()


def test_every_number_of_a_report_is_remembered_with_its_definition() -> None:
    one = published(by_queue(MONDAY, {"Support": TODAY["Support"]}), Document(), policy_revision=7)
    level = next(item for item in one if item.kpi == "service_level")
    assert level.groups == "queue=Support"
    assert level.version == "threshold_s=20.0;variant=SL-3;version=1"
    assert level.policy_revision == 7
    assert level.value == of(431, 812)


# Which period, and when


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("grain", "now", "start", "end"),
    [
        ("hour", "2026-11-24T10:05+02:00", "2026-11-24T09:00+02:00", "2026-11-24T10:00+02:00"),
        ("day", "2026-11-24T08:00+02:00", "2026-11-23T00:00+02:00", "2026-11-24T00:00+02:00"),
        ("week", "2026-11-24T08:00+02:00", "2026-11-16T00:00+02:00", "2026-11-23T00:00+02:00"),
        ("month", "2026-11-24T08:00+02:00", "2026-10-01T00:00+03:00", "2026-11-01T00:00+02:00"),
        ("quarter", "2026-11-24T08:00+02:00", "2026-07-01T00:00+03:00", "2026-10-01T00:00+03:00"),
        ("year", "2026-11-24T08:00+02:00", "2025-01-01T00:00+02:00", "2026-01-01T00:00+02:00"),
    ],
)
def test_a_digest_is_about_the_last_complete_period(grain: str, now: str, start: str, end: str) -> None:
    document = policy(grain=grain, compare="previous")
    period = period_for(document.digests["daily"], document, at(now))
    assert (period.start, period.end) == (at(start), at(end))


def test_on_monday_a_centre_that_was_closed_over_the_weekend_reads_about_friday() -> None:
    document = policy()
    week = {day: ["09:00-18:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    closed = Document.model_validate(
        {**document.model_dump(mode="json"), "calendars": {"desk": week}, "business_calendar": "desk"}
    )
    period = period_for(closed.digests["daily"], closed, at("2026-11-23T08:00+02:00"))
    assert period.first_date.isoformat() == "2026-11-20"


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")


@pytest.mark.parametrize(
    ("weekdays", "opened", "due", "told"),
    [
        # Friday is a sending day, so Monday tells of what came after it
        (WEEK, (*WEEK, "saturday"), "2026-11-23T08:00+02:00", ["2026-11-20", "2026-11-21"]),
        (WEEK, WEEK, "2026-11-23T08:00+02:00", ["2026-11-20"]),
        (WEEK, None, "2026-11-23T08:00+02:00", ["2026-11-20", "2026-11-21", "2026-11-22"]),
        (WEEK, (*WEEK, "saturday"), "2026-11-24T08:00+02:00", ["2026-11-23"]),
        (None, None, "2026-11-23T08:00+02:00", ["2026-11-22"]),
        (None, WEEK, "2026-11-22T08:00+02:00", ["2026-11-20"]),
    ],
)
def test_the_next_sending_day_tells_of_each_open_day_since_the_last_one(
    weekdays: Sequence[str] | None, opened: Sequence[str] | None, due: str, told: list[str]
) -> None:
    document = policy(**({"weekdays": weekdays} if weekdays else {}))
    if opened:
        desk = {"desk": {day: ["09:00-18:00"] for day in opened}}
        data = {**document.model_dump(mode="json"), "calendars": desk, "business_calendar": "desk"}
        document = Document.model_validate(data)
    found = periods_for(document.digests["daily"], document, at(due))
    assert [one.first_date.isoformat() for one in found] == told


@pytest.mark.parametrize("clock", ["00:00", "03:30", "08:00"])
@pytest.mark.parametrize("weekdays", [["monday"], ["tuesday", "friday"], list(WEEK)])
def test_every_day_is_told_exactly_once_over_a_change_of_the_clocks(clock: str, weekdays: list[str]) -> None:
    document = policy(at=clock, weekdays=weekdays)
    digest, first = document.digests["daily"], at("2026-10-12T00:00+03:00")
    due = dict.fromkeys(last_due(digest, document, first + timedelta(hours=hour)) for hour in range(24 * 28))
    days = [one.first_date for moment in due for one in periods_for(digest, document, moment)]
    assert [(b - a).days for a, b in pairwise(days)] == [1] * (len(days) - 1)


@pytest.mark.parametrize(
    ("changes", "now", "due"),
    [
        ({}, "2026-11-24T08:00+02:00", "2026-11-24T08:00+02:00"),
        ({}, "2026-11-24T07:59+02:00", "2026-11-23T08:00+02:00"),
        ({"weekdays": ["monday", "friday"]}, "2026-11-26T12:00+02:00", "2026-11-23T08:00+02:00"),
        ({"grain": "week", "compare": "previous"}, "2026-11-24T12:00+02:00", "2026-11-23T08:00+02:00"),
        (
            {"grain": "month", "compare": "previous", "weekdays": ["monday", "tuesday"]},
            "2026-11-24T12:00+02:00",
            "2026-11-02T08:00+02:00",
        ),
        ({"grain": "hour"}, "2026-11-24T10:25+02:00", "2026-11-24T10:00+02:00"),
        # the wall clock stays, whatever the offset
        ({}, "2026-10-24T09:00+03:00", "2026-10-24T08:00+03:00"),
        ({}, "2026-10-25T09:00+02:00", "2026-10-25T08:00+02:00"),
    ],
)
def test_a_digest_is_due_at_its_clock_time_on_its_days(changes: dict[str, object], now: str, due: str) -> None:
    document = policy(**changes)
    assert last_due(document.digests["daily"], document, at(now)) == at(due)


@pytest.mark.parametrize("clock", ["00:00", "03:30", "08:00"])
@pytest.mark.parametrize("change", ["2026-10-25", "2027-03-28"])
def test_a_day_with_a_clock_change_has_one_digest_whatever_its_time(clock: str, change: str) -> None:
    """Half past three comes twice in October and never in March."""
    document = policy(at=clock)
    digest, first = document.digests["daily"], at(f"{change}T00:00+03:00") - timedelta(days=1)
    moments = [first + timedelta(minutes=10 * step) for step in range(6 * 24 * 4)]
    due = list(dict.fromkeys(last_due(digest, document, moment) for moment in moments))
    about = [period_for(digest, document, moment).first_date for moment in due]
    assert len(about) == len(set(about))
    assert [(b - a).days for a, b in pairwise(about)] == [1] * (len(about) - 1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24T10:25+02:00", "2026-11-24T10:00+02:00"),
        # closed at six: the last hour of the day was told at six
        ("2026-11-24T23:10+02:00", "2026-11-24T18:00+02:00"),
        ("2026-11-25T09:30+02:00", "2026-11-24T18:00+02:00"),
        ("2026-11-25T10:00+02:00", "2026-11-25T10:00+02:00"),
    ],
)
def test_an_hourly_digest_keeps_to_the_opening_hours(now: str, due: str) -> None:
    week = {day: ["09:00-18:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    document = Document.model_validate(
        {
            **policy(grain="hour").model_dump(mode="json"),
            "calendars": {"desk": week},
            "business_calendar": "desk",
        }
    )
    assert last_due(document.digests["daily"], document, at(now)) == at(due)


def test_the_other_period_follows_the_policy() -> None:
    document = policy(compare=["previous", "weekday", "year"])
    found = comparisons(document.digests["daily"], document, MONDAY)
    assert [one.first_date.isoformat() for one in found] == ["2026-11-22", "2026-11-16", "2025-11-23"]


def test_the_day_before_is_the_last_one_on_which_the_centre_was_open() -> None:
    week = {day: ["09:00-18:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    document = Document.model_validate(
        {
            **policy(compare=["previous", "weekday"]).model_dump(mode="json"),
            "calendars": {"desk": {**week, "exceptions": {"2026-11-16": "closed"}}},
            "business_calendar": "desk",
        }
    )
    found = comparisons(document.digests["daily"], document, MONDAY)
    # Friday; the holiday a week before stays, since another weekday would be no such comparison
    assert [one.first_date.isoformat() for one in found] == ["2026-11-20", "2026-11-16"]


class Young(Centre):
    """It had no contacts before this month."""

    def __call__(self, ask: Ask) -> Report:
        found = super().__call__(ask)
        return found if ask.start >= WEEK_BEFORE.start else replace(found, rows=())


def test_a_further_period_has_a_column_of_changes_unless_nothing_was_measured_then() -> None:
    document = policy(compare=["weekday", "previous", "year"])
    message = composer(Young(), document).message("daily", MONDAY)
    assert message.table
    assert message.table.columns == ("KPI", "Mon 23 Nov", "Target (attained)", "Mon 16 Nov", "Change", "vs Sun 22 Nov")
    assert [cell.text for cell in message.table.rows[0]] == ["Contacts offered", "1,112", "", "989", "+12.4%", "+12.4%"]
    assert "is compared with Monday 16 November 2026 and Sunday 22 November 2026." in message.footer
    assert "Nothing was measured for Sunday 23 November 2025" in message.sections[-1].text


def test_the_attainment_is_that_of_the_plan() -> None:
    message = composer(Centre()).message("daily", MONDAY)
    assert message.table
    # 2 - 0.11601 / 0.05 = -0.32
    assert message.table.rows[1][2].text == "≤\u00a05%\u00a0✗ (−32.0%)"
    ratio = Document.model_validate({**policy().model_dump(mode="json"), "definitions": {"attainment": "ratio"}})
    other = composer(Centre(), ratio).message("daily", MONDAY).table
    # 0.05 / 0.11601 = 0.43
    assert other
    assert other.rows[1][2].text == "≤\u00a05%\u00a0✗ (43.1%)"


def test_a_target_of_a_queue_holds_for_its_line_alone() -> None:
    document = Document.model_validate(
        {
            **policy().model_dump(mode="json"),
            "targets": [
                {"kpi": "abandonment_rate", "value": 0.05},
                {"kpi": "abandonment_rate", "value": 0.2, "scope": {"queue": "Support"}},
            ],
        }
    )
    message = composer(Centre(), document).message("daily", MONDAY)
    lines = next(one.text for one in message.sections if one.title == "By queue").splitlines()
    assert lines[0] == "Support: Contacts offered 812 · Abandonment rate 14.5%\u00a0✓"
    assert message.table
    assert message.table.rows[1][2].text == "≤\u00a05%\u00a0✗ (−32.0%)"


def test_the_goal_is_that_of_the_policy_else_its_targets() -> None:
    own = composer(Centre(), policy(goal="Nobody waits longer than a minute")).message("daily", MONDAY)
    assert own.sections[0].text == "Goal: Nobody waits longer than a minute"
    derived = composer(Centre()).message("daily", MONDAY)
    assert derived.sections[0].text == "Goal: Abandonment rate ≤\u00a05%"


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_a_digest_notes_the_contacts_that_never_ended(language: str) -> None:
    message = composer(Centre(), policy(language=language), endless={"pbx": 12}).message("daily", MONDAY)
    notes = message.sections[-1].text
    assert "(pbx)" in notes or "（pbx）" in notes
    assert "12" in notes
    quiet = composer(Centre(), policy(language=language)).message("daily", MONDAY)
    assert all("pbx" not in section.text for section in quiet.sections)
