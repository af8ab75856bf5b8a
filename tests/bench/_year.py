"""A year of a made-up centre, put into the fact tables as folding would leave it: 20 queues, 100 agents, any number of contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine

from plugin.database import insert_rows, writing
from plugin.facts import tables
from plugin.facts.dirty import table_of
from plugin.facts.sketch import bin_of

START = datetime(2025, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)
QUEUES = tuple(f"queue {number:02}" for number in range(20))
AGENTS = tuple(f"agent {number:03}" for number in range(100))
#: queues that an agent answers
SKILLS = 4
DAYS = (END - START).days
ROWS_AT_ONCE = 5000
_MODELS = (
    tables.Contact,
    tables.QueueVisit,
    tables.AgentLeg,
    tables.Ticket,
    tables.TicketSpan,
    tables.AgentState,
)
TABLES = {table_of(model).name: table_of(model) for model in _MODELS}
#: what a row has in the columns that nothing is said of
_DEFAULTS: dict[str, dict[str, Any]] = {
    table_of(model).name: {name: field.default for name, field in model.model_fields.items() if not field.is_required()}
    for model in _MODELS
}
Row = dict[str, Any]


def fill(engine: Engine, contacts: int) -> None:
    """One contact in five leaves a ticket; every agent works on weekdays, with one break."""
    random = Random(contacts)
    for first in range(0, contacts, ROWS_AT_ONCE):
        found: dict[str, list[Row]] = {name: [] for name in TABLES}
        for number in range(first, min(contacts, first + ROWS_AT_ONCE)):
            _contact(found, random, number)
        _insert(engine, found)
    _insert(engine, {"agent_state": list(_states())})


def _insert(engine: Engine, found: dict[str, list[Row]]) -> None:
    with writing(engine) as connection:
        for name, rows in found.items():
            insert_rows(connection, TABLES[name], [{**_DEFAULTS[name], **row} for row in rows])


def _contact(found: dict[str, list[Row]], random: Random, number: int) -> None:
    at = START + timedelta(days=random.randrange(DAYS), seconds=random.randrange(8 * 3600, 20 * 3600))
    answered = random.random() < 0.93
    of_queue = random.randrange(len(QUEUES))
    queue, agent = QUEUES[of_queue], random.choice(AGENTS[of_queue :: len(QUEUES) // SKILLS]) if answered else ""
    wait_ms = int(random.lognormvariate(9.5, 1.0))
    talk_ms = int(random.lognormvariate(12, 0.7)) if answered else 0
    left = at + timedelta(milliseconds=wait_ms)
    ended = left + timedelta(milliseconds=talk_ms)
    outcome = "answered" if answered else "abandoned"
    shared = {
        "subject_key": number,
        "source": "bench",
        "subject": f"c{number}",
        "channel": "chat" if of_queue % 5 == 0 else "voice",
        "direction": "inbound",
        "queue": queue,
        "agent": agent,
    }
    found["contact"].append(_contact_row(shared, at, ended, outcome, answered))
    visit = {"ordinal": 0, "entered_at": at, "counted_at": at, "left_at": left, "outcome": outcome}
    found["queue_visit"].append({**shared, **visit, "wait_ms": wait_ms, "wait_bin": bin_of(wait_ms)})
    if answered:
        found["agent_leg"].append(_leg_row(shared, at, left, ended, talk_ms))
    if number % 5 == 1:
        _ticket(found, random, shared, at)


def _contact_row(shared: Row, at: datetime, ended: datetime, outcome: str, answered: bool) -> Row:
    return {
        **shared,
        "started_at": at,
        "ended_at": ended,
        "counted_at": at,
        "outcome": outcome,
        "handled": int(answered),
        "transferred": int(answered and shared["subject_key"] % 20 == 0),
        "held": 0,
    }


def _leg_row(shared: Row, at: datetime, left: datetime, ended: datetime, talk_ms: int) -> Row:
    return {
        **shared,
        "ordinal": 0,
        "visit": 0,
        "counted_at": at,
        "answered_at": left,
        "ended_at": ended,
        "talk_ms": talk_ms,
        "talk_bin": bin_of(talk_ms),
        "hold_ms": 0,
        "wrap_ms": 20_000,
        "transferred": 0,
    }


def _ticket(found: dict[str, list[Row]], random: Random, contact: Row, at: datetime) -> None:
    response_ms, resolution_ms = random.randrange(60_000, 20_000_000), random.randrange(20_000_000, 300_000_000)
    shared = {key: value for key, value in contact.items() if key != "direction"}
    solved = at + timedelta(milliseconds=resolution_ms)
    found["ticket"].append(
        {
            **shared,
            "status": "solved",
            "created_at": at,
            "first_response_at": at + timedelta(milliseconds=response_ms),
            "first_response_ms": response_ms,
            "first_response_bin": bin_of(response_ms),
            "solved_at": solved,
            "resolution_ms": resolution_ms,
            "resolution_bin": bin_of(resolution_ms),
            "agent_replies": 1,
            "customer_replies": 0,
            "reopens": 0,
            "regroups": 0,
            "escalations": 0,
            "at_first_contact": 1,
        }
    )
    found["ticket_span"].append({**shared, "ordinal": 0, "opened_at": at, "solved_at": solved, "reopened": 0})


def _states() -> Iterator[Row]:
    for day in range(DAYS):
        morning = START + timedelta(days=day, hours=8)
        if morning.weekday() > 4:
            continue
        for number, agent in enumerate(AGENTS):
            shared = {"subject_key": 1_000_000_000 + number, "source": "bench", "agent": agent, "keys": "{}"}
            noon = morning + timedelta(hours=4, minutes=number)
            evening = morning + timedelta(hours=9)
            yield {**shared, "track": "session", "state": "login", "started_at": morning, "ended_at": evening}
            hour = noon + timedelta(minutes=45)
            yield {**shared, "track": "activity", "state": "break", "started_at": noon, "ended_at": hour}
