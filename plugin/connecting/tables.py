"""What was made at the vendors' sides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from plugin.database import Moment


class Registered(SQLModel, table=True):
    """Our webhook at a source's vendor. `things` (JSON, [kind, id] in order of making) grows while it is made.

    `learned` (JSON) are the settings that the vendor gave a value. Without `finished_at` the making was interrupted.
    """

    __tablename__ = "registered"

    source: str = Field(primary_key=True)
    url: str
    begun_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    things: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    learned: str = Field(default="[]", sa_column=Column(Text, nullable=False))
