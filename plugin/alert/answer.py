"""A pressed button of an alert goes in; the incident or the rule changes, and what to say to who pressed it comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from plugin.alert import thread
from plugin.alert.board import ACKNOWLEDGE, OPENING, SNOOZE, SNOOZES, Board, alert_message
from plugin.alert.store import acknowledge, snooze
from plugin.alert.tables import Incident, RuleState
from plugin.alert.thread import Enqueue
from plugin.notify import outbox
from plugin.policy.calendar import Calendar, next_opening
from plugin.policy.document import Document
from plugin.report.wording import joined, since_name, text

BUTTONS = (ACKNOWLEDGE, *(SNOOZE + name for name in (*SNOOZES, OPENING)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """`button` is one of `BUTTONS`, `who` the name that the incident keeps."""

    button: str
    incident: int
    who: str


def answer(session: Session, document: Document, press: Press, now: datetime, enqueue: Enqueue = outbox.enqueue) -> str:
    """For all incidents of the message. Empty when the changed alert says it all; the same press again changes nothing more."""
    incidents = _lock(session, press.incident)
    if not incidents:
        return text("alert.answer.unknown", document.language)
    still = [each for each in incidents if each.closed is None]
    if not still:
        return text("alert.answer.over", document.language)
    if press.button == ACKNOWLEDGE:
        said = _acknowledge(document, still, press.who, now)
    else:
        said = _snooze(session, document, still, press.button.removeprefix(SNOOZE), now)
    session.add_all(still)
    show(session, document, incidents, "acknowledged", now, enqueue)
    return said


def show(
    session: Session, document: Document, incidents: tuple[Incident, ...], why: str, now: datetime, enqueue: Enqueue
) -> None:
    """Their message as it has to read now, wherever it can be changed."""
    leader = incidents[0]
    if leader.told_at is None:
        return
    board = Board(
        members=incidents,
        now=now,
        timezone=document.timezone,
        language=document.language,
        has_opening=_hours(document, leader) is not None,
    )
    thread.show(session, enqueue, leader, alert_message(board), why, now)


def _lock(session: Session, number: int) -> tuple[Incident, ...]:
    """Those that are told in one message with it, in the order of the evaluation: rules first, then the group.

    An incident that ends at this moment has either ended, or waits for this press.
    """
    leader = session.exec(select(Incident.leader).where(Incident.id == number)).first()
    together = col(Incident.leader) == leader if leader is not None else col(Incident.id) == number
    numbers = session.exec(select(Incident.id).where(together)).all()
    rules = select(RuleState).where(col(RuleState.incident).in_(numbers))
    session.exec(rules.order_by(col(RuleState.rule), col(RuleState.kpi), col(RuleState.scope)).with_for_update()).all()
    found = session.get(Incident, number, populate_existing=True)
    if found is None or found.leader is None:
        return (found,) if found is not None else ()
    thread.lock_group(session, found.group_key)
    return thread.members_of(session, found.leader)


def _acknowledge(document: Document, still: list[Incident], who: str, now: datetime) -> str:
    new = [each for each in still if acknowledge(each, who, now)]
    return "" if new else _already(document, still[0], now)


def _already(document: Document, incident: Incident, now: datetime) -> str:
    at = since_name(incident.acknowledged_at or now, now, document.timezone, document.language)
    return text("alert.answer.acknowledged", document.language, who=incident.acknowledged_by, at=at)


def _snooze(session: Session, document: Document, still: list[Incident], length: str, now: datetime) -> str:
    until = now + SNOOZES[length] if length in SNOOZES else _opening(document, still[0], now)
    if until is None:
        return text("alert.answer.no_opening", document.language)
    for each in still:
        snooze(session, each.id or 0, until)
    return text(
        "alert.answer.snoozed",
        document.language,
        rule=joined([_rule_name(document, each) for each in still], document.language),
        until=since_name(until, now, document.timezone, document.language),
        zone=document.timezone,
    )


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
