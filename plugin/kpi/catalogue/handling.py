"""What agents do with a contact (KPIS 4.1 to 4.4, 4.12, 4.13, 4.15)."""

from plugin.kpi.catalogue.shape import mean_time, ratio
from plugin.kpi.metric import Better

METRICS = (
    mean_time("talk_time", Better.NEUTRAL, "talk_ms", "talks", "talk", sketch="talk"),
    mean_time("hold_time", Better.LOWER, "hold_ms", "holds", "hold"),
    mean_time("wrap_up_time", Better.NEUTRAL, "wrap_ms", "wraps", "wrap_up"),
    mean_time("aht", Better.LOWER, "handle_ms", "talks", "talk"),
    ratio("transfer_rate", Better.LOWER, {"contacts_transferred": 1}, {"contacts_handled": 1}, "transfer"),
)
