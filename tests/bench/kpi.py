"""Reports over a year of contacts: from cells, by SQL over the facts on both databases, by DuckDB over the same facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import duckdb
import throwaway_postgres
from sqlalchemy import Engine, text

from plugin.database import execute_given, reading, to_ms, writing
from plugin.kpi.aggregate import Span, sums
from plugin.kpi.answer import STANDARD_KPIS, Ask, answer
from plugin.kpi.catalogue import METRICS
from plugin.kpi.cells import rebuild_cells
from plugin.kpi.measure import measure
from plugin.kpi.measures import DIMENSIONS, MEASURES
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms
from plugin.policy.document import Document
from tests.bench._clock import seconds_of
from tests.bench._databases import fresh
from tests.bench._duck import duckdb_of
from tests.bench._report import Report
from tests.bench._year import END, START, fill

SIZES = (10_000, 100_000)
MILLION = 1_000_000
KPIS = (
    "offered",
    "answered",
    "abandoned",
    "abandonment_rate",
    "service_level",
    "asa",
    "average_wait",
    "longest_wait",
    "login_time",
    "pause_time",
    "talk_time",
    "hold_time",
    "wrap_up_time",
    "aht",
    "transfer_rate",
    "received",
    "solved",
    "resolution_rate",
    "first_response_time",
    "resolution_time",
)
NEEDED = sorted(
    {name for key in KPIS for name in (*METRICS[key].numerator, *(METRICS[key].denominator or {})) if name in MEASURES}
)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
TERMS, DOCUMENT = Terms(), Document()
SUPPLIED = "abandon agent agent_state contact hold login queue talk ticket ticket_reply transfer wait wrap_up"
YEAR = (Period(grain=Grain.YEAR, start=START, end=END, timezone="UTC"),)
DAYS = tuple(periods_between(Grain.DAY, START, END, "UTC"))
GIVEN = f"(VALUES ({to_ms(START)}, {to_ms(END)})) AS given(start, stop)"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A report and by how much the cells are to be faster than DuckDB and SQL over the facts, at a million contacts."""

    name: str
    by: tuple[str, ...]
    than_duckdb: float
    than_sqlite: float | None = None


COMPARED = (
    Compared(name="year's totals", by=(), than_duckdb=100, than_sqlite=2000),
    Compared(name="year by agent", by=("agent",), than_duckdb=20),
)
#: what pages ask: name --> (start, end, grain, by)
JUNE, NOON = datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 20, 12, 7, tzinfo=UTC)
PAGES: Mapping[str, tuple[datetime, datetime, Grain | None, tuple[str, ...]]] = {
    "a day by hour": (JUNE, JUNE + timedelta(days=1), Grain.HOUR, ()),
    "a month by queue": (JUNE, JUNE + timedelta(days=30), None, ("queue",)),
    "a month until a minute ago by agent": (JUNE, NOON, None, ("agent",)),
    "a year by month": (START, END, Grain.MONTH, ()),
    "a year by day": (START, END, Grain.DAY, ()),
}


def run(report: Report) -> None:
    server = throwaway_postgres.start()
    pages: dict[str, dict[int, dict[str, float]]] = {}
    sizes = (*SIZES, MILLION) if report.full else SIZES
    for contacts in sizes:
        with fresh(server) as engines:
            for database, engine in engines.items():
                _fill(report, database, engine, contacts)
                pages.setdefault(database, {})[contacts] = _pages(report, database, engine, contacts)
            _compare(report, engines, contacts)
    for database, found in pages.items():
        for page in PAGES:
            ratio = found[sizes[-1]][page] / found[sizes[0]][page]
            report.at_most(f"{database}: {page}, {sizes[-1]:,} contacts / {sizes[0]:,}", ratio, 3)


def _fill(report: Report, database: str, engine: Engine, contacts: int) -> None:
    fill(engine, contacts)
    with writing(engine) as connection:
        columns = "name, adapter, created_at, supplied, settings, received, duplicates, refused"
        connection.execute(
            text(f"INSERT INTO source ({columns}) VALUES ('bench', 'generic', 0, '{SUPPLIED}', '{{}}', 0, 0, 0)")
        )
    took = seconds_of(partial(rebuild_cells, engine, TERMS), times=1)
    report.figure(f"{database}, {contacts:,} contacts: all cells computed from the facts", f"{took:.1f} s")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))


def _pages(report: Report, database: str, engine: Engine, contacts: int) -> dict[str, float]:
    found = {}
    with reading(engine) as connection:
        for name, (start, end, grain, by) in PAGES.items():
            ask = Ask(kpis=STANDARD_KPIS, start=start, end=end, grain=grain, by=by)
            found[name] = seconds_of(partial(answer, connection, DOCUMENT, ask, NOW))
    figures = ", ".join(f"{name} {1000 * took:.1f}" for name, took in found.items())
    report.figure(f"{database}, {contacts:,} contacts: pages, ms", figures)
    return found


def _compare(report: Report, engines: Mapping[str, Engine], contacts: int) -> None:
    with duckdb_of(engines["SQLite"]) as duck:
        for compared in COMPARED:
            took = {name: _from_cells(engine, compared.by) for name, engine in engines.items()}
            over = {f"{name} over facts": _over_facts(engine, compared.by) for name, engine in engines.items()}
            over["DuckDB over facts"] = seconds_of(partial(_query_duckdb, duck, compared.by))
            for name, value in ({f"cells on {key}": value for key, value in took.items()} | over).items():
                report.figure(f"{compared.name}, {contacts:,} contacts: {name}", f"{1000 * value:.2f} ms")
            _hold(report, compared, contacts, took["SQLite"], over)
        for name, engine in engines.items():
            took_s = seconds_of(partial(_measure, engine, DAYS, ("queue", "agent")), times=1)
            report.figure(f"year by day, queue and agent, {contacts:,} contacts: cells on {name}", f"{took_s:.2f} s")


def _hold(report: Report, compared: Compared, contacts: int, cells: float, over: Mapping[str, float]) -> None:
    """The goals are for a million contacts: what is compared grows with the facts, the cells hardly do."""
    goals = {"DuckDB over facts": compared.than_duckdb, "SQLite over facts": compared.than_sqlite}
    for name, goal in goals.items():
        title = f"{compared.name}, {contacts:,} contacts: cells on SQLite faster than {name}"
        if contacts >= MILLION and goal is not None:
            report.at_least(title, over[name] / cells, goal)
        else:
            report.figure(title, f"{over[name] / cells:.3g} x" + (f"   (goal at 1 M: {goal:g} x)" if goal else ""))


def _measure(engine: Engine, periods: tuple[Period, ...], by: tuple[str, ...]) -> object:
    with reading(engine) as connection:
        return measure(connection, KPIS, Question(periods=periods, by=by, as_of=NOW), TERMS)


def _from_cells(engine: Engine, by: tuple[str, ...]) -> float:
    with reading(engine) as connection:
        question = Question(periods=YEAR, by=by, as_of=NOW)
        return seconds_of(partial(measure, connection, KPIS, question, TERMS), times=15)


def _over_facts(engine: Engine, by: tuple[str, ...]) -> float:
    span = Span(buckets=[(to_ms(START), to_ms(END))])
    with reading(engine) as connection:
        return seconds_of(partial(execute_given, connection, _sql(by), **span.given), times=3)


def _sql(by: tuple[str, ...]) -> str:
    span = Span(buckets=[(to_ms(START), to_ms(END))])
    return sums(NEEDED, [name for name in DIMENSIONS if name in by], span, TERMS)


def _query_duckdb(duck: duckdb.DuckDBPyConnection, by: tuple[str, ...]) -> object:
    return duck.execute(_sql(by).replace(":given", GIVEN)).fetchall()
