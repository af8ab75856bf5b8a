"""What the centre costs."""

from plugin.kpi.catalogue.shape import money
from plugin.policy.plan import Category

METRICS = (
    money("total_cost", {"cost": 1}, None, "cost"),
    *(money(f"total_cost.{category}", {f"cost_{category}": 1}, None, "cost") for category in Category),
    money("cost_per_contact", {"cost": 1}, {"contacts_connected": 1, "tickets_answered": 1}, "cost"),
    money("cost_per_contact.received", {"cost": 1}, {"contacts_received": 1, "tickets_received": 1}, "cost"),
    money("cost_per_call", {"voice_cost": 1}, {"calls_connected": 1}, "cost", "agent"),
    money("cost_per_call.all", {"voice_cost": 1}, {"calls": 1}, "cost"),
    money("cost_per_ticket", {"cost": 1}, {"solved": 1}, "cost", "ticket"),
    money("cost_per_resolution", {"cost": 1}, {"solved_once": 1}, "cost", "ticket"),
    money("cost_per_minute", {"cost": 1}, {"worked_minutes": 1}, "cost", "talk"),
)
