"""Queue visits, each at the moment of its entry (KPIS 3)."""

from plugin.kpi.measures.shape import INBOUND, Measure, Sketch, Stream, count, one_of, total

OFFERED = ("answered", "abandoned", "flow_out", "timeout", "withdrawn", "voicemail", "callback_requested")
_WAITED = one_of("outcome", ("answered", "abandoned", "timeout", "leave_empty"))
_ABANDONED, _ANSWERED = "outcome = 'abandoned'", "outcome = 'answered'"

STREAMS = (Stream(key="visit", table="queue_visit", at="entered_at", where=INBOUND),)

MEASURES = (
    count("offered", "visit", one_of("outcome", OFFERED)),
    count("answered", "visit", _ANSWERED),
    count("answered_in_time", "visit", f"{_ANSWERED} AND wait_ms <= $threshold"),
    count("answered_waits", "visit", f"{_ANSWERED} AND wait_ms IS NOT NULL"),
    total("answered_wait_ms", "visit", "wait_ms", _ANSWERED),
    count("abandoned", "visit", _ABANDONED),
    count("abandoned_in_time", "visit", f"{_ABANDONED} AND wait_ms <= $threshold"),
    count("abandoned_short", "visit", f"{_ABANDONED} AND wait_ms <= $short"),
    count("abandoned_waits", "visit", f"{_ABANDONED} AND wait_ms IS NOT NULL"),
    total("abandoned_wait_ms", "visit", "wait_ms", _ABANDONED),
    count("waits", "visit", f"{_WAITED} AND wait_ms IS NOT NULL"),
    total("wait_ms", "visit", "wait_ms", _WAITED),
    Measure(
        key="longest_wait_ms",
        stream="visit",
        sql=f"CASE WHEN {one_of('outcome', ('answered', 'abandoned'))} THEN wait_ms END",
        greatest=True,
    ),
    count("flow_outs", "visit", one_of("outcome", ("flow_out", "timeout", "withdrawn"))),
    count("voicemails", "visit", "outcome = 'voicemail'"),
    count("callbacks_requested", "visit", "outcome = 'callback_requested'"),
    count("closed", "visit", "outcome = 'closed'"),
    count("blocked", "visit", one_of("outcome", ("join_empty", "leave_empty"))),
    count("saturated", "visit", one_of("outcome", ("full", "divert"))),
    count("failed_visits", "visit", "outcome = 'error'"),
    count("open_visits", "visit", "outcome = 'open'"),
)

SKETCHES = (
    Sketch(key="answered_wait", stream="visit", bucket="wait_bin", where=_ANSWERED),
    Sketch(key="abandoned_wait", stream="visit", bucket="wait_bin", where=_ABANDONED),
)
