"""Who may see what: people, the tokens of programs and television screens, and failed logins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from plugin.database import Moment, RowId


class Role(StrEnum):
    """Each may do what those before it may."""

    VIEWER = "viewer"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a token opens: reading and writing of the JSON API, the metrics, or the wall at its own address."""

    READ = "read"
    WRITE = "write"
    METRICS = "metrics"
    WALL = "wall"


class User(SQLModel, table=True):
    """`epoch` is part of every session: raising it ends them all."""

    __tablename__ = "user"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    name: str = Field(unique=True)
    password_hash: str
    role: str = Role.VIEWER
    active: int = 1
    epoch: int = 0
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    last_login_at: datetime | None = Field(default=None, sa_column=Column(Moment))


class ApiToken(SQLModel, table=True):
    """The token itself is shown once and never kept; `hint` is its beginning, by which a person tells it apart."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    name: str
    hint: str
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    scopes: str
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    last_used_at: datetime | None = Field(default=None, sa_column=Column(Moment))


class LoginFailure(SQLModel, table=True):
    """One failed login, counted under a keyed hash of the name, of the address, and of both together."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure_who_at", "who", "at"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    who: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
