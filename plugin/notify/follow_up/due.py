"""Contacts that ended and tickets that were solved go in, surveys into the outbox come out; each is decided once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, Table, and_, func, or_, select, update
from sqlmodel import Session

from plugin.database import insert_new, session_scope
from plugin.facts.store import CONTACT, TICKET
from plugin.normalise.customer import customer_key, plain
from plugin.normalise.reach import drop_reach, sealed_of, unseal
from plugin.notify.follow_up.links import identity_of
from plugin.notify.follow_up.mail import KIND, question_of
from plugin.notify.follow_up.tables import Decision, SurveyMail, SurveyOptOut
from plugin.notify.outbox import enqueue
from plugin.notify.outcome import GIVE_UP_AFTER
from plugin.policy.document import Document
from plugin.policy.follow_up import FollowUp

MAIL = cast(Table, SurveyMail.__table__)  # type: ignore[attr-defined]
OPT_OUT = cast(Table, SurveyOptOut.__table__)  # type: ignore[attr-defined]
#: what was missed while nothing ran is still asked for so long; older contacts are never asked about
CATCH_UP = timedelta(days=1)
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """`secret` seals addresses and signs links."""

    document: Document
    secret: bytes
    now: datetime


def plan_surveys(engine: Engine, planner: Planner) -> int:
    """Decides about everything that is due; how many mails were put into the outbox."""
    waiting = 0
    for name, survey in planner.document.surveys.items():
        with session_scope(engine) as session:
            for subject in _due(session.connection(), name, survey, planner):
                waiting += _decide(session, name, survey, subject, planner)
    with session_scope(engine) as session:
        _forget(session.connection(), planner.now)
    return waiting


def _due(connection: Connection, name: str, survey: FollowUp, planner: Planner) -> Iterator[Row[Any]]:
    table, at, ready = (
        (TICKET, TICKET.c.solved_at, TICKET.c.excluded.is_(None))
        if survey.after == "ticket"
        else (
            CONTACT,
            CONTACT.c.ended_at,
            and_(CONTACT.c.handled == 1, CONTACT.c.direction.in_(("inbound", "callback"))),
        )
    )
    until = planner.now - timedelta(seconds=survey.delay_s)
    decided = select(MAIL.c.id).where(MAIL.c.survey == name, MAIL.c.subject_key == table.c.subject_key).exists()
    columns = (table.c[each] for each in ("subject_key", "source", "subject", "channel", "queue", "agent"))
    query: Select[Any] = select(*columns).where(at > until - CATCH_UP, at <= until, ready, ~decided)
    query = query.where(*_in_scope(table, survey, planner.document)).order_by(at, table.c.subject_key).limit(_AT_ONCE)
    yield from connection.execute(query).all()


def _in_scope(table: Table, survey: FollowUp, document: Document) -> Iterator[ColumnElement[bool]]:
    scope = survey.scope
    if survey.source is not None:
        yield table.c.source == survey.source
    if scope.queue is not None:
        yield table.c.queue == scope.queue
    if scope.channel is not None:
        yield table.c.channel == scope.channel.value
    if scope.team is not None:
        team = document.teams[scope.team]
        in_a_team = [agent for each in document.teams.values() for agent in each.agents]
        yield or_(table.c.agent.in_(team.agents), and_(table.c.agent.not_in(in_a_team), table.c.queue.in_(team.queues)))


def _decide(session: Session, name: str, survey: FollowUp, subject: Row[Any], planner: Planner) -> bool:
    connection = session.connection()
    sealed = sealed_of(connection, subject.subject_key)
    address = unseal(sealed, planner.secret) if sealed is not None else None
    customer = customer_key(plain(address) or address, planner.secret) if address else None
    decision = _decision(connection, name, survey, subject.subject_key, customer, planner)
    identity = identity_of(planner.secret, name, subject.subject_key)
    row = {
        **{key: getattr(subject, key) for key in ("subject_key", "source", "subject", "channel", "queue", "agent")},
        "id": identity,
        "survey": name,
        "type": survey.type,
        "language": survey.language or planner.document.language,
        "about": survey.after,
        "question": survey.question or "",
        "customer": customer,
        "sealed": sealed if decision is Decision.WAITING else None,
        "sender": survey.from_ or "",
        "decision": decision,
        "decided_at": planner.now,
    }
    connection.execute(insert_new(MAIL, connection.dialect.name), row)
    if decision is Decision.WAITING:
        message = question_of(survey, row["language"])
        enqueue(
            session,
            message,
            what=f"survey:{name}",
            period_key=identity,
            target=identity,
            kind=KIND,
            now=planner.now,
        )
    _drop_unneeded(connection, survey, subject.subject_key, planner.document)
    return decision is Decision.WAITING


def _decision(
    connection: Connection, name: str, survey: FollowUp, subject_key: int, customer: str | None, planner: Planner
) -> Decision:
    if not is_sampled(name, subject_key, survey.sample):
        return Decision.NOT_SAMPLED
    if customer is None:
        return Decision.NO_ADDRESS
    if is_opted_out(connection, customer):
        return Decision.OPTED_OUT
    asked = (Decision.WAITING, Decision.SENT)
    since = planner.now - timedelta(days=survey.throttle_days)
    recent = select(MAIL.c.id).where(MAIL.c.customer == customer, MAIL.c.decided_at > since, MAIL.c.decision.in_(asked))
    return Decision.THROTTLED if connection.execute(recent.limit(1)).first() else Decision.WAITING


def is_sampled(name: str, subject_key: int, share: float) -> bool:
    """The same answer every time, so that a repeat of the job asks nobody more."""
    drawn = hashlib.blake2b(f"{name}\x00{subject_key}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < share * 2**64


def is_opted_out(connection: Connection, customer: str) -> bool:
    return connection.execute(select(OPT_OUT.c.customer).where(OPT_OUT.c.customer == customer)).first() is not None


def _drop_unneeded(connection: Connection, survey: FollowUp, subject_key: int, document: Document) -> None:
    """The address of a subject about which every survey has decided."""
    names = [name for name, each in document.surveys.items() if each.after == survey.after]
    query = select(func.count()).where(MAIL.c.subject_key == subject_key, MAIL.c.survey.in_(names))
    if connection.execute(query).scalar_one() >= len(names):
        drop_reach(connection, subject_key)


def _forget(connection: Connection, now: datetime) -> None:
    """Addresses of mails that the outbox has given up."""
    connection.execute(
        update(MAIL)
        .where(MAIL.c.decision == Decision.WAITING, MAIL.c.decided_at < now - 2 * GIVE_UP_AFTER)
        .values(decision=Decision.FAILED, sealed=None)
    )


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """survey --> decision --> how many."""
    query = select(MAIL.c.survey, MAIL.c.decision, func.count()).group_by(MAIL.c.survey, MAIL.c.decision)
    found: dict[str, dict[str, int]] = {}
    for name, decision, number in connection.execute(query.order_by(MAIL.c.survey, MAIL.c.decision)):
        found.setdefault(name, {})[decision] = number
    return found
