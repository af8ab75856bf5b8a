"""Tickets told event by event, folded into a database under a policy, and asked for: clocks, promises, stocks, cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.drain import refold_stale
from plugin.events.store import event_row, insert_events, subject_key
from plugin.facts.dirty import Dirty, mark_dirty
from plugin.facts.reckoning import Reckoning, reckoning_of
from plugin.facts.store import refold
from plugin.facts.timers import settle_overdue
from plugin.kpi.cells import refresh_cells
from plugin.kpi.measure import Question, measure
from plugin.kpi.period import Grain, Period
from plugin.kpi.terms import terms_of
from plugin.policy.document import Document
from plugin.policy.text import parse

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NINE_TO_FIVE = "\n".join(f'{day} = ["09:00-17:00"]' for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
OFFICE = f'business_calendar = "office"\n[calendars.office]\n{NINE_TO_FIVE}\n'
SLA = '[[sla]]\nclock = "wall"\nfirst_response = {urgent = "1h", any = "8h"}\nresolution = {any = "1d"}\n'


def told(kind: Kind, hour: float, queue: str | None = None, agent: str | None = None, **more: Any) -> Event:
    """An event so many hours after Monday midnight."""
    key = f"{kind}:{hour}:{queue}:{agent}:{sorted(more.items())}"
    at = MONDAY + timedelta(hours=hour)
    return Event(kind=kind, at=at, subject="", dedupe_key=key, queue=queue, agent=agent, channel="email", data=more)


def opened(hour: float, queue: str | None = "help", **more: Any) -> Event:
    return told(Kind.TICKET_OPENED, hour, queue, **more)


def replied(hour: float, agent: str = "Ann", **more: Any) -> Event:
    return told(Kind.TICKET_AGENT_REPLIED, hour, agent=agent, **{"actor": "human", **more})


def asked(hour: float) -> Event:
    return told(Kind.TICKET_CUSTOMER_REPLIED, hour)


def solved(hour: float) -> Event:
    return told(Kind.TICKET_SOLVED, hour)


def reopened(hour: float) -> Event:
    return told(Kind.TICKET_REOPENED, hour)


def store(engine: Engine, tickets: Mapping[str, Sequence[Event]], document: Document) -> None:
    subjects = {subject_key("desk", "ticket", name): list(events) for name, events in tickets.items()}
    names = {subject_key("desk", "ticket", name): ("desk", name) for name in tickets}
    with writing(engine) as connection:
        rows = [event_row("desk", key, one, None, 1) for key, events in subjects.items() for one in events]
        for number, row in enumerate(rows):
            row["dedupe"] = number.to_bytes(8, "big") if isinstance(row["dedupe"], bytes) else str(number)
        insert_events(connection, rows)
        dirty = Dirty()
        refold(connection, "ticket", subjects, names, {}, {}, dirty, reckoning_of(document))
        mark_dirty(connection, dirty)
    refresh(engine, document)


def refresh(engine: Engine, document: Document) -> None:
    while refresh_cells(engine, terms_of(document)):
        pass


def values(
    engine: Engine, kpis: Sequence[str], document: Document, days: tuple[int, int] = (0, 7), now: float = 1000
) -> dict[str, float | None]:
    start, end = (MONDAY + timedelta(days=day) for day in days)
    period = Period(grain=Grain.DAY, start=start, end=end, timezone="UTC")
    question = Question(periods=(period,), as_of=MONDAY + timedelta(hours=now))
    with reading(engine) as connection:
        found = measure(connection, kpis, question, terms_of(document))
    return {key: one.value for key, one in found[0, ()].items()}


HOUR = 3600.0


def test_durations_by_the_wall_and_in_opening_hours(engine: Engine) -> None:
    document = parse(OFFICE)
    store(
        engine,
        {
            "1": [
                opened(16),
                replied(34),
                asked(35),
                asked(36),
                replied(58),
                told(Kind.TICKET_PAUSED, 58, on="customer"),
                solved(60),
            ]
        },
        document,
    )
    keys = ("first_response_time", "reply_time", "resolution_time")
    found = values(
        engine,
        [
            *(key + clock for key in keys for clock in ("", ".business")),
            *(f"resolution_time.{key}{clock}" for key in ("first", "requester_wait") for clock in ("", ".business")),
            "first_response_time.cohort.business",
        ],
        document,
    )
    assert found == {
        "first_response_time": 18 * HOUR,
        "first_response_time.business": 2 * HOUR,  # 16 to 17, 9 to 10
        "reply_time": 23 * HOUR,
        "reply_time.business": 7 * HOUR,  # 11 to 17, 9 to 10
        "resolution_time": 44 * HOUR,
        "resolution_time.business": 12 * HOUR,  # 1 + 8 + 3
        "resolution_time.first": 44 * HOUR,
        "resolution_time.first.business": 12 * HOUR,
        "resolution_time.requester_wait": 42 * HOUR,
        "resolution_time.requester_wait.business": 10 * HOUR,  # without 10 to 12 of Wednesday
        "first_response_time.cohort.business": 2 * HOUR,
    }


def test_a_first_response_belongs_to_its_date_or_to_the_date_of_creation(engine: Engine) -> None:
    document = Document()
    store(engine, {"1": [opened(20), replied(30)], "2": [opened(20)]}, document)
    keys = ("first_response_time", "first_response_time.cohort", "unanswered")
    assert values(engine, keys, document, (0, 1)) == {
        "first_response_time": None,
        "first_response_time.cohort": 10 * HOUR,
        "unanswered": 2,
    }
    assert values(engine, keys, document, (1, 2)) == {
        "first_response_time": 10 * HOUR,
        "first_response_time.cohort": None,
        "unanswered": 1,
    }


def test_where_an_agent_opened_it_the_clock_begins_with_the_customers_first_message(engine: Engine) -> None:
    document = Document()
    ticket = [opened(1, opened_by="agent"), replied(2), asked(5), replied(7)]
    store(engine, {"1": ticket, "2": [opened(1, opened_by="agent"), replied(2)]}, document)
    assert values(engine, ["first_response_time", "unanswered"], document) == {
        "first_response_time": 2 * HOUR,
        "unanswered": 0,
    }


def test_flow_and_cohort_net_and_received(engine: Engine) -> None:
    document = Document()
    tickets = {
        "one": [opened(1), replied(2), solved(3)],
        "late": [opened(2), replied(3), solved(40)],
        "hard": [opened(3, resolvable_at_level_1=False), replied(4), replied(5), solved(6)],
        "before": [opened(-30), replied(-29), solved(4)],
    }
    store(engine, tickets, document)
    keys = ("resolution_rate", "resolution_rate.cohort", "fcr", "fcr.received", "fcr.net")
    assert values(engine, keys, document, (0, 1)) == {
        "resolution_rate": 1,  # one, hard and before, of three received
        "resolution_rate.cohort": pytest.approx(2 / 3),
        "fcr": pytest.approx(2 / 3),
        "fcr.received": pytest.approx(2 / 3),
        "fcr.net": 1,
    }
    assert values(engine, ["resolution_rate.cohort"], document, (0, 2)) == {"resolution_rate.cohort": 1}


def test_first_contact_in_any_group_and_within_minutes(engine: Engine) -> None:
    minute = 1 / 60
    moved = told(Kind.TICKET_ASSIGNED, 2, "experts")
    tickets = {
        "moved": [opened(1), moved, replied(2.5), solved(3)],
        "moved and reopened": [opened(1), moved, replied(2.5), solved(3), reopened(4), solved(5)],
        "twice": [opened(1), replied(2), replied(2.5), solved(3)],
        "at once": [opened(1), replied(1), replied(1.1), solved(1 + 15 * minute)],
        "a minute later": [opened(1), solved(1 + 16 * minute)],
        "soon, and again": [opened(1), solved(1.1), reopened(2), solved(3)],
    }
    store(engine, tickets, Document())
    keys = ("fcr", "fcr.any_group", "fcr.within")
    assert values(engine, keys, Document()) == {
        "fcr": pytest.approx(1 / 6),
        "fcr.any_group": pytest.approx(2 / 6),
        "fcr.within": pytest.approx(1 / 6),
    }
    longer = parse("[definitions]\nfirst_solution_min = 16")
    refresh(engine, longer)
    assert values(engine, keys, longer)["fcr.within"] == pytest.approx(2 / 6)


def test_a_reopening_for_thanks_is_told_apart_and_can_be_ignored(engine: Engine) -> None:
    tickets = {
        "thanks": [opened(1), replied(2), solved(3), reopened(4), solved(5)],
        "again": [opened(1), replied(2), solved(3), reopened(4), replied(5), solved(6)],
    }
    keys = ("reopen_rate", "reopen_rate.without_thanks", "solve_actions", "solved", "fcr")
    document = Document()
    store(engine, tickets, document)
    assert list(values(engine, keys, document).values()) == [1, 0.5, 4, 2, 0]
    ignoring = parse("[tickets]\nignore_thanks = true")
    while refold_stale(engine, {}, reckoning_of(ignoring)):
        pass
    refresh(engine, ignoring)
    assert list(values(engine, keys, ignoring).values()) == [0.5, 0.5, 3, 2, 0.5]


def test_the_backlog_at_an_end_has_the_ages_of_then(engine: Engine) -> None:
    document = parse("[definitions]\nbacklog_old_days = 1")
    store(engine, {"1": [opened(0), solved(100)], "2": [opened(36)], "3": [opened(24), solved(30)]}, document)
    keys = ("backlog", "backlog_age", "backlog_old", "backlog_age.p50")
    found = values(engine, keys, document, (1, 2))
    assert (found["backlog"], found["backlog_age"], found["backlog_old"]) == (2, 30 * HOUR, 1)
    assert found["backlog_age.p50"] == pytest.approx(30 * HOUR, rel=0.01)
    assert values(engine, ["backlog_age"], document, (6, 7), now=24 * 6 + 12) == {
        "backlog_age": (24 * 6 + 12 - 36) * HOUR
    }
    assert values(engine, ["backlog_age"], document, (8, 9), now=24 * 6) == {"backlog_age": None}


def test_the_mean_backlog_is_that_of_the_ends_of_days(engine: Engine) -> None:
    tickets = {
        "before": [opened(-5), solved(30)],
        "long": [opened(1), solved(60), reopened(70)],
        "within a day": [opened(2, queue="desk"), solved(3)],
        "late": [opened(50, queue="desk")],
    }
    store(engine, tickets, Document())
    # At the ends of Monday, Tuesday and Wednesday 2, 1 and 2 are open; "long" was solved and is open again.
    assert values(engine, ["backlog.mean"], Document(), (0, 3)) == {"backlog.mean": pytest.approx(5 / 3)}
    assert values(engine, ["backlog.mean"], Document(), (0, 1)) == {"backlog.mean": 2}
    assert values(engine, ["backlog.mean", "backlog"], Document(), (2, 7), now=53) == {"backlog.mean": 2, "backlog": 2}
    assert values(engine, ["backlog.mean"], Document(), (2, 7), now=48) == {"backlog.mean": None}
    days = tuple(
        Period(
            grain=Grain.DAY,
            start=MONDAY + timedelta(days=first),
            end=MONDAY + timedelta(days=first + 2),
            timezone="UTC",
        )
        for first in (0, 2)
    )
    question = Question(periods=days, by=("queue",), as_of=MONDAY + timedelta(days=30))
    with reading(engine) as connection:
        found = measure(connection, ["backlog.mean"], question, terms_of(Document()))
    assert {place: one["backlog.mean"].value for place, one in found.items()} == {
        (0, ("help",)): 1.5,
        (0, ("desk",)): 0,
        (1, ("help",)): 1,
        (1, ("desk",)): 1,
    }


def test_a_promise_counts_when_it_is_kept_or_due_and_never_before(engine: Engine) -> None:
    document = parse(SLA)
    tickets = {
        "kept": [opened(1, priority="Urgent"), replied(2), solved(25)],
        "broken": [opened(1, priority="urgent"), told(Kind.TICKET_ASSIGNED, 1.5, "help", priority="low"), replied(2.5)],
        "open": [opened(2)],
        "paused": [
            opened(2),
            replied(3),
            told(Kind.TICKET_PAUSED, 4, on="other"),
            told(Kind.TICKET_RESUMED, 104),
            solved(125),
        ],
    }
    store(engine, tickets, document)
    keys = ("sla_compliance", "sla_compliance.first_response", "sla_compliance.resolution")
    settle_overdue(engine, MONDAY + timedelta(hours=10))
    refresh(engine, document)
    # Exactly an hour is kept; 1.5 hours with the urgency of the beginning are not. What is open is due at 10, 25 and 26.
    assert list(values(engine, keys, document).values()) == [pytest.approx(4 / 5), pytest.approx(2 / 3), 1]
    assert settle_overdue(engine, MONDAY + timedelta(hours=10, seconds=1)) == 1
    refresh(engine, document)
    assert values(engine, ["sla_compliance.first_response"], document) == {"sla_compliance.first_response": 0.5}
    assert settle_overdue(engine, MONDAY + timedelta(hours=30)) == 2
    refresh(engine, document)
    assert values(engine, ["sla_compliance.resolution"], document, (1, 2)) == {
        "sla_compliance.resolution": pytest.approx(1 / 3)
    }


def test_tiers_touches_and_groups(engine: Engine) -> None:
    document = parse("[queues.help]\ntier = 1\n[queues.experts]\ntier = 2")
    tickets = {
        "up": [
            opened(1),
            told(Kind.TICKET_ASSIGNED, 2, "experts"),
            told(Kind.TICKET_ASSIGNED, 3, "help"),
            replied(4),
            solved(5),
        ],
        "stays": [opened(1), replied(2), replied(3), solved(4)],
        "top": [opened(1, "experts"), *(replied(hour) for hour in (2, 3, 4)), solved(5)],
        "told": [opened(1, "other"), told(Kind.TICKET_ESCALATED, 2), solved(5)],
    }
    store(engine, tickets, document)
    keys = (
        "escalation_rate",
        "replies_per_ticket",
        "groups_per_ticket",
        "one_touch_rate",
        "two_touch_rate",
        "multi_touch_rate",
    )
    assert list(values(engine, keys, document).values()) == [pytest.approx(2 / 3), 1.5, 1.25, 0.25, 0.25, 0.25]


@pytest.mark.parametrize(
    ("ticket", "flaw"),
    [
        ([opened(5), solved(4)], "solved before it was opened"),
        ([opened(5), replied(4), solved(6)], "answered before it was opened"),
        ([opened(0), solved(24 * 3660)], "lasted over ten years"),
    ],
)
def test_impossible_times_are_quarantined_and_counted(engine: Engine, ticket: list[Event], flaw: str) -> None:
    document = parse(SLA)
    store(engine, {"bad": ticket, "good": [opened(1), replied(2), solved(3)]}, document)
    with reading(engine) as connection:
        assert (
            connection.execute(text("SELECT flaw FROM ticket ORDER BY flaw DESC")).scalars().all()[:2].count(flaw) == 1
        )
        assert connection.execute(text("SELECT SUM(flawed_tickets) FROM cell WHERE grain = 1")).scalar() == 1
    found = values(engine, ["received", "resolution_time", "backlog", "sla_compliance"], document)
    assert found == {"received": 2, "resolution_time": 2 * HOUR, "backlog": 0, "sla_compliance": 1}


@pytest.mark.parametrize(
    ("touches", "replies"), [("one_touch_rate", []), ("two_touch_rate", [5]), ("multi_touch_rate", [5, 6])]
)
def test_a_reopened_ticket_counts_on_the_day_of_its_last_solution(
    engine: Engine, touches: str, replies: list[float]
) -> None:
    ticket = [opened(1), replied(2), solved(3), reopened(4), *map(replied, replies), solved(30)]
    others = [[opened(1), *(replied(2 + number) for number in range(count)), solved(8)] for count in range(1, 4)]
    store(engine, {"reopened": ticket, **{f"{number}": told for number, told in enumerate(others)}}, Document())
    assert values(engine, [touches], Document(), (0, 1)) == {touches: pytest.approx(1 / 3)}
    assert values(engine, [touches], Document(), (1, 2)) == {touches: 1}


def test_a_solved_ticket_with_impossible_times_is_none_that_was_solved_at_the_first_contact(engine: Engine) -> None:
    bad, good = [opened(5), replied(4), replied(5.5), solved(6)], [opened(1), replied(2), solved(3)]
    store(engine, {"bad": bad, "good": good}, Document())
    assert values(engine, ["fcr", "fcr.net", "resolution_time"], Document()) == {
        "fcr": 0.5,
        "fcr.net": 0.5,
        "resolution_time": 2 * HOUR,
    }


def test_another_calendar_folds_the_past_anew_once(engine: Engine) -> None:
    document = Document()
    store(engine, {"1": [opened(16), replied(34), solved(60)]}, document)
    assert values(engine, ["resolution_time.business"], document) == {"resolution_time.business": 44 * HOUR}
    changed = parse(OFFICE)
    assert refold_stale(engine, {}, reckoning_of(changed)) == 1
    assert refold_stale(engine, {}, reckoning_of(changed)) == 0
    refresh(engine, changed)
    assert values(engine, ["resolution_time.business"], changed) == {"resolution_time.business": 12 * HOUR}
    assert Reckoning().bases == {}
