"""Whether and when tickets are solved (KPIS 5)."""

from plugin.kpi.catalogue.shape import count, mean_time, ratio
from plugin.kpi.metric import Better, Metric, Unit

METRICS = (
    count("received", "ticket"),
    count("solved", "ticket", better=Better.HIGHER),
    ratio("resolution_rate", Better.HIGHER, {"solved": 1}, {"received": 1}, "ticket"),
    ratio("fcr", Better.HIGHER, {"solved_at_first_contact": 1}, {"solved": 1}, "ticket_reply"),
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
