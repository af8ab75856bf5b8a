"""How far each source's history was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from plugin.database import Moment


class PullPosition(SQLModel, table=True):
    """One reading of a source's history: the last asked for (`backfill`), and the last of those that a worker makes (`follow`).

    `cursor` is the vendor's; None before the first page. `problem` says why a reading stopped.
    """

    __tablename__ = "pull_position"

    source: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    since: datetime = Field(sa_column=Column(Moment, nullable=False))
    started_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    stored_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    cursor: str | None = None
    until: datetime | None = Field(default=None, sa_column=Column(Moment))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    problem: str | None = None
    read: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    fresh: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
