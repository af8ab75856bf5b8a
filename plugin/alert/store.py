"""States and incidents, loaded for one step and saved with it; one worker at a time has a rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table
from sqlmodel import Session, col, select

from plugin.alert.rule import Watch
from plugin.alert.saved import from_json, to_json
from plugin.alert.state import Notice, State, is_open
from plugin.alert.tables import Closed, Incident, RuleState
from plugin.alert.usual import Usual
from plugin.database import insert_new
from plugin.report.subject import OWN

_RULE_STATE = cast(Table, RuleState.__table__)  # type: ignore[attr-defined]


def lock(session: Session, watch: Watch) -> RuleState:
    """The rule's row, which nobody else can load until the transaction ends (SQLite has one writer anyway)."""
    first = {"status": State().status, "state": to_json(State())}
    key = {"rule": watch.name, "kpi": watch.kpi, "scope": watch.scope}
    session.execute(insert_new(_RULE_STATE, session.get_bind().dialect.name).values(**key, **first))
    query = select(RuleState).filter_by(**key).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def state_of(row: RuleState) -> State:
    return from_json(row.state)


def usual_since(session: Session, watch: Watch, minute: datetime) -> Usual | None:
    """What is usual, when that was measured in this minute already."""
    row = session.get(RuleState, (watch.name, watch.kpi, watch.scope))
    state = state_of(row) if row is not None else State()
    return state.usual if state.read_at is not None and state.read_at >= minute else None


def save(session: Session, row: RuleState, state: State) -> None:
    row.status, row.since, row.read_at = state.status, state.since, state.read_at
    row.state = to_json(state)
    session.add(row)


def open_incident(session: Session, watch: Watch, notice: Notice) -> Incident:
    episode = notice.episode
    incident = Incident(
        rule=watch.name,
        kpi=watch.kpi,
        scope=watch.scope,
        opened_at=episode.opened_at,
        fired_at=notice.at,
        peak=episode.peak.value or 0.0,
        n=episode.peak.n,
        threshold=watch.limits.good.passed(episode.peak.value or 0.0),
        window_s=int(watch.window.total_seconds()),
    )
    session.add(incident)
    session.flush()
    return incident


def note_peak(session: Session, incident: Incident, state: State) -> None:
    if is_open(state) and state.episode is not None:
        incident.peak, incident.n = state.episode.peak.value or 0.0, state.episode.peak.n
        session.add(incident)


def close(session: Session, incident: Incident, reason: Closed, at: datetime) -> None:
    incident.closed = reason
    incident.recovered_at = at if reason is Closed.RECOVERED else None
    session.add(incident)


def untold(session: Session, rule: str) -> Sequence[Incident]:
    """Incidents that were held back, oldest first."""
    query = select(Incident).where(
        Incident.rule == rule,
        col(Incident.told_at).is_(None),
        col(Incident.closed).is_distinct_from(Closed.RULE_CHANGED),
    )
    return session.exec(query.order_by(col(Incident.id))).all()


def forget_others(session: Session, watches: Collection[Watch], now: datetime, *, own: bool = False) -> None:
    """Rules that are gone, or are about something else now, leave no incident open; with `own` Deskgauge's own troubles."""
    keys = {(watch.name, watch.kpi, watch.scope) for watch in watches}
    for row in session.exec(select(RuleState)).all():
        if (row.rule, row.kpi, row.scope) in keys or row.kpi.startswith(OWN) != own:
            continue
        incident = session.get(Incident, row.incident) if row.incident is not None else None
        if incident is not None and incident.closed is None:
            close(session, incident, Closed.RULE_CHANGED, now)
        session.delete(row)


def open_incidents(session: Session) -> Sequence[Incident]:
    """Newest first."""
    query = select(Incident).where(col(Incident.closed).is_(None))
    return session.exec(query.order_by(col(Incident.fired_at).desc())).all()


def recent_incidents(session: Session, limit: int = 100) -> Sequence[Incident]:
    return session.exec(select(Incident).order_by(col(Incident.fired_at).desc()).limit(limit)).all()


def acknowledge(incident: Incident, who: str, now: datetime) -> bool:
    """False when it is over, or somebody had acknowledged it; the first one counts."""
    if incident.closed is not None or incident.acknowledged_at is not None:
        return False
    incident.acknowledged_at, incident.acknowledged_by = now, who
    return True


def snooze(row: RuleState, until: datetime | None, who: str) -> None:
    """No new alert of the rule is told before then; the evaluation goes on. None ends it."""
    row.snoozed_until, row.snoozed_by = until, who if until is not None else None


def rules_of(session: Session, incidents: Collection[int], *, lock: bool = False) -> Sequence[RuleState]:
    """The rules whose open incidents these are, always in the same order, so that who locks several waits for nobody in a ring."""
    query = select(RuleState).where(col(RuleState.incident).in_(incidents))
    query = query.order_by(col(RuleState.rule), col(RuleState.kpi), col(RuleState.scope))
    query = query.with_for_update() if lock else query
    return session.exec(query.execution_options(populate_existing=lock)).all()
