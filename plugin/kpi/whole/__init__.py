"""Measures that do not add up over cells (distinct tickets, cohorts, stocks of people): counted from facts for whole periods.

A module here has one function from a question to sums, the same shape as `gather.measure_sums`; `WHOLE` says which measures
each of them supplies, and metrics name them like any other measure.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from plugin.kpi.gather import Place, Sums
from plugin.kpi.measures import Stream
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms
from plugin.kpi.whole import answers, reopened
from plugin.kpi.whole.after_hours import after_hours
from plugin.kpi.whole.answers import COUNTED, SCORED, answer_stream, mean_scores, survey_answers
from plugin.kpi.whole.backlog import backlog, backlog_ages, cohort
from plugin.kpi.whole.customers import customer_counts, listed_counts
from plugin.kpi.whole.elapsed import elapsed
from plugin.kpi.whole.full_time import full_time_agents
from plugin.kpi.whole.mean_backlog import mean_backlog
from plugin.kpi.whole.present import present_agents
from plugin.kpi.whole.reopened import reopened_tickets
from plugin.kpi.whole.returned import missed_callers
from plugin.kpi.whole.turnover import turnover

Counting = Callable[[Connection, Question, Terms], dict[Place, Sums]]

#: how they are counted --> the measures that come out
WHOLE: dict[Counting, tuple[str, ...]] = {
    reopened_tickets: ("reopened_tickets", "reopened_without_thanks"),
    backlog: ("open_tickets", "open_age_ms", "open_tickets_old"),
    mean_backlog: ("open_at_day_ends", "day_ends"),
    cohort: ("received_and_solved",),
    survey_answers: COUNTED,
    mean_scores: SCORED,
    customer_counts: ("customers_at_start", "customers_kept", "customers_lost"),
    missed_callers: ("missed_callers", "missed_callers_reached"),
    elapsed: ("elapsed_ms",),
    after_hours: ("arrivals_closed",),
    present_agents: ("agents_present",),
    full_time_agents: ("full_time_agents",),
    turnover: ("leavers", "average_headcount", "headcount_years"),
}
#: durations of what stands at the end of a period --> how they are counted
WHOLE_SKETCHES: dict[str, Callable[[Connection, Question, Terms], dict[Place, dict[int, int]]]] = {
    "backlog_age": backlog_ages,
}
#: what of them can be listed fact by fact
LISTED = {measure.key: measure for measure in (*answers.LISTED_MEASURES, *reopened.LISTED_MEASURES)}
#: measures whose facts are worked out one by one --> their table, and how
LISTED_ROWS = dict.fromkeys(WHOLE[customer_counts], ("customer_count", listed_counts))
WHOLE_MEASURES = frozenset(key for keys in WHOLE.values() for key in keys)


def listed_streams(terms: Terms) -> dict[str, Stream]:
    """The streams of `LISTED`, which depend on the policy."""
    return {"answer": answer_stream(terms), reopened.LISTED_STREAM.key: reopened.LISTED_STREAM}
