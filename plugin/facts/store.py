"""Folds the subjects whose events changed and replaces their fact rows, marking what the change makes dirty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from plugin.contract.event import Event
from plugin.database import execute_given, insert_rows
from plugin.facts import tables
from plugin.facts.dirty import Dirty, table_of
from plugin.facts.fold import (
    fold_contact,
    fold_cost_entry,
    fold_customer_count,
    fold_headcount,
    fold_roster,
    fold_survey,
    fold_ticket,
    in_order,
)
from plugin.facts.reckoning import PLAIN, Reckoning
from plugin.facts.rows import (
    contact_rows,
    cost_entry_rows,
    customer_count_rows,
    headcount_rows,
    roster_rows,
    survey_rows,
    ticket_rows,
)

Rows = dict[str, list[dict[str, Any]]]


CONTACT, VISIT, LEG, RING = (
    table_of(m) for m in (tables.Contact, tables.QueueVisit, tables.AgentLeg, tables.RingAttempt)
)
EVALUATION = table_of(tables.Evaluation)
TICKET, SPAN = (table_of(m) for m in (tables.Ticket, tables.TicketSpan))
SURVEY, ANSWER = (table_of(m) for m in (tables.Survey, tables.SurveyAnswer))
REPLY, TIMER = table_of(tables.TicketReply), table_of(tables.TicketTimer)
CUSTOMER_COUNT = table_of(tables.CustomerCount)
SHIFT, HEADCOUNT = (table_of(m) for m in (tables.RosterShift, tables.Headcount))
COST_ENTRY = table_of(tables.CostEntry)

#: what a subject is about --> its tables, each with the columns that say when its rows count
TABLES: dict[str, tuple[tuple[Table, tuple[str, ...]], ...]] = {
    "contact": (
        (CONTACT, ("counted_at",)),
        (VISIT, ("counted_at",)),
        (LEG, ("counted_at",)),
        (RING, ("started_at",)),
        (EVALUATION, ("counted_at",)),
    ),
    "ticket": (
        (TICKET, ("created_at", "first_response_at", "first_solved_at", "solved_at")),
        (SPAN, ("opened_at", "solved_at", "waiting_from", "waiting_until")),
        (REPLY, ("replied_at",)),
        (TIMER, ("counted_at",)),
    ),
    "survey": ((SURVEY, ("sent_at",)), (ANSWER, ())),
    "roster": ((SHIFT, ("started_at",)),),
    "headcount": ((HEADCOUNT, ()),),
    "customers": ((CUSTOMER_COUNT, ()),),
    "cost": ((COST_ENTRY, ()),),
}
#: when a leg is over, for its agent: a vendor's own durations win over the difference of two times
BUSY_UNTIL = "answered_at + COALESCE(talk_ms, 0) + COALESCE(hold_ms, 0) + COALESCE(wrap_ms, 0)"
#: table --> agent, start and end of the time that its rows take up; a shift that cannot be takes up none
AGENTS_TIME = {
    "agent_leg": ("agent", "answered_at", BUSY_UNTIL),
    "roster_shift": ("agent", "started_at", "CASE WHEN flaw IS NULL THEN ended_at ELSE started_at END"),
}
#: those whose facts need nothing but their own events --> these in order to rows
_ROWS: dict[str, Callable[[Rows, Mapping[str, Any], list[Event]], None]] = {
    "survey": lambda rows, identity, events: survey_rows(rows, identity, fold_survey(events)),
    "roster": lambda rows, identity, events: roster_rows(rows, identity, fold_roster(events)),
    "headcount": lambda rows, identity, events: headcount_rows(rows, identity, fold_headcount(events)),
    "customers": lambda rows, identity, events: customer_count_rows(rows, identity, fold_customer_count(events)),
    "cost": lambda rows, identity, events: cost_entry_rows(rows, identity, fold_cost_entry(events)),
}


def refold(
    connection: Connection,
    about: str,
    subjects: Mapping[int, Sequence[Event]],
    names: Mapping[int, tuple[str, str]],
    restarts: Mapping[str, Sequence[datetime]],
    knows: Mapping[str, Collection[str]],
    dirty: Dirty,
    reckoning: Reckoning = PLAIN,
) -> None:
    """Replaces the facts of these subjects, all of what `about` names; `names` gives (source, subject) of each key."""
    rows: Rows = {}
    for key, events in subjects.items():
        source, subject = names[key]
        identity = {"subject_key": key, "source": source, "subject": subject}
        ordered = in_order(reckoning.names_of(source).in_place(events))
        if about == "contact":
            contact = fold_contact(ordered, restarts.get(source, ()), knows.get(source, ()))
            contact_rows(rows, identity, contact, reckoning)
        elif about == "ticket":
            ticket_rows(rows, identity, fold_ticket(ordered, reckoning))
        else:
            _ROWS[about](rows, identity, ordered)
    for table, moments in TABLES[about]:
        replace_rows(connection, table, moments, list(subjects), rows.get(table.name, []), dirty)


def replace_rows(
    connection: Connection,
    table: Table,
    moments: tuple[str, ...],
    keys: Sequence[int],
    rows: list[dict[str, Any]],
    dirty: Dirty,
) -> None:
    if moments:
        old = f"SELECT {', '.join(moments)} FROM {table.name} WHERE subject_key IN (SELECT key FROM :given)"  # noqa: S608
        for row in execute_given(connection, old, key=keys):
            for moment_ms in row:
                dirty.at_ms(moment_ms)
    _mark_agents(connection, table, keys, dirty)
    execute_given(connection, f"DELETE FROM {table.name} WHERE subject_key IN (SELECT key FROM :given)", key=keys)  # noqa: S608
    for new in rows:
        for name in moments:
            dirty.at(new[name])
    if insert_rows(connection, table, rows):
        _mark_agents(connection, table, keys, dirty)


def _mark_agents(connection: Connection, table: Table, keys: Sequence[int], dirty: Dirty) -> None:
    """Marks the time that these rows take up of their agents."""
    if table.name in AGENTS_TIME:
        columns = ", ".join(AGENTS_TIME[table.name])
        query = f"SELECT {columns} FROM {table.name} WHERE subject_key IN (SELECT key FROM :given)"  # noqa: S608
        for agent, start, end in execute_given(connection, query, key=keys):
            dirty.agent(agent, start, end)


def open_contacts(connection: Connection, source: str, before: datetime) -> list[tuple[int, str]]:
    """(key, subject) of the source's contacts that began before a moment and are not over."""
    query = select(CONTACT.c.subject_key, CONTACT.c.subject).where(
        CONTACT.c.source == source, CONTACT.c.ended_at.is_(None), CONTACT.c.started_at < before
    )
    return [(key, subject) for key, subject in connection.execute(query)]
