"""Which numbers may still change by themselves: what began in their period is open, or late events may come.

Defined in `docs/kpi/README.md`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from plugin.facts.fold.contact_end import LONGEST_MS
from plugin.facts.tables import Contact, Ticket
from plugin.kpi.metric import Metric
from plugin.kpi.period import Period
from plugin.kpi.terms import Terms

_OF_TICKETS = frozenset(("ticket", "ticket_reply"))
#: metrics that look ahead, for as long as the window in which a customer may come back
_REPEATS = ("fcr_repeat", "repeat_contact_rate")
#: what has been open for longer will never end, and nobody waits for it
_LONGEST = timedelta(milliseconds=LONGEST_MS)


def unsettled(
    connection: Connection, periods: Sequence[Period], metrics: Mapping[str, Metric], now: datetime, terms: Terms
) -> dict[Period, frozenset[str]]:
    """The keys of those metrics whose values of a period are not final. An open ticket concerns those of tickets only."""
    waits = {key: max(_grace(terms), _window(metric, terms)) for key, metric in metrics.items()}
    of_tickets = {key for key, metric in metrics.items() if _OF_TICKETS & set(metric.needs)}
    of_contacts = {key for key, metric in metrics.items() if not set(metric.needs) <= _OF_TICKETS or not metric.needs}
    contacts = _open_contacts(connection, periods, now)
    tickets = _open_tickets(connection, periods) if of_tickets else []
    found = {}
    for period in periods:
        keys = {key for key, wait in waits.items() if now < period.end + wait}
        keys |= of_contacts if _any_in(contacts, period) else set()
        found[period] = frozenset(keys | (of_tickets if _any_in(tickets, period) else set()))
    return found


def _grace(terms: Terms) -> timedelta:
    return timedelta(milliseconds=terms.grace_ms)


def _window(metric: Metric, terms: Terms) -> timedelta:
    return timedelta(milliseconds=terms.repeat_ms) if metric.key.startswith(_REPEATS) else timedelta(0)


def _open_contacts(connection: Connection, periods: Sequence[Period], now: datetime) -> list[datetime]:
    """When they count, in order; of those that may still end."""
    lasting = col(Contact.counted_at) > now - _LONGEST
    is_open = (col(Contact.ended_at).is_(None), col(Contact.flaw).is_(None), lasting)
    return _moments(connection, col(Contact.counted_at), is_open, periods)


def _open_tickets(connection: Connection, periods: Sequence[Period]) -> list[datetime]:
    is_open = (col(Ticket.solved_at).is_(None), col(Ticket.excluded).is_(None))
    return _moments(connection, col(Ticket.created_at), is_open, periods)


def _moments(
    connection: Connection,
    at: Mapped[datetime | None],
    is_open: Iterable[ColumnElement[bool]],
    periods: Sequence[Period],
) -> list[datetime]:
    within = (at >= periods[0].start, at < periods[-1].end)
    found = connection.execute(select(at).where(*is_open, *within).order_by(at)).scalars()
    return [moment for moment in found if moment is not None]


def _any_in(moments: Sequence[datetime], period: Period) -> bool:
    place = bisect_left(moments, period.start)
    return place < len(moments) and moments[place] < period.end
