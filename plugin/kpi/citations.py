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
    "contacts_offered": "Twilio Flex Insights, *conversations and segments*: each conversation once",
    "contacts_handled": f"{_AWS}; here each contact once, not once for each agent",
    "average_queue_length": "Little's law: all waiting over the length of the period",
    "after_hours": "Aircall help, *dashboards compared*: in-hours and after-hours calls apart",
    "after_hours_rate": "Aircall help, *dashboards compared*: in-hours and after-hours calls apart",
    "blocked_rate": f"{_WAZO}; blocked and saturated together",
    "lost_rate": "our own decision: what the queue refused and who gave up, together",
    "callback_requested": "Amazon Connect Administrator Guide, *About queued callbacks*",
    "callback_take_up": "our own decision: of all offered contacts, since no source tells who heard the offer",
    "callback_completion": "Amazon Connect Administrator Guide, *About queued callbacks*",
    "time_to_callback": "our own decision: from the request to the first talk",
    "missed_call_return_rate": "our own decision: distinct callers who were talked to within the window",
    "containment": "OpsDog, *IVR containment rate*; Turnella, *contact centre IVR*, for callers who come back",
    "outbound_contacts": "our own decision: outbound contacts, connected or not",
    "outbound_connected": "our own decision: outbound contacts with a talk",
    "outbound_talk_time": f"{_AWS} (agent interaction time), of outbound contacts",
    "outbound_abandonment_rate": "US Federal Trade Commission, 16 CFR 310.4(b)(4), *call abandonment safe harbor*",
    # -- handling
    "talk_time": f"{_AWS} (agent interaction time)",
    "hold_time": f"{_AWS}; here over every conversation whose hold time is known",
    "wrap_up_time": f"{_AWS} (after contact work time)",
    "aht": "Call Centre Helper, *Call centre reporting metrics such as AHT*; Genesys Cloud glossary",
    "transfer_rate": "our own decision: one contact counts once, whatever the number of hand-overs",
    "hold_time.held": f"{_AWS} (average customer hold time)",
    "hold_abandons": "Zendesk Talk help, *abandoned on hold*, here apart from abandons in the queue",
    "quality_score": "our own decision: all points over all possible points",
    "sentiment": "as the source scored it; nothing is scored here",
    # -- workforce
    "login_time": "Wazo, acceptance tests of the queue log: split at the borders of periods",
    "contacts_per_agent": "our own decision: conversations over agents who were logged in for a minute or more",
    "contacts_per_hour": "Genesys Cloud, *Select and manage metrics* (interactions per hour)",
    "occupancy": f"{_AWS}; COPC as in Call Centre Helper, *Are you confusing these popular metrics?*; Oki-Toki, for the example",
    "utilisation": "Call Centre Helper, *The difference between occupancy and utilisation*",
    "shrinkage": "Call Centre Helper, *Are you confusing these popular metrics?*",
    "adherence": "Amazon Connect Administrator Guide, *Calculating agents' productivity time*",
    "conformance": "Genesys Cloud, *Select and manage metrics*",
    "idle_time": f"{_AWS} (agent idle time); here ringing is idle, too",
    "load_gap": "our own decision: what an article on operators' load subtracts, named for what it is",
    "talk_share": "our own decision: the complement of `load_gap`",
    "non_response": f"{_AWS} (agent non-response); here without customers who hung up",
    "non_response_rate": f"{_AWS} (agent non-response); here without customers who hung up",
    "agent_service_level": "Aircall help, *Differences between the dashboards*",
    "agent_turnover": "our own decision: leavers over the average headcount, by calendar months where annualised",
    "pause_time": "Wazo, acceptance tests of the queue log: split at the borders of periods",
    # -- tickets
    "received": "Freshdesk help, *Helpdesk metrics* (historic metrics)",
    "solved": "Freshdesk help, *Helpdesk metrics*; merged, spam and deleted tickets are left out",
    "resolution_rate": "our own decision: the flow of a period, solved over received",
    "fcr": "Zendesk help, *one-touch tickets*; Zoho Desk, *agent performance report*",
    "first_response_time": f"{_ZENDESK}; {_DBT}",
    "resolution_time": f"{_ZENDESK} (full resolution time)",
    "reopen_rate": f"{_DBT}; UCI, *Incident management process enriched event log*",
    "solve_actions": "LiveAgent help, *agent report*: one ticket can be resolved several times",
    "unanswered": "our own decision: what the mean first response time cannot show",
    "reply_time": f"Chatwoot, *reply time*; {_DBT} (net new comments)",
    "backlog_age": "our own decision: since the creation, at the end of the period",
    "backlog_old": "our own decision: open for more days than the policy says",
    "sla_compliance": f"{_DBT} (the policy in force and the priority at the time of the event)",
    "escalation_rate": f"{_METRICNET}; here of solved tickets, by a map of tiers",
    "replies_per_ticket": "Fivetran, dbt_zendesk, *ticket metrics*: public agent comments",
    "groups_per_ticket": "Zendesk help, *group stations*",
    "one_touch_rate": "Zendesk help, *one-touch tickets*; Fivetran, dbt_zendesk, *ticket metrics*",
    "two_touch_rate": "Fivetran, dbt_zendesk, *ticket metrics*",
    "multi_touch_rate": "Fivetran, dbt_zendesk, *ticket metrics*",
    "backlog": f"{_DBT} (a stock, from the historic status)",
    "fcr_repeat": "Wikisum, *First call resolution*; checked with the Technion call log of a bank",
    "repeat_contact_rate": "Wikisum, *First call resolution*; checked with the Technion call log of a bank",
    "fcr_disposition": "ASQ, question 901: the agent's own mark, to be audited",
    "call_resolution_rate": "the published PwC call-centre data set, over all calls and over answered ones",
    # -- outcome
    "csat": "LiveAgent help, *agent ranking*; VA dashboard, issue 87053, for blank scores",
    "csat_mean": "FreeScout, issue 2064: a mean or net score is not the share of satisfied customers",
    "nps": "Assembled, *WFM glossary: net promoter score*; 0 is a detractor",
    "ces": "CES 2.0, seven steps of agreement; the limit of 5 is the usual one",
    "ces_mean": "CES 1.0 and 2.0, each on its own scale",
    "fcr_survey": "Medallia, *How is first contact resolution calculated*",
    "survey_response_rate": "our own decision: both sums are of the surveys that were sent in the period",
    "retention": "Way2mail, *How is customer retention rate calculated*",
    "churn": "Online-calculator, *Churn rate calculator*",
    "conversion": "our own decision: of handled contacts, or connected outbound ones",
    # -- cost
    "total_cost": _METRICNET,
    "cost_per_contact": _METRICNET,
    "cost_per_call": _METRICNET,
    "cost_per_ticket": "our own decision: tickets solved in the period, for what their channels, teams or queues bear",
    "cost_per_resolution": "our own decision: tickets that were never reopened",
    "cost_per_minute": _METRICNET,
    "plan_attainment": "Infor documentation, *lower is better*; Stratec, *performance calculations*",
}


def citation(key: str) -> str:
    """That of a variant or a percentile is its base's when it has none; empty when nothing is cited."""
    while key not in CITATIONS and "." in key:
        key = key.rpartition(".")[0]
    return CITATIONS.get(key, "")
