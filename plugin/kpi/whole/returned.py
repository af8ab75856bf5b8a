"""Distinct callers who were missed in a period, and those whom we then talked to (`docs/kpi/missed_call_return_rate.md`)."""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, counted_members
from plugin.kpi.measures import STREAMS
from plugin.kpi.measures.shape import INBOUND
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms

_MISSED = (
    "(SELECT queue_visit.*, (SELECT customer FROM contact WHERE contact.subject_key = queue_visit.subject_key) AS customer "
    f"FROM queue_visit WHERE outcome = 'abandoned' AND {INBOUND}) AS missed"
)
_REACHED = (
    "EXISTS (SELECT 1 FROM contact AS later JOIN agent_leg AS leg ON leg.subject_key = later.subject_key "
    "WHERE later.customer = missed.customer AND later.direction <> 'internal' "
    "AND leg.answered_at > missed.left_at AND leg.answered_at <= missed.left_at + {within})"
)


def missed_callers(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """A caller who was missed several times counts once, and is reached when any of those was followed by a talk in time."""
    reached = _REACHED.replace("{within}", str(terms.callback_ms))
    query = (
        f"SELECT start, {{dimensions}} customer, MAX(CASE WHEN {reached} THEN 1 ELSE 0 END) "
        f"FROM bucket CROSS JOIN {_MISSED} "
        "WHERE customer IS NOT NULL AND counted_at >= start AND counted_at < stop GROUP BY {group}"
    )
    found = counted_members(connection, query, STREAMS["visit"], question, terms)
    return {
        place: {"missed_callers": len(callers), "missed_callers_reached": sum(callers.values())}
        for place, callers in found.items()
    }
