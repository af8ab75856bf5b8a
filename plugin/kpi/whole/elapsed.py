"""How much of each period has passed: what a stock such as the length of a queue is averaged over.

Defined in `docs/kpi/average_queue_length.md`.
"""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.database import to_ms
from plugin.kpi.gather import Place, Sums, measure_sums
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms


def elapsed(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """The same for every group in which anybody waited."""
    places = set(measure_sums(connection, ["queued_ms"], question, terms))
    if not question.by:
        places |= {(number, ()) for number in range(len(question.periods))}
    now = to_ms(question.as_of)
    periods = [(to_ms(period.start), to_ms(period.end)) for period in question.periods]
    lengths = [max(0, min(end, now) - start) for start, end in periods]
    return {place: {"elapsed_ms": lengths[place[0]]} for place in places}
