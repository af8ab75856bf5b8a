"""A pressed button of an alert goes in; the incident or the rule changes, and what to say to who pressed it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from plugin.alert.board import ACKNOWLEDGE, OPENING, SNOOZE, SNOOZES, UNSNOOZE, Board, alert_message
from plugin.alert.store import acknowledge, rules_of, snooze
from plugin.alert.tables import Incident, RuleState
from plugin.alert.tell import snoozed_of
from plugin.alert.thread import Enqueue, Thread, lock_group, members_of
from plugin.notify import outbox
from plugin.policy.calendar import Calendar, next_opening
from plugin.policy.document import Document
from plugin.report.wording import joined, since_name, text

BUTTONS = (ACKNOWLEDGE, UNSNOOZE, *(SNOOZE + name for name in (*SNOOZES, OPENING)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """`button` is one of `BUTTONS`, `who` the name that the incident keeps."""

    button: str
    incident: int
    who: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Locked:
    """The incidents of one message, and the rules of those that go on; nobody else changes them meanwhile."""

    incidents: tuple[Incident, ...]
    rules: Sequence[RuleState]

    @property
    def open(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.incidents if each.closed is None)


def answer(session: Session, document: Document, press: Press, now: datetime, enqueue: Enqueue = outbox.enqueue) -> str:
    """For all incidents of the message. Empty when the changed alert says it all; the same press again changes nothing more."""
    found = _lock(session, press.incident)
    if not found.incidents:
        return text("alert.answer.unknown", document.language)
    if not found.open:
        return text("alert.answer.over", document.language)
    if press.button == ACKNOWLEDGE:
        why, told = "acknowledged", _acknowledge(document, found, press.who, now)
    elif press.button == UNSNOOZE:
        why, told = "unsnoozed", _unsnooze(document, found, now)
    else:
        why, told = "snoozed", _snooze(document, found, press, now)
    session.add_all([*found.incidents, *found.rules])
    show(session, document, found.incidents, why, now, enqueue)
    return told


def unsnooze_rule(
    session: Session, document: Document, name: str, now: datetime, enqueue: Enqueue = outbox.enqueue
) -> bool:
    """Also where nothing is open. False when the rule is not snoozed."""
    query = select(RuleState).where(RuleState.rule == name, col(RuleState.snoozed_until) > now)
    for row in session.exec(query).all():
        if row.incident is not None:
            # Before its own row alone: who locks several rules does so in one order.
            _lock(session, row.incident)
    rows = session.exec(query.with_for_update().execution_options(populate_existing=True)).all()
    for row in rows:
        snooze(row, None, "")
        if row.incident is not None:
            incidents = _lock(session, row.incident).incidents
            _wait_anew([each for each in incidents if each.id == row.incident], now)
            show(session, document, incidents, "unsnoozed", now, enqueue)
    return bool(rows)


def show(
    session: Session, document: Document, incidents: tuple[Incident, ...], why: str, now: datetime, enqueue: Enqueue
) -> None:
    """Their message as it has to read now, wherever it can be changed."""
    leader = incidents[0]
    if leader.told_at is None:
        return
    session.flush()
    board = Board(
        members=incidents,
        now=now,
        timezone=document.timezone,
        language=document.language,
        has_opening=_hours(document, leader) is not None,
        snoozed=snoozed_of(session, incidents, now),
    )
    Thread(session=session, enqueue=enqueue, leader=leader, now=now).show(alert_message(board), why)


def _lock(session: Session, number: int) -> _Locked:
    """Those that are told in one message with it, in the order of the evaluation: rules first, then the group.

    An incident that ends at this moment has either ended, or waits for this press.
    """
    leader = session.exec(select(Incident.leader).where(Incident.id == number)).first()
    together = col(Incident.leader) == leader if leader is not None else col(Incident.id) == number
    numbers = [each for each in session.exec(select(Incident.id).where(together)).all() if each is not None]
    rules = rules_of(session, numbers, lock=True)
    found = session.get(Incident, number, populate_existing=True)
    if found is None:
        return _Locked(incidents=(), rules=rules)
    if found.leader is None:
        return _Locked(incidents=(found,), rules=rules)
    lock_group(session, found.group_key)
    return _Locked(incidents=members_of(session, found.leader), rules=rules)


def _acknowledge(document: Document, found: _Locked, who: str, now: datetime) -> str:
    new = [each for each in found.open if acknowledge(each, who, now)]
    if new:
        return ""
    first = found.open[0]
    at = since_name(first.acknowledged_at or now, now, document.timezone, document.language)
    return text("alert.answer.acknowledged", document.language, who=first.acknowledged_by, at=at)


def _snooze(document: Document, found: _Locked, press: Press, now: datetime) -> str:
    length = press.button.removeprefix(SNOOZE)
    until = now + SNOOZES[length] if length in SNOOZES else _opening(document, found.open[0], now)
    if until is None:
        return text("alert.answer.no_opening", document.language)
    for row in found.rules:
        snooze(row, until, press.who)
    return text(
        "alert.answer.snoozed",
        document.language,
        rule=_rule_names(document, found),
        until=since_name(until, now, document.timezone, document.language),
        zone=document.timezone,
    )


def _unsnooze(document: Document, found: _Locked, now: datetime) -> str:
    if not any(row.snoozed_until is not None and now < row.snoozed_until for row in found.rules):
        return text("alert.answer.not_snoozed", document.language)
    for row in found.rules:
        snooze(row, None, "")
    _wait_anew(found.open, now)
    return text("alert.answer.unsnoozed", document.language, rule=_rule_names(document, found))


def _wait_anew(incidents: Sequence[Incident], now: datetime) -> None:
    """Who ended the snooze knows of it: it is told again, and passed on, as if told now; what is held yet, when it is told."""
    for each in incidents:
        if each.told_at is not None:
            each.waiting_since = each.told_again_at = now


def _rule_names(document: Document, found: _Locked) -> str:
    return joined([_rule_name(document, each) for each in found.open], document.language)


def _rule_name(document: Document, incident: Incident) -> str:
    rule = document.rules.get(incident.rule)
    return (rule.title if rule else None) or incident.rule


def _opening(document: Document, incident: Incident, now: datetime) -> datetime | None:
    hours = _hours(document, incident)
    return next_opening(hours, now) if hours is not None else None


def _hours(document: Document, incident: Incident) -> Calendar | None:
    """Those of the rule, else those of the centre."""
    rule = document.rules.get(incident.rule)
    return document.calendar(rule.calendar if rule else None)
