"""Answers of surveys (`docs/kpi/csat.md`, `nps.md`, `ces.md`, `fcr_survey.md`).

Of a changed rating the last within the period counts, so that days need not add up to their month.
"""

from __future__ import annotations

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums, counted_rows
from plugin.kpi.measures.shape import Stream, count, total
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms

#: who had last solved the ticket when the answer was given, else who was assigned
_SOLVER = """COALESCE(
    (SELECT NULLIF(span.solved_by, '') FROM survey CROSS JOIN ticket CROSS JOIN ticket_span AS span
     WHERE survey.subject_key = survey_answer.subject_key AND ticket.subject = survey.ticket
       AND ticket.source = survey.source AND span.subject_key = ticket.subject_key
       AND span.solved_at <= survey_answer.answered_at ORDER BY span.ordinal DESC LIMIT 1), survey_answer.agent)"""
_FROM = (
    "FROM bucket CROSS JOIN survey_answer WHERE answered_at >= start AND answered_at < stop "
    "AND (replaced_at IS NULL OR replaced_at >= stop)"
)
#: measure --> the answers that it counts
_COUNTED = {
    "csat_positive": "type = 'csat' AND positive = 1",
    "csat_neutral": "type = 'csat' AND positive = 0 AND negative = 0",
    "csat_answers": "type = 'csat'",
    "nps_promoters": "type = 'nps' AND positive = 1",
    "nps_detractors": "type = 'nps' AND negative = 1",
    "nps_answers": "type = 'nps'",
    "ces_easy": "type = 'ces' AND positive = 1",
    "ces_answers": "type = 'ces' AND positive IS NOT NULL",
    "fcr_yes": "type = 'fcr' AND positive = 1",
    "fcr_answers": "type = 'fcr'",
}
COUNTED = tuple(_COUNTED)
#: types of which a mean score is reported
_MEANS = ("csat", "ces")
SCORED = tuple(f"{name}_{what}" for name in _MEANS for what in ("score_milli", "scored"))
#: the same answers one by one, for the records behind a number
LISTED_MEASURES = (
    *(count(name, "answer", condition) for name, condition in _COUNTED.items()),
    *(total(f"{name}_score_milli", "answer", "score_milli", f"type = '{name}'") for name in _MEANS),
    *(count(f"{name}_scored", "answer", f"type = '{name}' AND score_milli IS NOT NULL") for name in _MEANS),
)
_SCALES = ("1-5", "1-7", "1-10", "0-10")


def answer_stream(terms: Terms) -> Stream:
    """The answers, each of the agent to whom the policy gives it."""
    return Stream(
        key="answer",
        table="survey_answer",
        at="answered_at",
        where="(replaced_at IS NULL OR replaced_at >= stop)",
        direction="'inbound'",
        agent=_SOLVER if terms.rates_solver else "survey_answer.agent",
    )


def survey_answers(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    return _counted(connection, _COUNTED, question, terms)


def mean_scores(connection: Connection, question: Question, terms: Terms) -> dict[Place, Sums]:
    """Sum and number of scores where all answers are on one scale of numbers; nothing where scales would be pooled."""
    per_scale = {
        f"{name}|{scale}": f"type = '{name}' AND scale = '{scale}'" for name in _MEANS for scale in _SCALES
    } | {f"{name}|": f"type = '{name}' AND score_milli IS NULL" for name in _MEANS}
    counts = _counted(connection, per_scale, question, terms)
    scores = _counted(connection, per_scale, question, terms, value="score_milli")
    found: dict[Place, Sums] = {}
    for place, totals in counts.items():
        for name in _MEANS:
            scales = [key for key in per_scale if key.startswith(f"{name}|") and totals.get(key)]
            if len(scales) == 1 and not scales[0].endswith("|"):
                sums = found.setdefault(place, {})
                sums[f"{name}_scored"] = totals[scales[0]]
                sums[f"{name}_score_milli"] = scores[place].get(scales[0], 0)
    return found


def scales_of(connection: Connection, name: str, question: Question, terms: Terms) -> tuple[str, ...]:
    """The scales on which the answers of this type were given, over all periods and groups of the question."""
    scales = {
        scale: f"type = '{name}' AND scale = '{scale}'" for scale in (*_SCALES, "good_bad", "good_ok_bad", "yes_no")
    }
    totals = _counted(connection, scales, question, terms).values()
    return tuple(scale for scale in scales if any(sums.get(scale) for sums in totals))


def _counted(
    connection: Connection, conditions: dict[str, str], question: Question, terms: Terms, value: str = "1"
) -> dict[Place, Sums]:
    columns = ", ".join(f"SUM(CASE WHEN {condition} THEN {value} ELSE 0 END)" for condition in conditions.values())
    query = f"SELECT start, {{dimensions}} {columns} {_FROM} GROUP BY {{group}}"
    return counted_rows(connection, query, answer_stream(terms), tuple(conditions), question, terms)
