"""Reports: cells against facts, days of 23 and 25 hours, empty periods, late events, changed definitions, costs, attainment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from busy_centre import DOCUMENT, NOW, fill
from installed import asked, imported, installed
from sqlalchemy import Engine, text

from plugin.database import open_engine, reading, writing
from plugin.kpi.answer import STANDARD_KPIS, Ask, AskError, answer, facts_by_source, value
from plugin.kpi.cells import refresh_cells
from plugin.kpi.measure import Question, measure
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.terms import terms_of

KPIS = (
    "offered",
    "answered",
    "abandoned",
    "service_level",
    "asa",
    "asa.p90",
    "average_wait",
    "longest_wait",
    "talk_time",
    "aht",
)
RIGA = ZoneInfo("Europe/Riga")


def queue_log(path: Path, calls: list[tuple[datetime, int, int | None]], queue: str = "support") -> Path:
    """Calls as (entry, wait, talk or None for an abandoned one)."""
    lines = []
    for number, (at, wait, talk) in enumerate(calls):
        second, call = at.timestamp(), f"{at.timestamp():.0f}.{number}"
        lines.append(f"{second:.0f}|{call}|{queue}|NONE|ENTERQUEUE||+49305550{number:03}|1")
        if talk is None:
            lines.append(f"{second + wait:.0f}|{call}|{queue}|NONE|ABANDON|1|1|{wait}")
        else:
            lines.append(f"{second + wait:.0f}|{call}|{queue}|Ann|CONNECT|{wait}|x|1")
            lines.append(f"{second + wait + talk:.0f}|{call}|{queue}|Ann|COMPLETECALLER|{wait}|{talk}|1")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def by_minutes(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Engine]:
    """The busy centre, in which everything happens at full minutes; only read from."""
    engine = open_engine(new_database(request.param))
    fill(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE queue_visit SET counted_at = counted_at - counted_at % 60000"))
        connection.execute(text("UPDATE agent_leg SET counted_at = counted_at - counted_at % 60000"))
        connection.execute(text("INSERT INTO dirty_slot SELECT DISTINCT counted_at / 900000 FROM queue_visit"))
    while refresh_cells(engine, terms_of(DOCUMENT)):
        pass
    yield engine
    engine.dispose()


@pytest.mark.parametrize("by", [(), ("queue",), ("channel", "queue")])
@pytest.mark.parametrize("grain", [Grain.HOUR, Grain.DAY, Grain.WEEK])
def test_cells_and_facts_give_the_same_numbers(by_minutes: Engine, by: tuple[str, ...], grain: Grain) -> None:
    terms = terms_of(DOCUMENT)
    start, end = datetime(2026, 11, 9, tzinfo=RIGA), datetime(2026, 11, 23, tzinfo=RIGA)
    periods = tuple(periods_between(grain, start, end, "Europe/Riga"))
    # One second off every border, no cell can tell, so the facts have to.
    moved = tuple(
        Period(
            grain=p.grain, start=p.start - timedelta(seconds=1), end=p.end - timedelta(seconds=1), timezone=p.timezone
        )
        for p in periods
    )
    with reading(by_minutes) as connection:
        cells = measure(connection, KPIS, Question(periods=periods, by=by, as_of=NOW), terms)
        facts = measure(connection, KPIS, Question(periods=moved, by=by, as_of=NOW), terms)
    active = {place: values for place, values in cells.items() if values["offered"].value}
    assert active == {place: values for place, values in facts.items() if values["offered"].value}
    assert len(active) > len(periods) / 4


def test_the_parts_add_up_to_the_whole(centre: Engine) -> None:
    start, end = datetime(2026, 11, 2, tzinfo=RIGA), datetime(2026, 11, 23, tzinfo=RIGA)
    with reading(centre) as connection:
        ask = Ask(kpis=("offered", "service_level", "asa"), start=start, end=end)
        whole = answer(connection, DOCUMENT, ask, NOW).rows[0].values
        for grain, by in ((Grain.DAY, ()), (Grain.HOUR, ("queue",)), (None, ("queue", "agent"))):
            parts = answer(connection, DOCUMENT, Ask(kpis=ask.kpis, start=start, end=end, grain=grain, by=by), NOW).rows
            for kpi, total in whole.items():
                assert sum(row.values[kpi].numerator for row in parts) == pytest.approx(total.numerator)
                assert sum(row.values[kpi].denominator or 0 for row in parts) == (total.denominator or 0)


@pytest.mark.parametrize("kpi", [*STANDARD_KPIS, "asa.p90", "longest_wait", "occupancy", "plan_attainment"])
def test_the_value_alone_is_that_of_the_report(centre: Engine, kpi: str) -> None:
    ask = Ask(kpis=(kpi,), start=NOW - timedelta(minutes=40), end=NOW, only={"queue": "Support"})
    with reading(centre) as connection:
        (row,) = answer(connection, DOCUMENT, ask, NOW).rows
        assert value(connection, DOCUMENT, ask, NOW, facts_by_source(connection, {})) == row.values.get(kpi)


def test_days_of_23_and_25_hours_hold_the_calls_of_their_own_midnights(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, 'timezone = "Europe/Riga"')
    hours = [datetime(2026, 3, 28, 22, 30, tzinfo=UTC) + timedelta(hours=n) for n in range(23)]
    hours += [datetime(2026, 10, 24, 21, 30, tzinfo=UTC) + timedelta(hours=n) for n in range(25)]
    imported(opened, "asterisk", [queue_log(tmp_path / "log", [(at, 5, 60) for at in hours])])
    for day, start, end, length in (
        ("spring", "2026-03-29T00:00:00+02:00", "2026-03-30T00:00:00+03:00", 23),
        ("autumn", "2026-10-25T00:00:00+03:00", "2026-10-26T00:00:00+02:00", 25),
    ):
        (whole,) = asked(opened, ("offered",), start, end, "day").rows
        by_hour = asked(opened, ("offered",), start, end, "hour").rows
        assert whole.values["offered"].value == length, day
        assert [row.values["offered"].value for row in by_hour] == [1] * length, day
        assert (whole.period.end - whole.period.start) == timedelta(hours=length), day


def test_an_empty_period_has_counts_of_zero_and_ratios_of_nothing(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    imported(opened, "asterisk", [queue_log(tmp_path / "log", [(datetime(2026, 11, 2, 9, tzinfo=UTC), 5, 60)])])
    (row,) = asked(opened, (*KPIS, "abandonment_rate"), "2026-11-03T00:00:00+00:00", "2026-11-04T00:00:00+00:00").rows
    assert {key: one.value for key, one in row.values.items()} == {
        "offered": 0,
        "answered": 0,
        "abandoned": 0,
        "longest_wait": None,
        **dict.fromkeys(("service_level", "asa", "asa.p90", "average_wait", "talk_time", "aht", "abandonment_rate")),
    }


def test_a_late_delivery_changes_the_days_it_tells_of(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    span = ("2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00")
    imported(opened, "asterisk", [queue_log(tmp_path / "first", [(at, 5, 60)])])
    assert asked(opened, ("offered",), *span, "month").rows[0].values["offered"].value == 1
    imported(opened, "asterisk", [queue_log(tmp_path / "late", [(at + timedelta(days=1, seconds=7), 9, None)])])
    assert asked(opened, ("offered",), *span, "month").rows[0].values["offered"].value == 2
    days = asked(opened, ("abandoned",), *span, "day").rows
    assert [row.values["abandoned"].value for row in days][:4] == [0, 0, 1, 0]


def test_another_threshold_changes_history_by_the_same_path_as_a_late_event(engine: Engine, tmp_path: Path) -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    span = ("2026-11-02T00:00:00+00:00", "2026-11-03T00:00:00+00:00")
    opened = installed(engine, tmp_path)
    imported(opened, "asterisk", [queue_log(tmp_path / "log", [(at, 5, 60), (at, 30, 60)])])
    assert asked(opened, ("service_level",), *span).rows[0].values["service_level"].value == 0.5
    changed = installed(engine, tmp_path, "[definitions]\nservice_level_threshold_s = 30\n")
    while refresh_cells(engine, changed.terms):
        pass
    report = asked(changed, ("service_level",), *span)
    assert report.rows[0].values["service_level"].value == 1.0
    assert report.definitions["service_level"]["threshold_s"] == 30


def test_what_no_source_supplies_is_named_and_never_zero(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    imported(opened, "asterisk", [queue_log(tmp_path / "log", [(datetime(2026, 11, 2, 9, tzinfo=UTC), 5, 60)])])
    kpis = ("offered", "hold_time", "csat", "total_cost", "plan_attainment")
    report = asked(opened, kpis, "2026-11-02T00:00:00+00:00", "2026-11-03T00:00:00+00:00")
    assert set(report.rows[0].values) == {"offered"}
    assert report.unavailable == {
        "hold_time": "missing fact: hold",
        "csat": "missing fact: survey:csat",
        "total_cost": "missing fact: cost",
        "plan_attainment": "missing fact: target",
    }


COSTS = """
currency = "EUR"
[[costs]]
category = "wages"
amount = 3000
month = "2026-11"
[[costs]]
category = "telephony"
amount = 300
month = "2026-11"
channel = "voice"
[[targets]]
kpi = "asa"
value = 10.0
"""


def test_costs_are_pro_rated_and_their_parts_add_up(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, COSTS)
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    imported(opened, "asterisk", [queue_log(tmp_path / "a", [(at, 5, 60), (at, 9, 120)])])
    imported(opened, "asterisk", [queue_log(tmp_path / "b", [(at + timedelta(minutes=1), 6, 20)], "sales")])
    span = ("2026-11-02T00:00:00+00:00", "2026-11-03T00:00:00+00:00")
    report = asked(opened, ("total_cost", "cost_per_contact", "cost_per_call"), *span)
    values = report.rows[0].values
    # 3300 a month are 110 a day in November; three calls were answered.
    assert values["total_cost"].value == pytest.approx(110)
    assert values["cost_per_contact"].value == pytest.approx(110 / 3)
    assert values["cost_per_call"].value == pytest.approx(110 / 3)
    assert report.notes == ("Costs are pro-rated by calendar days.",)
    by_queue = asked(opened, ("total_cost",), *span, "day", ("queue",)).rows
    shares = {row.group["queue"]: row.values["total_cost"].value for row in by_queue}
    # by handle time: 180 s of 200 s in support
    assert shares == pytest.approx({"support": 99, "sales": 11})
    month = asked(opened, ("total_cost",), "2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00", "month")
    assert month.rows[0].values["total_cost"].value == pytest.approx(3300)


def test_attainment_of_a_lower_is_better_target_is_linear_and_not_capped(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, COSTS)
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    imported(opened, "asterisk", [queue_log(tmp_path / "a", [(at, 5, 60), (at + timedelta(days=1), 25, 60)])])
    rows = asked(opened, ("plan_attainment",), "2026-11-02T00:00:00+00:00", "2026-11-05T00:00:00+00:00").rows
    # 2 - 5/10, 2 - 25/10, and no plan where nothing was measured
    assert [row.values["plan_attainment"].value for row in rows] == [pytest.approx(1.5), pytest.approx(-0.5), None]
    assert rows[0].values["plan_attainment.asa"].value == pytest.approx(1.5)


def test_attainment_by_ratio_is_target_over_actual(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, COSTS + '[definitions]\nattainment = "ratio"\n')
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    waits = [(at, 5, 60), (at + timedelta(days=1), 25, 60), (at + timedelta(days=2), 0, 60)]
    imported(opened, "asterisk", [queue_log(tmp_path / "a", waits)])
    report = asked(opened, ("plan_attainment",), "2026-11-02T00:00:00+00:00", "2026-11-06T00:00:00+00:00")
    # 10/5, 10/25, nothing over a wait of 0, and nothing measured
    found = [row.values["plan_attainment"].value for row in report.rows]
    assert found == [pytest.approx(2), pytest.approx(0.4), None, None]
    assert report.definitions["plan_attainment"]["variant"] == "ratio"


def test_a_login_that_still_lasts_runs_to_the_end_of_the_report_but_not_into_the_future(
    engine: Engine, tmp_path: Path
) -> None:
    opened = installed(engine, tmp_path)
    began = datetime(2026, 11, 24, 9, tzinfo=UTC)
    (tmp_path / "log").write_text(f"{began.timestamp():.0f}|x|NONE|Agent/3|AGENTLOGIN|SIP/a\n")
    imported(opened, "asterisk", [tmp_path / "log"])
    rows = asked(opened, ("login_time",), "2026-11-24T00:00:00+00:00", "2026-11-26T00:00:00+00:00", "day").rows
    assert [row.values["login_time"].value for row in rows] == [3 * 3600, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"kpis": ("nonsense",)}, "kpi"), ({"by": ("planet",)}, "by"), ({"end": datetime(2026, 11, 1, tzinfo=UTC)}, "to")],
)
def test_a_wrong_question_is_refused_by_the_name_of_its_part(
    engine: Engine, changes: dict[str, object], field: str
) -> None:
    ask = Ask(**{"kpis": ("offered",), "start": NOW, "end": NOW + timedelta(hours=1), **changes})  # type: ignore[arg-type]
    with reading(engine) as connection, pytest.raises(AskError) as caught:
        answer(connection, DOCUMENT, ask, NOW)
    assert caught.value.field == field
