"""What leaves the house about an incident: the alert, its end in the same thread, and after closed hours one hand-over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session, col, select

from plugin.alert.rule import Watch
from plugin.alert.state import Notice, NoticeKind, State, Status, is_open
from plugin.alert.store import untold
from plugin.alert.tables import Incident
from plugin.alert.wording import Past, acknowledged_message, ended_message, handover_message, message_of
from plugin.notify.message import Message, from_json
from plugin.notify.outbox import message_id
from plugin.notify.tables import Mode, OutboxMessage
from plugin.notify.tables import State as Sending
from plugin.policy.calendar import Calendar, next_opening
from plugin.policy.calendar import is_open as is_open_at
from plugin.report.addressees import Addressee

#: an alert that never arrived has no place in which anything could be said
_ARRIVES = (Sending.PENDING, Sending.SENDING, Sending.SENT)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """How one rule's notices leave: to whom, in which hours, and by which function."""

    watch: Watch
    to: tuple[Addressee, ...]
    hours: Calendar | None
    enqueue: Enqueue
    base_url: str

    def closed(self, now: datetime) -> bool:
        """Within quiet hours; a critical rule has none."""
        return self.hours is not None and not self.watch.critical and not is_open_at(self.hours, now)


def tell_held(session: Session, desk: Desk, state: State, now: datetime) -> None:
    """Says what was not said yet: the open incident as an alert, those that are over as one hand-over."""
    waiting = untold(session, desk.watch.name)
    over = [incident for incident in waiting if incident.closed is not None]
    if over:
        _hand_over(session, desk, over, now)
    for incident in waiting:
        # Without a verdict at this moment the alert would quote an old number.
        if incident.closed is None and state.status == Status.FIRING:
            _alert(session, desk, state, incident, now)


def tell_end(session: Session, desk: Desk, notice: Notice, incident: Incident, now: datetime) -> None:
    """In the thread of the alert, and in its place where the channel can change what was said. Held until the next opening."""
    later = next_opening(desk.hours, now) if desk.hours is not None and desk.closed(now) else None
    reply = message_of(desk.watch, notice, incident.id or 0, desk.base_url)
    ended = ended_message(desk.watch, notice, incident.id or 0, desk.base_url)
    for to in desk.to:
        alert = message_id(_what(incident, "fired"), _key(incident), to.target)
        _enqueue(session, desk, reply, incident, "recovered", to, now, mode=Mode.REPLY, follows=alert, not_before=later)
        if to.kind == "slack":
            _enqueue(session, desk, ended, incident, "ended", to, now, mode=Mode.EDIT, follows=alert, not_before=later)


def tell_acknowledged(
    session: Session, incident: Incident, enqueue: Enqueue, timezone: str, evaluated_at: datetime, now: datetime
) -> None:
    """In the place of the alert on Slack, once. `evaluated_at` is the last minute that the rule was looked at.

    The edit is dated then, because the end of the incident is dated with its minute and must count as later.
    """
    if incident.acknowledged_at is None:
        return
    who, at = incident.acknowledged_by or "", incident.acknowledged_at
    query = select(OutboxMessage).where(
        OutboxMessage.what == _what(incident, "fired"),
        OutboxMessage.kind == "slack",
        col(OutboxMessage.state).in_(_ARRIVES),
    )
    for alert in session.exec(query).all():
        enqueue(
            session,
            acknowledged_message(from_json(json.loads(alert.payload)), who, at, now, timezone),
            what=_what(incident, "acknowledged"),
            period_key=_key(incident),
            target=alert.target,
            kind=alert.kind,
            now=evaluated_at,
            mode=Mode.EDIT,
            follows=alert.id,
            not_before=now,
        )


def _alert(session: Session, desk: Desk, state: State, incident: Incident, now: datetime) -> None:
    if not is_open(state) or state.episode is None or state.reading is None:
        return
    notice = Notice(kind=NoticeKind.FIRED, at=now, reading=state.reading, episode=state.episode)
    message = message_of(
        desk.watch,
        notice,
        incident.id or 0,
        desk.base_url,
        held=incident.fired_at < now,
        has_hours=desk.hours is not None,
    )
    for to in desk.to:
        _enqueue(session, desk, message, incident, "fired", to, now)
    incident.told_at = now
    session.add(incident)


def _hand_over(session: Session, desk: Desk, over: Sequence[Incident], now: datetime) -> None:
    past = [Past(opened_at=one.opened_at, ended_at=one.recovered_at or now, peak=one.peak) for one in over]
    message = handover_message(desk.watch, past, now, desk.base_url)
    for to in desk.to:
        _enqueue(session, desk, message, over[-1], "handover", to, now)
    for incident in over:
        incident.told_at = now
        session.add(incident)


def _what(incident: Incident, said: str) -> str:
    return f"alert:{incident.id}:{said}"


def _key(incident: Incident) -> str:
    return incident.fired_at.isoformat()


def _enqueue(
    session: Session,
    desk: Desk,
    message: Message,
    incident: Incident,
    said: str,
    to: Addressee,
    now: datetime,
    *,
    mode: Mode = Mode.POST,
    follows: str | None = None,
    not_before: datetime | None = None,
) -> None:
    desk.enqueue(
        session,
        message,
        what=_what(incident, said),
        period_key=_key(incident),
        target=to.target,
        kind=to.kind,
        now=now,
        mode=mode,
        follows=follows,
        not_before=not_before,
    )
