"""Contacts in the period of their entry or of their end: as the policy sets for each source, or as a question asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from busy_centre import DOCUMENT, NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from installed import asked, imported, installed
from sqlalchemy import Engine, text

from plugin.database import open_engine, reading, session_scope, writing
from plugin.installation import Installation
from plugin.kpi.answer import Ask, answer
from plugin.kpi.cells import rebuild_cells
from plugin.kpi.gather import Place
from plugin.kpi.measure import measure
from plugin.kpi.measures import MEASURES, STREAMS
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.question import Question
from plugin.kpi.terms import terms_of
from plugin.policy import revisions
from plugin.policy.document import Attribution
from plugin.policy.text import parse
from plugin.work import settle_cells, settle_facts

POLICY = 'timezone = "UTC"\n[sources.pbx]\nadapter = "asterisk"\n'
BY_END = POLICY + 'attribution = "end"\n'
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
#: calls as (second after nine of the entry, wait, talk or None for an abandoned one, both in seconds)
Call = tuple[int, int, int | None]
KPIS = ("offered", "answered", "abandoned", "asa", "asa.p50", "talk_time", "contacts_offered", "service_level")
COUNTS = ("offered", "answered", "abandoned", "contacts_offered", "contacts_handled")


def log_of(calls: Sequence[Call], path: Path) -> Path:
    lines = []
    for number, (entry, wait, talk) in enumerate(calls):
        second = int(NINE.timestamp()) + entry
        lines.append((second, f"{number}.1|support|NONE|ENTERQUEUE||1|1"))
        if talk is None:
            lines.append((second + wait, f"{number}.1|support|NONE|ABANDON|1|1|{wait}"))
        else:
            lines.append((second + wait, f"{number}.1|support|Ann|CONNECT|{wait}|x|1"))
        if talk:
            lines.append((second + wait + talk, f"{number}.1|support|Ann|COMPLETECALLER|{wait}|{talk}|1"))
    path.write_text("".join(f"{second}|{line}\n" for second, line in sorted(lines)))
    return path


def applied(opened: Installation, policy: str) -> None:
    with session_scope(opened.engine) as session:
        revisions.apply(session, parse(policy), "test", NOW)
    opened.reload()
    settle_facts(opened, NOW)
    settle_cells(opened)


def by_quarter(opened: Installation, kpi: str) -> list[float | None]:
    """Of the four quarters of the hour after nine."""
    spans = [(NINE + timedelta(minutes=15 * n), NINE + timedelta(minutes=15 * (n + 1))) for n in range(4)]
    reports = [asked(opened, [kpi], start.isoformat(), end.isoformat(), None) for start, end in spans]
    return [report.rows[0].values[kpi].value for report in reports]


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Installation:
    """A call from 09:10 to 09:20, one that is given up at 09:16 after two minutes, and one from 09:29 on that lasts."""
    found = installed(engine, tmp_path, POLICY)
    calls: list[Call] = [(600, 5, 595), (840, 120, None), (1740, 10, 0)]
    imported(found, "asterisk", [log_of(calls, tmp_path / "queue_log")], source="pbx")
    return found


def test_the_policy_chooses_for_each_source_and_the_past_follows(opened: Installation) -> None:
    assert by_quarter(opened, "offered") == [2, 1, 0, 0]
    applied(opened, BY_END)
    # The call that lasts has no end yet, and counts at its entry.
    assert by_quarter(opened, "offered") == [0, 3, 0, 0]
    assert by_quarter(opened, "abandonment_rate") == [None, 1 / 3, None, None]
    assert by_quarter(opened, "talk_time") == [None, 595, None, None]
    assert by_quarter(opened, "contacts_offered") == [0, 3, 0, 0]
    rebuild_cells(opened.engine, opened.terms)
    assert by_quarter(opened, "offered") == [0, 3, 0, 0]
    applied(opened, POLICY)
    assert by_quarter(opened, "offered") == [2, 1, 0, 0]


def test_a_contact_moves_to_the_period_of_its_end_when_it_ends(opened: Installation, tmp_path: Path) -> None:
    applied(opened, BY_END)
    later = tmp_path / "later"
    later.write_text(f"{int(NINE.timestamp()) + 3000}|2.1|support|Ann|COMPLETECALLER|10|1250|1\n")
    imported(opened, "asterisk", [later], source="pbx")
    assert by_quarter(opened, "offered") == [0, 2, 0, 1]
    assert by_quarter(opened, "talk_time") == [None, 595, None, 1250]


def test_where_it_counts_by_end_the_report_says_so(opened: Installation) -> None:
    def notes() -> tuple[str, ...]:
        return asked(opened, ["offered"], NINE.isoformat(), (NINE + timedelta(hours=1)).isoformat()).notes

    assert notes() == ()
    applied(opened, BY_END)
    assert notes() == ("Contacts of pbx count in the period in which they ended.",)


def test_both_can_be_asked_for_whatever_the_policy_chose(opened: Installation) -> None:
    def values(attribution: Attribution | None) -> list[float | None]:
        ask = Ask(
            kpis=KPIS, start=NINE, end=NINE + timedelta(minutes=15), only={"source": "pbx"}, attribution=attribution
        )
        with reading(opened.engine) as connection:
            (row,) = answer(connection, opened.document, ask, NOW, opened.knows).rows
        return [row.values[kpi].value for kpi in KPIS]

    entry, end = values("entry"), values("end")
    assert entry[:2] == [2, 1]
    assert end[:2] == [0, 0]
    assert values(None) == entry
    applied(opened, BY_END)
    assert (values("entry"), values("end"), values(None)) == (entry, end, end)


@pytest.mark.parametrize("by", [(), ("queue",), ("agent",)])
def test_reading_by_entry_gives_what_cells_by_entry_hold(centre: Engine, by: tuple[str, ...]) -> None:
    terms = terms_of(DOCUMENT)
    kpis = ("offered", "abandonment_rate", "service_level", "asa.p90", "aht", "talk_time.p50", "cost_per_minute")
    periods = tuple(periods_between(Grain.HOUR, NOW - timedelta(days=2), NOW, terms.timezone))
    chosen = Question(periods=periods, by=by, as_of=NOW)

    def active(attribution: Attribution | None) -> dict[Place, dict[str, Measurement]]:
        with reading(centre) as connection:
            found = measure(connection, kpis, replace(chosen, attribution=attribution), terms)
        return {place: values for place, values in found.items() if any(one.numerator for one in values.values())}

    assert active("entry") == active(None)
    assert active("end") != active(None)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def emptied(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Engine]:
    engine = open_engine(new_database(request.param))
    yield engine
    engine.dispose()


calls_that_end = st.lists(
    st.tuples(st.integers(0, 7000), st.integers(0, 1800), st.one_of(st.none(), st.integers(1, 5000))), max_size=8
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=calls_that_end)
def test_over_all_periods_both_are_the_same_once_all_contacts_have_ended(
    calls: list[Call], emptied: Engine, tmp_path: Path
) -> None:
    with writing(emptied) as connection:
        for table in ("delivery", "event", "contact", "queue_visit", "agent_leg", "cell", "dirty_slot", "source"):
            connection.execute(text(f"DELETE FROM {table}"))
    opened = installed(emptied, tmp_path, POLICY)
    imported(opened, "asterisk", [log_of(calls, tmp_path / "queue_log")], source="pbx")
    terms = terms_of(opened.document)
    hours = tuple(
        Period(grain=Grain.HOUR, start=NINE + timedelta(hours=n), end=NINE + timedelta(hours=n + 1), timezone="UTC")
        for n in range(5)
    )
    totals = []
    for attribution in ("entry", "end", None):
        question = Question(periods=hours, as_of=NOW, attribution=attribution)  # type: ignore[arg-type]
        with reading(emptied) as connection:
            found = measure(connection, COUNTS, question, terms)
        totals.append([sum(values[key].numerator for values in found.values()) for key in COUNTS])
    assert totals[0] == totals[1] == totals[2]
    assert totals[0][0] == len(calls)


def test_every_sum_of_contacts_visits_and_legs_can_be_read_by_either_moment() -> None:
    """A new one is not forgotten; evaluations follow the policy, and what an agent's phone did is at its own time."""
    fixed = {
        MEASURES[key].stream
        for key in MEASURES
        if STREAMS[MEASURES[key].stream].at == "counted_at" and STREAMS[MEASURES[key].stream].entry is None
    }
    assert fixed == {"evaluation", "ticket_timer"}
