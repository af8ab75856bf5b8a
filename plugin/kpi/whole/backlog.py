"""Tickets that were open when a period ended, with their age, and what became of those that came in.

Defined in `docs/kpi/backlog.md` and `resolution_rate.md`. A running period ends now; one that has not begun has no end.
"""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.database import to_ms
from plugin.kpi.gather import Place, Sums, counted_durations, counted_rows
from plugin.kpi.measures import STREAMS
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms

_END = "(CASE WHEN stop > {now} THEN {now} ELSE stop END)"
#: since the creation of its ticket, also after a reopening
_AGE = "({end} - (SELECT created_at FROM ticket WHERE ticket.subject_key = ticket_span.subject_key))"
_OPEN = (
    "FROM bucket CROSS JOIN ticket_span "
    "WHERE start < {now} AND opened_at < {end} AND (solved_at IS NULL OR solved_at >= {end}) GROUP BY {group}"
)
_SOLVED = (
    "NOT EXISTS (SELECT 1 FROM ticket_span AS span WHERE span.subject_key = ticket.subject_key "
    "AND span.opened_at < {end} AND (span.solved_at IS NULL OR span.solved_at >= {end})) "
    "AND (flaw IS NULL OR solved_at < {end})"
)
_MINUTE_MS = 60_000


def backlog(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    old = f"SUM(CASE WHEN {_AGE} > {terms.old_ms} THEN 1 ELSE 0 END)"
    query = f"SELECT start, {{dimensions}} COUNT(*), SUM({_AGE}), {old} {_OPEN}"
    measures = ("open_tickets", "open_age_ms", "open_tickets_old")
    return counted_rows(connection, _ended(query, question), STREAMS["span_opened"], measures, question, terms)


def backlog_ages(connection: Connection, question: Question, terms: Terms) -> dict[Place, dict[int, int]]:
    """Bucket of the age, in whole minutes --> how many."""
    query = f"SELECT start, {{dimensions}} {_AGE} / {_MINUTE_MS} * {_MINUTE_MS}, COUNT(*) {_OPEN}"
    return counted_durations(connection, _ended(query, question), STREAMS["span_opened"], question, terms)


def cohort(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    query = (
        f"SELECT start, {{dimensions}} SUM(CASE WHEN {_SOLVED} THEN 1 ELSE 0 END) FROM bucket CROSS JOIN ticket "
        "WHERE excluded IS NULL AND created_at >= start AND created_at < stop GROUP BY {group}"
    )
    return counted_rows(
        connection, _ended(query, question), STREAMS["ticket_created"], ("received_and_solved",), question, terms
    )


def _ended(query: str, question: Question) -> str:
    return query.replace("{end}", _END).replace("{now}", str(to_ms(question.as_of)))
