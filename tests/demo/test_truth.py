"""What comes out of the facts and KPIs is exactly what happened in the simulated centre, as far as each vendor can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import demo_truth
import pytest
from demo_installation import installed, receive
from sqlalchemy import Engine, text

from plugin.database import from_ms, open_engine, reading
from plugin.demo.centre import simulate
from plugin.demo.deliveries import fortnight
from plugin.demo.world import Centre, moment
from plugin.installation import Installation
from plugin.kpi.answer import Ask, answer
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain
from plugin.work import settle_inbox

MONDAY = date(2026, 11, 23)
#: seven days: tickets are reopened, closed and rated days after they came
DAYS = 7
SCALE = 0.35
#: on one worker, so that the week is drained once for all of them
pytestmark = pytest.mark.xdist_group("a week of the demo")


@pytest.fixture(scope="module")
def centre() -> Centre:
    return simulate(MONDAY, days=DAYS, scale=SCALE)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """The week drained once for all tests of a database."""
    folder = tmp_path_factory.mktemp("demo")
    engine = open_engine(new_database(request.param))
    installation = installed(engine, folder, MONDAY)
    receive(installation, fortnight(MONDAY, days=DAYS, scale=SCALE))
    yield installation
    engine.dispose()


def rows(engine: Engine, query: str, **values: Any) -> Sequence[Any]:
    with reading(engine) as connection:
        return connection.execute(text(query), values).all()


def ask(opened: Installation, centre: Centre, kpis: tuple[str, ...], by: tuple[str, ...] = ("queue",)) -> Report:
    question = Ask(kpis=kpis, start=moment(centre.days[0].date, 0), end=centre.until, grain=Grain.DAY, by=by)
    with reading(opened.engine) as connection:
        return answer(connection, opened.document, question, centre.until, opened.knows)


def test_queues_of_every_day(opened: Installation, centre: Centre) -> None:
    kpis = ("offered", "answered", "abandoned", "service_level", "asa", "average_time_to_abandon", "longest_wait")
    found = {}
    for row in ask(opened, centre, kpis).rows:
        values = {key: row.values[key] for key in kpis}
        if values["offered"].numerator:
            place = (row.period.first_date, row.group["queue"])
            found[place] = demo_truth.QueueDay(
                offered=int(values["offered"].numerator),
                answered=int(values["answered"].numerator),
                abandoned=int(values["abandoned"].numerator),
                in_time=int(values["service_level"].numerator),
                answered_wait_s=round(values["asa"].numerator, 3),  # type: ignore[arg-type]
                abandoned_wait_s=round(values["average_time_to_abandon"].numerator, 3),  # type: ignore[arg-type]
                longest_wait_s=values["longest_wait"].numerator,  # type: ignore[arg-type]
            )
    assert found == demo_truth.queue_days(centre)


@pytest.mark.parametrize("queue", ["Support", "Sales", "Billing", "Chat"])
def test_legs(opened: Installation, centre: Centre, queue: str) -> None:
    query = "SELECT agent, talk_ms, hold_ms, wrap_ms, transferred FROM agent_leg WHERE queue = :queue AND direction = 'inbound'"
    found = Counter(
        (row.agent, row.talk_ms // 1000, _whole(row.hold_ms), _whole(row.wrap_ms), bool(row.transferred))
        for row in rows(opened.engine, query, queue=queue)
    )
    assert found == demo_truth.legs(centre, queue)


def _whole(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000


def test_missed_rings(opened: Installation, centre: Centre) -> None:
    query = "SELECT queue, COUNT(*) AS n FROM ring_attempt WHERE result = 'missed' GROUP BY queue"
    told = {row.queue: row.n for row in rows(opened.engine, query)}
    happened = Counter(
        one.queue
        for day in centre.days
        for one in day.contacts
        for ring in one.rings
        # Aircall says only that a phone rings, and chats ring nowhere.
        if not ring.answered and one.queue in ("Support", "Billing")
    )
    assert told == happened


def test_calls_of_agents_and_calls_at_night(opened: Installation, centre: Centre) -> None:
    happened = Counter(one.outcome for day in centre.days for one in day.contacts)
    outbound = "SELECT COUNT(*) AS n FROM contact WHERE direction = 'outbound'"
    assert rows(opened.engine, outbound)[0].n == happened["outbound"] > 0
    closed = "SELECT COUNT(*) AS n FROM queue_visit WHERE outcome = 'closed'"
    assert rows(opened.engine, closed)[0].n == happened["closed"] > 0
    reached = "SELECT COUNT(*) AS n FROM contact WHERE direction = 'outbound' AND handled = 1"
    assert rows(opened.engine, reached)[0].n == sum(
        one.outcome == "outbound" and one.answered_at is not None for day in centre.days for one in day.contacts
    )


@pytest.mark.parametrize("queue", demo_truth.STATEFUL)
def test_sessions_and_pauses(opened: Installation, centre: Centre, queue: str) -> None:
    query = "SELECT agent, state, started_at, ended_at FROM agent_state WHERE source = :source AND track = :track"
    source = demo_truth.SOURCE_OF[queue]
    sessions = {
        (row.agent, from_ms(row.started_at), from_ms(row.ended_at))
        for row in rows(opened.engine, query, source=source, track="session")
    }
    assert sessions == demo_truth.sessions(centre, queue)
    pauses = {
        (row.agent, row.state, from_ms(row.started_at), from_ms(row.ended_at))
        for row in rows(opened.engine, query, source=source, track="activity")
        if row.state in ("break", "meeting")
    }
    assert pauses == demo_truth.pauses(centre, queue)


def test_tickets(opened: Installation, centre: Centre) -> None:
    query = (
        "SELECT t.*, l.how FROM ticket t LEFT JOIN link l ON l.ticket_key = t.subject_key AND l.how = 'reference' "
        "WHERE t.source = 'zendesk'"
    )
    found = {
        row.subject: demo_truth.TicketTruth(
            created_at=from_ms(row.created_at),
            group=row.queue,
            agent=row.agent,
            first_response_s=_whole(row.first_response_ms),
            solved_at=_moment(row.solved_at),
            closed_at=_moment(row.closed_at),
            reopens=row.reopens,
            agent_replies=row.agent_replies,
            customer_replies=row.customer_replies,
            excluded=row.excluded,
            linked=row.how is not None,
        )
        for row in rows(opened.engine, query)
    }
    truth = demo_truth.tickets(centre)
    assert found == truth
    assert any(one.reopens for one in truth.values())
    assert any(one.closed_at for one in truth.values())
    assert any(one.linked for one in truth.values())


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


def test_ratings(opened: Installation, centre: Centre) -> None:
    query = "SELECT ticket, positive, answered_at FROM survey WHERE type = 'csat'"
    found = Counter(
        (row.ticket, "good" if row.positive else "bad", from_ms(row.answered_at)) for row in rows(opened.engine, query)
    )
    assert found == demo_truth.ratings(centre)
    assert {rating for _, rating, _ in found} == {"good", "bad"}


def test_ticket_kpis_of_the_week(opened: Installation, centre: Centre) -> None:
    truth = [one for one in demo_truth.tickets(centre).values() if one.excluded is None]
    report = ask(opened, centre, ("received", "solved", "first_response_time", "backlog", "csat"), by=())
    totals = {key: sum(row.values[key].numerator for row in report.rows) for key in ("received", "solved", "csat")}
    assert totals["received"] == len(truth)
    assert totals["solved"] == sum(one.solved_at is not None for one in truth)
    assert totals["csat"] == sum(
        number for (_, rating, _), number in demo_truth.ratings(centre).items() if rating == "good"
    )
    answered = [one.first_response_s for one in truth if one.first_response_s is not None]
    first = sum(row.values["first_response_time"].numerator for row in report.rows)
    assert round(first, 3) == sum(answered)


def test_nothing_was_left_or_could_not_be_read(opened: Installation) -> None:
    states = {
        row.state: row.n for row in rows(opened.engine, "SELECT state, COUNT(*) AS n FROM delivery GROUP BY state")
    }
    assert set(states) == {"done", "ignored"}
    assert settle_inbox(opened) == 0
    assert rows(opened.engine, "SELECT COUNT(*) AS n FROM contact WHERE flaw IS NOT NULL")[0].n == 0
