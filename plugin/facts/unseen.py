"""Names that somebody entered in, those out that no vendor's event has ever used: most likely another spelling."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, select

from plugin.database import chunks
from plugin.facts import tables
from plugin.facts.dirty import table_of

#: whoever appears in one of these was named by what happened, not by a plan
_HAPPENED: tuple[Table, ...] = tuple(
    map(table_of, (tables.AgentState, tables.AgentLeg, tables.RingAttempt, tables.Ticket, tables.TicketReply))
)
_AT_ONCE = 500


def unseen_agents(connection: Connection, names: Iterable[str]) -> list[str]:
    left = set(names)
    for table in _HAPPENED:
        for some in chunks(sorted(left), _AT_ONCE):
            left -= set(connection.execute(select(table.c.agent).where(table.c.agent.in_(some)).distinct()).scalars())
    return sorted(left)
