"""Who schedules, which jobs ran for which period, and which processes are alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from plugin.database import Moment


class Lease(SQLModel, table=True):
    """Held by one process at a time; whoever does not renew it in time loses it."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_column=Column(Moment, nullable=False))


class JobRun(SQLModel, table=True):
    """A job that was done for a period: the row is written in the transaction of its work, so it is done once."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    late: bool = False


class Heartbeat(SQLModel, table=True):
    """When a kind of process last said that it is alive."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    detail: str = ""
