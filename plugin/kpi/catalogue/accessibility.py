"""How well the centre can be reached."""

from plugin.kpi.catalogue.shape import count, mean_time, ratio
from plugin.kpi.metric import Better, Metric, Unit

#: `docs/kpi/service_level.md`; b_T and b_s are abandons within the threshold and within the short limit
SERVICE_LEVELS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "sl1": ({"answered_in_time": 1, "abandoned_in_time": 1}, {"answered": 1, "abandoned": 1}),
    "sl2": ({"answered_in_time": 1}, {"answered": 1}),
    "sl3": ({"answered_in_time": 1}, {"answered": 1, "abandoned": 1}),
    "sl4": ({"answered_in_time": 1}, {"answered": 1, "abandoned": 1, "abandoned_in_time": -1}),
    "sl5": ({"answered_in_time": 1}, {"answered": 1, "abandoned": 1, "abandoned_short": -1}),
    "sl6": ({"answered_in_time": 1, "abandoned_short": 1}, {"answered": 1, "abandoned": 1}),
}
DEFAULT_SERVICE_LEVEL = "sl3"
#: callers whom the queue did not let in or threw out: no agents there (blocked), no room (saturated)
_REFUSED: dict[str, float] = {"blocked": 1, "saturated": 1}

#: an answered contact whose wait is not known would count as one that did not wait
_OFFERED_WITH_A_KNOWN_WAIT: dict[str, float] = {"offered": 1, "answered": -1, "answered_waits": 1}
#: whatever the policy leaves out of `offered`
_ALL_OFFERED = dict.fromkeys(("answered", "abandoned", "flow_outs", "voicemails", "callbacks_requested"), 1.0)


def _service_level(key: str, variant: str) -> Metric:
    return ratio(key, Better.HIGHER, *SERVICE_LEVELS[variant], "queue")


METRICS = (
    count("offered", "queue"),
    count("answered", "queue", better=Better.HIGHER),
    count("contacts_offered", "queue"),
    count("contacts_handled", "agent", better=Better.HIGHER),
    count("contacts_handled.legs", "agent", better=Better.HIGHER, of="legs"),
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
    mean_time(
        "asa.business",
        Better.LOWER,
        "answered_wait_business_ms",
        "answered_waits",
        "queue",
        sketch="answered_wait_business",
    ),
    mean_time("asa.waited", Better.LOWER, "answered_wait_ms", "answered_waited", "queue"),
    mean_time("asa.offered", Better.LOWER, "answered_wait_ms", _OFFERED_WITH_A_KNOWN_WAIT, "queue"),
    mean_time("average_wait", Better.LOWER, "wait_ms", "waits", "queue"),
    mean_time("average_wait.business", Better.LOWER, "wait_business_ms", "waits", "queue"),
    Metric(
        key="longest_wait",
        unit=Unit.SECONDS,
        better=Better.LOWER,
        numerator={"longest_wait_ms": 1},
        needs=("queue",),
        over_time="max",
        scale=0.001,
    ),
    Metric(
        key="average_queue_length",
        unit=Unit.NUMBER,
        better=Better.LOWER,
        numerator={"queued_ms": 1},
        denominator={"elapsed_ms": 1},
        needs=("queue",),
    ),
    count("closed", "queue"),
    count("blocked", "queue", better=Better.LOWER),
    count("saturated", "queue", better=Better.LOWER),
    count("after_hours", "queue", "calendar", of="arrivals_closed"),
    ratio("after_hours_rate", Better.NEUTRAL, {"arrivals_closed": 1}, {"arrivals": 1}, "queue", "calendar"),
    ratio("blocked_rate", Better.LOWER, _REFUSED, {**_REFUSED, "offered": 1}, "queue"),
    ratio("lost_rate", Better.LOWER, {**_REFUSED, "abandoned": 1}, {**_REFUSED, "offered": 1}, "queue"),
    count("callback_requested", "queue", of="callbacks_requested"),
    ratio("callback_take_up", Better.NEUTRAL, {"callbacks_requested": 1}, _ALL_OFFERED, "queue"),
    ratio(
        "callback_completion", Better.HIGHER, {"callbacks_connected": 1}, {"callbacks_requested": 1}, "queue", "agent"
    ),
    mean_time(
        "time_to_callback",
        Better.LOWER,
        "callback_wait_ms",
        "callbacks_connected",
        "queue",
        "agent",
        sketch="callback_wait",
    ),
    ratio(
        "missed_call_return_rate",
        Better.HIGHER,
        {"missed_callers_reached": 1},
        {"missed_callers": 1},
        "queue",
        "agent",
        "customer",
    ),
    ratio("containment", Better.HIGHER, {"contained": 1}, {"menu_entered": 1}, "ivr"),
    ratio(
        "containment.true",
        Better.HIGHER,
        {"contained": 1, "contained_returned": -1},
        {"menu_entered": 1},
        "ivr",
        "customer",
    ),
    count("outbound_contacts", "contact"),
    count("outbound_connected", "agent"),
    mean_time(
        "outbound_talk_time", Better.NEUTRAL, "outbound_talk_ms", "outbound_talks", "talk", sketch="outbound_talk"
    ),
    ratio("outbound_abandonment_rate", Better.LOWER, {"live_abandoned": 1}, {"live_answered": 1}, "queue"),
)
