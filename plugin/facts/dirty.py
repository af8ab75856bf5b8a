"""What a change of facts makes stale: quarters of an hour whose cells, and agents' days whose timelines are made anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from plugin.database import to_ms
from plugin.facts import tables

SLOT_MS = 900_000
DAY_MS = 86_400_000


def table_of(model: type) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


DIRTY = table_of(tables.DirtySlot)
DIRTY_DAY = table_of(tables.DirtyAgentDay)


class Dirty:
    """The quarters of an hour whose facts a change touched, and the days of agents: (agent, day, 1 for all days after it, too)."""

    def __init__(self) -> None:
        self.slots: set[int] = set()
        self.agent_days: set[tuple[str, int, int]] = set()

    def at(self, moment: datetime | None) -> None:
        self.at_ms(None if moment is None else to_ms(moment))

    def at_ms(self, moment: int | None) -> None:
        if moment is not None:
            self.slots.add(moment // SLOT_MS)

    def between(self, start: datetime, end: datetime) -> None:
        self.slots.update(range(to_ms(start) // SLOT_MS, -(-to_ms(end) // SLOT_MS)))

    def agent(self, agent: str, start: int, end: int | None) -> None:
        """The agent's time from one moment to another, in milliseconds since 1970; None: from there on."""
        if not agent:
            return
        if end is None:
            self.agent_days.add((agent, start // DAY_MS, 1))
        else:
            self.agent_days.update((agent, day, 0) for day in range(start // DAY_MS, end // DAY_MS + 1))


def mark_dirty(connection: Connection, dirty: Dirty) -> None:
    """Remembers what to make anew; what is already marked is locked, so that a refresh under way cannot overlook this change."""
    days = ({"agent": agent, "day": day, "onwards": onwards} for agent, day, onwards in sorted(dirty.agent_days))
    _mark(connection, DIRTY_DAY, days)
    _mark(connection, DIRTY, ({"slot": slot} for slot in sorted(dirty.slots)))


def _mark(connection: Connection, table: Table, marks: Iterable[dict[str, object]]) -> None:
    rows = list(marks)
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        statement = postgresql.insert(table)
        names = [column.name for column in table.primary_key]
        same = {names[0]: statement.excluded[names[0]]}
        connection.execute(statement.on_conflict_do_update(index_elements=names, set_=same), rows)
    else:
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)
