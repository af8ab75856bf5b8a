"""How many full-time agents the logged-in hours of a period make up: those hours over the standard hours of one agent in it.

Defined in `docs/kpi/contacts_per_agent.md`.
"""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.kpi.business_days import business_days
from plugin.kpi.gather import Place, Sums, measure_sums
from plugin.kpi.period import Period
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms


def full_time_agents(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """Nothing for a period in which no business day has begun."""
    standard_ms = [_standard_ms(period, question, terms) for period in question.periods]
    found = measure_sums(connection, ["present_ms"], question, terms)
    return {
        place: {"full_time_agents": totals.get("present_ms", 0) / standard_ms[place[0]]}
        for place, totals in found.items()
        if standard_ms[place[0]]
    }


def _standard_ms(period: Period, question: Question, terms: Terms) -> float:
    """What one full-time agent works in the business days of the period, up to now."""
    calendar = terms.calendars.get(terms.business_calendar)
    end = min(period.end, question.as_of)
    return 0.0 if calendar is None else business_days(calendar, period.start, end) * terms.standard_day_ms
