"""Promises that became overdue while nothing happened: settled as broken at the moment at which they were due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select, update

from plugin.database import reading, writing
from plugin.facts.dirty import Dirty, mark_dirty
from plugin.facts.store import TIMER


def settle_overdue(engine: Engine, now: datetime) -> int:
    """How many timers it settled. What is due exactly now can still be kept."""
    overdue = (TIMER.c.counted_at.is_(None), TIMER.c.due_at < now)
    with reading(engine) as connection:
        if connection.execute(select(TIMER.c.subject_key).where(*overdue).limit(1)).first() is None:
            return 0
    dirty = Dirty()
    with writing(engine) as connection:
        statement = update(TIMER).where(*overdue).values(counted_at=TIMER.c.due_at).returning(TIMER.c.due_at)
        due = connection.execute(statement).scalars().all()
        for moment in due:
            dirty.at(moment)
        mark_dirty(connection, dirty)
    return len(due)
