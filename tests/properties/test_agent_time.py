"""Agents' time from events of several sources in any order, on both databases: one timeline, the same cells and numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from adapters.generic import ADAPTER
from plugin.contract.request import WebhookRequest
from plugin.database import reading, writing
from plugin.drain import Reader, drain, refold_all
from plugin.facts.agent_time import refresh_agent_time
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.kpi.answer import Ask, answer
from plugin.kpi.cells import is_settled, rebuild_cells, refresh_cells
from plugin.kpi.terms import Terms
from plugin.policy.document import Document
from plugin.policy.text import parse

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
READER = Reader(adapter=ADAPTER, settings={})
TABLES = ("agent_time", "agent_state", "agent_leg", "roster_shift", "cell")
KPIS = (
    "occupancy",
    "utilisation",
    "shrinkage",
    "shrinkage.planned",
    "shrinkage.unplanned",
    "adherence",
    "conformance",
    "idle_time",
    "load_gap",
    "talk_share",
    "login_time",
    "contacts_per_agent",
    "contacts_per_hour",
)
#: how many orders of arrival each database sees: both run the same folds, and any order meets all the SQL
EXAMPLES = {"sqlite": 4, "postgresql": 2}
Sent = tuple[str, dict[str, Any]]


def at(hours: float) -> str:
    return (MONDAY + timedelta(hours=hours)).isoformat()


def state(source: str, agent: str, hours: float, **data: Any) -> Sent:
    return source, {"kind": "agent.state", "at": at(hours), "subject": agent, "data": data}


def call(source: str, name: str, agent: str, hours: float, minutes: float | None, wrap: float = 0) -> Iterator[Sent]:
    def told(kind: str, when: float, **data: Any) -> Sent:
        return source, {"kind": f"contact.{kind}", "at": at(when), "subject": name, "agent": agent, "data": data}

    yield told("answered", hours)
    if minutes is not None:
        yield told("ended", hours + minutes / 60, talk_s=minutes * 60)
        yield told("wrapped_up", hours + (minutes + wrap) / 60, wrap_s=wrap * 60)


def shift(name: str, agent: str, start: float, end: float, order: int = 0, **data: Any) -> Sent:
    data = {"until": at(end), **data}
    event = {"kind": "roster.planned", "at": at(start), "subject": name, "agent": agent, "order": order, "data": data}
    return "plan", event


def days(random: Random) -> list[Sent]:
    """Three days of two agents: two systems at once, a night without a logout, an open call, a plan that was changed."""
    sent: list[Sent] = []
    for agent in ("Ann", "Bob"):
        for number in range(3):
            start = 24 * number + random.choice([7.5, 9, 20])
            sent.append(state("pbx", agent, start, session="login"))
            sent.append(state("pbx", agent, start + 2, activity=random.choice(["break", "training", "wrap_up"])))
            sent.append(state("pbx", agent, start + 2 + random.random(), activity="available"))
            if random.random() < 0.6:
                sent.append(state("pbx", agent, start + 6 + random.random() * 4, session="logout"))
            if random.random() < 0.5:
                sent.append(
                    state("chat", agent, start + 1, session="login", activity=random.choice(["offline", "meeting"]))
                )
                sent.append(state("chat", agent, start + 5, session="logout", activity="available"))
            for place in range(4):
                length = None if random.random() < 0.1 else random.randrange(1, 50)
                sent += call("pbx", f"{agent}{number}{place}", agent, start + random.random() * 6, length, 2)
            sent.append(shift(f"{agent}{number}", agent, 24 * number + 9, 24 * number + 17, order=1))
            sent.append(shift(f"{agent}{number}b", agent, 24 * number + 12, 24 * number + 12.5, activity="break"))
            if random.random() < 0.5:
                sent.append(shift(f"{agent}{number}", agent, 24 * number + 10, 24 * number + 18, order=2))
    return sent


def deliver(engine: Engine, sent: Sequence[Sent]) -> None:
    rows = []
    for source, event in sent:
        body = json.dumps({"events": [event]}).encode()
        request = WebhookRequest(method="POST", url=f"/hooks/{source}", headers={}, body=body, received_at=MONDAY)
        rows.append(dict(delivery_row(source, request, None)))
    insert_deliveries(engine, rows)


def work_off(engine: Engine) -> None:
    while drain(engine, lambda source: READER, b"secret"):
        pass
    while refresh_cells(engine, Terms()):
        pass


def numbers(engine: Engine, hours: float, *, start: float = 0, end: float = 96) -> dict[str, Any]:
    ask = Ask(kpis=KPIS, start=MONDAY + timedelta(hours=start), end=MONDAY + timedelta(hours=end))
    with reading(engine) as connection:
        report = answer(connection, Document(), ask, MONDAY + timedelta(hours=hours), {"pbx": ADAPTER.facts})
    assert report.unavailable == {}
    return {key: (value.numerator, value.denominator) for key, value in report.rows[0].values.items()}


def found(engine: Engine) -> dict[str, Any]:
    with reading(engine) as connection:
        assert is_settled(connection)
        rows = {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in TABLES}
    return {
        **rows,
        "now": numbers(engine, 90),
        "then": numbers(engine, 33.37),
        "night": numbers(engine, 90, start=22.1, end=31),
    }


def emptied(engine: Engine) -> None:
    with writing(engine) as connection:
        for name in (
            *TABLES,
            "contact",
            "queue_visit",
            "event",
            "delivery",
            "dirty_slot",
            "dirty_agent_day",
            "cell_basis",
        ):
            connection.execute(text(f"DELETE FROM {name}"))


def test_any_order_and_repetition_and_a_rebuild_give_the_same_time(engine: Engine) -> None:
    @settings(max_examples=EXAMPLES[engine.dialect.name], deadline=None)
    @given(seed=st.integers(0, 2**32))
    def holds(seed: int) -> None:
        random = Random(seed)
        sent = days(random)
        emptied(engine)
        deliver(engine, sent)
        work_off(engine)
        expected = found(engine)
        assert expected["agent_time"]
        emptied(engine)
        arriving = [*sent, *random.sample(sent, 10)]
        random.shuffle(arriving)
        while arriving:
            deliver(engine, [arriving.pop() for _ in range(min(len(arriving), random.randrange(1, 12)))])
            work_off(engine)
        assert found(engine) == expected
        refold_all(engine, {}, lambda done, total: None)
        rebuild_cells(engine, Terms())
        assert found(engine) == expected
        occupied, present = expected["now"]["occupancy"]
        assert 0 <= occupied <= present

    holds()


def test_a_day_as_a_planner_would_count_it(engine: Engine) -> None:
    """Ann is paid from 9 to 17 with a break from 12 to 13; she is there from 9:30 to 16, with an hour of calls and a training."""
    deliver(
        engine,
        [
            shift("s", "Ann", 9, 17),
            shift("b", "Ann", 12, 13, activity="break"),
            state("pbx", "Ann", 9.5, session="login"),
            *call("pbx", "1", "Ann", 10, 50, wrap=10),
            *call("chat", "2", "Ann", 10.25, 30),  # at the same time
            state("pbx", "Ann", 12, activity="break"),
            state("pbx", "Ann", 12.5, activity="available"),
            state("pbx", "Ann", 14, activity="training"),
            state("pbx", "Ann", 15, activity="available"),
            state("pbx", "Ann", 16, session="logout"),
        ],
    )
    work_off(engine)
    hour = 3_600_000
    assert numbers(engine, 24, end=24) == {
        "occupancy": (1 * hour, 5 * hour),  # 6.5 h logged in, less half an hour of break and an hour of training
        "utilisation": (2 * hour, 8 * hour),
        "shrinkage": (3 * hour, 8 * hour),  # 9 to 9:30, half of the break, training, 16 to 17
        "shrinkage.planned": (0.5 * hour, 8 * hour),
        "shrinkage.unplanned": (2.5 * hour, 8 * hour),
        "adherence": (4.5 * hour, 7 * hour),
        "conformance": (5 * hour, 7 * hour),
        "idle_time": (4 * 3600, None),
        "load_gap": ((8 - 0.5) * 3600 - 50 * 60, None),
        "talk_share": (50 * 60_000, 7.5 * hour),
        "login_time": (6.5 * 3600, None),
        "contacts_per_agent": (2, 1),
        "contacts_per_hour": (2 * hour, 5 * hour),
    }


OFFICE = parse(
    """
business_calendar = "office"
[calendars.office]
monday = ["09:00-17:00"]
tuesday = ["09:00-13:00"]
[definitions]
standard_hours = 7.5
"""
)


@pytest.mark.parametrize(
    ("start", "end", "hours", "agents"),
    [
        (0, 48, 90, 15 / 15),  # 10 and 5 hours, two business days
        (0, 24, 90, 10 / 7.5),
        (24, 96, 90, 6 / 7.5),  # a short business day is one, too; what is worked on other days counts
        (0, 13, 90, 5 / 3.75),  # half of Monday
        (0, 24, 13, 5 / 3.75),  # and the whole of it, when half of it is over
        (48, 96, 90, None),
    ],
)
def test_full_time_agents_are_logged_in_hours_over_those_of_the_business_days(
    engine: Engine, start: float, end: float, hours: float, agents: float | None
) -> None:
    stays = [("Ann", 9, 14), ("Bob", 12, 17), ("Ann", 33, 38), ("Cy", 50, 51)]
    told = [
        state("pbx", agent, at, session=session)
        for agent, since, until in stays
        for at, session in ((since, "login"), (until, "logout"))
    ]
    deliver(engine, [*told, *call("pbx", "1", "Ann", 10, 50)])
    work_off(engine)
    key = "contacts_per_agent.full_time"
    ask = Ask(kpis=(key,), start=MONDAY + timedelta(hours=start), end=MONDAY + timedelta(hours=end))
    with reading(engine) as connection:
        report = answer(connection, OFFICE, ask, MONDAY + timedelta(hours=hours), {"pbx": ADAPTER.facts})
        without = answer(connection, Document(), ask, MONDAY + timedelta(hours=hours), {"pbx": ADAPTER.facts})
    assert report.rows[0].values[key].denominator == (0 if agents is None else pytest.approx(agents))
    assert report.definitions[key]["standard_day_s"] == 7.5 * 3600
    assert without.unavailable == {key: "missing fact: calendar"}


def test_a_login_that_lasts_counts_to_the_moment_of_the_question_and_a_plan_no_further(engine: Engine) -> None:
    deliver(engine, [shift("s", "Ann", 9, 17), state("pbx", "Ann", 9, session="login")])
    work_off(engine)
    ten = numbers(engine, 10)
    assert (ten["adherence"], ten["idle_time"]) == ((3_600_000, 3_600_000), (3600, None))
    next_day = numbers(engine, 30)
    assert (next_day["adherence"], next_day["idle_time"]) == ((8 * 3_600_000, 8 * 3_600_000), (21 * 3600, None))


def test_a_call_whose_end_was_lost_keeps_nobody_busy_after_the_logout(engine: Engine) -> None:
    deliver(
        engine,
        [
            state("pbx", "Ann", 9, session="login"),
            *call("pbx", "1", "Ann", 10, None),
            state("pbx", "Ann", 12, session="logout"),
        ],
    )
    work_off(engine)
    assert numbers_of_states(engine) == {"busy": 2.0, "idle": 1.0}


def numbers_of_states(engine: Engine) -> dict[str, float]:
    query = "SELECT state, SUM(ended_at - started_at) FROM agent_time GROUP BY state"
    with reading(engine) as connection:
        return {name: float(total) / 3_600_000 for name, total in connection.execute(text(query))}


def test_who_works_past_midnight_without_a_word_is_there_as_planned(engine: Engine) -> None:
    plan = [shift("s", "Ann", 20, 28), shift("b", "Ann", 25, 25.5, activity="break")]
    deliver(engine, [*plan, state("pbx", "Ann", 20, session="login"), state("pbx", "Ann", 23, activity="available")])
    work_off(engine)
    hour = 3_600_000
    at_two = numbers(engine, 26)
    assert (at_two["adherence"], at_two["login_time"]) == ((5.5 * hour, 5.5 * hour), (6 * 3600, None))
    assert at_two["idle_time"] == (6 * 3600, None)
    deliver(engine, [state("pbx", "Ann", 28, session="logout")])
    work_off(engine)
    assert numbers(engine, 30)["adherence"] == (7.5 * hour, 7.5 * hour)


def test_a_plan_that_comes_after_midnight_finds_who_is_still_logged_in(engine: Engine) -> None:
    deliver(engine, [state("pbx", "Ann", 20, session="login")])
    work_off(engine)
    deliver(engine, [shift("s", "Ann", 24, 28)])
    work_off(engine)
    assert numbers(engine, 26)["adherence"] == (2 * 3_600_000, 2 * 3_600_000)


def test_a_change_makes_a_few_days_anew_however_long_the_past_is(engine: Engine) -> None:
    last = 60
    for day in range(last):
        plan = [shift(f"{day}", "Ann", 24 * day + 9, 24 * day + 17)]
        deliver(engine, [*plan, state("pbx", "Ann", 24 * day + 10, activity=("break", "available")[day % 2])])
    deliver(engine, [state("pbx", "Ann", 0, session="login")])
    work_off(engine)
    deliver(engine, [state("pbx", "Ann", 24 * last + 10, activity="training")])
    while drain(engine, lambda source: READER, b"secret"):
        pass
    with writing(engine) as connection:
        refresh_agent_time(connection)
        oldest = connection.execute(text("SELECT MIN(slot) FROM dirty_slot")).scalar_one()
    assert oldest >= (MONDAY + timedelta(days=last)).timestamp() // 900
