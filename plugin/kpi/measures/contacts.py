"""Contacts and the legs of their agents, at the first entry into a queue or at the end."""

from plugin.kpi.measures.shape import CONTACT_OVER, EXTERNAL, INBOUND, LEG_OVER, Measure, Sketch, Stream, count, total

_OUTBOUND = "direction = 'outbound'"
_HANDLED_MS = "talk_ms + COALESCE(hold_ms, 0) + COALESCE(wrap_ms, 0)"
_DIALLED = "talk_ms IS NOT NULL AND dial_ms IS NOT NULL"
_SOLD = "converted = 1 AND handled = 1"

STREAMS = (
    Stream(key="leg", table="agent_leg", at="counted_at", entry="entry_at", end=LEG_OVER, where=INBOUND),
    Stream(key="outbound_leg", table="agent_leg", at="counted_at", entry="entry_at", end=LEG_OVER, where=_OUTBOUND),
    Stream(key="contact", table="contact", at="counted_at", entry="entry_at", end=CONTACT_OVER),
    Stream(key="evaluation", table="evaluation", at="counted_at"),
)

MEASURES = (
    Measure(key="legs", stream="leg", sql="1"),
    count("legs_transferred", "leg", "transferred = 1"),
    count("legs_escalatable", "leg", "escalatable = 1"),
    count("legs_escalated", "leg", "escalated = 1"),
    count("talks", "leg", "talk_ms IS NOT NULL"),
    total("talk_ms", "leg", "talk_ms"),
    count("holds", "leg", "hold_ms IS NOT NULL"),
    total("hold_ms", "leg", "hold_ms"),
    count("wraps", "leg", "wrap_ms IS NOT NULL"),
    total("wrap_ms", "leg", "wrap_ms"),
    count("wraps_told", "leg", "wrap_timed_out IS NOT NULL"),
    count("wraps_timed_out", "leg", "wrap_timed_out = 1"),
    total("handle_ms", "leg", _HANDLED_MS, "talk_ms IS NOT NULL"),
    count("contacts_offered", "contact", f"offered = 1 AND {INBOUND}"),
    count("contacts_handled", "contact", f"handled = 1 AND {INBOUND}"),
    count("contacts_abandoned", "contact", f"outcome = 'abandoned' AND {INBOUND}"),
    count("contacts_transferred", "contact", f"transferred = 1 AND {INBOUND}"),
    count("contacts_connected", "contact", f"handled = 1 AND {EXTERNAL}"),
    count("calls_connected", "contact", f"handled = 1 AND {EXTERNAL} AND channel = 'voice'"),
    count("contacts_held", "contact", f"held = 1 AND {INBOUND}"),
    total("contacts_hold_ms", "contact", "hold_ms", INBOUND),
    count("hold_abandons", "contact", f"hold_abandoned = 1 AND {INBOUND}"),
    count("contacts_timed", "contact", f"handle_ms IS NOT NULL AND {INBOUND}"),
    total("contacts_handle_ms", "contact", "handle_ms", INBOUND),
    count("contacts_resolved", "contact", f"resolved = 1 AND handled = 1 AND {INBOUND}"),
    count("anonymous_contacts", "contact", f"handled = 1 AND customer IS NULL AND {INBOUND}"),
    count("menu_entered", "contact", f"ivr IN ('contained', 'routed', 'abandoned') AND {INBOUND}"),
    count("contained", "contact", f"ivr = 'contained' AND {INBOUND}"),
    count("sentiments", "contact", "sentiment_milli IS NOT NULL"),
    total("sentiment_milli", "contact", "sentiment_milli"),
    count("contacts_converted", "contact", f"{_SOLD} AND {EXTERNAL}"),
    count("outbound_contacts", "contact", _OUTBOUND),
    count("outbound_connected", "contact", f"handled = 1 AND {_OUTBOUND}"),
    count("outbound_talks", "outbound_leg", "talk_ms IS NOT NULL"),
    total("outbound_talk_ms", "outbound_leg", "talk_ms"),
    total("outbound_handle_ms", "outbound_leg", _HANDLED_MS, "talk_ms IS NOT NULL"),
    count("outbound_dialled", "outbound_leg", _DIALLED),
    total("outbound_dialled_ms", "outbound_leg", f"dial_ms + {_HANDLED_MS}", _DIALLED),
    total("evaluation_points_milli", "evaluation", "points_milli"),
    total("evaluation_possible_milli", "evaluation", "possible_milli"),
    count("internal_contacts", "contact", "direction = 'internal'"),
    count("ivr_abandoned", "contact", "outcome = 'ivr_abandoned'"),
    count("flawed_contacts", "contact", "flaw IS NOT NULL"),
)

SKETCHES = (
    Sketch(key="talk", stream="leg", bucket="talk_bin"),
    Sketch(key="outbound_talk", stream="outbound_leg", bucket="talk_bin"),
)
