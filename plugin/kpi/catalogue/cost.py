"""What the centre costs (KPIS 7)."""

from plugin.kpi.catalogue.shape import money

METRICS = (
    money("total_cost", {"cost": 1}, None, "cost"),
    money("cost_per_contact", {"cost": 1}, {"contacts_connected": 1, "tickets_answered": 1}, "cost"),
    money("cost_per_call", {"voice_cost": 1}, {"calls_connected": 1}, "cost", "agent"),
)
