"""A digest leaves once: what it says goes into the outbox, and its numbers are remembered with it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine
from sqlmodel import Session

from plugin.database import reading, session_scope
from plugin.kpi.period import Grain, Period, label
from plugin.notify.message import Message
from plugin.notify.outbox import enqueue, message_id
from plugin.notify.tables import OutboxMessage
from plugin.policy.document import Document
from plugin.report.compose import Composer
from plugin.report.digest import build_digest
from plugin.report.goals import only_of
from plugin.report.leaving import staying
from plugin.report.material import Material
from plugin.report.published import Published, last_said, published, remember


def period_key(period: Period) -> str:
    """`day:2026-11-23`; of a campaign `days:2026-11-01..2026-11-30`."""
    if period.grain is Grain.DAY and period.last_date > period.first_date:
        return f"days:{period.first_date}..{period.last_date}"
    return f"{period.grain}:{label(period)}"


def send_digest(engine: Engine, composer: Composer, name: str, period: Period) -> int:
    """How many channels it was put into the outbox for; 0 when all of them have it. What it says is remembered with it."""
    with reading(engine) as connection, Session(connection) as session:
        if is_sent(session, composer.document, name, period):
            return 0
        said = last_said(session, name, period.start)
    # Measured before the transaction, because on SQLite it would keep everything else from writing.
    is_audit = composer.document.digests[name].kind == "audit"
    material = None if is_audit else composer.material(name, period, said)
    message = composer.audit(name, period) if material is None else build_digest(material)
    with session_scope(engine) as session:
        sent = _enqueue(session, composer, name, period, message)
        if sent and material is not None:
            _remember(session, composer, name, material)
    return sent


def _enqueue(session: Session, composer: Composer, name: str, period: Period, message: Message) -> int:
    told = replace(message, data={"type": "digest", "digest": name, "period": period_key(period)})
    return sum(
        enqueue(
            session,
            replace(told, unsubscribe_url=composer.leave_link(name, to)),
            what=f"digest:{name}",
            period_key=period_key(period),
            target=to.target,
            kind=to.kind,
            now=composer.now,
        )
        for to in staying(session.connection(), composer.document, name)
    )


def _remember(session: Session, composer: Composer, name: str, material: Material) -> None:
    """The numbers of this period, and the revised ones of earlier periods, so that they are told as revised once."""
    only = only_of(composer.document.digests[name].scope)
    remember(session, name, published(material.now, composer.document, composer.policy_revision, only), composer.now)
    again = [
        Published(
            period=one.period,
            kpi=one.kpi,
            groups=one.groups,
            value=one.new,
            version=one.version,
            policy_revision=composer.policy_revision,
            basis=one.basis,
            provisional=one.provisional,
        )
        for one in material.revisions
    ]
    remember(session, name, again, composer.now)


def is_sent(session: Session, document: Document, name: str, period: Period) -> bool:
    """Whether every channel of the digest has this period already."""
    return all(
        session.get(OutboxMessage, message_id(f"digest:{name}", period_key(period), to.target)) is not None
        for to in staying(session.connection(), document, name)
    )
