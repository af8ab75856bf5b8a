"""The message of a group of incidents on every channel that it went to: posted, changed in its place, answered in its thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, cast

from sqlalchemy import Table, case
from sqlmodel import Session, col, select

from plugin.alert.tables import Incident, IncidentGroup
from plugin.database import insert_new
from plugin.notify.message import Message, from_json
from plugin.notify.outbox import rewrite
from plugin.notify.tables import Mode, OutboxMessage, State
from plugin.report.addressees import Addressee

_GROUP = cast(Table, IncidentGroup.__table__)  # type: ignore[attr-defined]
#: by what a message begins a thread: the alert, and the alert as it was passed on
FIRED, ESCALATED = "fired", "escalated"
#: an alert that never arrived has no place in which anything could be said
_ARRIVES = (State.PENDING, State.SENDING, State.SENT)
#: where a message can be changed after it was sent, or is a state to a program
_CHANGEABLE = ("slack", "webhook")
_TO_PROGRAMS = "webhook"
_TICK = timedelta(milliseconds=1)


class Enqueue(Protocol):
    """`plugin.notify.outbox.enqueue`."""

    def __call__(
        self,
        session: Session,
        message: Message,
        *,
        what: str,
        period_key: str,
        target: str,
        kind: str,
        now: datetime,
        mode: Mode = ...,
        follows: str | None = ...,
        not_before: datetime | None = ...,
    ) -> bool: ...


def lock_group(session: Session, key: str) -> IncidentGroup:
    """The row that nobody else can load until the transaction ends: whoever changes what a group says holds it.

    It is taken after the row of a rule, never before.
    """
    session.execute(insert_new(_GROUP, session.get_bind().dialect.name).values(key=key))
    query = select(IncidentGroup).where(IncidentGroup.key == key).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def members_of(session: Session, leader: int) -> tuple[Incident, ...]:
    """The incidents in one message, the one that opened it first. What this transaction changed is kept."""
    session.flush()
    query = select(Incident).where(Incident.leader == leader)
    query = query.order_by(case((col(Incident.id) == leader, 0), else_=1), col(Incident.id))
    return tuple(session.exec(query.execution_options(populate_existing=True)).all())


def what(leader: Incident, said: str) -> str:
    return f"alert:{leader.id}:{said}"


def key(leader: Incident) -> str:
    return leader.fired_at.isoformat()


def begun(session: Session, leader: Incident) -> Sequence[OutboxMessage]:
    """The messages with which it was told, one for each target; also those that did not arrive."""
    named = [what(leader, said) for said in (FIRED, ESCALATED)]
    query = select(OutboxMessage).where(col(OutboxMessage.what).in_(named)).order_by(col(OutboxMessage.id))
    return session.exec(query.execution_options(populate_existing=True)).all()


def arrives(session: Session, leader: Incident) -> bool:
    return any(each.state in _ARRIVES for each in begun(session, leader))


def post(
    session: Session, enqueue: Enqueue, leader: Incident, message: Message, said: str, to: Addressee, now: datetime
) -> None:
    enqueue(
        session,
        message,
        what=what(leader, said),
        period_key=key(leader),
        target=to.target,
        kind=to.kind,
        now=now,
    )


def reply(
    session: Session,
    enqueue: Enqueue,
    leader: Incident,
    message: Message,
    said: str,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """Wherever it was told, once; a program is told of every change of state, and needs no reminder."""
    for root in begun(session, leader):
        if root.kind != _TO_PROGRAMS:
            _follow(session, enqueue, leader, message, said, root, now, Mode.REPLY, not_before)


def show(session: Session, enqueue: Enqueue, leader: Incident, message: Message, why: str, now: datetime) -> None:
    """In the place of the alert, where it can be changed and does not read like this yet."""
    for root in begun(session, leader):
        if root.kind in _CHANGEABLE and root.state in _ARRIVES:
            _change(session, enqueue, leader, message, why, root, now)


def join(
    session: Session, enqueue: Enqueue, leader: Incident, message: Message, now: datetime, until: datetime
) -> None:
    """One more incident: what was not sent yet says so from the start; a mail that was is followed by one at the end."""
    for root in begun(session, leader):
        if rewrite(session, root.id, message):
            continue
        if root.kind in _CHANGEABLE and root.state in _ARRIVES:
            _change(session, enqueue, leader, message, "joined", root, now)
        elif root.state in _ARRIVES:
            _add(session, enqueue, leader, message, root, now, until)


def _change(
    session: Session,
    enqueue: Enqueue,
    leader: Incident,
    message: Message,
    why: str,
    root: OutboxMessage,
    now: datetime,
) -> None:
    """The newest change is the one that counts, so each is dated after the one before it, whatever the clock says."""
    made = _following(session, root, Mode.EDIT)
    if from_json(json.loads((made[-1] if made else root).payload)) == message:
        return
    dated = max(now, made[-1].created_at + _TICK) if made else now
    said = f"{why}.{len(made) + 1}"
    _follow(session, enqueue, leader, message, said, root, dated, Mode.EDIT, now)


def _add(
    session: Session,
    enqueue: Enqueue,
    leader: Incident,
    message: Message,
    root: OutboxMessage,
    now: datetime,
    until: datetime,
) -> None:
    added = [each for each in _following(session, root, Mode.REPLY) if each.what.startswith(what(leader, "joined"))]
    if added and rewrite(session, added[-1].id, message):
        return
    _follow(session, enqueue, leader, message, f"joined.{len(added) + 1}", root, now, Mode.REPLY, until)


def _following(session: Session, root: OutboxMessage, mode: Mode) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.follows == root.id, OutboxMessage.mode == mode)
    query = query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))
    return session.exec(query.execution_options(populate_existing=True)).all()


def _follow(
    session: Session,
    enqueue: Enqueue,
    leader: Incident,
    message: Message,
    said: str,
    root: OutboxMessage,
    now: datetime,
    mode: Mode,
    not_before: datetime | None,
) -> None:
    enqueue(
        session,
        message,
        what=what(leader, said),
        period_key=key(leader),
        target=root.target,
        kind=root.kind,
        now=now,
        mode=mode,
        follows=root.id,
        not_before=not_before,
    )
