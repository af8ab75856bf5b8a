"""The contacts, tickets or answers that an alert was made of: those of the rule's scope and window, as it was told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from plugin.alert.tables import Incident
from plugin.kpi.answer import Ask
from plugin.kpi.catalogue import PLAN_ATTAINMENT
from plugin.kpi.records import CUSTOMER, Record, Records, asked_records
from plugin.policy.document import Document
from plugin.report import figures, subject
from plugin.report.wording import clock_time

#: of `queue=Support,channel=voice`; a name may have a comma in it
_PART = re.compile(r"(?:^|,)(queue|team|channel)=(.*?)(?=,(?:queue|team|channel)=|$)")
#: the first that a fact has is when it began for the customer
_BEGAN = ("started_at", "entered_at", "created_at", "asked_at", "entry_at", "counted_at")
_WAITED, _HANDLED = ("wait_ms", "reply_ms", "first_reply_ms"), ("handle_ms", "talk_ms")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One record as a person reads it. `counted`: it is in the numerator; what is not known, or not to be seen, is empty."""

    at: datetime | None
    queue: str
    agent: str
    customer: str
    wait: str
    handle: str
    counted: bool


def has_records(kpi: str) -> bool:
    """Not of an attainment, which is made of a value, and not of what is no KPI."""
    return kpi != PLAN_ATTAINMENT.key and subject.metric(kpi) is not None


def question(incident: Incident) -> Ask:
    """What the told value was measured of; of an incident that was held back, what it fired on."""
    end = incident.told_at or incident.fired_at
    start = end - timedelta(seconds=max(incident.window_s, 1))
    return Ask(kpis=(incident.kpi,), start=start, end=end, only=dict(_PART.findall(incident.scope)))


def behind(
    connection: Connection,
    document: Document,
    incident: Incident,
    now: datetime,
    *,
    page: int = 1,
    per_page: int = 100,
    customers: bool = False,
) -> Records:
    """In the order of time. `customers`: with their masked numbers. Raises `AskError` where a KPI has no records."""
    return asked_records(
        connection, document, question(incident), now, page=page, per_page=per_page, customers=customers
    )


def latest_behind(
    connection: Connection,
    document: Document,
    incident: Incident,
    now: datetime,
    *,
    most: int = 10,
    customers: bool = False,
) -> tuple[Seen, ...]:
    """Those that made the value bad, the newest first: of a share of abandoned calls these, of a service level the late ones."""
    total = behind(connection, document, incident, now, per_page=1).total
    found = behind(connection, document, incident, now, per_page=max(total, 1), customers=customers)
    bad = [one for one in found.page if _is_bad(incident, one)]
    return tuple(seen(one) for one in reversed(bad))[:most]


def latest_lines(found: tuple[Seen, ...], timezone: str) -> list[str]:
    """`10:38 · Support · +371 *** 12 · 0:01:20`, the same in every language."""
    return [" · ".join(_parts(one, timezone)) for one in found]


def seen(record: Record) -> Seen:
    fact = record.fact
    began = _first(fact, _BEGAN)
    return Seen(
        at=began if isinstance(began, datetime) else None,
        queue=str(fact.get("queue") or ""),
        agent=str(fact.get("agent") or ""),
        customer=str(fact.get(CUSTOMER) or ""),
        wait=_clock(_first(fact, _WAITED)),
        handle=_clock(_first(fact, _HANDLED)),
        counted=bool(record.numerator),
    )


def _is_bad(incident: Incident, record: Record) -> bool:
    """A share that is too low lacks what is not in its numerator; of every other value all counts that is in it."""
    if subject.is_share(incident.kpi) and incident.peak < incident.threshold:
        return not record.numerator
    return bool(record.numerator)


def _parts(one: Seen, timezone: str) -> Iterator[str]:
    if one.at is not None:
        yield clock_time(one.at, timezone)
    yield from (part for part in (one.queue, one.agent, one.customer, one.wait or one.handle) if part)


def _first(fact: Any, names: tuple[str, ...]) -> Any:
    return next((fact[name] for name in names if fact.get(name) is not None), None)


def _clock(milliseconds: Any) -> str:
    return "" if milliseconds is None else figures.clock(milliseconds / 1000)
