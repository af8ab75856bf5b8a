"""The event store's table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from plugin.database import Moment, RowId


class StoredEvent(SQLModel, table=True):
    """One event. `subject_key` is 63 bits of a hash of (source, about, subject), by which folding finds its events."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "dedupe"),
        Index("ix_event_subject_key_at", "subject_key", "at"),
        Index("ix_event_kind_at", "kind", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    source: str
    dedupe: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    subject_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    subject: str
    kind: str
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    seq: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    channel: str | None = None
    direction: str | None = None
    queue: str | None = None
    agent: str | None = None
    customer: str | None = None
    data: str = "{}"
    delivery_id: int | None = Field(default=None, sa_column=Column(BigInteger))


class Customer(SQLModel, table=True):
    """The masked form of a number or address; `key` is the keyed hash by which events and facts name the customer."""

    __tablename__ = "customer"

    key: str = Field(primary_key=True)
    mask: str
