"""Whether a number may still change by itself: what started in its period is open, or late events may come.

Defined in `docs/kpi/README.md`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select
from sqlmodel import col

from plugin.facts.tables import Contact, Ticket
from plugin.kpi.metric import Metric
from plugin.kpi.period import Period
from plugin.kpi.terms import Terms

#: how long after its end a period may still change by late events
GRACE = timedelta(hours=24)
_OF_TICKETS = frozenset(("ticket", "ticket_reply"))
#: metrics that look ahead, for as long as the window in which a customer may come back
_REPEATS = ("fcr_repeat", "repeat_contact_rate")


def provisional(
    connection: Connection, periods: Iterable[Period], metrics: Collection[Metric], now: datetime, terms: Terms
) -> frozenset[Period]:
    """Those periods whose values of these metrics are not final yet. An open ticket concerns those of tickets only."""
    wait = max(GRACE, *(_window(metric, terms) for metric in metrics)) if metrics else GRACE
    tickets = any(_OF_TICKETS & set(metric.needs) for metric in metrics)
    return frozenset(period for period in periods if now < period.end + wait or _is_open(connection, period, tickets))


def _window(metric: Metric, terms: Terms) -> timedelta:
    return timedelta(milliseconds=terms.repeat_ms) if metric.key.startswith(_REPEATS) else timedelta(0)


def _is_open(connection: Connection, period: Period, tickets: bool) -> bool:
    started = col(Contact.counted_at).between(period.start, period.end) & (col(Contact.counted_at) < period.end)
    contact = select(exists().where(started, col(Contact.ended_at).is_(None), col(Contact.flaw).is_(None)))
    if connection.execute(contact).scalar():
        return True
    created = col(Ticket.created_at).between(period.start, period.end) & (col(Ticket.created_at) < period.end)
    ticket = select(exists().where(created, col(Ticket.solved_at).is_(None), col(Ticket.excluded).is_(None)))
    return tickets and bool(connection.execute(ticket).scalar())
