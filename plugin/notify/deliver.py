"""Empties the outbox: claims what is due, sends it once, and decides what becomes of what did not arrive."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import Session

from plugin.database import reading, session_scope
from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Message, from_json
from plugin.notify.named import variables
from plugin.notify.notifier import Envelope, Notifier, Notifiers, Receipt
from plugin.notify.outbox import Claimed, claim, due, enqueue, overtaken, receipt_of
from plugin.notify.outcome import mark_broken, record_failed, record_sent
from plugin.notify.tables import Mode, OutboxMessage, State

_BATCH_S = 60
#: kind --> what sets it up, where that is not named for each target
_SETTINGS = {
    "slack": "SLACK_BOT_TOKEN",
    "email": "SMTP_URL",
    "survey": "SMTP_URL",
    "file": "the folder of this installation",
}
_log = logging.getLogger(__name__)


def deliver_due(engine: Engine, notifiers: Notifiers, now: datetime, *, limit: int = 20) -> int:
    """How many messages arrived; a slow batch ends early and the next call goes on.

    A message that was tried before is first looked for at the other side. Mail cannot be asked: a crash between the
    server's acceptance and our record repeats it under the same Message-ID.
    """
    started = monotonic()
    with reading(engine) as connection, Session(connection) as session:
        rows = due(session, now, limit)
    arrived = 0
    for row in rows:
        # The lease is counted from `now`, so claims late in a slow batch would be short ones: the next round takes those.
        if monotonic() - started > _BATCH_S:
            break
        arrived += _deliver(engine, notifiers, row, now)
    return arrived


def _deliver(engine: Engine, notifiers: Notifiers, row: OutboxMessage, now: datetime) -> bool:
    with session_scope(engine) as session:
        claimed = claim(session, row, now)
        if claimed is None:
            return False
        if overtaken(session, row):
            record_sent(
                session,
                claimed,
                Receipt(where=row.target, reference="", note="a later edit replaces it"),
                now,
                "overtaken",
            )
            return False
        envelope = _envelope(session, row)
    try:
        receipt, outcome = _send_once(_notifier(notifiers, row), claimed, envelope)
    except DeliveryFailed as failure:
        _log.warning("message %s to %s failed: %s", row.id, row.kind, failure.reason)
        with session_scope(engine) as session:
            _failed(session, claimed, failure, now)
        return False
    with session_scope(engine) as session:
        record_sent(session, claimed, receipt, now, outcome)
        if receipt.picture_after_s is not None:
            _picture_later(session, row, now + timedelta(seconds=receipt.picture_after_s), now)
    return True


def _picture_later(session: Session, row: OutboxMessage, not_before: datetime, now: datetime) -> None:
    """In the thread in which it would have been; for as long, and as patiently, as anything else is tried."""
    message = _message(row)
    enqueue(
        session,
        Message(title=message.title, chart=message.chart, language=message.language),
        what=f"{row.what}:picture",
        period_key=row.period_key,
        target=row.target,
        kind=row.kind,
        now=now,
        mode=Mode.PICTURE,
        follows=(row.follows if row.mode == Mode.REPLY else None) or row.id,
        not_before=not_before,
    )


def _envelope(session: Session, row: OutboxMessage) -> Envelope:
    """A message whose predecessor never arrived goes out by itself."""
    follows = receipt_of(session, row.follows) if row.follows else None
    return Envelope(
        id=row.id,
        target=row.target,
        created_at=row.created_at,
        follows=follows,
        picture_only=row.mode == Mode.PICTURE,
    )


def _notifier(notifiers: Notifiers, row: OutboxMessage) -> Notifier:
    notifier = notifiers.get(row.kind)
    if notifier is None:
        setting = _SETTINGS.get(row.kind) or " and ".join(variables(row.kind, row.target))
        raise DeliveryFailed(f"Nothing is set up for {row.kind}: set {setting}.", permanent=True, broken=True)
    return notifier


def _send_once(notifier: Notifier, claimed: Claimed, envelope: Envelope) -> tuple[Receipt, str]:
    message = _message(claimed.row)
    if claimed.row.mode == Mode.EDIT and envelope.follows is not None:
        # An edit twice is an edit once: there is nothing to look for.
        return notifier.edit(message, envelope), "sent"
    note = ""
    # A picture carries no name of ours by which it could be found.
    if claimed.repeated and claimed.row.mode != Mode.PICTURE:
        found, note = _look(notifier, envelope)
        if found is not None:
            return found, "recognised"
    receipt = notifier.send(message, envelope)
    notes = " ".join(part for part in (receipt.note, note) if part)
    return replace(receipt, note=notes), "sent"


def _look(notifier: Notifier, envelope: Envelope) -> tuple[Receipt | None, str]:
    """What the other side has of this message. Where looking is not allowed, saying it twice is better than never."""
    try:
        return notifier.find_sent(envelope), ""
    except DeliveryFailed as failure:
        if not failure.permanent:
            raise
        return None, f"It could not be checked whether an earlier attempt had arrived: {failure.reason}"


def _message(row: OutboxMessage) -> Message:
    try:
        return from_json(json.loads(row.payload))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        raise DeliveryFailed(f"The stored message cannot be read: {fields}.", permanent=True) from None
    except json.JSONDecodeError:
        raise DeliveryFailed("The stored message cannot be read: it is not JSON.", permanent=True) from None


def _failed(session: Session, claimed: Claimed, failure: DeliveryFailed, now: datetime) -> None:
    """A target that does not work is noted; Deskgauge's watch over itself tells of it where somebody still reads."""
    if record_failed(session, claimed, failure, now) is State.BROKEN:
        mark_broken(session, claimed.row.kind, claimed.row.target, failure.reason, now)
