"""What leaves the house about an incident: the alert, its end in the same thread, and after closed hours one hand-over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from plugin.alert.board import Board, Snoozed, alert_message, recovered_message, words
from plugin.alert.handover import Handed, Past, handover_message
from plugin.alert.rule import Watch
from plugin.alert.state import Notice, NoticeKind, State, Status, is_open
from plugin.alert.store import rules_of, untold
from plugin.alert.tables import Incident, IncidentGroup
from plugin.alert.thread import FIRED, Enqueue, Thread, lock_group, members_of
from plugin.alert.values import latest
from plugin.alert.wording import ended_words, fired_words, title
from plugin.alert.words import to_json
from plugin.policy.calendar import Calendar, next_opening
from plugin.policy.calendar import is_open as is_open_at
from plugin.report import figures
from plugin.report.addressees import Addressee
from plugin.report.wording import text


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """How one rule's notices leave: to whom, in which hours, by which function, and with which rules together.

    What fires within `window` after the message of another rule of the same `group` joins that message. While nobody
    answers it is told again every `repeat`, and after `escalate_after` also to `escalate_to`; None: never.
    """

    watch: Watch
    to: tuple[Addressee, ...]
    hours: Calendar | None
    enqueue: Enqueue
    base_url: str
    group: str = ""
    window: timedelta = timedelta(0)
    has_opening: bool = False
    repeat: timedelta | None = None
    repeat_most: int = 0
    escalate_after: timedelta | None = None
    escalate_to: tuple[Addressee, ...] = ()
    escalate_names: str = ""

    def closed(self, now: datetime) -> bool:
        """Within quiet hours; a critical rule has none."""
        return self.hours is not None and not self.watch.critical and not is_open_at(self.hours, now)

    def thread(self, session: Session, leader: Incident, now: datetime) -> Thread:
        return Thread(session=session, enqueue=self.enqueue, leader=leader, now=now)

    def board(self, session: Session, members: tuple[Incident, ...], now: datetime) -> Board:
        return Board(
            members=members,
            now=now,
            timezone=self.watch.timezone,
            language=self.watch.language,
            has_opening=self.has_opening,
            snoozed=snoozed_of(session, members, now),
        )


def snoozed_of(session: Session, members: Sequence[Incident], now: datetime) -> dict[int, Snoozed]:
    return {
        row.incident: Snoozed(until=row.snoozed_until, who=row.snoozed_by or "")
        for row in rules_of(session, [each.id for each in members if each.id is not None])
        if row.incident is not None and row.snoozed_until is not None and now < row.snoozed_until
    }


def tell_held(session: Session, desk: Desk, state: State, now: datetime) -> None:
    """Says of the open incident what was not said yet."""
    for incident in untold(session, desk.watch.name):
        # Without a verdict at this moment the alert would quote an old number.
        if incident.closed is None and state.status == Status.FIRING:
            _alert(session, desk, state, incident, now)


def hand_over(session: Session, desks: Sequence[Desk], now: datetime) -> None:
    """To each target one message about all that came and went there while it was not to be told."""
    over = [(desk, _over(session, desk)) for desk in desks]
    to = dict.fromkeys(each for desk, incidents in over if incidents for each in desk.to)
    for each in to:
        _hand_over(session, [(desk, some) for desk, some in over if some and each in desk.to], each, now)
    for incident in [one for _, incidents in over for one in incidents]:
        incident.told_at = now
        session.add(incident)


def _over(session: Session, desk: Desk) -> tuple[Incident, ...]:
    return tuple(one for one in untold(session, desk.watch.name) if one.closed is not None)


def _hand_over(
    session: Session, over: Sequence[tuple[Desk, tuple[Incident, ...]]], to: Addressee, now: datetime
) -> None:
    handed = [
        Handed(
            watch=desk.watch,
            past=tuple(
                Past(opened_at=one.opened_at, ended_at=one.recovered_at or now, peak=one.peak) for one in incidents
            ),
        )
        for desk, incidents in over
    ]
    (desk, incidents), *_ = over
    message = handover_message(handed, now, desk.base_url)
    desk.thread(session, incidents[-1], now).post(message, "handover", to)


def tell_end(session: Session, desk: Desk, notice: Notice, incident: Incident, now: datetime) -> None:
    """In the thread of the alert once all in its message are over (held until the next opening), and in its place at once."""
    lock_group(session, incident.group_key)
    incident.words = to_json(ended_words(desk.watch, notice, words(incident), _taken(desk, incident)))
    session.add(incident)
    members = members_of(session, incident.leader or 0)
    if not members:
        return
    board, thread = desk.board(session, members, now), desk.thread(session, members[0], now)
    if not board.open:
        later = next_opening(desk.hours, now) if desk.hours is not None and desk.closed(now) else None
        end = recovered_message(board, title(desk.watch, notice))
        thread.withdraw_lists()
        thread.reply(end, "recovered", later)
    thread.show(alert_message(board), "ended")


def note_latest(session: Session, desk: Desk, state: State, incident: Incident) -> None:
    """What is said again is the newest value that allowed a verdict."""
    if state.status == Status.FIRING and state.reading is not None and incident.told_at is not None:
        incident.words = to_json(replace(words(incident), latest=latest(desk.watch, state.reading)))
        session.add(incident)


def _taken(desk: Desk, incident: Incident) -> str:
    """Who took care, and how long after it was told."""
    if incident.acknowledged_at is None or incident.told_at is None:
        return ""
    duration = figures.span((incident.acknowledged_at - incident.told_at).total_seconds(), desk.watch.language)
    who = incident.acknowledged_by or ""
    return text("alert.acknowledged.after", desk.watch.language, who=who, duration=duration)


def _alert(session: Session, desk: Desk, state: State, incident: Incident, now: datetime) -> None:
    if not is_open(state) or state.episode is None or state.reading is None:
        return
    notice = Notice(kind=NoticeKind.FIRED, at=now, reading=state.reading, episode=state.episode)
    held = "" if incident.fired_at >= now else "closed" if desk.closed(incident.fired_at) else "snoozed"
    said = fired_words(desk.watch, notice, desk.base_url, incident=incident.id or 0, held=held)
    group = lock_group(session, desk.group)
    others = _joinable(session, desk, group, now)
    incident.words, incident.told_at, incident.group_key = to_json(said), now, desk.group
    incident.leader = others[0].id if others else incident.id
    incident.waiting_since = now
    session.add(incident)
    if others and group.since is not None:
        _join(session, desk, others[0], now, group.since + desk.window)
        return
    group.leader, group.since = incident.id, now
    session.add(group)
    message = alert_message(desk.board(session, (incident,), now))
    for to in desk.to:
        desk.thread(session, incident, now).post(message, FIRED, to)


def _joinable(session: Session, desk: Desk, group: IncidentGroup, now: datetime) -> tuple[Incident, ...]:
    """The incidents of the message that this one may join: young, on its way, not over, and nobody has answered it yet.

    A critical one speaks for itself, because a message that is changed makes no sound.
    """
    if desk.watch.critical or group.leader is None or group.since is None:
        return ()
    if not timedelta(0) <= now - group.since < desk.window:
        return ()
    members = members_of(session, group.leader)
    board = desk.board(session, members, now)
    heard = board.open and board.open == board.unanswered and desk.thread(session, members[0], now).arrives()
    return members if heard else ()


def _join(session: Session, desk: Desk, leader: Incident, now: datetime, until: datetime) -> None:
    board = desk.board(session, members_of(session, leader.id or 0), now)
    desk.thread(session, leader, now).join(alert_message(board), until)
