"""Every metric, once: adding a KPI is one entry here, one worked example in the tests and one heading in the docs."""

from __future__ import annotations

from plugin.kpi.metric import Better, Metric, Unit

_SECONDS = 0.001

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


def _count(
    key: str, label: str, better: Better = Better.NEUTRAL, needs: tuple[str, ...] = ("queue",), doc: str = ""
) -> Metric:
    return Metric(key=key, label=label, unit=Unit.COUNT, better=better, numerator={key: 1}, needs=needs, doc=doc)


def _ratio(
    key: str,
    label: str,
    better: Better,
    numerator: dict[str, float],
    denominator: dict[str, float],
    needs: tuple[str, ...],
) -> Metric:
    return Metric(
        key=key, label=label, unit=Unit.RATIO, better=better, numerator=numerator, denominator=denominator, needs=needs
    )


def _mean(
    key: str, label: str, better: Better, total_ms: str, count: str, needs: tuple[str, ...], sketch: str | None = None
) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit=Unit.SECONDS,
        better=better,
        numerator={total_ms: 1},
        denominator={count: 1},
        needs=needs,
        sketch=sketch,
        scale=_SECONDS,
    )


def _total_time(key: str, label: str, measure: str, needs: tuple[str, ...]) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit=Unit.SECONDS,
        better=Better.NEUTRAL,
        numerator={measure: 1},
        needs=needs,
        scale=_SECONDS,
    )


def _service_level(key: str, variant: str) -> Metric:
    numerator, denominator = SERVICE_LEVELS[variant]
    return _ratio(key, "Service level", Better.HIGHER, numerator, denominator, ("queue",))


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        _count("offered", "Contacts offered"),
        _count("answered", "Contacts answered", Better.HIGHER),
        _ratio("answer_rate", "Answer rate", Better.HIGHER, {"answered": 1}, {"offered": 1}, ("queue",)),
        _count("abandoned", "Contacts abandoned", Better.LOWER),
        _ratio("abandonment_rate", "Abandonment rate", Better.LOWER, {"abandoned": 1}, {"offered": 1}, ("queue",)),
        _ratio(
            "abandonment_rate_excl_short",
            "Abandonment rate without short abandons",
            Better.LOWER,
            {"abandoned": 1, "abandoned_short": -1},
            {"offered": 1, "abandoned_short": -1},
            ("queue",),
        ),
        _mean(
            "average_time_to_abandon",
            "Average time to abandon",
            Better.NEUTRAL,
            "abandoned_wait_ms",
            "abandoned_waits",
            ("queue",),
            sketch="abandoned_wait",
        ),
        _service_level("service_level", DEFAULT_SERVICE_LEVEL),
        *(_service_level(f"service_level.{variant}", variant) for variant in SERVICE_LEVELS),
        _mean(
            "asa",
            "Average speed of answer",
            Better.LOWER,
            "answered_wait_ms",
            "answered_waits",
            ("queue",),
            sketch="answered_wait",
        ),
        _mean("average_wait", "Average wait", Better.LOWER, "wait_ms", "waits", ("queue",)),
        Metric(
            key="longest_wait",
            label="Longest wait",
            unit=Unit.SECONDS,
            better=Better.LOWER,
            numerator={"longest_wait_ms": 1},
            needs=("queue",),
            over_time="max",
            scale=_SECONDS,
        ),
        _count("closed", "Contacts to a closed queue"),
        _count("blocked", "Contacts blocked (no agents)", Better.LOWER),
        _count("saturated", "Contacts refused (queue full or diverted)", Better.LOWER),
        _total_time("login_time", "Logged-in time", "login_ms", ("login",)),
        _total_time("pause_time", "Pause time", "pause_ms", ("agent_state",)),
        _mean("talk_time", "Average talk time", Better.NEUTRAL, "talk_ms", "talks", ("talk",), sketch="talk"),
        _mean("hold_time", "Average hold time", Better.LOWER, "hold_ms", "holds", ("hold",)),
        _mean("wrap_up_time", "Average wrap-up time", Better.NEUTRAL, "wrap_ms", "wraps", ("wrap_up",)),
        _mean("aht", "Average handle time", Better.LOWER, "handle_ms", "talks", ("talk",)),
        _ratio(
            "transfer_rate",
            "Transfer rate",
            Better.LOWER,
            {"contacts_transferred": 1},
            {"contacts_handled": 1},
            ("transfer",),
        ),
        _count("received", "Tickets received", needs=("ticket",)),
        _count("solved", "Tickets solved", Better.HIGHER, needs=("ticket",)),
        _ratio("resolution_rate", "Resolution rate", Better.HIGHER, {"solved": 1}, {"received": 1}, ("ticket",)),
        _ratio(
            "fcr",
            "First contact resolution",
            Better.HIGHER,
            {"solved_at_first_contact": 1},
            {"solved": 1},
            ("ticket_reply",),
        ),
        _mean(
            "first_response_time",
            "First response time",
            Better.LOWER,
            "first_response_ms",
            "first_responses",
            ("ticket_reply",),
            sketch="first_response",
        ),
        _mean(
            "resolution_time",
            "Resolution time",
            Better.LOWER,
            "resolution_ms",
            "solved",
            ("ticket",),
            sketch="resolution",
        ),
        _ratio("reopen_rate", "Reopen rate", Better.LOWER, {"reopened_tickets": 1}, {"solved": 1}, ("ticket",)),
        Metric(
            key="backlog",
            label="Open tickets at the end",
            unit=Unit.COUNT,
            better=Better.LOWER,
            numerator={"spans_opened": 1, "spans_solved": -1},
            needs=("ticket",),
            over_time="last",
        ),
        _ratio(
            "csat", "Customer satisfaction", Better.HIGHER, {"csat_positive": 1}, {"csat_answers": 1}, ("survey:csat",)
        ),
        Metric(
            key="total_cost",
            label="Total cost",
            unit=Unit.MONEY,
            better=Better.LOWER,
            numerator={"cost": 1},
            needs=("cost",),
        ),
        Metric(
            key="cost_per_contact",
            label="Cost per contact",
            unit=Unit.MONEY,
            better=Better.LOWER,
            numerator={"cost": 1},
            denominator={"contacts_connected": 1, "tickets_answered": 1},
            needs=("cost",),
        ),
        Metric(
            key="cost_per_call",
            label="Cost per call",
            unit=Unit.MONEY,
            better=Better.LOWER,
            numerator={"voice_cost": 1},
            denominator={"calls_connected": 1},
            needs=("cost", "agent"),
        ),
    )
}

#: metrics whose value is worked out from other metrics and the policy, not from measures
PLAN_ATTAINMENT = Metric(
    key="plan_attainment",
    label="Plan attainment",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    numerator={},
    denominator={},
    needs=("target",),
)

PERCENTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}


def known_kpis() -> frozenset[str]:
    """Every key that a report, a target, a rule or a digest may name."""
    keys = {*METRICS, PLAN_ATTAINMENT.key}
    keys.update(f"{metric.key}.{name}" for metric in METRICS.values() if metric.sketch for name in PERCENTILES)
    return frozenset(keys)
