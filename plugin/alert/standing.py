"""Where rules and incidents stand for a reader: what was measured, and what people did about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from plugin.alert.rule import Watch, watch
from plugin.alert.standing_text import standing
from plugin.alert.state import State
from plugin.alert.store import all_rules, key_of, state_of
from plugin.alert.tables import Incident, RuleState
from plugin.policy.document import Document
from plugin.report.wording import sentences, since_name, text


class Standing(StrEnum):
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    INSUFFICIENT = "insufficient"
    NO_DATA = "no_data"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleStanding:
    """`said` is in the language of the centre; `incident` is the open one."""

    rule: str
    status: Standing
    since: datetime | None
    incident: int | None
    snoozed_until: datetime | None
    said: str


def of_rule(row: RuleState | None, incident: Incident | None, now: datetime) -> Standing:
    """What people did counts for more than what was measured: it says whether somebody has to act."""
    if row is None:
        return Standing.OK
    if is_snoozed(row, now):
        return Standing.SNOOZED
    if incident is not None and incident.acknowledged_at is not None:
        return Standing.ACKNOWLEDGED
    return Standing(row.status)


def of_incident(incident: Incident, row: RuleState | None, now: datetime) -> Standing:
    if incident.closed is not None:
        return Standing.RESOLVED
    if row is None or row.incident != incident.id:
        return Standing.FIRING
    found = of_rule(row, incident, now)
    # an open incident between limit and clear value is open all the same
    return Standing.FIRING if found in (Standing.OK, Standing.PENDING) else found


def is_snoozed(row: RuleState, now: datetime) -> bool:
    return row.snoozed_until is not None and now < row.snoozed_until


def standings(session: Session, document: Document, now: datetime) -> tuple[RuleStanding, ...]:
    """Of all rules, in the order of the policy."""
    rows = {key_of(row): row for row in all_rules(session)}
    watches = [watch(name, rule, document) for name, rule in document.rules.items()]
    return tuple(_standing(session, each, rows.get(each.key), now) for each in watches)


def _standing(session: Session, watched: Watch, row: RuleState | None, now: datetime) -> RuleStanding:
    incident = session.get(Incident, row.incident) if row is not None and row.incident is not None else None
    return RuleStanding(
        rule=watched.name,
        status=of_rule(row, incident, now),
        since=row.since if row is not None else None,
        incident=incident.id if incident is not None else None,
        snoozed_until=row.snoozed_until if row is not None and is_snoozed(row, now) else None,
        said=sentences([*_answered(watched, row, incident, now), _measured(watched, row, now)], watched.language),
    )


def _measured(watched: Watch, row: RuleState | None, now: datetime) -> str:
    return standing(watched, state_of(row), now, row.muted_by) if row is not None else standing(watched, State(), now)


def _answered(watched: Watch, row: RuleState | None, incident: Incident | None, now: datetime) -> list[str]:
    said = []
    if incident is not None and incident.acknowledged_at is not None:
        at = since_name(incident.acknowledged_at, now, watched.timezone, watched.language)
        said.append(text("alert.acknowledged", watched.language, who=incident.acknowledged_by or "", at=at))
    if row is not None and row.snoozed_until is not None and is_snoozed(row, now):
        until = since_name(row.snoozed_until, now, watched.timezone, watched.language)
        said.append(text("alert.snoozed", watched.language, until=until, who=row.snoozed_by or ""))
    return said
