"""Tickets at their creation, first response and solution, their spans, replies and promised times."""

from plugin.kpi.measures.shape import Measure, Sketch, Stream, count, total

_COUNTED = "excluded IS NULL"

STREAMS = (
    Stream(key="ticket_created", table="ticket", at="created_at", direction="'inbound'"),
    Stream(key="ticket_replied", table="ticket", at="first_response_at", where=_COUNTED, direction="'inbound'"),
    Stream(key="ticket_solved", table="ticket", at="solved_at", where=_COUNTED, direction="'inbound'"),
    Stream(key="span_opened", table="ticket_span", at="opened_at", direction="'inbound'"),
    Stream(key="span_solved", table="ticket_span", at="solved_at", direction="'inbound'"),
    Stream(key="ticket_first_solved", table="ticket", at="first_solved_at", where=_COUNTED, direction="'inbound'"),
    Stream(key="span_waiting", table="ticket_span", at="waiting_from", direction="'inbound'"),
    Stream(key="span_answered", table="ticket_span", at="waiting_until", direction="'inbound'"),
    Stream(key="ticket_reply", table="ticket_reply", at="replied_at", direction="'inbound'"),
    Stream(key="ticket_timer", table="ticket_timer", at="counted_at", direction="'inbound'"),
)

MEASURES = (
    count("received", "ticket_created", _COUNTED),
    count("excluded_tickets", "ticket_created", "excluded IS NOT NULL"),
    count("flawed_tickets", "ticket_created", f"{_COUNTED} AND flaw IS NOT NULL"),
    count("cohort_first_responses", "ticket_created", f"{_COUNTED} AND first_response_ms IS NOT NULL"),
    total("cohort_first_response_ms", "ticket_created", "first_response_ms", _COUNTED),
    count("first_responses", "ticket_replied", "first_response_ms IS NOT NULL"),
    total("first_response_business_ms", "ticket_replied", "first_response_business_ms"),
    total("first_response_ms", "ticket_replied", "first_response_ms"),
    count("tickets_answered", "ticket_replied", "channel <> 'voice'"),
    Measure(key="solved", stream="ticket_solved", sql="1"),
    count("resolutions", "ticket_solved", "resolution_ms IS NOT NULL"),
    total("resolution_ms", "ticket_solved", "resolution_ms"),
    total("resolution_business_ms", "ticket_solved", "resolution_business_ms"),
    total("requester_wait_ms", "ticket_solved", "requester_wait_ms"),
    count("first_resolutions", "ticket_first_solved", "first_resolution_ms IS NOT NULL"),
    total("first_resolution_ms", "ticket_first_solved", "first_resolution_ms"),
    Measure(key="solved_at_first_contact", stream="ticket_solved", sql="at_first_contact"),
    count("solved_beyond_first_level", "ticket_solved", "beyond_level_1 = 1"),
    count(
        "solved_at_first_contact_by_first_level",
        "ticket_solved",
        "at_first_contact = 1 AND COALESCE(beyond_level_1, 0) = 0",
    ),
    total("agent_replies", "ticket_solved", "agent_replies"),
    total("ticket_groups", "ticket_solved", "groups"),
    count("solved_in_one_touch", "ticket_solved", "agent_replies = 1"),
    count("solved_in_two_touches", "ticket_solved", "agent_replies = 2"),
    count("solved_in_many_touches", "ticket_solved", "agent_replies > 2"),
    count("tickets_escalatable", "ticket_solved", "escalatable = 1"),
    count("tickets_escalated", "ticket_solved", "escalations > 0"),
    Measure(key="replies", stream="ticket_reply", sql="1"),
    total("reply_ms", "ticket_reply", "reply_ms"),
    total("reply_business_ms", "ticket_reply", "reply_business_ms"),
    count("sla_first_responses", "ticket_timer", "kind = 'first_response'"),
    count("sla_first_responses_met", "ticket_timer", "kind = 'first_response' AND met = 1"),
    count("sla_resolutions", "ticket_timer", "kind = 'resolution'"),
    count("sla_resolutions_met", "ticket_timer", "kind = 'resolution' AND met = 1"),
    Measure(key="waits_begun", stream="span_waiting", sql="1"),
    Measure(key="waits_ended", stream="span_answered", sql="1"),
    Measure(key="spans_opened", stream="span_opened", sql="1"),
    Measure(key="spans_solved", stream="span_solved", sql="1"),
)

SKETCHES = (
    Sketch(key="first_response", stream="ticket_replied", bucket="first_response_bin"),
    Sketch(key="first_response_business", stream="ticket_replied", bucket="first_response_business_bin"),
    Sketch(key="cohort_first_response", stream="ticket_created", bucket="first_response_bin", where=_COUNTED),
    Sketch(key="resolution", stream="ticket_solved", bucket="resolution_bin"),
    Sketch(key="resolution_business", stream="ticket_solved", bucket="resolution_business_bin"),
    Sketch(key="reply", stream="ticket_reply", bucket="reply_bin"),
    Sketch(key="reply_business", stream="ticket_reply", bucket="reply_business_bin"),
)
