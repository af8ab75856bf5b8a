"""A pressed button of an alert goes in; the incident or the rule changes, and what to say to who pressed it comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from plugin.alert import store
from plugin.alert.tables import Incident, RuleState
from plugin.alert.tell import Enqueue, tell_acknowledged
from plugin.alert.wording import ACKNOWLEDGE, OPENING, SNOOZE, SNOOZES
from plugin.notify import outbox
from plugin.policy.calendar import next_opening
from plugin.policy.document import Document
from plugin.report.wording import since_name, text

BUTTONS = (ACKNOWLEDGE, *(SNOOZE + name for name in (*SNOOZES, OPENING)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """`button` is one of `BUTTONS`, `who` the name that the incident keeps."""

    button: str
    incident: int
    who: str


def answer(session: Session, document: Document, press: Press, now: datetime, enqueue: Enqueue = outbox.enqueue) -> str:
    """Empty when the changed alert says it all. The same press again changes nothing more."""
    row = _lock_rule(session, press.incident)
    acknowledged = press.button == ACKNOWLEDGE and store.acknowledge(session, press.incident, press.who, now)
    incident = session.get(Incident, press.incident)
    if incident is None:
        return text("alert.answer.unknown", document.language)
    if incident.closed is not None or row is None:
        return text("alert.answer.over", document.language)
    if press.button != ACKNOWLEDGE:
        return _snooze(session, document, incident, press.button.removeprefix(SNOOZE), now)
    # Also when it was acknowledged elsewhere: then the alert does not say so yet.
    tell_acknowledged(session, incident, enqueue, document.timezone, row.read_at or now, now)
    return "" if acknowledged else _already(document, incident, now)


def _lock_rule(session: Session, number: int) -> RuleState | None:
    """In the order of the evaluation: an incident that ends at this moment has either ended, or waits for this press."""
    key = session.exec(select(Incident.rule, Incident.kpi, Incident.scope).where(col(Incident.id) == number)).first()
    return session.get(RuleState, tuple(key), with_for_update=True) if key is not None else None


def _already(document: Document, incident: Incident, now: datetime) -> str:
    at = since_name(incident.acknowledged_at or now, now, document.timezone, document.language)
    return text("alert.answer.acknowledged", document.language, who=incident.acknowledged_by, at=at)


def _snooze(session: Session, document: Document, incident: Incident, length: str, now: datetime) -> str:
    until = _until(document, incident, length, now)
    if until is None:
        return text("alert.answer.no_opening", document.language)
    store.snooze(session, incident.id or 0, until)
    rule = document.rules.get(incident.rule)
    return text(
        "alert.answer.snoozed",
        document.language,
        rule=(rule.title if rule else None) or incident.rule,
        until=since_name(until, now, document.timezone, document.language),
        zone=document.timezone,
    )


def _until(document: Document, incident: Incident, length: str, now: datetime) -> datetime | None:
    if length in SNOOZES:
        return now + SNOOZES[length]
    rule = document.rules.get(incident.rule)
    hours = document.calendar(rule.calendar if rule else None)
    return next_opening(hours, now) if hours is not None else None
