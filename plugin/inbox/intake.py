"""The web process's door to the inbox: deliveries by group commit, refusals and counters beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, create_engine

from plugin.database import from_ms
from plugin.inbox.group_commit import GroupCommit
from plugin.inbox.store import MOST_AT_ONCE, DeliveryRow, insert_deliveries
from plugin.inbox.tally import Tally

_FLUSHERS = {"sqlite": 1, "postgresql": 2}


class Intake:
    """Threads start with the first request; `stop` ends them after everything that was handed in is durable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._inserting = _committing_at_once(engine)
        self._tally = Tally()
        self._known: set[str] = set()
        self._commits = GroupCommit[DeliveryRow](
            self._write,
            flushers=_FLUSHERS[engine.dialect.name],
            most_at_once=MOST_AT_ONCE,
            now_and_then=lambda: self._tally.write(engine),
        )

    def accept(self, row: DeliveryRow, adapter: str) -> None:
        """Returns when the delivery is durable, whether it is new or a duplicate; raises `Overloaded`."""
        self._tally.received(row["source"], adapter, from_ms(row["received_at"]))
        self._commits.commit(row)

    def refuse(self, source: str, adapter: str, at: datetime, *, status: int, reason: str, url: str) -> None:
        self._tally.refused(source, adapter, at, status=status, reason=reason, url=url)
        self._commits.notice()

    def stop(self) -> None:
        self._commits.stop()
        if self._inserting is not self._engine:
            self._inserting.dispose()

    def _write(self, rows: Sequence[DeliveryRow]) -> None:
        names = {row["source"] for row in rows}
        if not names <= self._known:
            # Whoever reads the deliveries finds their source in its table.
            self._tally.write(self._engine)
            self._known |= names
        fresh = insert_deliveries(self._inserting, rows)
        for source, new in fresh.items():
            sent = sum(row["source"] == source for row in rows)
            if sent > new:
                self._tally.duplicates(source, sent - new)


def _committing_at_once(engine: Engine) -> Engine:
    """On PostgreSQL connections on which a batch's one statement is its transaction: one exchange with the server, not four."""
    if engine.dialect.name == "sqlite":
        return engine
    return create_engine(engine.url, isolation_level="AUTOCOMMIT", pool_size=_FLUSHERS["postgresql"])
