"""Where each definition comes from: one short citation for each KPI, which its variants share unless they have their own.

What is cited defines the number, or publishes the figures that it is checked with; where nobody does, the decision is ours
and says so.
"""

from __future__ import annotations

_AWS = "Amazon Connect Administrator Guide, *Historical metrics definitions*"
_GENESYS = "Genesys Cloud Resource Center, *Performance column definitions*"
_WAZO = "Wazo, wazo-call-logd, `queue_stat.py`"
_ZENDESK = "Zendesk help, *Understanding ticket durations*"
_DBT = "Fivetran, dbt_zendesk, *Decision log*"
_METRICNET = "MetricNet, *Service Desk KPIs: Definitions and Correlations*"

CITATIONS: dict[str, str] = {
    # -- accessibility
    "offered": _GENESYS,
    "answered": _AWS,
    "answer_rate": _GENESYS,
    "abandoned": _AWS,
    "abandonment_rate": f"{_GENESYS}; callbacks apart as in the {_AWS}",
    "abandonment_rate_excl_short": "8x8, *Virtual Contact Center Analytics glossary*; PressOne, *Call center definitions*",
    "average_time_to_abandon": _AWS,
    "service_level": "ICMI QueueTips, *Service level calculations*; 4PS names the same formulas 1 to 4",
    "asa": _AWS,
    "average_wait": _WAZO,
    "longest_wait": f"{_AWS} (maximum queued time)",
    "closed": _WAZO,
    "blocked": _WAZO,
    "saturated": _WAZO,
    # -- handling
    "talk_time": f"{_AWS} (agent interaction time)",
    "hold_time": f"{_AWS}; here over every conversation whose hold time is known",
    "wrap_up_time": f"{_AWS} (after contact work time)",
    "aht": "Call Centre Helper, *Call centre reporting metrics such as AHT*; Genesys Cloud glossary",
    "transfer_rate": "our own decision: one contact counts once, whatever the number of hand-overs",
    # -- workforce
    "login_time": "Wazo, acceptance tests of the queue log: split at the borders of periods",
    "pause_time": "Wazo, acceptance tests of the queue log: split at the borders of periods",
    # -- tickets
    "received": "Freshdesk help, *Helpdesk metrics* (historic metrics)",
    "solved": "Freshdesk help, *Helpdesk metrics*; merged, spam and deleted tickets are left out",
    "resolution_rate": "our own decision: the flow of a period, solved over received",
    "fcr": "Zendesk help, *one-touch tickets*; Zoho Desk, *agent performance report*",
    "first_response_time": f"{_ZENDESK}; {_DBT}",
    "resolution_time": f"{_ZENDESK} (full resolution time)",
    "reopen_rate": f"{_DBT}; UCI, *Incident management process enriched event log*",
    "backlog": f"{_DBT} (a stock, from the historic status)",
    # -- outcome
    "csat": "LiveAgent help, *agent ranking*; VA dashboard, issue 87053, for blank scores",
    # -- cost
    "total_cost": _METRICNET,
    "cost_per_contact": _METRICNET,
    "cost_per_call": _METRICNET,
    "plan_attainment": "Infor documentation, *lower is better*; Stratec, *performance calculations*",
}


def citation(key: str) -> str:
    """That of a variant or a percentile is its base's when it has none; empty when nothing is cited."""
    while key not in CITATIONS and "." in key:
        key = key.rpartition(".")[0]
    return CITATIONS.get(key, "")
