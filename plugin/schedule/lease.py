"""One holder at a time for each lease, on both databases, without a connection that must stay open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Engine, Table, delete, or_, select, update

from plugin.database import insert_new, writing
from plugin.schedule.tables import Heartbeat, JobRun, Lease

LEASE = cast(Table, Lease.__table__)  # type: ignore[attr-defined]
JOB_RUN = cast(Table, JobRun.__table__)  # type: ignore[attr-defined]
HEARTBEAT = cast(Table, Heartbeat.__table__)  # type: ignore[attr-defined]
TERM = timedelta(seconds=15)


def hold(engine: Engine, name: str, holder: str, now: datetime, term: timedelta = TERM) -> bool:
    """Takes or renews the lease; False while another process holds it."""
    with writing(engine) as connection:
        connection.execute(
            insert_new(LEASE, connection.dialect.name), {"name": name, "holder": holder, "until": now + term}
        )
        mine = or_(LEASE.c.holder == holder, LEASE.c.until <= now)
        taken = connection.execute(
            update(LEASE).where(LEASE.c.name == name, mine).values(holder=holder, until=now + term)
        )
    return taken.rowcount == 1


def release(engine: Engine, name: str, holder: str) -> None:
    with writing(engine) as connection:
        connection.execute(delete(LEASE).where(LEASE.c.name == name, LEASE.c.holder == holder))


def first_run(connection: Connection, job: str, period: str, now: datetime, late: bool = False) -> bool:
    """True for the one caller that may do the job for this period; the row stands or falls with the caller's transaction."""
    row = {"job": job, "period": period, "at": now, "late": late}
    # The row count of such an insert is not reliable on PostgreSQL; what it returns is.
    return (
        connection.execute(insert_new(JOB_RUN, connection.dialect.name).returning(JOB_RUN.c.job), row).first()
        is not None
    )


def has_run(connection: Connection, job: str, period: str) -> bool:
    query = select(JOB_RUN.c.job).where(JOB_RUN.c.job == job, JOB_RUN.c.period == period)
    return connection.execute(query).first() is not None


def beat(engine: Engine, name: str, now: datetime, detail: str = "") -> None:
    """Says that a kind of process is alive."""
    with writing(engine) as connection:
        row = {"name": name, "at": now, "detail": detail}
        connection.execute(insert_new(HEARTBEAT, connection.dialect.name), row)
        connection.execute(update(HEARTBEAT).where(HEARTBEAT.c.name == name).values(at=now, detail=detail))


def heartbeats(connection: Connection) -> dict[str, datetime]:
    return {row.name: row.at for row in connection.execute(select(HEARTBEAT))}
