"""What agents do with a contact."""

from plugin.kpi.catalogue.shape import count, mean_time, ratio
from plugin.kpi.metric import Better, Metric, Unit

METRICS = (
    mean_time("talk_time", Better.NEUTRAL, "talk_ms", "talks", "talk", sketch="talk"),
    mean_time("hold_time", Better.LOWER, "hold_ms", "holds", "hold"),
    mean_time("hold_time.held", Better.LOWER, "contacts_hold_ms", "contacts_held", "hold"),
    count("hold_abandons", "hold", "ended_by", better=Better.LOWER),
    mean_time("wrap_up_time", Better.NEUTRAL, "wrap_ms", "wraps", "wrap_up"),
    ratio("wrap_up_time.timed_out", Better.NEUTRAL, {"wraps_timed_out": 1}, {"wraps_told": 1}, "wrap_up_end"),
    mean_time("aht", Better.LOWER, "handle_ms", "talks", "talk"),
    mean_time("aht.contact", Better.LOWER, "contacts_handle_ms", "contacts_timed", "talk"),
    mean_time("aht.outbound", Better.LOWER, "outbound_handle_ms", "outbound_talks", "talk"),
    mean_time("aht.outbound_dialling", Better.LOWER, "outbound_dialled_ms", "outbound_dialled", "talk", "dialling"),
    ratio("transfer_rate", Better.LOWER, {"contacts_transferred": 1}, {"contacts_handled": 1}, "transfer"),
    ratio("transfer_rate.legs", Better.LOWER, {"legs_transferred": 1}, {"legs": 1}, "transfer"),
    ratio(
        "quality_score",
        Better.HIGHER,
        {"evaluation_points_milli": 1},
        {"evaluation_possible_milli": 1},
        "evaluation",
    ),
    Metric(
        key="sentiment",
        unit=Unit.NUMBER,
        better=Better.HIGHER,
        numerator={"sentiment_milli": 1},
        denominator={"sentiments": 1},
        needs=("sentiment",),
        scale=0.001,
    ),
)
