"""The incidents of the rules, in the words of a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session

from plugin.alert import store
from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.tables import Incident
from plugin.database import session_scope
from plugin.report import figures, subject
from plugin.report.wording import label
from plugin.web.accounts import Account
from plugin.web.errors import BadQuery
from plugin.web.site import Site
from plugin.web.tables import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """`peak` and `limit` are written; `ended_at` is None while it is open; `who` acknowledged it, or nobody yet."""

    id: int
    rule: str
    kpi: str
    label: str
    scope: str
    since: datetime
    ended_at: datetime | None
    lasted: str
    peak: str
    n: float
    limit: str
    who: str
    is_open: bool


def open_incidents(connection: Connection, now: datetime, language: str) -> tuple[Told, ...]:
    """The newest first; those that were held back in quiet hours too."""
    with Session(connection) as session:
        return _told(store.open_incidents(session), now, language)


def recent_incidents(connection: Connection, now: datetime, language: str) -> tuple[Told, ...]:
    with Session(connection) as session:
        return _told(store.recent_incidents(session), now, language)


def incident(connection: Connection, number: int, now: datetime, language: str) -> Told:
    """Raises `BadQuery` with 404."""
    with Session(connection) as session:
        found = session.get(Incident, number)
        if found is None:
            raise BadQuery("incident", f"there is no incident {number}", "choose one from the list", status=404)
        return _one(found, now, language)


def acknowledge(site: Site, number: int, account: Account) -> None:
    """As the button of its message does. Raises `BadQuery` with 403 for who may not; to acknowledge twice changes nothing."""
    if not account.may(Role.SUPERVISOR):
        raise BadQuery(
            "role", "a viewer may not acknowledge", "ask a supervisor, or an administrator for the role", 403
        )
    with session_scope(site.engine) as session:
        press = Press(button=ACKNOWLEDGE, incident=number, who=account.name)
        answer(session, site.document(), press, site.now())


def _told(found: Sequence[Incident], now: datetime, language: str) -> tuple[Told, ...]:
    return tuple(_one(each, now, language) for each in found)


def _one(found: Incident, now: datetime, language: str) -> Told:
    unit = subject.unit(found.kpi)
    ended_at = found.recovered_at if found.closed else None
    return Told(
        id=found.id or 0,
        rule=found.rule,
        kpi=found.kpi,
        label=label(found.kpi, language),
        scope=found.scope.partition("=")[2],
        since=found.opened_at,
        ended_at=ended_at,
        lasted=figures.span(((ended_at or now) - found.opened_at).total_seconds(), language),
        peak=figures.figure(found.peak, unit, language),
        n=found.n,
        limit=figures.limit(found.threshold, unit, language),
        who=found.acknowledged_by or "",
        is_open=found.closed is None,
    )
