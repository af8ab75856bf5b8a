"""The raw deliveries as they were received, the sources they came from, and the last refusals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from plugin.database import Moment, RowId


class State(StrEnum):
    PENDING = "pending"
    DONE = "done"
    IGNORED = "ignored"
    DEAD = "dead"


#: Written out in every statement that shall use the index, because neither database matches a bound value with it.
UNSETTLED = text("state IN ('pending', 'dead')")


class Delivery(SQLModel, table=True):
    """One accepted request, or one batch of an imported file. `key` is unique per source: a second copy is a duplicate.

    `url`, `headers` (JSON) and `body` (zlib) are without credentials.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_delivery_state_id", "state", "id", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
        Index("ix_delivery_received_at", "received_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    source: str
    key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    method: str
    url: str
    headers: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = State.PENDING
    attempts: int = 0
    error: str | None = None
    adapter_version: int | None = None


class Source(SQLModel, table=True):
    """One configured or implied installation of a vendor; `supplied` lists the facts that it has ever sent."""

    __tablename__ = "source"

    name: str = Field(primary_key=True)
    adapter: str
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    last_received_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    supplied: str = ""
    #: what an import was told about the source (JSON, no secrets); the policy's settings of the same name win
    settings: str = "{}"
    received: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    duplicates: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    refused: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class Heard(SQLModel, table=True):
    """A quarter of an hour in which a source sent something by itself: when first, when last, and how often.

    Imports and backfills are not in it, and it outlives the deliveries: it is what a source's rhythm is read from.
    """

    __tablename__ = "heard"

    source: str = Field(primary_key=True)
    slot: datetime = Field(sa_column=Column(Moment, primary_key=True))
    first_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    last_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    deliveries: int = Field(sa_column=Column(BigInteger, nullable=False))


class Refusal(SQLModel, table=True):
    """Why a request was refused; only the last few of each source are kept, so that nobody can fill the disk."""

    __tablename__ = "refusal"
    __table_args__ = (Index("ix_refusal_source_id", "source", "id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    source: str
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    status: int
    reason: str
    url: str
