"""Contacts told event by event, folded into a database without vendor or inbox, and measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.events.store import subject_key
from plugin.facts.dirty import Dirty, mark_dirty
from plugin.facts.reckoning import PLAIN, Reckoning
from plugin.facts.store import refold
from plugin.inbox.sources import add_source, note_supply
from plugin.kpi.cells import refresh_cells
from plugin.kpi.measure import Question, measure
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Grain, Period
from plugin.kpi.terms import Terms
from plugin.normalise.supply import supplied_by

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = "desk"


def told(kind: Kind, second: float, queue: str | None = None, agent: str | None = None, **more: Any) -> Event:
    """An event so many seconds after `MONDAY`; what the event itself does not have is data."""
    own = {name: more.pop(name) for name in ("customer", "direction", "channel") if name in more}
    at = MONDAY + timedelta(seconds=second)
    key = f"{kind}:{second}:{queue}:{agent}:{sorted(own.items())}:{sorted(more.items())}"
    return Event(kind=kind, at=at, subject="", dedupe_key=key, queue=queue, agent=agent, data=more, **own)


def answered(at: float, wait: float = 10, talk: float = 60, queue: str = "support", **offered: Any) -> list[Event]:
    return [
        told(Kind.CONTACT_OFFERED, at, **offered),
        told(Kind.CONTACT_QUEUED, at, queue),
        told(Kind.CONTACT_ANSWERED, at + wait, queue, "Ann"),
        told(Kind.CONTACT_ENDED, at + wait + talk, agent="Ann"),
    ]


def abandoned(at: float, wait: float = 30, queue: str = "support", **offered: Any) -> list[Event]:
    return [
        told(Kind.CONTACT_OFFERED, at, **offered),
        told(Kind.CONTACT_QUEUED, at, queue),
        told(Kind.CONTACT_ABANDONED, at + wait, queue),
    ]


def store(
    engine: Engine,
    contacts: Mapping[str, Sequence[Event]],
    terms: Terms | None = None,
    knows: Sequence[str] = (),
    reckoning: Reckoning = PLAIN,
) -> None:
    """Folds them, and brings the cells up to date."""
    subjects = {subject_key(SOURCE, "contact", name): events for name, events in contacts.items()}
    names = {subject_key(SOURCE, "contact", name): (SOURCE, name) for name in contacts}
    with writing(engine) as connection:
        dirty = Dirty()
        refold(connection, "contact", subjects, names, {}, {SOURCE: knows}, dirty, reckoning)
        mark_dirty(connection, dirty)
        add_source(connection, SOURCE, "generic", MONDAY)
        note_supply(
            connection, {SOURCE: {fact for told in contacts.values() for event in told for fact in supplied_by(event)}}
        )
    while refresh_cells(engine, terms or Terms()):
        pass


def values(
    engine: Engine,
    kpis: Iterable[str],
    days: float = 1,
    by: tuple[str, ...] = (),
    terms: Terms | None = None,
    shift: timedelta = timedelta(0),
    **question: Any,
) -> dict[tuple[str, ...], dict[str, Measurement]]:
    """Of one period that begins on `MONDAY`, by group. Moved by a second, no cell can tell it and the facts have to."""
    period = Period(grain=Grain.DAY, start=MONDAY + shift, end=MONDAY + timedelta(days=days) + shift, timezone="UTC")
    asked = Question(periods=(period,), by=by, as_of=MONDAY + timedelta(days=365), **question)
    with reading(engine) as connection:
        found = measure(connection, list(kpis), asked, terms or Terms())
    return {group: measured for (_, group), measured in found.items()}
