"""An open incident that nobody answers: told again, passed on, and told once more when a snooze has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from plugin.alert.board import alert_message, still_message
from plugin.alert.state import State, Status
from plugin.alert.store import snooze
from plugin.alert.tables import Incident, RuleState
from plugin.alert.tell import Desk
from plugin.alert.thread import ESCALATED, lock_group, members_of
from plugin.policy.calendar import open_seconds
from plugin.report.wording import text


def remind(
    session: Session, desk: Desk, row: RuleState, state: State, incident: Incident | None, now: datetime
) -> None:
    """At one moment of opening time. Without a verdict at this moment an old number would be quoted, so it waits for one."""
    told = incident is not None and incident.closed is None and incident.told_at is not None
    if told and state.status != Status.FIRING:
        return
    if row.snoozed_until is not None:
        if now < row.snoozed_until:
            return
        ended_at = row.snoozed_until
        snooze(row, None, "")
        session.add(row)
        if told and incident is not None:
            _wake(session, desk, incident, ended_at, now)
    if told and incident is not None and _is_due(desk, incident, now):
        # Once more with the group in hand: another incident of the same message may have been faster.
        lock_group(session, incident.group_key)
        members_of(session, incident.leader or 0)
        _repeat(session, desk, incident, now)
        _escalate(session, desk, incident, now)


def _is_due(desk: Desk, incident: Incident, now: datetime) -> bool:
    return _repeats(desk, incident, now) or _escalates(desk, incident, now)


def _repeats(desk: Desk, incident: Incident, now: datetime) -> bool:
    last = incident.told_again_at or incident.told_at
    if desk.repeat is None or last is None or incident.acknowledged_at is not None:
        return False
    return incident.told_again < desk.repeat_most and now - last >= desk.repeat


def _escalates(desk: Desk, incident: Incident, now: datetime) -> bool:
    since = incident.waiting_since
    if desk.escalate_after is None or since is None or incident.acknowledged_at is not None:
        return False
    return incident.escalated_at is None and _waited(desk, since, now) >= desk.escalate_after


def _waited(desk: Desk, since: datetime, now: datetime) -> timedelta:
    """Of a night nobody is to blame: only the rule's hours count, unless it is critical."""
    if desk.hours is None or desk.watch.critical:
        return now - since
    return timedelta(seconds=open_seconds(desk.hours, since, now))


def _wake(session: Session, desk: Desk, incident: Incident, ended_at: datetime, now: datetime) -> None:
    """What is still open when a snooze runs out is told once, also when somebody has acknowledged it."""
    lock_group(session, incident.group_key)
    members = members_of(session, incident.leader or 0)
    board = desk.board(session, members, now)
    incident.waiting_since = now
    session.add(incident)
    said_at = incident.told_again_at or incident.told_at
    if said_at is not None and said_at < ended_at:
        still = tuple(each for each in board.open if each.id not in board.snoozed)
        _tell_again(session, desk, members, still, text("alert.snooze.over", board.language), now)
    desk.thread(session, members[0], now).show(alert_message(board), "unsnoozed")


def _repeat(session: Session, desk: Desk, incident: Incident, now: datetime) -> None:
    if not _repeats(desk, incident, now):
        return
    members = members_of(session, incident.leader or 0)
    still = desk.board(session, members, now).unanswered
    _tell_again(session, desk, members, still, text("alert.unanswered", desk.watch.language), now)


def _tell_again(
    session: Session, desk: Desk, members: tuple[Incident, ...], still: tuple[Incident, ...], why: str, now: datetime
) -> None:
    """One reply for all that go on in the message; the number makes it one even after a restart."""
    number = 1 + max(each.told_again for each in members)
    message = still_message(desk.board(session, members, now), still, why)
    desk.thread(session, members[0], now).reply(message, f"still.{number}")
    for each in still:
        each.told_again, each.told_again_at = number, now
        session.add(each)


def _escalate(session: Session, desk: Desk, incident: Incident, now: datetime) -> None:
    """Once, to those who were not told yet; where it was told before, the alert says so."""
    if not _escalates(desk, incident, now):
        return
    incident.escalated_at, incident.escalated_to = now, desk.escalate_names
    session.add(incident)
    members = members_of(session, incident.leader or 0)
    message, thread = alert_message(desk.board(session, members, now)), desk.thread(session, members[0], now)
    told = {(each.kind, each.target) for each in thread.begun()}
    thread.show(message, "escalated")
    for to in desk.escalate_to:
        if (to.kind, to.target) not in told:
            thread.post(message, ESCALATED, to)
