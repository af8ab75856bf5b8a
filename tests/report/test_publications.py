"""What digests said stays what they said: listed with its definition and every revision, old to new."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sample_report import BEFORE, DEFINITIONS, MONDAY, TODAY, WEEK_BEFORE, of, values, whole
from sqlalchemy import Engine
from sqlmodel import Session

from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Period
from plugin.policy.document import Document
from plugin.report.publications import (
    Publication,
    publication_json,
    publication_lines,
    publications,
    publications_csv,
    revised_since,
    revision_text,
)
from plugin.report.published import Published, Reason, Revision, published, remember

Groups = Mapping[str, Mapping[str, Measurement]]
MORNING = MONDAY.end + timedelta(hours=8)
LATER = {**BEFORE, "Support": values(705, 47, 540)}


def told(period: Period, groups: Groups, only: dict[str, str] | None = None) -> list[Published]:
    both = published(whole(period, groups), Document(), 0, only)
    return [one for one in both if one.kpi in ("offered", "abandonment_rate")]


def sent(engine: Engine, only: dict[str, str] | None = None) -> None:
    """The Monday before, then this one, whose digest finds late events."""
    with session_scope(engine) as session:
        remember(session, "daily", told(WEEK_BEFORE, BEFORE, only), WEEK_BEFORE.end + timedelta(hours=8))
        remember(session, "daily", told(MONDAY, TODAY, only), MORNING)
        remember(session, "daily", told(WEEK_BEFORE, LATER, only), MORNING)


def listed(engine: Engine, **question: object) -> tuple[int, tuple[Publication, ...]]:
    with Session(engine) as session:
        return publications(session, **question)  # type: ignore[arg-type]


def test_every_number_is_listed_once_with_what_was_said_of_it_later(engine: Engine) -> None:
    sent(engine)
    total, found = listed(engine)
    assert total == 4
    assert [(one.first.period, one.first.kpi, len(one.revisions)) for one in found] == [
        (MONDAY, "offered", 0),
        (MONDAY, "abandonment_rate", 0),
        (WEEK_BEFORE, "offered", 1),
        (WEEK_BEFORE, "abandonment_rate", 1),
    ]
    (revision,) = found[3].revisions
    assert (revision.old, revision.new) == (of(53, 989), of(59, 993))
    assert (revision.reason, revision.came_late, revision.at) == (Reason.LATE, 4, MORNING)


def test_json_has_period_scope_sums_definition_revision_and_moment(engine: Engine) -> None:
    sent(engine, only={"queue": "Support"})
    _, found = listed(engine, kpi="abandonment_rate", period=WEEK_BEFORE)
    (one,) = [publication_json(each) for each in found]
    revisions = one.pop("revisions")
    assert one == {
        "digest": "daily",
        "period": "2026-11-16",
        "grain": "day",
        "start": "2026-11-16T00:00:00+02:00",
        "end": "2026-11-17T00:00:00+02:00",
        "timezone": "Europe/Riga",
        "scope": {"queue": "Support"},
        "kpi": "abandonment_rate",
        "value": pytest.approx(53 / 989),
        "numerator": 53,
        "denominator": 989,
        "definition": {"version": "1"},
        "policy_revision": 0,
        "provisional": False,
        "at": "2026-11-17T08:00:00+02:00",
    }
    assert [(each["old"]["denominator"], each["new"]["denominator"], each["at"]) for each in revisions] == [  # type: ignore[index, call-overload, union-attr]
        (989, 993, "2026-11-24T08:00:00+02:00")
    ]


def test_a_page_of_the_list_and_its_length(engine: Engine) -> None:
    sent(engine)
    total, found = listed(engine, skip=2, most=1)
    assert (total, [one.first.kpi for one in found]) == (4, ["offered"])
    assert listed(engine, kpi="asa") == (0, ())


def test_text_says_the_number_and_below_it_its_revisions(engine: Engine) -> None:
    sent(engine)
    _, found = listed(engine, kpi="abandonment_rate", period=WEEK_BEFORE)
    assert publication_lines(found[0]) == [
        "Monday 16 November 2026, Abandonment rate: 5.4%, 53 / 989 (daily, Tue 17 Nov 08:00, version=1, policy 0)",
        "  Tue 24 Nov 08:00  Abandonment rate: 5.4% → 5.9% (4 contacts came late)",
    ]


def test_csv_has_a_line_for_every_word(engine: Engine) -> None:
    sent(engine, only={"queue": "=Support"})
    _, found = listed(engine, kpi="abandonment_rate", period=WEEK_BEFORE)
    head, first, revised = csv.reader(io.StringIO(publications_csv(found)))
    said, later = (dict(zip(head, line, strict=True)) for line in (first, revised))
    assert said == {
        "digest": "daily",
        "period": "2026-11-16",
        "start": "2026-11-16T00:00:00+02:00",
        "end": "2026-11-17T00:00:00+02:00",
        "scope": "queue==Support",
        "kpi": "abandonment_rate",
        "value": str(53 / 989),
        "numerator": "53",
        "denominator": "989",
        "definition": "version=1",
        "policy_revision": "0",
        "provisional": "no",
        "at": "2026-11-17T08:00:00+02:00",
        "reason": "",
    }
    assert (later["numerator"], later["denominator"], later["reason"]) == ("59", "993", "late")
    assert later["at"] == "2026-11-24T08:00:00+02:00"


def said(part: float, groups: str = "", kpi: str = "abandonment_rate") -> Published:
    return Published(period=MONDAY, kpi=kpi, groups=groups, value=of(part, 100), version="version=1")


def test_a_page_compares_the_first_word_with_now_and_leaves_parts_of_the_centre_out(engine: Engine) -> None:
    with session_scope(engine) as session:
        remember(session, "a", [said(5)], MORNING)
        remember(session, "b", [said(6), said(9, "queue=Sales")], MORNING + timedelta(hours=1))
    with Session(engine) as session:
        (revision,) = revised_since(session, MONDAY, [said(7)])
        assert (revision.old, revision.new) == (of(5, 100), of(7, 100))
        assert revised_since(session, MONDAY, [said(5)]) == ()
        assert revised_since(session, WEEK_BEFORE, [said(7)]) == ()


def test_what_was_said_is_kept_whatever_the_policy_says_later(engine: Engine) -> None:
    with session_scope(engine) as session:
        remember(session, "daily", [said(5)], MORNING)
        remember(session, "daily", [said(5)], MORNING + timedelta(days=1))
    total, (one,) = listed(engine)
    assert total == 1
    assert (one.first.value, one.first.at, one.revisions) == (of(5, 100), MORNING, ())


def test_a_number_says_whether_it_was_provisional_when_it_was_said(engine: Engine) -> None:
    report = whole(MONDAY, BEFORE)
    first = report.rows[0]
    marked = type(first)(period=first.period, group={}, values=first.values, unsettled=frozenset({"offered"}))
    with session_scope(engine) as session:
        remember(
            session,
            "daily",
            published(type(report)(timezone="UTC", definitions=DEFINITIONS, rows=(marked,)), Document()),
            MORNING,
        )
    _, found = listed(engine)
    assert {one.first.kpi for one in found if one.first.provisional} == {"offered"}


def revision(kpi: str, old: Measurement, new: Measurement, reason: Reason = Reason.LATE) -> Revision:
    return Revision(period=MONDAY, kpi=kpi, groups="", old=old, new=new, reason=reason)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "12 contacts came late"),
        ("lv", "novēloti ieskaitīts: 12"),
        ("ru", "поступило с опозданием: 12"),
        ("zh", "12次联络迟到"),
    ],
)
def test_a_revision_says_how_many_came_late(language: str, words: str) -> None:
    assert words in revision_text(revision("abandonment_rate", of(10, 100), of(11, 112)), language)


@pytest.mark.parametrize(
    ("kpi", "old", "new", "reason"),
    [
        ("occupancy", of(1000, 2000), of(1500, 2500), Reason.LATE),
        ("abandonment_rate", of(10, 100), of(9, 100), Reason.LATE),
        ("abandonment_rate", of(10, 100), of(9, 90), Reason.LATE),
        ("abandonment_rate", of(10, 100), of(11, 112), Reason.POLICY),
        ("offered", of(100), of(112), Reason.LATE),
    ],
)
def test_nothing_is_said_to_have_come_late_where_that_is_not_known(
    kpi: str, old: Measurement, new: Measurement, reason: Reason
) -> None:
    assert revision(kpi, old, new, reason).came_late == 0
