"""What agents did with their time, split at the borders of periods."""

from plugin.kpi.measures.shape import INBOUND, Measure, Sketch, Stream, count, one_of

PAUSED = ("break", "meeting", "training", "other")

STREAMS = (
    Stream(
        key="session",
        table="agent_state",
        at="started_at",
        until="ended_at",
        where="track = 'session'",
        direction="''",
        channel="''",
        queue="''",
    ),
    Stream(
        key="activity",
        table="agent_state",
        at="started_at",
        until="ended_at",
        where=f"track = 'activity' AND {one_of('state', PAUSED)}",
        direction="''",
        channel="''",
        queue="''",
    ),
    Stream(
        key="time",
        table="agent_time",
        at="started_at",
        until="ended_at",
        slotted=True,
        source="''",
        direction="''",
        channel="''",
        queue="''",
    ),
    Stream(key="shift", table="roster_shift", at="started_at", direction="''", channel="''", queue="''"),
    Stream(key="ring", table="ring_attempt", at="started_at", where=INBOUND),
)

_READY = one_of("state", ("busy", "idle"))
_MISSED = one_of("result", ("missed", "declined"))
_RUNG = one_of("result", ("answered", "missed", "declined"))
#: what was known before: everything that was not planned to be work, except for sickness
_PLANNED_AWAY = "productive = 0 AND scheduled <> 'sickness'"


def _time(key: str, condition: str) -> Measure:
    return Measure(key=key, stream="time", sql=f"CASE WHEN {condition} THEN overlap ELSE 0 END")


MEASURES = (
    Measure(key="login_ms", stream="session", sql="overlap"),
    Measure(key="pause_ms", stream="activity", sql="overlap"),
    _time("present_ms", "logged_in = 1"),
    _time("busy_ms", "state = 'busy'"),
    _time("occupied_ms", "state = 'busy' AND logged_in = 1"),
    _time("idle_ms", "state = 'idle'"),
    _time("ready_ms", _READY),
    _time("productive_ms", "state IN ($productive)"),
    _time("paid_ms", "paid = 1"),
    _time("scheduled_ms", "productive = 1"),
    _time("adherent_ms", f"productive = 1 AND {_READY}"),
    _time("away_planned_ms", f"paid = 1 AND NOT {_READY} AND {_PLANNED_AWAY}"),
    _time("away_unplanned_ms", f"paid = 1 AND NOT {_READY} AND NOT ({_PLANNED_AWAY})"),
    _time("paid_break_ms", "paid = 1 AND (state = 'break' OR (state = 'off' AND scheduled = 'break'))"),
    _time("paid_talk_ms", "paid = 1 AND talking = 1"),
    count("flawed_shifts", "shift", "flaw IS NOT NULL"),
    count("rings_missed", "ring", _MISSED),
    count("rings", "ring", _RUNG),
    count("rings_in_time", "ring", "result = 'answered' AND ring_ms <= $threshold"),
    count("rings_timed", "ring", f"{_MISSED} OR (result = 'answered' AND ring_ms IS NOT NULL)"),
)

SKETCHES: tuple[Sketch, ...] = ()
