"""How many contacts of the last days never ended, for each source: the sign of events that are lost or not sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlmodel import col

from plugin.facts.fold.contact_end import LONGEST_MS
from plugin.facts.tables import Contact

#: what began earlier than so many days ago is history
LOOKED_BACK = timedelta(days=7)


def endless_by_source(connection: Connection, now: datetime) -> dict[str, int]:
    """Only of the sources that have any."""
    counted_at = col(Contact.counted_at)
    too_old = now - timedelta(milliseconds=LONGEST_MS)
    query = (
        select(col(Contact.source), func.count())
        .where(col(Contact.ended_at).is_(None), counted_at < too_old, counted_at >= now - LOOKED_BACK)
        .group_by(col(Contact.source))
        .order_by(col(Contact.source))
    )
    return {row[0]: row[1] for row in connection.execute(query)}
