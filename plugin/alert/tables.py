"""Where each rule stands, and every breach that was told: what a restart must not forget."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from plugin.database import Moment, RowId


class Closed(StrEnum):
    RECOVERED = "recovered"
    #: the rule was removed or given another KPI or scope while the incident was open
    RULE_CHANGED = "rule_changed"


class RuleState(SQLModel, table=True):
    """`scope` is `queue=Support`, or empty for the whole centre; `state` is JSON of `plugin.alert.saved`."""

    __tablename__ = "rule_state"

    rule: str = Field(primary_key=True)
    kpi: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    status: str
    since: datetime | None = Field(default=None, sa_column=Column(Moment))
    read_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    state: str = Field(sa_column=Column(Text, nullable=False))
    incident: int | None = None
    snoozed_until: datetime | None = Field(default=None, sa_column=Column(Moment))
    snoozed_by: str | None = None
    #: the silent source without which nothing can be said
    muted_by: str | None = None


class IncidentGroup(SQLModel, table=True):
    """Rules that are told together, and the message that the newest of them may still join: that of `leader`, told at `since`."""

    __tablename__ = "incident_group"

    key: str = Field(primary_key=True)
    leader: int | None = None
    since: datetime | None = Field(default=None, sa_column=Column(Moment))


class Incident(SQLModel, table=True):
    """`opened_at` is the first bad reading, `fired_at` the end of the hold time; `told_at` None: held back.

    `peak` over `n` items is the worst reading; `threshold` the limit at that time. `leader` is the incident in whose message
    this one stands, itself when it has one of its own, None before it was told; `words` is JSON of `plugin.alert.words`.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_rule_told_at", "rule", "told_at"),
        Index("ix_incident_fired_at", "fired_at"),
        Index("ix_incident_closed", "closed"),
        Index("ix_incident_leader", "leader"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    rule: str
    kpi: str
    scope: str = ""
    opened_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    fired_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    recovered_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    told_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    peak: float
    n: float
    threshold: float
    window_s: int = 0
    group_key: str = ""
    leader: int | None = None
    #: how often it was told again, and the last time; `waiting_since` begins anew when a snooze ends
    told_again: int = 0
    told_again_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    waiting_since: datetime | None = Field(default=None, sa_column=Column(Moment))
    escalated_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    escalated_to: str | None = None
    words: str = Field(default="{}", sa_column=Column(Text, nullable=False, default="{}"))
    closed: str | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    acknowledged_by: str | None = None
