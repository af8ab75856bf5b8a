"""Queue visits, each at the moment of its entry or at the end of its contact."""

from plugin.facts.fold.contact_facts import OFFERED
from plugin.kpi.measures.shape import INBOUND, VISIT_OVER, Measure, Sketch, Stream, count, one_of, total

_WAITED = one_of("outcome", ("answered", "abandoned", "timeout", "leave_empty"))
_ABANDONED, _ANSWERED = "outcome = 'abandoned'", "outcome = 'answered'"
#: a dialler has to bring an agent to whoever picks up within two seconds (16 CFR 310.4(b)(4)(ii))
_SAFE_HARBOUR_MS = 2000

STREAMS = (
    Stream(key="visit", table="queue_visit", at="counted_at", entry="entered_at", end=VISIT_OVER, where=INBOUND),
    Stream(
        key="dialled",
        table="queue_visit",
        at="counted_at",
        entry="entered_at",
        end=VISIT_OVER,
        where="direction = 'outbound'",
    ),
)

MEASURES = (
    count("offered", "visit", one_of("outcome", OFFERED)),
    count("answered", "visit", _ANSWERED),
    count("answered_in_time", "visit", f"{_ANSWERED} AND wait_ms <= $threshold"),
    count("answered_waits", "visit", f"{_ANSWERED} AND wait_ms IS NOT NULL"),
    count("answered_waited", "visit", f"{_ANSWERED} AND wait_ms > 0"),
    total("answered_wait_ms", "visit", "wait_ms", _ANSWERED),
    total("answered_wait_business_ms", "visit", "wait_business_ms", _ANSWERED),
    count("abandoned", "visit", _ABANDONED),
    count("abandoned_in_time", "visit", f"{_ABANDONED} AND wait_ms <= $threshold"),
    count("abandoned_short", "visit", f"{_ABANDONED} AND wait_ms <= $short"),
    count("abandoned_waits", "visit", f"{_ABANDONED} AND wait_ms IS NOT NULL"),
    total("abandoned_wait_ms", "visit", "wait_ms", _ABANDONED),
    count("waits", "visit", f"{_WAITED} AND wait_ms IS NOT NULL"),
    total("wait_ms", "visit", "wait_ms", _WAITED),
    total("wait_business_ms", "visit", "wait_business_ms", _WAITED),
    total("queued_ms", "visit", "wait_ms"),
    Measure(
        key="longest_wait_ms",
        stream="visit",
        sql=f"CASE WHEN {one_of('outcome', ('answered', 'abandoned'))} THEN wait_ms END",
        greatest=True,
    ),
    count("flow_outs", "visit", one_of("outcome", ("flow_out", "timeout", "withdrawn"))),
    count("voicemails", "visit", "outcome = 'voicemail'"),
    count("callbacks_requested", "visit", "outcome = 'callback_requested'"),
    count("callbacks_in_time", "visit", "outcome = 'callback_requested' AND wait_ms <= $threshold"),
    count("timed_out", "visit", "outcome = 'timeout'"),
    count("queue_full", "visit", "outcome = 'full'"),
    count("closed", "visit", "outcome = 'closed'"),
    count("blocked", "visit", one_of("outcome", ("join_empty", "leave_empty"))),
    count("saturated", "visit", one_of("outcome", ("full", "divert"))),
    count("arrivals", "visit", "outcome NOT IN ('error', 'open')"),
    count("live_answered", "dialled", one_of("outcome", OFFERED)),
    count(
        "live_abandoned",
        "dialled",
        f"{one_of('outcome', OFFERED)} AND (outcome <> 'answered' OR wait_ms > {_SAFE_HARBOUR_MS})",
    ),
    count("failed_visits", "visit", "outcome = 'error'"),
    count("open_visits", "visit", "outcome = 'open'"),
)

SKETCHES = (
    Sketch(key="answered_wait", stream="visit", bucket="wait_bin", where=_ANSWERED),
    Sketch(key="answered_wait_business", stream="visit", bucket="wait_business_bin", where=_ANSWERED),
    Sketch(key="abandoned_wait", stream="visit", bucket="wait_bin", where=_ABANDONED),
)
