"""Whether and when tickets are solved (KPIS 5)."""

from plugin.kpi.catalogue.shape import count, mean_time, ratio
from plugin.kpi.metric import Better, Metric, Unit

METRICS = (
    count("received", "ticket"),
    count("solved", "ticket", better=Better.HIGHER),
    ratio("resolution_rate", Better.HIGHER, {"solved": 1}, {"received": 1}, "ticket"),
    ratio("fcr", Better.HIGHER, {"solved_at_first_contact": 1}, {"solved": 1}, "ticket_reply"),
    ratio("fcr_repeat", Better.HIGHER, {"unrepeated_contacts": 1}, {"repeat_eligible": 1}, "agent", "customer"),
    ratio("repeat_contact_rate", Better.LOWER, {"repeated_contacts": 1}, {"repeat_eligible": 1}, "agent", "customer"),
    ratio("fcr_disposition", Better.HIGHER, {"contacts_resolved": 1}, {"contacts_handled": 1}, "disposition"),
    ratio("call_resolution_rate", Better.HIGHER, {"contacts_resolved": 1}, {"contacts_offered": 1}, "disposition"),
    ratio(
        "call_resolution_rate.answered", Better.HIGHER, {"contacts_resolved": 1}, {"contacts_handled": 1}, "disposition"
    ),
    mean_time(
        "first_response_time",
        Better.LOWER,
        "first_response_ms",
        "first_responses",
        "ticket_reply",
        sketch="first_response",
    ),
    mean_time("resolution_time", Better.LOWER, "resolution_ms", "solved", "ticket", sketch="resolution"),
    ratio("reopen_rate", Better.LOWER, {"reopened_tickets": 1}, {"solved": 1}, "ticket"),
    Metric(
        key="backlog",
        unit=Unit.COUNT,
        better=Better.LOWER,
        numerator={"spans_opened": 1, "spans_solved": -1},
        needs=("ticket",),
        over_time="last",
    ),
)
