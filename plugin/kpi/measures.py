"""The sums that metrics are made of: one table, each entry an aggregate over one stream of facts.

A stream is a fact table seen at one of its moments. `$threshold` and `$short` in an expression stand for the policy's service-level
threshold and short-abandon limit in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

DIMENSIONS = ("source", "channel", "direction", "queue", "agent")

OFFERED = ("answered", "abandoned", "flow_out", "timeout", "withdrawn", "voicemail", "callback_requested")
WAITED = ("answered", "abandoned", "timeout", "leave_empty")
PAUSED = ("break", "meeting", "training", "other")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """`at` is the moment that decides the period; `dimensions` maps the five dimensions to SQL; `where` leaves rows out."""

    key: str
    table: str
    at: str
    where: str = "1 = 1"
    direction: str = "direction"
    channel: str = "channel"
    queue: str = "queue"
    #: an interval: `at` is its start, `until` its end, and it is split at the borders of periods
    until: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """`sql` is evaluated for each row of the stream and summed (or the greatest taken); `overlap` stands for the split length."""

    key: str
    stream: str
    sql: str
    greatest: bool = False


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _count(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def _when(condition: str, value: str) -> str:
    return f"CASE WHEN {condition} THEN COALESCE({value}, 0) ELSE 0 END"


_INBOUND = _one_of("direction", ("inbound", "callback"))

STREAMS = {
    stream.key: stream
    for stream in (
        Stream(key="visit", table="queue_visit", at="entered_at", where=_INBOUND),
        Stream(key="leg", table="agent_leg", at="counted_at", where=_INBOUND),
        Stream(key="contact", table="contact", at="counted_at"),
        Stream(key="ticket_created", table="ticket", at="created_at", direction="'inbound'"),
        Stream(
            key="ticket_replied",
            table="ticket",
            at="first_response_at",
            where="excluded IS NULL",
            direction="'inbound'",
        ),
        Stream(key="ticket_solved", table="ticket", at="solved_at", where="excluded IS NULL", direction="'inbound'"),
        Stream(key="span_opened", table="ticket_span", at="opened_at", direction="'inbound'"),
        Stream(key="span_solved", table="ticket_span", at="solved_at", direction="'inbound'"),
        Stream(key="survey", table="survey", at="answered_at", direction="'inbound'"),
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
            where=f"track = 'activity' AND {_one_of('state', PAUSED)}",
            direction="''",
            channel="''",
            queue="''",
        ),
    )
}

_ABANDONED, _ANSWERED = "outcome = 'abandoned'", "outcome = 'answered'"

MEASURES = {
    measure.key: measure
    for measure in (
        Measure(key="offered", stream="visit", sql=_count(_one_of("outcome", OFFERED))),
        Measure(key="answered", stream="visit", sql=_count(_ANSWERED)),
        Measure(key="answered_in_time", stream="visit", sql=_count(f"{_ANSWERED} AND wait_ms <= $threshold")),
        Measure(key="answered_waits", stream="visit", sql=_count(f"{_ANSWERED} AND wait_ms IS NOT NULL")),
        Measure(key="answered_wait_ms", stream="visit", sql=_when(_ANSWERED, "wait_ms")),
        Measure(key="abandoned", stream="visit", sql=_count(_ABANDONED)),
        Measure(key="abandoned_in_time", stream="visit", sql=_count(f"{_ABANDONED} AND wait_ms <= $threshold")),
        Measure(key="abandoned_short", stream="visit", sql=_count(f"{_ABANDONED} AND wait_ms <= $short")),
        Measure(key="abandoned_waits", stream="visit", sql=_count(f"{_ABANDONED} AND wait_ms IS NOT NULL")),
        Measure(key="abandoned_wait_ms", stream="visit", sql=_when(_ABANDONED, "wait_ms")),
        Measure(key="waits", stream="visit", sql=_count(f"{_one_of('outcome', WAITED)} AND wait_ms IS NOT NULL")),
        Measure(key="wait_ms", stream="visit", sql=_when(_one_of("outcome", WAITED), "wait_ms")),
        Measure(
            key="longest_wait_ms",
            stream="visit",
            sql=f"CASE WHEN {_one_of('outcome', ('answered', 'abandoned'))} THEN wait_ms END",
            greatest=True,
        ),
        Measure(key="flow_outs", stream="visit", sql=_count(_one_of("outcome", ("flow_out", "timeout", "withdrawn")))),
        Measure(key="voicemails", stream="visit", sql=_count("outcome = 'voicemail'")),
        Measure(key="callbacks_requested", stream="visit", sql=_count("outcome = 'callback_requested'")),
        Measure(key="closed", stream="visit", sql=_count("outcome = 'closed'")),
        Measure(key="blocked", stream="visit", sql=_count(_one_of("outcome", ("join_empty", "leave_empty")))),
        Measure(key="saturated", stream="visit", sql=_count(_one_of("outcome", ("full", "divert")))),
        Measure(key="failed_visits", stream="visit", sql=_count("outcome = 'error'")),
        Measure(key="open_visits", stream="visit", sql=_count("outcome = 'open'")),
        Measure(key="legs", stream="leg", sql="1"),
        Measure(key="talks", stream="leg", sql=_count("talk_ms IS NOT NULL")),
        Measure(key="talk_ms", stream="leg", sql="COALESCE(talk_ms, 0)"),
        Measure(key="holds", stream="leg", sql=_count("hold_ms IS NOT NULL")),
        Measure(key="hold_ms", stream="leg", sql="COALESCE(hold_ms, 0)"),
        Measure(key="wraps", stream="leg", sql=_count("wrap_ms IS NOT NULL")),
        Measure(key="wrap_ms", stream="leg", sql="COALESCE(wrap_ms, 0)"),
        Measure(
            key="handle_ms",
            stream="leg",
            sql="CASE WHEN talk_ms IS NULL THEN 0 ELSE talk_ms + COALESCE(hold_ms, 0) + COALESCE(wrap_ms, 0) END",
        ),
        Measure(key="contacts_handled", stream="contact", sql=_count(f"handled = 1 AND {_INBOUND}")),
        Measure(key="contacts_transferred", stream="contact", sql=_count(f"transferred = 1 AND {_INBOUND}")),
        Measure(key="contacts_connected", stream="contact", sql=_count("handled = 1 AND direction <> 'internal'")),
        Measure(
            key="calls_connected",
            stream="contact",
            sql=_count("handled = 1 AND direction <> 'internal' AND channel = 'voice'"),
        ),
        Measure(key="internal_contacts", stream="contact", sql=_count("direction = 'internal'")),
        Measure(key="ivr_abandoned", stream="contact", sql=_count("outcome = 'ivr_abandoned'")),
        Measure(key="flawed_contacts", stream="contact", sql=_count("flaw IS NOT NULL")),
        Measure(key="received", stream="ticket_created", sql=_count("excluded IS NULL")),
        Measure(key="excluded_tickets", stream="ticket_created", sql=_count("excluded IS NOT NULL")),
        Measure(key="first_responses", stream="ticket_replied", sql="1"),
        Measure(key="first_response_ms", stream="ticket_replied", sql="COALESCE(first_response_ms, 0)"),
        Measure(key="tickets_answered", stream="ticket_replied", sql=_count("channel <> 'voice'")),
        Measure(key="solved", stream="ticket_solved", sql="1"),
        Measure(key="resolution_ms", stream="ticket_solved", sql="COALESCE(resolution_ms, 0)"),
        Measure(key="solved_at_first_contact", stream="ticket_solved", sql="at_first_contact"),
        Measure(key="spans_opened", stream="span_opened", sql="1"),
        Measure(key="spans_solved", stream="span_solved", sql="1"),
        Measure(key="csat_positive", stream="survey", sql=_count("type = 'csat' AND positive = 1")),
        Measure(key="csat_answers", stream="survey", sql=_count("type = 'csat' AND positive IS NOT NULL")),
        Measure(key="login_ms", stream="session", sql="overlap"),
        Measure(key="pause_ms", stream="activity", sql="overlap"),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """A distribution of durations: the bucket column of a stream and the condition under which a row belongs to it."""

    key: str
    stream: str
    bucket: str
    where: str = "1 = 1"


SKETCHES = {
    sketch.key: sketch
    for sketch in (
        Sketch(key="answered_wait", stream="visit", bucket="wait_bin", where=_ANSWERED),
        Sketch(key="abandoned_wait", stream="visit", bucket="wait_bin", where=_ABANDONED),
        Sketch(key="talk", stream="leg", bucket="talk_bin"),
        Sketch(key="first_response", stream="ticket_replied", bucket="first_response_bin"),
        Sketch(key="resolution", stream="ticket_solved", bucket="resolution_bin"),
    )
}
