"""What customers say, measured on both databases: changed ratings, scales, places, response rates, counts of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine

from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.drain import Parsed, _prepared, _store
from plugin.inbox.sources import add_source
from plugin.kpi.answer import Ask, answer
from plugin.kpi.cells import refresh_cells
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain
from plugin.kpi.records import asked_records
from plugin.kpi.terms import terms_of
from plugin.policy.document import Document
from plugin.policy.text import parse
from plugin.report.render_json import report_json
from plugin.report.render_text import report_text

DOCUMENT = Document()
NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
NOW = datetime(2026, 5, 1, tzinfo=UTC)
MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))


def happened(kind: Kind, subject: str, hours: float = 0, **more: Any) -> Event:
    named = {name: more.pop(name) for name in ("queue", "agent", "channel") if name in more}
    at = NOON + timedelta(hours=hours)
    return Event(kind=kind, at=at, subject=subject, dedupe_key=f"{kind}{subject}{at}", data=more, **named)


def rated(subject: str, score: object, hours: float = 0, type_: str = "csat", scale: str = "1-5", **more: Any) -> Event:
    return happened(Kind.SURVEY_ANSWERED, subject, hours, type=type_, scale=scale, score=score, **more)


def stored(engine: Engine, *events: Event, source: str = "desk") -> None:
    """The events as a drain stores them, in one batch."""
    with writing(engine) as connection:
        add_source(connection, source, "generic", NOON)
        _store(connection, _prepared(Parsed(events=[(source, 1, event) for event in events]), b"secret"))
    while refresh_cells(engine, terms_of(DOCUMENT)):
        pass


def asked(
    engine: Engine, *kpis: str, start: datetime = MARCH, end: datetime = MAY, grain: Grain | None = None, by: str = ""
) -> Report:
    with reading(engine) as connection:
        ask = Ask(kpis=kpis, start=start, end=end, grain=grain, by=(by,) if by else ())
        return answer(connection, DOCUMENT, ask, NOW)


def values(report: Report, kpi: str) -> list[float | None]:
    return [row.values[kpi].value for row in report.rows]


def by_group(report: Report, kpi: str, by: str) -> Mapping[str, float | None]:
    return {row.group[by]: row.values[kpi].value for row in report.rows}


def test_of_a_changed_rating_the_last_within_the_period_counts(engine: Engine) -> None:
    # Bad on 30 March, good two hours later, bad again on 2 April.
    stored(engine, rated("1", 1), rated("1", 5, 2), rated("1", 2, 72))
    assert values(asked(engine, "csat", grain=Grain.MONTH), "csat") == [1.0, 0.0]
    (both,) = asked(engine, "csat").rows
    assert (both.values["csat"].numerator, both.values["csat"].denominator) == (0, 1)


def test_scales_are_pooled_as_positive_answers_and_never_as_a_mean(engine: Engine) -> None:
    stored(engine, rated("1", 4), rated("2", 3), rated("3", 8, scale="1-10"), rated("4", "ok", scale="good_ok_bad"))
    report = asked(engine, "csat", "csat.excl_neutral", "csat.neutral", "csat_mean")
    assert {key: one.value for key, one in report.rows[0].values.items()} == {
        "csat": 2 / 4,
        "csat.excl_neutral": 2 / 3,
        "csat.neutral": 1,
        "csat_mean": None,
    }
    assert report.notes == (
        "csat_mean: answers are on several scales (1-5, 1-10, good_ok_bad); a mean is shown only where there is one.",
    )


def test_a_group_that_was_asked_on_one_scale_has_its_mean(engine: Engine) -> None:
    stored(
        engine,
        rated("1", 4, queue="a"),
        rated("2", 3.5, queue="a"),
        rated("3", 8, scale="1-10", queue="b"),
        rated("4", "bad", scale="good_bad", queue="c"),
    )
    assert (
        by_group(asked(engine, "csat_mean", by="queue"), "csat_mean", "queue").items() >= {"a": 3.75, "b": 8.0}.items()
    )


def test_promoters_effort_and_first_contact_have_their_own_scales(engine: Engine) -> None:
    stored(
        engine,
        *(rated(f"n{score}", score, type_="nps", scale="0-10") for score in (0, 6, 7, 9, 10)),
        *(rated(f"e{score}", score, type_="ces", scale="1-7") for score in (4, 5, 7)),
        *(rated(f"f{word}", word, type_="fcr", scale="yes_no") for word in ("yes", "no", "")),
    )
    (row,) = asked(engine, "nps", "ces", "ces_mean", "fcr_survey").rows
    measured = {key: (one.value, one.denominator) for key, one in row.values.items()}
    # 2 promoters, 2 detractors of 5; 2 of 3; (4 + 5 + 7) / 3; yes / (yes + no), the blank left out
    assert measured == {
        "nps": (0, 5),
        "ces": (2 / 3, 3),
        "ces_mean": (pytest.approx(16 / 3), 3),
        "fcr_survey": (0.5, 2),
    }


def test_what_was_never_asked_is_not_available(engine: Engine) -> None:
    stored(engine, rated("1", 4))
    missing = asked(engine, "nps", "ces", "fcr_survey", "survey_response_rate", "churn").unavailable
    assert missing == {
        "nps": "missing fact: survey:nps",
        "ces": "missing fact: survey:ces",
        "fcr_survey": "missing fact: survey:fcr",
        "survey_response_rate": "missing fact: survey_sent",
        "churn": "missing fact: customer_count",
    }


def test_the_response_rate_is_of_the_surveys_that_were_sent_in_the_period(engine: Engine) -> None:
    stored(
        engine,
        *(happened(Kind.SURVEY_SENT, name, type="csat", scale="1-5") for name in ("1", "2", "3")),
        happened(Kind.SURVEY_SENT, "4", type="nps", scale="0-10"),
        rated("1", 5, 72),
        rated("2", "", 1),
        rated("unsent", 5, 1),
        rated("4", 9, 1, type_="nps", scale="0-10"),
    )
    kpis = ("survey_response_rate", "survey_response_rate.csat", "survey_response_rate.nps")
    march, april = asked(engine, *kpis, grain=Grain.MONTH).rows
    assert [march.values[key].value for key in kpis] == [2 / 4, 1 / 3, 1]
    assert [april.values[key].value for key in kpis] == [None] * 3


def test_an_answer_belongs_to_the_agent_who_was_assigned_when_it_was_given(engine: Engine) -> None:
    stored(engine, rated("1", 5, agent="Ann"), rated("1", 1, 72, agent="Bob"))
    march = asked(engine, "csat", end=APRIL, by="agent")
    assert by_group(march, "csat", "agent") == {"Ann": 1.0}
    assert by_group(asked(engine, "csat", by="agent"), "csat", "agent") == {"Bob": 0.0}


def test_an_answer_belongs_to_who_solved_the_ticket_where_the_policy_says_so(engine: Engine) -> None:
    stored(
        engine,
        happened(Kind.TICKET_OPENED, "7", -9, queue="Billing", channel="email", agent="Ann"),
        happened(Kind.TICKET_SOLVED, "7", -8),
        happened(Kind.TICKET_REOPENED, "7", -7, agent="Bob"),
        happened(Kind.TICKET_SOLVED, "7", -1, agent="Cy"),
        happened(Kind.TICKET_ASSIGNED, "7", 1, agent="Dan"),
        rated("early", 1, -7.5, ticket="7", agent="Dan"),
        rated("late", 5, 2, ticket="7", agent="Dan"),
        rated("before any", 5, -8.5, ticket="7", agent="Eve"),
        rated("of a call", 5, 2, contact="c1", agent="Flo"),
        rated("of another", 5, 2, ticket="8", agent="Flo"),
    )
    assert by_group(asked(engine, "csat", by="agent"), "csat", "agent").keys() == {"Dan", "Eve", "Flo"}
    solver = parse('[definitions]\nrated_agent = "solver"')
    with reading(engine) as connection:
        ask = Ask(kpis=("csat", "csat_mean"), start=MARCH, end=MAY, by=("agent",))
        report = answer(connection, solver, ask, NOW)
        records = asked_records(connection, solver, replace(ask, only={"agent": "Cy"}), NOW).page
    assert by_group(report, "csat", "agent") == {"Ann": 0, "Cy": 1, "Eve": 1, "Flo": 1}
    assert by_group(report, "csat_mean", "agent") == {"Ann": 1, "Cy": 5, "Eve": 5, "Flo": 5}
    assert report.definitions["csat"]["agent"] == "solver"
    assert [(one.numerator, one.fact["agent"]) for one in records] == [(1, "Cy")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_survey_has_the_queue_of_its_ticket_in_any_order_of_arrival(engine: Engine, order: tuple[int, ...]) -> None:
    events = (
        happened(Kind.SURVEY_SENT, "csat:7", 1, type="csat", scale="1-5", ticket="7"),
        happened(Kind.TICKET_OPENED, "7", queue="Billing", channel="email"),
        rated("csat:7", 5, 2, ticket="7"),
    )
    for place in order:
        stored(engine, events[place])
    stored(engine, happened(Kind.TICKET_ASSIGNED, "7", 3, queue="Disputes"))
    for by, group in (("queue", "Disputes"), ("channel", "email")):
        report = asked(engine, "csat", "survey_response_rate", by=by)
        assert by_group(report, "csat", by)[group] == 1.0
        assert by_group(report, "survey_response_rate", by) == {group: 1.0}


def test_a_queue_that_the_survey_names_is_not_replaced(engine: Engine) -> None:
    stored(engine, rated("1", 5, queue="Own", contact="c1"), rated("2", 5, contact="c1"))
    stored(engine, happened(Kind.CONTACT_QUEUED, "c1", queue="Sales", channel="chat"))
    assert {"Own", "Sales"} <= by_group(asked(engine, "csat", by="queue"), "csat", "queue").keys()


def test_few_answers_are_marked_in_every_form_of_a_report(engine: Engine) -> None:
    stored(engine, *(rated(str(number), 5) for number in range(4)))
    few = asked(engine, "csat")
    assert report_json(few)["rows"][0]["values"]["csat"]["n_too_small"] is True  # type: ignore[index,call-overload]
    assert "4 / 4, n too small" in report_text(few)
    stored(engine, rated("5", 5))
    enough = asked(engine, "csat")
    assert "n_too_small" not in report_json(enough)["rows"][0]["values"]["csat"]  # type: ignore[index,call-overload,operator]
    assert "too small" not in report_text(enough)


# -- customers


def counted(name: str, first: str, last: str, *numbers: int | None) -> Event:
    start, end, new, lost = numbers
    dates = {"from": first, "to": last}
    return happened(Kind.CUSTOMERS_COUNTED, name, **dates, at_start=start, at_end=end, new=new, lost=lost)


def kept(engine: Engine, **more: Any) -> list[tuple[float | None, float | None]]:
    rows = asked(engine, "retention", "churn", **more).rows
    return [(row.values["retention"].value, row.values["churn"].value) for row in rows]


def test_months_together_are_their_first_start_and_their_last_end(engine: Engine) -> None:
    stored(engine, counted("3", "2026-03-01", "2026-03-31", 100, 110, 20, 10))
    stored(engine, counted("4", "2026-04-01", "2026-04-30", 110, 105, 6, 11))
    assert kept(engine, grain=Grain.MONTH) == [(0.9, 0.1), (99 / 110, 11 / 110)]
    # (105 - 26) / 100 and 21 / 100, where a mean of the months would say 0.9 and 0.1
    assert kept(engine) == [(0.79, 0.21)]
    assert kept(engine, end=datetime(2026, 3, 8, tzinfo=UTC)) == [(None, None)]


def test_a_gap_between_counts_is_no_number(engine: Engine) -> None:
    stored(engine, counted("3", "2026-03-01", "2026-03-31", 100, 110, 20, 10))
    stored(engine, counted("4", "2026-04-02", "2026-04-30", 110, 105, 6, 11))
    assert kept(engine) == [(None, None)]


def test_a_quarter_and_its_months_count_once(engine: Engine) -> None:
    stored(engine, counted("3", "2026-03-01", "2026-03-31", 100, 110, 20, 10))
    stored(engine, counted("both", "2026-03-01", "2026-04-30", 100, 105, 26, 21))
    assert kept(engine) == [(0.79, 0.21)]


def test_what_was_not_counted_follows_from_the_rest(engine: Engine) -> None:
    stored(engine, counted("3", "2026-03-01", "2026-03-31", 98, None, None, 45))
    assert kept(engine) == [(pytest.approx(53 / 98), pytest.approx(45 / 98))]
    stored(engine, counted("3", "2026-03-01", "2026-03-31", 98, None, None, 45), source="other")
    assert asked(engine, "churn").rows[0].values["churn"].denominator == 196


def test_the_counts_behind_a_rate_are_listed_with_what_each_adds(engine: Engine) -> None:
    stored(engine, counted("m", "2026-03-01", "2026-03-31", 100, 105, 20, None))
    stored(engine, counted("a", "2026-04-01", "2026-04-30", 105, 90, 10, None))
    with reading(engine) as connection:
        ask = Ask(kpis=("churn",), start=MARCH, end=MAY)
        found = asked_records(connection, DOCUMENT, ask, NOW)
        pooled = asked_records(connection, DOCUMENT, replace(ask, kpis=("csat_mean",)), NOW)
    # kept 90 - 30, so 40 of 100 were lost
    assert (found.whole.numerator, found.whole.denominator) == (40, 100)
    assert [(one.fact["subject"], one.numerator, one.denominator) for one in found.page] == [
        ("m", 120, 100),
        ("a", -80, None),
    ]
    assert pooled.total == 0


def test_a_mean_is_listed_only_where_all_answers_are_on_one_scale(engine: Engine) -> None:
    stored(engine, rated("1", 4, queue="a"), rated("2", 3.5, queue="a"), rated("3", 8, scale="1-10", queue="b"))
    with reading(engine) as connection:
        ask = Ask(kpis=("csat_mean",), start=MARCH, end=MAY)
        assert asked_records(connection, DOCUMENT, ask, NOW).total == 0
        by = asked_records(connection, DOCUMENT, replace(ask, by=("queue",)), NOW)
    assert {(one.group, one.numerator, one.denominator) for one in by.page} == {
        (("a",), 4, 1),
        (("a",), 3.5, 1),
        (("b",), 8, 1),
    }
