"""What is open for longer than anything can last: its end was lost, and it will never come. Only time makes it so."""

from plugin.facts.fold.contact_end import LONGEST_MS
from plugin.kpi.measures.shape import CONTACT_OVER, INBOUND, VISIT_OVER, Measure, Sketch, Stream

_TOO_OLD = f"counted_at < $now - {LONGEST_MS}"

STREAMS = (
    Stream(
        key="endless",
        table="contact",
        at="counted_at",
        entry="entry_at",
        end=CONTACT_OVER,
        where=f"ended_at IS NULL AND {_TOO_OLD}",
        live=True,
    ),
    Stream(
        key="endless_visit",
        table="queue_visit",
        at="counted_at",
        entry="entered_at",
        end=VISIT_OVER,
        where=f"outcome = 'open' AND {INBOUND} AND {_TOO_OLD}",
        live=True,
    ),
)

MEASURES = (
    Measure(key="endless_contacts", stream="endless", sql="1"),
    Measure(key="endless_visits", stream="endless_visit", sql="1"),
)

SKETCHES: tuple[Sketch, ...] = ()
