"""Distinct tickets that were reopened in a period (`docs/kpi/reopen_rate.md`)."""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, counted_rows
from plugin.kpi.measures import STREAMS
from plugin.kpi.measures.shape import Stream, count
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms

_EARLIER = (
    "SELECT 1 FROM ticket_span AS earlier WHERE earlier.subject_key = ticket_span.subject_key AND earlier.reopened = 1 "
    "AND earlier.opened_at >= start AND earlier.ordinal < ticket_span.ordinal"
)
#: the first reopening of each ticket, for the records behind a number
LISTED_STREAM = Stream(key="reopened", table="ticket_span", at="opened_at", where="reopened = 1", direction="'inbound'")
LISTED_MEASURES = (
    count("reopened_tickets", LISTED_STREAM.key, f"NOT EXISTS ({_EARLIER})"),
    count(
        "reopened_without_thanks", LISTED_STREAM.key, f"thanks = 0 AND NOT EXISTS ({_EARLIER} AND earlier.thanks = 0)"
    ),
)


def reopened_tickets(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    query = (
        "SELECT start, {dimensions} COUNT(DISTINCT subject_key), "
        "COUNT(DISTINCT CASE WHEN thanks = 0 THEN subject_key END) FROM bucket CROSS JOIN ticket_span "
        "WHERE reopened = 1 AND opened_at >= start AND opened_at < stop GROUP BY {group}"
    )
    measures = ("reopened_tickets", "reopened_without_thanks")
    return counted_rows(connection, query, STREAMS["span_opened"], measures, question, terms)
