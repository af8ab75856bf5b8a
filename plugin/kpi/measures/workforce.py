"""What agents did with their time, split at the borders of periods (KPIS 4.5 to 4.11)."""

from plugin.kpi.measures.shape import Measure, Sketch, Stream, one_of

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
)

MEASURES = (
    Measure(key="login_ms", stream="session", sql="overlap"),
    Measure(key="pause_ms", stream="activity", sql="overlap"),
)

SKETCHES: tuple[Sketch, ...] = ()
