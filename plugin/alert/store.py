"""States and incidents, loaded for one step of all rules and saved with it; one worker at a time has a rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table
from sqlmodel import Session, col, select

from plugin.alert.rule import Key, Watch
from plugin.alert.saved import from_json, to_json
from plugin.alert.state import Notice, State, is_open
from plugin.alert.tables import Closed, Incident, RuleState
from plugin.alert.usual import Usual
from plugin.database import insert_new
from plugin.report.subject import OWN

_RULE_STATE = cast(Table, RuleState.__table__)  # type: ignore[attr-defined]
_ORDER = (col(RuleState.rule), col(RuleState.kpi), col(RuleState.scope))
_UNTOLD: tuple[ColumnElement[bool], ...] = (
    col(Incident.told_at).is_(None),
    col(Incident.closed).is_distinct_from(Closed.RULE_CHANGED),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is kept of a rule: where it stands, its open incident, and whether any of its incidents was held back."""

    row: RuleState
    incident: Incident | None
    held: bool


def load(session: Session, watches: Collection[Watch]) -> Mapping[Key, Kept]:
    """In so many statements, however many rules: all rows are locked, then what they say cannot change before they are saved."""
    rows = lock(session, watches)
    numbers = [row.incident for row in rows.values() if row.incident is not None]
    found = session.exec(select(Incident).where(col(Incident.id).in_(numbers))).all() if numbers else ()
    incidents = {each.id: each for each in found}
    held = _rules_with_untold(session, [watch.name for watch in watches])
    return {
        key: Kept(row=row, incident=incidents.get(row.incident), held=row.rule in held) for key, row in rows.items()
    }


def lock(session: Session, watches: Collection[Watch]) -> Mapping[Key, RuleState]:
    """The rules' rows, which nobody else can lock until the transaction ends (SQLite has one writer anyway).

    Always in the same order, so that who locks several waits for nobody in a ring.
    """
    wanted = {watch.key for watch in watches}
    rows = _locked(session, wanted)
    if missing := sorted(wanted - rows.keys()):
        first = {"status": State().status, "state": to_json(State())}
        new = [{"rule": rule, "kpi": kpi, "scope": scope, **first} for rule, kpi, scope in missing]
        session.execute(insert_new(_RULE_STATE, session.get_bind().dialect.name), new)
        rows = _locked(session, wanted)
    return rows


def _locked(session: Session, wanted: Collection[Key]) -> dict[Key, RuleState]:
    query = select(RuleState).where(col(RuleState.rule).in_(sorted({rule for rule, _, _ in wanted})))
    query = query.order_by(*_ORDER).with_for_update().execution_options(populate_existing=True)
    return {key_of(row): row for row in session.exec(query).all() if key_of(row) in wanted}


def all_rules(session: Session) -> Sequence[RuleState]:
    return session.exec(select(RuleState)).all()


def key_of(row: RuleState) -> Key:
    return row.rule, row.kpi, row.scope


def state_of(row: RuleState) -> State:
    return from_json(row.state)


def usual_since(rows: Collection[RuleState], minute: datetime) -> dict[Key, Usual]:
    """What is usual, where that was measured in this minute already."""
    read = {key_of(row): state_of(row) for row in rows if row.read_at is not None and row.read_at >= minute}
    return {key: state.usual for key, state in read.items() if state.usual is not None}


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
    query = select(Incident).where(Incident.rule == rule, *_UNTOLD)
    return session.exec(query.order_by(col(Incident.id))).all()


def _rules_with_untold(session: Session, rules: Collection[str]) -> frozenset[str]:
    query = select(Incident.rule).where(col(Incident.rule).in_(rules), *_UNTOLD)
    return frozenset(session.exec(query.distinct()).all())


def others(rows: Collection[RuleState], watches: Collection[Watch], *, own: bool = False) -> list[RuleState]:
    """Rules that are gone, or are about something else now; with `own` Deskgauge's own troubles."""
    keys = {watch.key for watch in watches}
    return [row for row in rows if key_of(row) not in keys and row.kpi.startswith(OWN) == own]


def forget_others(
    session: Session, watches: Collection[Watch], now: datetime, *, own: bool = False
) -> Sequence[Incident]:
    """They leave no incident open; those that they had."""
    if not others(all_rules(session), watches, own=own):
        return ()
    # Once more with the rows in hand: another worker may be forgetting them, too.
    query = select(RuleState).order_by(*_ORDER).with_for_update().execution_options(populate_existing=True)
    closed = []
    for row in others(session.exec(query).all(), watches, own=own):
        incident = session.get(Incident, row.incident) if row.incident is not None else None
        if incident is not None and incident.closed is None:
            close(session, incident, Closed.RULE_CHANGED, now)
            closed.append(incident)
        session.delete(row)
    return closed


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
    query = query.order_by(*_ORDER)
    query = query.with_for_update() if lock else query
    return session.exec(query.execution_options(populate_existing=lock)).all()
