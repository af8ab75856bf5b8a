"""What agents do with their time."""

from plugin.kpi.catalogue.shape import count, ratio, total_time
from plugin.kpi.metric import Better, Metric, Unit

_STATES = ("agent_state", "login")
_PLAN = (*_STATES, "roster")
_WORKED = {"paid_ms": 1, "paid_break_ms": -1}
_HOUR_MS = 3_600_000

METRICS = (
    Metric(
        key="contacts_per_agent",
        unit=Unit.COUNT,
        better=Better.NEUTRAL,
        numerator={"legs": 1},
        denominator={"agents_present": 1},
        needs=("agent", "login"),
    ),
    Metric(
        key="contacts_per_agent.full_time",
        unit=Unit.COUNT,
        better=Better.NEUTRAL,
        numerator={"legs": 1},
        denominator={"full_time_agents": 1},
        needs=("agent", "login", "calendar"),
    ),
    Metric(
        key="contacts_per_hour",
        unit=Unit.COUNT,
        better=Better.HIGHER,
        numerator={"legs": 1},
        denominator={"ready_ms": 1},
        needs=("agent", *_STATES),
        scale=_HOUR_MS,
    ),
    ratio("occupancy", Better.BAND, {"occupied_ms": 1}, {"occupied_ms": 1, "idle_ms": 1}, *_STATES),
    ratio("utilisation", Better.BAND, {"busy_ms": 1, "productive_ms": 1}, {"paid_ms": 1}, *_PLAN),
    ratio("shrinkage", Better.LOWER, {"away_planned_ms": 1, "away_unplanned_ms": 1}, {"paid_ms": 1}, *_PLAN),
    ratio("shrinkage.planned", Better.LOWER, {"away_planned_ms": 1}, {"paid_ms": 1}, *_PLAN),
    ratio("shrinkage.unplanned", Better.LOWER, {"away_unplanned_ms": 1}, {"paid_ms": 1}, *_PLAN),
    ratio("adherence", Better.HIGHER, {"adherent_ms": 1}, {"scheduled_ms": 1}, *_PLAN),
    ratio("conformance", Better.BAND, {"ready_ms": 1}, {"scheduled_ms": 1}, *_PLAN),
    total_time("login_time", "login_ms", "login"),
    total_time("pause_time", "pause_ms", "agent_state"),
    total_time("idle_time", "idle_ms", *_STATES),
    Metric(
        key="load_gap",
        unit=Unit.SECONDS,
        better=Better.NEUTRAL,
        numerator={**_WORKED, "paid_talk_ms": -1},
        needs=("talk", *_PLAN),
        scale=0.001,
    ),
    ratio("talk_share", Better.NEUTRAL, {"paid_talk_ms": 1}, _WORKED, "talk", *_PLAN),
    count("non_response", "ring", better=Better.LOWER, of="rings_missed"),
    ratio("non_response_rate", Better.LOWER, {"rings_missed": 1}, {"rings": 1}, "ring"),
    ratio("agent_service_level", Better.HIGHER, {"rings_in_time": 1}, {"rings_timed": 1}, "ring"),
    ratio("agent_turnover", Better.LOWER, {"leavers": 1}, {"average_headcount": 1}, "headcount"),
    ratio("agent_turnover.annualised", Better.LOWER, {"leavers": 1}, {"headcount_years": 1}, "headcount"),
)
