"""The message of a group of incidents on every channel that it went to: posted, changed in its place, answered in its thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, cast

from sqlalchemy import Table, case
from sqlmodel import Session, col, select

from plugin.alert.tables import Incident, IncidentGroup
from plugin.database import insert_new
from plugin.notify.message import Message, from_json
from plugin.notify.outbox import rewrite, withdraw
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The messages with which the incident of `leader` was told, and what follows each of them, at the moment `now`."""

    session: Session
    enqueue: Enqueue
    leader: Incident
    now: datetime

    def begun(self) -> Sequence[OutboxMessage]:
        """One for each target; also those that did not arrive."""
        named = [self._what(said) for said in (FIRED, ESCALATED)]
        query = select(OutboxMessage).where(col(OutboxMessage.what).in_(named)).order_by(col(OutboxMessage.id))
        return self.session.exec(query.execution_options(populate_existing=True)).all()

    def arrives(self) -> bool:
        return any(each.state in _ARRIVES for each in self.begun())

    def post(self, message: Message, said: str, to: Addressee) -> None:
        self.enqueue(
            self.session,
            message,
            what=self._what(said),
            period_key=self._key(),
            target=to.target,
            kind=to.kind,
            now=self.now,
        )

    def reply(self, message: Message, said: str, not_before: datetime | None = None) -> None:
        """Wherever it was told, once; a program is told of every change of state, and needs no reminder."""
        for root in self.begun():
            if root.kind != _TO_PROGRAMS:
                self._follow(root, Mode.REPLY, message, said, not_before)

    def show(self, message: Message, why: str) -> None:
        """In the place of the alert, where it can be changed and does not read like this yet, and in a list that waits."""
        for root in self.begun():
            if root.kind in _CHANGEABLE and root.state in _ARRIVES:
                self._change(root, message, why)
            for each in self._lists(root)[-1:]:
                rewrite(self.session, each.id, message)

    def join(self, message: Message, until: datetime) -> None:
        """One more incident: what was not sent yet says so from the start; a mail that was is followed by one at the end."""
        for root in self.begun():
            if rewrite(self.session, root.id, message):
                continue
            if root.kind in _CHANGEABLE and root.state in _ARRIVES:
                self._change(root, message, "joined")
            elif root.state in _ARRIVES:
                self._add(root, message, until)

    def withdraw_lists(self) -> None:
        """One that waits would come after the end, and tell of what is over as if it went on."""
        for root in self.begun():
            for each in self._lists(root):
                withdraw(self.session, each.id)

    def _change(self, root: OutboxMessage, message: Message, why: str) -> None:
        """The newest change is the one that counts, so each is dated after the one before it, whatever the clock says."""
        made = self._following(root, Mode.EDIT)
        if from_json(json.loads((made[-1] if made else root).payload)) == message:
            return
        dated = replace(self, now=max(self.now, made[-1].created_at + _TICK)) if made else self
        dated._follow(root, Mode.EDIT, message, f"{why}.{len(made) + 1}", self.now)

    def _add(self, root: OutboxMessage, message: Message, until: datetime) -> None:
        added = self._lists(root)
        if added and rewrite(self.session, added[-1].id, message):
            return
        self._follow(root, Mode.REPLY, message, f"joined.{len(added) + 1}", until)

    def _lists(self, root: OutboxMessage) -> Sequence[OutboxMessage]:
        """Of all that had joined; they follow what cannot be changed."""
        return [each for each in self._following(root, Mode.REPLY) if each.what.startswith(self._what("joined"))]

    def _following(self, root: OutboxMessage, mode: Mode) -> Sequence[OutboxMessage]:
        query = select(OutboxMessage).where(OutboxMessage.follows == root.id, OutboxMessage.mode == mode)
        query = query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))
        return self.session.exec(query.execution_options(populate_existing=True)).all()

    def _follow(
        self, root: OutboxMessage, mode: Mode, message: Message, said: str, not_before: datetime | None
    ) -> None:
        self.enqueue(
            self.session,
            message,
            what=self._what(said),
            period_key=self._key(),
            target=root.target,
            kind=root.kind,
            now=self.now,
            mode=mode,
            follows=root.id,
            not_before=not_before,
        )

    def _what(self, said: str) -> str:
        return f"alert:{self.leader.id}:{said}"

    def _key(self) -> str:
        return self.leader.fired_at.isoformat()
