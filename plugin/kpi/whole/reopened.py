"""Distinct tickets that were reopened in a period (`docs/kpi/reopen_rate.md`)."""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, counted_rows
from plugin.kpi.measures import STREAMS
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms


def reopened_tickets(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    query = (
        "SELECT start, {dimensions} COUNT(DISTINCT subject_key), "
        "COUNT(DISTINCT CASE WHEN thanks = 0 THEN subject_key END) FROM bucket CROSS JOIN ticket_span "
        "WHERE reopened = 1 AND opened_at >= start AND opened_at < stop GROUP BY {group}"
    )
    measures = ("reopened_tickets", "reopened_without_thanks")
    return counted_rows(connection, query, STREAMS["span_opened"], measures, question, terms)
