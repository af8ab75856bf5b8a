"""How many agents were there at all: those who were logged in for a minute or more of the period.

Defined in `docs/kpi/contacts_per_agent.md`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, measure_sums
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms

LEAST_MS = 60_000


def present_agents(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    each = replace(question, by=(*question.by, "agent"))
    found: dict[Place, Sums] = defaultdict(lambda: {"agents_present": 0.0})
    for (number, group), sums in measure_sums(connection, ["present_ms"], each, terms).items():
        if sums.get("present_ms", 0) >= LEAST_MS:
            found[number, group[:-1]]["agents_present"] += 1
    return dict(found)
