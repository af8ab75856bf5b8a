"""How well the centre can be reached (KPIS 3)."""

from plugin.kpi.catalogue.shape import count, mean_time, ratio
from plugin.kpi.metric import Better, Metric, Unit

#: KPIS 3.6; b_T and b_s are abandons within the threshold and within the short limit
SERVICE_LEVELS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "sl1": ({"answered_in_time": 1, "abandoned_in_time": 1}, {"answered": 1, "abandoned": 1}),
    "sl2": ({"answered_in_time": 1}, {"answered": 1}),
    "sl3": ({"answered_in_time": 1}, {"answered": 1, "abandoned": 1}),
    "sl4": ({"answered_in_time": 1}, {"answered": 1, "abandoned": 1, "abandoned_in_time": -1}),
    "sl5": ({"answered_in_time": 1}, {"answered": 1, "abandoned": 1, "abandoned_short": -1}),
    "sl6": ({"answered_in_time": 1, "abandoned_short": 1}, {"answered": 1, "abandoned": 1}),
}
DEFAULT_SERVICE_LEVEL = "sl3"


def _service_level(key: str, variant: str) -> Metric:
    return ratio(key, Better.HIGHER, *SERVICE_LEVELS[variant], "queue")


METRICS = (
    count("offered", "queue"),
    count("answered", "queue", better=Better.HIGHER),
    ratio("answer_rate", Better.HIGHER, {"answered": 1}, {"offered": 1}, "queue"),
    count("abandoned", "queue", better=Better.LOWER),
    ratio("abandonment_rate", Better.LOWER, {"abandoned": 1}, {"offered": 1}, "queue"),
    ratio(
        "abandonment_rate_excl_short",
        Better.LOWER,
        {"abandoned": 1, "abandoned_short": -1},
        {"offered": 1, "abandoned_short": -1},
        "queue",
    ),
    mean_time(
        "average_time_to_abandon",
        Better.NEUTRAL,
        "abandoned_wait_ms",
        "abandoned_waits",
        "queue",
        sketch="abandoned_wait",
    ),
    _service_level("service_level", DEFAULT_SERVICE_LEVEL),
    *(_service_level(f"service_level.{variant}", variant) for variant in SERVICE_LEVELS),
    mean_time("asa", Better.LOWER, "answered_wait_ms", "answered_waits", "queue", sketch="answered_wait"),
    mean_time("average_wait", Better.LOWER, "wait_ms", "waits", "queue"),
    Metric(
        key="longest_wait",
        unit=Unit.SECONDS,
        better=Better.LOWER,
        numerator={"longest_wait_ms": 1},
        needs=("queue",),
        over_time="max",
        scale=0.001,
    ),
    count("closed", "queue"),
    count("blocked", "queue", better=Better.LOWER),
    count("saturated", "queue", better=Better.LOWER),
)
