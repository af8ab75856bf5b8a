"""Agents and queues that two systems call differently are one in all facts, whenever the centre says so; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.drain import Parsed, _prepared, _store, refold_all, refold_stale
from plugin.facts.reckoning import reckoning_of
from plugin.inbox.sources import add_source
from plugin.kpi.answer import Ask, answer
from plugin.kpi.cells import rebuild_cells, refresh_cells
from plugin.kpi.terms import terms_of
from plugin.policy.document import Document
from plugin.policy.text import parse

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SOURCES = '[sources.pbx]\nadapter = "generic"\n[sources.desk]\nadapter = "generic"\n'
APART = parse(SOURCES)
TOGETHER = parse(
    SOURCES
    + """
[aliases.agents."Ann Example"]
pbx = ["agent-17", "Agent/17"]
desk = "4711"

[aliases.queues.Support]
pbx = "support_en"
desk = "Helpdesk"
"""
)
TABLES = (
    "contact",
    "queue_visit",
    "agent_leg",
    "ring_attempt",
    "evaluation",
    "agent_state",
    "agent_time",
    "roster_shift",
    "ticket",
    "ticket_span",
    "ticket_reply",
    "survey",
    "survey_answer",
    "cell",
)


def told(kind: Kind, subject: str, minute: float, **more: Any) -> Event:
    words = {name: more.pop(name) for name in ("queue", "agent", "customer") if name in more}
    at = MONDAY + timedelta(hours=9, minutes=minute)
    return Event(kind=kind, at=at, subject=subject, dedupe_key=f"{kind}:{subject}:{minute}", data=more, **words)


def what_happened() -> Iterator[tuple[str, Event]]:
    for agent, minute in (("agent-17", 0), ("Agent/17", 20)):
        call = f"call {minute}"
        yield "pbx", told(Kind.CONTACT_QUEUED, call, minute, queue="support_en")
        yield "pbx", told(Kind.CONTACT_RINGING, call, minute + 1, agent=agent, result="missed", ring_s=10)
        yield "pbx", told(Kind.CONTACT_ANSWERED, call, minute + 2, queue="support_en", agent=agent)
        yield "pbx", told(Kind.CONTACT_ENDED, call, minute + 7, agent=agent)
        yield "pbx", told(Kind.CONTACT_ENDED, call, minute + 7)
        yield "pbx", told(Kind.CONTACT_EVALUATED, call, minute + 9, agent=agent, points=8, possible=10)
    yield "pbx", told(Kind.AGENT_STATE, "agent-17", -60, session="login", activity="available")
    yield "pbx", told(Kind.AGENT_STATE, "agent-17", 60, session="logout")
    yield "desk", told(Kind.AGENT_STATE, "4711", 50, session="login")
    yield "desk", told(Kind.AGENT_STATE, "4711", 90, session="logout")
    yield "desk", told(Kind.TICKET_OPENED, "1", 0, queue="Helpdesk")
    yield "desk", told(Kind.TICKET_ASSIGNED, "1", 5, queue="Support", agent="4711")
    yield "desk", told(Kind.TICKET_AGENT_REPLIED, "1", 10, agent="4711", actor="human")
    yield "desk", told(Kind.TICKET_CUSTOMER_REPLIED, "1", 12)
    yield "desk", told(Kind.TICKET_AGENT_REPLIED, "1", 14, agent="4711", actor="human")
    yield "desk", told(Kind.TICKET_SOLVED, "1", 15)
    yield "desk", told(Kind.SURVEY_SENT, "csat:1", 16, type="csat", scale="good_bad", ticket="1")
    yield "desk", told(Kind.SURVEY_ANSWERED, "csat:1", 17, type="csat", scale="good_bad", score="good", agent="4711")
    yield "desk", told(Kind.ROSTER_PLANNED, "shift", 0, agent="4711", until="2026-03-02T10:00:00+00:00")
    # another source's agent of the same name is somebody else
    yield "other", told(Kind.TICKET_OPENED, "2", 0, queue="Helpdesk", agent="4711")


def receive(engine: Engine, document: Document) -> None:
    with writing(engine) as connection:
        for source in ("pbx", "desk", "other"):
            add_source(connection, source, "generic", MONDAY)
        parsed = Parsed(events=[(source, 1, event) for source, event in what_happened()])
        _store(connection, _prepared(parsed, b"secret"), reckoning_of(document))
    refresh(engine, document)


def refresh(engine: Engine, document: Document) -> None:
    while refresh_cells(engine, terms_of(document)):
        pass


def facts(engine: Engine) -> dict[str, list[str]]:
    with reading(engine) as connection:
        return {
            table: sorted(str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}")))
            for table in TABLES
        }


def made_anew(engine: Engine, document: Document) -> dict[str, list[str]]:
    refold_all(engine, {}, lambda done, total: None, reckoning_of(document))
    rebuild_cells(engine, terms_of(document))
    refresh(engine, document)
    return facts(engine)


def by(engine: Engine, document: Document, dimension: str, *kpis: str) -> dict[str, tuple[float | None, ...]]:
    ask = Ask(kpis=kpis, start=MONDAY, end=MONDAY + timedelta(days=1), grain=None, by=(dimension,))
    with reading(engine) as connection:
        report = answer(connection, document, ask, MONDAY + timedelta(days=2))
    rows = {row.group.get(dimension, ""): row for row in report.rows}
    return {name: tuple(row.values[kpi].value for kpi in kpis) for name, row in rows.items()}


def test_an_agent_has_one_name_in_the_facts_of_all_sources(engine: Engine) -> None:
    receive(engine, TOGETHER)
    named = facts(engine)
    for table in ("agent_leg", "ring_attempt", "evaluation", "agent_state", "roster_shift", "ticket_reply"):
        assert named[table], table
        assert all("Ann Example" in row for row in named[table]), table
    assert all("'Ann Example'" in row for row in named["agent_time"])
    kpis = ("contacts_handled", "solved", "csat", "non_response", "quality_score")
    assert by(engine, TOGETHER, "agent", *kpis)["Ann Example"] == (2, 1, 1, 2, 0.8)


def test_times_of_one_agent_in_two_systems_are_one_timeline(engine: Engine) -> None:
    receive(engine, TOGETHER)
    # two talks of five minutes; from 8 to 10:30, of which ten minutes were in both systems
    assert by(engine, TOGETHER, "agent", "occupancy")["Ann Example"] == (600 / 9000,)


def test_a_queue_has_one_name_and_going_from_it_to_itself_is_no_change_of_group(engine: Engine) -> None:
    receive(engine, TOGETHER)
    found = by(engine, TOGETHER, "queue", "offered", "received")
    assert found["Support"] == (2, 1)
    assert found["Helpdesk"] == (None, 1) or found["Helpdesk"] == (0, 1)  # that of the other source
    with reading(engine) as connection:
        query = "SELECT source, regroups, groups FROM ticket ORDER BY source"
        assert connection.execute(text(query)).fetchall() == [("desk", 0, 1), ("other", 0, 1)]


def test_a_name_that_is_given_later_or_taken_back_reaches_what_has_happened(engine: Engine) -> None:
    receive(engine, APART)
    apart = facts(engine)
    for document in (TOGETHER, APART):
        while refold_stale(engine, {}, reckoning_of(document), size=1):
            pass
        refresh(engine, document)
        found = facts(engine)
        assert found == made_anew(engine, document)
        assert (found == apart) is (document is APART)


def test_what_happens_while_facts_still_have_the_old_name_is_renamed_with_them(engine: Engine) -> None:
    receive(engine, APART)
    with writing(engine) as connection:
        events = [("pbx", 2, told(Kind.AGENT_STATE, "agent-17", 30, activity="break"))]
        _store(connection, _prepared(Parsed(events=events), b"secret"), reckoning_of(TOGETHER))
    while refold_stale(engine, {}, reckoning_of(TOGETHER)):
        pass
    refresh(engine, TOGETHER)
    found = facts(engine)
    assert found == made_anew(engine, TOGETHER)
    assert not [row for row in found["agent_time"] if "agent-17" in row]
