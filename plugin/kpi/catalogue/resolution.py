"""Whether and when tickets are solved."""

from plugin.kpi.catalogue.shape import count, mean_number, mean_time, ratio
from plugin.kpi.metric import Better, Metric, Unit


def _stock(key: str, numerator: dict[str, float], *needs: str, over_time: str = "last") -> Metric:
    return Metric(key=key, unit=Unit.COUNT, better=Better.LOWER, numerator=numerator, needs=needs, over_time=over_time)


METRICS = (
    count("received", "ticket"),
    count("solved", "ticket", better=Better.HIGHER),
    ratio("resolution_rate", Better.HIGHER, {"solved": 1}, {"received": 1}, "ticket"),
    count("solve_actions", "ticket", of="spans_solved"),
    ratio("resolution_rate.cohort", Better.HIGHER, {"received_and_solved": 1}, {"received": 1}, "ticket"),
    ratio("fcr", Better.HIGHER, {"solved_at_first_contact": 1}, {"solved": 1}, "ticket_reply"),
    ratio("fcr.received", Better.HIGHER, {"solved_at_first_contact": 1}, {"received": 1}, "ticket_reply"),
    ratio(
        "fcr.net",
        Better.HIGHER,
        {"solved_at_first_contact_by_first_level": 1},
        {"solved": 1, "solved_beyond_first_level": -1},
        "ticket_reply",
        "level_1",
    ),
    ratio("fcr.any_group", Better.HIGHER, {"solved_at_first_contact_in_any_group": 1}, {"solved": 1}, "ticket_reply"),
    ratio("fcr.within", Better.HIGHER, {"solved_soon": 1}, {"solved": 1}, "ticket"),
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
    mean_time(
        "first_response_time.business",
        Better.LOWER,
        "first_response_business_ms",
        "first_responses",
        "ticket_reply",
        sketch="first_response_business",
    ),
    mean_time(
        "first_response_time.cohort",
        Better.LOWER,
        "cohort_first_response_ms",
        "cohort_first_responses",
        "ticket_reply",
        sketch="cohort_first_response",
    ),
    mean_time(
        "first_response_time.cohort.business",
        Better.LOWER,
        "cohort_first_response_business_ms",
        "cohort_first_responses",
        "ticket_reply",
        sketch="cohort_first_response_business",
    ),
    _stock("unanswered", {"waits_begun": 1, "waits_ended": -1}, "ticket_reply"),
    mean_time("reply_time", Better.LOWER, "reply_ms", "replies", "ticket_reply", sketch="reply"),
    mean_time(
        "reply_time.business", Better.LOWER, "reply_business_ms", "replies", "ticket_reply", sketch="reply_business"
    ),
    mean_time("resolution_time", Better.LOWER, "resolution_ms", "resolutions", "ticket", sketch="resolution"),
    mean_time(
        "resolution_time.business",
        Better.LOWER,
        "resolution_business_ms",
        "resolutions",
        "ticket",
        sketch="resolution_business",
    ),
    mean_time(
        "resolution_time.first",
        Better.LOWER,
        "first_resolution_ms",
        "first_resolutions",
        "ticket",
        sketch="first_resolution",
    ),
    mean_time(
        "resolution_time.first.business",
        Better.LOWER,
        "first_resolution_business_ms",
        "first_resolutions",
        "ticket",
        sketch="first_resolution_business",
    ),
    mean_time(
        "resolution_time.requester_wait",
        Better.LOWER,
        "requester_wait_ms",
        "resolutions",
        "ticket",
        "ticket_pause",
        sketch="requester_wait",
    ),
    mean_time(
        "resolution_time.requester_wait.business",
        Better.LOWER,
        "requester_wait_business_ms",
        "resolutions",
        "ticket",
        "ticket_pause",
        sketch="requester_wait_business",
    ),
    ratio("reopen_rate", Better.LOWER, {"reopened_tickets": 1}, {"solved": 1}, "ticket"),
    ratio("reopen_rate.without_thanks", Better.LOWER, {"reopened_without_thanks": 1}, {"solved": 1}, "ticket_reply"),
    _stock("backlog", {"spans_opened": 1, "spans_solved": -1}, "ticket"),
    Metric(
        key="backlog.mean",
        unit=Unit.NUMBER,
        better=Better.LOWER,
        numerator={"open_at_day_ends": 1},
        denominator={"day_ends": 1},
        needs=("ticket",),
        over_time="end",
    ),
    mean_time("backlog_age", Better.LOWER, "open_age_ms", "open_tickets", "ticket", sketch="backlog_age"),
    _stock("backlog_old", {"open_tickets_old": 1}, "ticket", over_time="end"),
    ratio(
        "sla_compliance",
        Better.HIGHER,
        {"sla_first_responses_met": 1, "sla_resolutions_met": 1},
        {"sla_first_responses": 1, "sla_resolutions": 1},
        "ticket",
        "sla",
    ),
    ratio(
        "sla_compliance.first_response",
        Better.HIGHER,
        {"sla_first_responses_met": 1},
        {"sla_first_responses": 1},
        "ticket_reply",
        "sla",
    ),
    ratio(
        "sla_compliance.resolution", Better.HIGHER, {"sla_resolutions_met": 1}, {"sla_resolutions": 1}, "ticket", "sla"
    ),
    ratio("escalation_rate", Better.LOWER, {"tickets_escalated": 1}, {"tickets_escalatable": 1}, "ticket", "tier"),
    ratio(
        "escalation_rate.contacts",
        Better.LOWER,
        {"legs_escalated": 1},
        {"legs_escalatable": 1},
        "agent",
        "queue",
        "queue_tier",
    ),
    mean_number("replies_per_ticket", Better.LOWER, "agent_replies", "solved", "ticket_reply"),
    mean_number("groups_per_ticket", Better.LOWER, "ticket_groups", "solved", "ticket"),
    ratio("one_touch_rate", Better.HIGHER, {"solved_in_one_touch": 1}, {"solved": 1}, "ticket_reply"),
    ratio("two_touch_rate", Better.NEUTRAL, {"solved_in_two_touches": 1}, {"solved": 1}, "ticket_reply"),
    ratio("multi_touch_rate", Better.LOWER, {"solved_in_many_touches": 1}, {"solved": 1}, "ticket_reply"),
)
