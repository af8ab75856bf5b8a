"""The incidents of the rules, in the words of a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import g
from sqlalchemy import Connection
from sqlmodel import Session

from plugin.alert import store
from plugin.alert.answer import BUTTONS, Press, answer
from plugin.alert.behind import behind, has_records, question, seen
from plugin.alert.board import Snoozed
from plugin.alert.standing import Standing, of_incident
from plugin.alert.tables import Incident, RuleState
from plugin.alert.tell import snoozed_of
from plugin.alert.thread import members_of
from plugin.database import session_scope
from plugin.report import figures, subject
from plugin.report.wording import label, since_name
from plugin.web import access
from plugin.web.accounts import Account
from plugin.web.errors import BadQuery
from plugin.web.overview import Reading
from plugin.web.site import Site
from plugin.web.tables import Role

#: on one page; a file has all of them
MOST_RECORDS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """`peak` and `limit` are written, `limit` is empty where there is none; `ended_at` is None while it is open; `who`
    acknowledged it, or nobody yet; `is_own` is a trouble of Deskgauge itself.

    `together` are the other incidents of its message: an answer is for them, too.
    """

    id: int
    rule: str
    kpi: str
    label: str
    scope: str
    standing: Standing
    since: datetime
    ended_at: datetime | None
    lasted: str
    peak: str
    n: float
    limit: str
    who: str
    snoozed: Snoozed | None
    escalated_to: str
    is_open: bool
    is_own: bool = False
    together: tuple[int, ...] = ()
    has_records: bool = False


def open_incidents(connection: Connection, now: datetime, language: str) -> tuple[Told, ...]:
    """The newest first; those that were held back in quiet hours too."""
    with Session(connection) as session:
        return _told(session, store.open_incidents(session), now, language)


def recent_incidents(connection: Connection, now: datetime, language: str) -> tuple[Told, ...]:
    with Session(connection) as session:
        return _told(session, store.recent_incidents(session), now, language)


def incident(connection: Connection, number: int, now: datetime, language: str) -> Told:
    """Raises `BadQuery` with 404."""
    with Session(connection) as session:
        found = incident_of(session, number)
        (told,) = _told(session, [found], now, language)
        others = members_of(session, found.leader) if found.leader is not None else ()
        return replace(told, together=tuple(each.id or 0 for each in others if each.id != number))


def incident_of(session: Session, number: int) -> Incident:
    """Raises `BadQuery` with 404."""
    found = session.get(Incident, number)
    if found is None:
        raise BadQuery("incident", f"there is no incident {number}", "choose one from the list", status=404)
    return found


def records_page(data: Reading, number: int) -> dict[str, object]:
    """What the page of the contacts behind an alert shows. Raises `BadQuery` with 404."""
    customers = access.may_see_customers()
    with Session(data.connection) as session:
        found = incident_of(session, number)
        if not has_records(found.kpi):
            raise BadQuery("incident", "there are no records behind it", "open the incident itself", status=404)
        records = behind(data.connection, data.document, found, data.now, per_page=MOST_RECORDS, customers=customers)
    return {
        "data": data,
        "incident": found,
        "scope": ", ".join(question(found).only.values()),
        "ask": question(found),
        "zone": data.document.timezone,
        "found": records,
        "rows": [seen(each) for each in records.page],
        "time": lambda moment: since_name(moment, question(found).end, data.document.timezone, g.language),
        "counted": sum(1 for each in records.page if each.numerator),
        "customers": customers,
    }


def press(site: Site, number: int, button: str, account: Account) -> None:
    """As the button of its message does. Raises `BadQuery` with 403 for who may not; to press twice changes nothing."""
    if not account.may(Role.SUPERVISOR):
        raise BadQuery(
            "role", "a viewer may not acknowledge", "ask a supervisor, or an administrator for the role", 403
        )
    if button not in BUTTONS:
        raise BadQuery("do", "there is no such button", f"send one of {', '.join(BUTTONS)}")
    with session_scope(site.engine) as session:
        answer(session, site.document(), Press(button=button, incident=number, who=account.name), site.now())


def _told(session: Session, found: Sequence[Incident], now: datetime, language: str) -> tuple[Told, ...]:
    rules = {row.incident: row for row in store.rules_of(session, [each.id for each in found if each.id is not None])}
    snoozed = snoozed_of(session, found, now)
    return tuple(_one(each, rules.get(each.id), snoozed.get(each.id or 0), now, language) for each in found)


def _one(found: Incident, rule: RuleState | None, snoozed: Snoozed | None, now: datetime, language: str) -> Told:
    unit, own = subject.unit(found.kpi), found.kpi.startswith(subject.OWN)
    ended_at = found.recovered_at if found.closed else None
    return Told(
        id=found.id or 0,
        rule=found.rule,
        kpi=found.kpi,
        label=label(found.kpi, language),
        scope=", ".join(question(found).only.values()),
        standing=of_incident(found, rule, now),
        since=found.opened_at,
        ended_at=ended_at,
        lasted=figures.span(((ended_at or now) - found.opened_at).total_seconds(), language),
        peak=figures.figure(found.peak, unit, language),
        n=found.n,
        # A trouble that may not last at all has no limit to speak of.
        limit=figures.limit(found.threshold, unit, language) if found.threshold or not own else "",
        who=found.acknowledged_by or "",
        snoozed=snoozed,
        escalated_to=found.escalated_to or "",
        is_open=found.closed is None,
        is_own=own,
        has_records=has_records(found.kpi),
    )
