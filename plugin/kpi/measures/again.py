"""What only other contacts can tell: whether the customer came back, whether we called back.

Defined in `docs/kpi/fcr_repeat.md` and `missed_call_return_rate.md`.
"""

from plugin.kpi.measures.shape import CONTACT_OVER, INBOUND, VISIT_OVER, Measure, Sketch, Stream, count

_LATER = (
    "FROM contact AS later WHERE later.customer = contact.customer AND later.direction = 'inbound' "
    "AND later.started_at > contact.started_at AND later.started_at <= contact.started_at + "
)
_SAME_TOPIC = "(later.topic IS NULL OR contact.topic IS NULL OR later.topic = contact.topic)"
_ELIGIBLE = "handled = 1 AND customer IS NOT NULL"
_REPEATED = f"EXISTS (SELECT 1 {_LATER}$repeat AND later.handled = 1 AND {_SAME_TOPIC})"
_CAME_BACK = f"EXISTS (SELECT 1 {_LATER}$self_service)"

#: the first talk in the same contact, in one that names it, or in one that we made to the same customer
_CONNECTED_AT = """COALESCE(
    (SELECT MIN(leg.answered_at) FROM agent_leg AS leg
     WHERE leg.subject_key = queue_visit.subject_key AND leg.answered_at >= queue_visit.left_at),
    (SELECT MIN(leg.answered_at) FROM contact AS back JOIN agent_leg AS leg ON leg.subject_key = back.subject_key
     WHERE back.callback_of = queue_visit.subject AND back.source = queue_visit.source
       AND leg.answered_at >= queue_visit.left_at),
    (SELECT MIN(leg.answered_at) FROM contact AS asked
     JOIN contact AS back ON back.customer = asked.customer AND back.direction IN ('outbound', 'callback')
     JOIN agent_leg AS leg ON leg.subject_key = back.subject_key
     WHERE asked.subject_key = queue_visit.subject_key AND back.callback_of IS NULL
       AND back.started_at >= queue_visit.left_at AND leg.answered_at <= queue_visit.left_at + $callback))"""
_CONNECTED = "connected_at IS NOT NULL"

STREAMS = (
    Stream(key="again", table="contact", at="counted_at", entry="entry_at", end=CONTACT_OVER, where=INBOUND, live=True),
    Stream(
        key="callback",
        table=f"(SELECT queue_visit.*, {_CONNECTED_AT} AS connected_at FROM queue_visit) AS callback",
        at="counted_at",
        entry="entered_at",
        end=VISIT_OVER,
        where=f"outcome = 'callback_requested' AND {INBOUND}",
        live=True,
    ),
)

MEASURES = (
    count("repeat_eligible", "again", _ELIGIBLE),
    count("repeated_contacts", "again", f"{_ELIGIBLE} AND {_REPEATED}"),
    count("unrepeated_contacts", "again", f"{_ELIGIBLE} AND NOT {_REPEATED}"),
    count("contained_returned", "again", f"ivr = 'contained' AND {_CAME_BACK}"),
    count("callbacks_connected", "callback", _CONNECTED),
    Measure(
        key="callback_wait_ms",
        stream="callback",
        sql=f"CASE WHEN {_CONNECTED} THEN connected_at - left_at ELSE 0 END",
    ),
)

SKETCHES = (Sketch(key="callback_wait", stream="callback", bucket="connected_at - left_at"),)
