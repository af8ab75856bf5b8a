"""What of the policy was used in a period: who sent events, which channels got messages, which rules alerted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from plugin.alert.tables import Incident
from plugin.events.tables import StoredEvent
from plugin.kpi.answer import Ask, missing_fact, supply_of
from plugin.kpi.catalogue import METRICS
from plugin.kpi.period import Period
from plugin.notify.tables import OutboxMessage, State
from plugin.policy.document import Document
from plugin.report.addressees import addressees
from plugin.report.audit.seen import RuleUse, Usage

_EVENT = cast(Table, StoredEvent.__table__)  # type: ignore[attr-defined]


def usage(
    connection: Connection, document: Document, period: Period, knows: Mapping[str, Collection[str]] | None = None
) -> Usage:
    """`knows` gives the facts that each source's adapter supplies, beside those that its events have shown."""
    with Session(connection) as session:
        return Usage(
            events=_events(connection, document, period),
            messages=_messages(session, document, period),
            rules={name: _rule(session, name, period) for name in document.rules},
            unavailable=dict(_unavailable(connection, document, period, knows or {})),
        )


def _unavailable(
    connection: Connection, document: Document, period: Period, knows: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str]]:
    """Variants lack what their KPI lacks, and are left out."""
    supply = supply_of(connection, document, Ask(kpis=(), start=period.start, end=period.end), knows)
    for kpi in METRICS:
        reason = missing_fact(kpi, supply)
        if reason is not None and "." not in kpi:
            yield kpi, reason


def _events(connection: Connection, document: Document, period: Period) -> dict[str, int]:
    query = select(_EVENT.c.source, func.count()).where(_EVENT.c.at >= period.start, _EVENT.c.at < period.end)
    found = {source: int(count) for source, count in connection.execute(query.group_by(_EVENT.c.source))}
    return {name: found.get(name, 0) for name in document.sources}


def _messages(session: Session, document: Document, period: Period) -> dict[str, int]:
    query = (
        select_rows(OutboxMessage.target, func.count())
        .where(OutboxMessage.state == State.SENT)
        .where(col(OutboxMessage.created_at) >= period.start, col(OutboxMessage.created_at) < period.end)
        .group_by(col(OutboxMessage.target))
    )
    found = dict(session.exec(query).all())
    return {name: sum(found.get(to.target, 0) for to in addressees(document, [name])) for name in document.channels}


def _rule(session: Session, name: str, period: Period) -> RuleUse:
    query = select_rows(Incident.fired_at, Incident.recovered_at).where(
        Incident.rule == name, col(Incident.fired_at) < period.end, col(Incident.fired_at) >= period.start
    )
    incidents = session.exec(query).all()
    lasted = sum((_within(fired_at, recovered_at, period) for fired_at, recovered_at in incidents), start=0.0)
    return RuleUse(alerts=len(incidents), share=lasted / (period.end - period.start).total_seconds())


def _within(start: datetime, end: datetime | None, period: Period) -> float:
    """Seconds; what goes on counts up to the end of the period."""
    return max(0.0, (min(end or period.end, period.end) - start).total_seconds())
