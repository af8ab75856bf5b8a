"""What is to be said, what was tried, which targets do not work and which ask to slow down: the outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from plugin.database import Moment, RowId


class State(StrEnum):
    """PENDING waits for its time; SENDING is claimed until `next_attempt_at`; FAILED was given up; BROKEN waits for its target."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BROKEN = "broken"


class Mode(StrEnum):
    """POST is a message of its own; REPLY goes into the thread of `follows`, EDIT replaces what it said, PICTURE is its chart."""

    POST = "post"
    REPLY = "reply"
    EDIT = "edit"
    PICTURE = "picture"


#: Written out in every statement that shall use the index, because neither database matches a bound value with it.
UNSENT = text("state IN ('pending', 'sending')")


class OutboxMessage(SQLModel, table=True):
    """One thing to say to one target, once: `id` is made from what, period and target, so that a repeat is recognised.

    `kind` is the notifier, `payload` the message and `receipt` the other side's answer (both JSON). `next_attempt_at` is the
    next try of a pending message and the end of the claim of one that is being sent.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("what", "period_key", "target"),
        Index("ix_message_next_attempt_at", "next_attempt_at", sqlite_where=UNSENT, postgresql_where=UNSENT),
        Index("ix_message_target_state", "target", "state"),
        Index("ix_message_follows", "follows"),
        Index("ix_message_created_at", "created_at"),
    )

    id: str = Field(primary_key=True)
    what: str
    period_key: str
    target: str
    kind: str
    mode: str = Mode.POST
    follows: str | None = None
    payload: str = Field(sa_column=Column(Text, nullable=False))
    state: str = State.PENDING
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    receipt: str | None = Field(default=None, sa_column=Column(Text))
    error: str | None = None
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Moment))


class Attempt(SQLModel, table=True):
    """The delivery log: one row per try, with what came of it."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_message_id", "message_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    message_id: str
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    outcome: str
    error: str | None = None


class ChannelState(SQLModel, table=True):
    """A target that refused for good; the row goes away with the next message that arrives there.

    `returned_at` is when a mail last came back from it: then a server's taking the next one proves nothing.
    """

    __tablename__ = "channel_state"

    kind: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    broken_since: datetime = Field(sa_column=Column(Moment, nullable=False))
    reason: str
    returned_at: datetime | None = Field(default=None, sa_column=Column(Moment))


class Pause(SQLModel, table=True):
    """The other side asked to slow down: posts to `target`, or with an empty target every edit, wait until then.

    Slack counts posts per channel, and changes of messages per workspace: https://docs.slack.dev/apis/web-api/rate-limits
    """

    __tablename__ = "pause"

    kind: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    until: datetime = Field(sa_column=Column(Moment, nullable=False))
