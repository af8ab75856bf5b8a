"""Tickets at their creation, first response and solution, and the spans in which they were open (KPIS 5)."""

from plugin.kpi.measures.shape import Measure, Sketch, Stream, count, total

_COUNTED = "excluded IS NULL"

STREAMS = (
    Stream(key="ticket_created", table="ticket", at="created_at", direction="'inbound'"),
    Stream(key="ticket_replied", table="ticket", at="first_response_at", where=_COUNTED, direction="'inbound'"),
    Stream(key="ticket_solved", table="ticket", at="solved_at", where=_COUNTED, direction="'inbound'"),
    Stream(key="span_opened", table="ticket_span", at="opened_at", direction="'inbound'"),
    Stream(key="span_solved", table="ticket_span", at="solved_at", direction="'inbound'"),
)

MEASURES = (
    count("received", "ticket_created", _COUNTED),
    count("excluded_tickets", "ticket_created", "excluded IS NOT NULL"),
    Measure(key="first_responses", stream="ticket_replied", sql="1"),
    total("first_response_ms", "ticket_replied", "first_response_ms"),
    count("tickets_answered", "ticket_replied", "channel <> 'voice'"),
    Measure(key="solved", stream="ticket_solved", sql="1"),
    total("resolution_ms", "ticket_solved", "resolution_ms"),
    Measure(key="solved_at_first_contact", stream="ticket_solved", sql="at_first_contact"),
    Measure(key="spans_opened", stream="span_opened", sql="1"),
    Measure(key="spans_solved", stream="span_solved", sql="1"),
)

SKETCHES = (
    Sketch(key="first_response", stream="ticket_replied", bucket="first_response_bin"),
    Sketch(key="resolution", stream="ticket_solved", bucket="resolution_bin"),
)
