"""Contacts and the legs of their agents, at the moment when the contact first entered a queue (KPIS 4.1 to 4.4, 4.12)."""

from plugin.kpi.measures.shape import EXTERNAL, INBOUND, Measure, Sketch, Stream, count, total

STREAMS = (
    Stream(key="leg", table="agent_leg", at="counted_at", where=INBOUND),
    Stream(key="contact", table="contact", at="counted_at"),
)

MEASURES = (
    Measure(key="legs", stream="leg", sql="1"),
    count("talks", "leg", "talk_ms IS NOT NULL"),
    total("talk_ms", "leg", "talk_ms"),
    count("holds", "leg", "hold_ms IS NOT NULL"),
    total("hold_ms", "leg", "hold_ms"),
    count("wraps", "leg", "wrap_ms IS NOT NULL"),
    total("wrap_ms", "leg", "wrap_ms"),
    total("handle_ms", "leg", "talk_ms + COALESCE(hold_ms, 0) + COALESCE(wrap_ms, 0)", "talk_ms IS NOT NULL"),
    count("contacts_handled", "contact", f"handled = 1 AND {INBOUND}"),
    count("contacts_transferred", "contact", f"transferred = 1 AND {INBOUND}"),
    count("contacts_connected", "contact", f"handled = 1 AND {EXTERNAL}"),
    count("calls_connected", "contact", f"handled = 1 AND {EXTERNAL} AND channel = 'voice'"),
    count("internal_contacts", "contact", "direction = 'internal'"),
    count("ivr_abandoned", "contact", "outcome = 'ivr_abandoned'"),
    count("flawed_contacts", "contact", "flaw IS NOT NULL"),
)

SKETCHES = (Sketch(key="talk", stream="leg", bucket="talk_bin"),)
