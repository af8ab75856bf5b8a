"""What agents do with their time (KPIS 4.5 to 4.11, 4.14)."""

from plugin.kpi.catalogue.shape import total_time

METRICS = (
    total_time("login_time", "login_ms", "login"),
    total_time("pause_time", "pause_ms", "agent_state"),
)
