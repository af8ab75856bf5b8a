"""What is to be said, kept until it is said: enqueue once, change what nobody has read, find what is due, claim it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, case, delete, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from plugin.database import insert_new
from plugin.notify.message import Message, to_json
from plugin.notify.notifier import Receipt
from plugin.notify.tables import UNSENT, Mode, OutboxMessage, Pause, State

_MESSAGE = cast(Table, OutboxMessage.__table__)  # type: ignore[attr-defined]

#: Longer than any one attempt: picture, upload and the time-outs of both together.
LEASE = timedelta(minutes=5)
_UNSENT = (State.PENDING, State.SENDING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A message that this worker alone may send until the lease ends; `repeated` when an attempt may have been accepted."""

    row: OutboxMessage
    repeated: bool


def message_id(what: str, period_key: str, target: str) -> str:
    """32 hex digits, the same for the same thing said of the same period to the same target."""
    name = json.dumps([what, period_key, target], ensure_ascii=False)
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def enqueue(
    session: Session,
    message: Message,
    *,
    what: str,
    period_key: str,
    target: str,
    kind: str,
    now: datetime,
    mode: Mode = Mode.POST,
    follows: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """False when it is already there, whatever became of it: one thing of one period is said to one target once.

    `follows` is the id of the message whose thread (REPLY) or place (EDIT) this takes; it waits until that one is settled.
    """
    if (mode is Mode.POST) != (follows is None):
        raise ValueError("a reply and an edit, and only they, follow another message")
    return inserted(
        session,
        _MESSAGE,
        id=message_id(what, period_key, target),
        what=what,
        period_key=period_key,
        target=target,
        kind=kind,
        mode=mode,
        follows=follows,
        payload=json.dumps(to_json(message), ensure_ascii=False),
        state=State.PENDING,
        attempts=0,
        next_attempt_at=not_before or now,
        created_at=now,
    )


def rewrite(session: Session, identity: str, message: Message) -> bool:
    """What nobody can have read says this instead; False when it was tried, or is not there."""
    statement = (
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == identity, _unread())
        .values(payload=json.dumps(to_json(message), ensure_ascii=False))
        .execution_options(synchronize_session=False)
    )
    return session.connection().execute(statement).rowcount == 1


def withdraw(session: Session, identity: str) -> bool:
    """What nobody can have read is not said at all; False when it was tried, or is not there."""
    statement = delete(OutboxMessage).where(col(OutboxMessage.id) == identity, _unread())
    return session.connection().execute(statement).rowcount == 1


def _unread() -> ColumnElement[bool]:
    untried = and_(col(OutboxMessage.state) == State.PENDING, col(OutboxMessage.attempts) == 0)
    return or_(untried, col(OutboxMessage.state) == State.BROKEN)


def due(session: Session, now: datetime, limit: int = 20) -> Sequence[OutboxMessage]:
    """Messages whose time has come, oldest first; one that follows another waits until that one is settled."""
    other = aliased(OutboxMessage)
    its_root = and_(col(other.id) == col(OutboxMessage.follows), col(other.state).in_(_UNSENT))
    # what is under way in the same thread at this moment could otherwise arrive after what was said later
    under_way = and_(
        col(other.follows) == col(OutboxMessage.follows),
        col(other.state) == State.SENDING,
        col(other.id) != col(OutboxMessage.id),
    )
    waits = select(col(other.id)).where(or_(its_root, under_way)).exists()
    query = (
        select(OutboxMessage)
        .where(UNSENT, col(OutboxMessage.next_attempt_at) <= now)
        .where(or_(col(OutboxMessage.follows).is_(None), ~waits), ~_paused(now))
        .order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))
        .limit(limit)
    )
    return session.scalars(query).all()


def claim(session: Session, row: OutboxMessage, now: datetime) -> Claimed | None:
    """None when another worker was faster, or a pause has begun. A claim that is never settled comes back when its lease ends."""
    statement = (
        update(OutboxMessage)
        .where(
            col(OutboxMessage.id) == row.id,
            col(OutboxMessage.state) == row.state,
            col(OutboxMessage.attempts) == row.attempts,
            col(OutboxMessage.next_attempt_at) <= now,
            ~_paused(now),
        )
        .values(state=State.SENDING, attempts=row.attempts + 1, next_attempt_at=now + LEASE)
        .execution_options(synchronize_session=False)
        .returning(col(OutboxMessage.payload))
    )
    found = session.connection().execute(statement).first()
    if found is None:
        return None
    # it may have been rewritten after the row was read
    row.payload = found.payload
    return Claimed(row=row, repeated=row.attempts > 0)


def _paused(now: datetime) -> ColumnElement[bool]:
    """Whether the message goes where nothing may go before the end of a pause."""
    waits_for = case((col(OutboxMessage.mode) == Mode.EDIT, ""), else_=col(OutboxMessage.target))
    query = select(col(Pause.kind)).where(
        col(Pause.kind) == col(OutboxMessage.kind), col(Pause.target) == waits_for, col(Pause.until) > now
    )
    return query.correlate(OutboxMessage).exists()


def receipt_of(session: Session, identity: str) -> Receipt | None:
    """The receipt of a sent message; None when it never arrived."""
    row = session.get(OutboxMessage, identity, populate_existing=True)
    return Receipt(**json.loads(row.receipt)) if row is not None and row.receipt else None


def overtaken(session: Session, row: OutboxMessage) -> bool:
    """Whether a later edit of the same message waits or was made already, so that this one must not be seen any more."""
    if row.mode != Mode.EDIT:
        return False
    created_at, identity = col(OutboxMessage.created_at), col(OutboxMessage.id)
    query = select(identity).where(
        col(OutboxMessage.follows) == row.follows,
        col(OutboxMessage.mode) == Mode.EDIT,
        col(OutboxMessage.state).in_((*_UNSENT, State.SENT)),
        or_(created_at > row.created_at, and_(created_at == row.created_at, identity > row.id)),
    )
    return session.scalars(query.limit(1)).first() is not None


def inserted(session: Session, table: Table, **values: Any) -> bool:
    """Asked by RETURNING, since an INSERT on PostgreSQL reports -1 rows here."""
    statement = insert_new(table, session.get_bind().dialect.name).values(**values).returning(table.c.target)
    return session.connection().execute(statement).first() is not None
