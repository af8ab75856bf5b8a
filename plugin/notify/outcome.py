"""What came of a message, recorded: sent, tried again later, given up, or kept until its target works again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, update
from sqlmodel import Session, col

from plugin.notify.errors import DeliveryFailed
from plugin.notify.notifier import Receipt
from plugin.notify.outbox import Claimed, inserted
from plugin.notify.tables import Attempt, ChannelState, Mode, OutboxMessage, Pause, State

_CHANNEL = cast(Table, ChannelState.__table__)  # type: ignore[attr-defined]
_PAUSE = cast(Table, Pause.__table__)  # type: ignore[attr-defined]

#: Pause after the first, second, … failed attempt; the last one repeats until the message is too old.
BACK_OFF_S = (30, 120, 600, 1800, 7200)
GIVE_UP_AFTER = timedelta(hours=24)
#: a mail that was taken and does not come back for so long has arrived
RETURNS_WITHIN = timedelta(days=3)


def record_sent(session: Session, claimed: Claimed, receipt: Receipt, now: datetime, outcome: str = "sent") -> None:
    row = claimed.row
    # What follows it later must not take its picture for one of its own.
    kept = json.dumps({name: value for name, value in asdict(receipt).items() if name != "picture_after_s"})
    _settle(session, claimed, state=State.SENT, receipt=kept, error=None, sent_at=now)
    _log(session, row.id, now, outcome, receipt.note or None)
    channel = session.get(ChannelState, (row.kind, row.target))
    if channel is not None and (channel.returned_at is None or now - channel.returned_at > RETURNS_WITHIN):
        session.delete(channel)
        session.flush()
        # Nobody asks any more after what waits for a channel that works.
        retry_broken(session, row.kind, row.target, now, now - GIVE_UP_AFTER)


def record_failed(session: Session, claimed: Claimed, failure: DeliveryFailed, now: datetime) -> State:
    """What becomes of the message: PENDING to be tried again, FAILED, or BROKEN together with its target."""
    row = claimed.row
    if not failure.permanent and failure.retry_after_s is not None and now - row.created_at < GIVE_UP_AFTER:
        return _postpone(session, claimed, failure.reason, now, timedelta(seconds=max(1.0, failure.retry_after_s)))
    if not failure.permanent and now - row.created_at < GIVE_UP_AFTER:
        pause_s = BACK_OFF_S[min(row.attempts, len(BACK_OFF_S) - 1)]
        at = now + timedelta(seconds=pause_s)
        _settle(session, claimed, state=State.PENDING, error=failure.reason, next_attempt_at=at)
        _log(session, row.id, now, "retry", failure.reason)
        return State.PENDING
    state = State.BROKEN if failure.broken else State.FAILED
    _settle(session, claimed, state=state, error=failure.reason)
    _log(session, row.id, now, state, failure.reason)
    return state


def _postpone(session: Session, claimed: Claimed, reason: str, now: datetime, wait: timedelta) -> State:
    """As if it had not been tried, because nothing was taken; what else goes there waits with it, in its order."""
    row, until = claimed.row, now + wait
    target = "" if row.mode == Mode.EDIT else row.target
    inserted(session, _PAUSE, kind=row.kind, target=target, until=until)
    session.execute(
        update(Pause)
        .where(col(Pause.kind) == row.kind, col(Pause.target) == target, col(Pause.until) < until)
        .values(until=until)
        .execution_options(synchronize_session=False)
    )
    _settle(session, claimed, state=State.PENDING, error=reason, next_attempt_at=until, attempts=row.attempts)
    _log(session, row.id, now, "postponed", reason)
    return State.PENDING


def mark_broken(session: Session, kind: str, target: str, reason: str, now: datetime) -> bool:
    """True when the target had been working until now."""
    return inserted(session, _CHANNEL, kind=kind, target=target, broken_since=now, reason=reason)


def retry_broken(session: Session, kind: str, target: str, now: datetime, newer_than: datetime) -> int:
    """After somebody has repaired a target: its messages that are not too old are sent after all."""
    statement = (
        update(OutboxMessage)
        .where(
            col(OutboxMessage.kind) == kind,
            col(OutboxMessage.target) == target,
            col(OutboxMessage.state) == State.BROKEN,
            col(OutboxMessage.created_at) >= newer_than,
        )
        .values(state=State.PENDING, next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )
    return session.connection().execute(statement).rowcount


def _settle(session: Session, claimed: Claimed, **values: Any) -> None:
    """Only the worker whose claim still holds may write; a later claim has counted `attempts` up."""
    statement = (
        update(OutboxMessage)
        .where(
            col(OutboxMessage.id) == claimed.row.id,
            col(OutboxMessage.state) == State.SENDING,
            col(OutboxMessage.attempts) == claimed.row.attempts + 1,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.execute(statement)


def _log(session: Session, identity: str, now: datetime, outcome: str, error: str | None) -> None:
    session.add(Attempt(message_id=identity, at=now, outcome=outcome, error=error))
