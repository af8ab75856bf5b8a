"""Contacts that came to a queue while it was closed by its calendar (`docs/kpi/after_hours.md`)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, measure_sums
from plugin.kpi.question import CLOSED, HOURS, Question
from plugin.kpi.terms import Terms


def after_hours(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """Counted through the grouping by opening hours, whatever came of them."""
    asked = replace(question, by=(*question.by, HOURS), only={**question.only, HOURS: CLOSED})
    found = measure_sums(connection, ["arrivals"], asked, terms)
    # A closed hour in which nothing came has a place, but no sum.
    return {
        (number, group[:-1]): {"arrivals_closed": totals.get("arrivals", 0)}
        for (number, group), totals in found.items()
    }
