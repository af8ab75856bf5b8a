"""What costs are divided by and shared out by, beside the sums of other chapters (`docs/kpi/total_cost.md`)."""

from plugin.kpi.measures.shape import EXTERNAL, INBOUND, LEG_OVER, Sketch, Stream, count, total

STREAMS = (
    Stream(key="external_leg", table="agent_leg", at="counted_at", entry="entry_at", end=LEG_OVER, where=EXTERNAL),
)

MEASURES = (
    total("worked_ms", "external_leg", "talk_ms + COALESCE(hold_ms, 0) + COALESCE(wrap_ms, 0)", "talk_ms IS NOT NULL"),
    count("calls", "contact", f"{EXTERNAL} AND channel = 'voice'"),
    count("contacts_received", "contact", INBOUND),
    count("tickets_received", "ticket_created", "excluded IS NULL AND channel <> 'voice'"),
    count("solved_once", "ticket_solved", "reopens = 0"),
)

SKETCHES: tuple[Sketch, ...] = ()
