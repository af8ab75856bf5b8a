"""What a running installation reads by itself: what is new at vendors that send no webhook, and what webhooks lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event
from typing import cast

from sqlalchemy import Connection, Table, select

from plugin.backfill.reading import METHOD, Reading, ReadingProblem, lacking, position_of, sender
from plugin.backfill.tables import PullPosition
from plugin.contract.event import Channel
from plugin.contract.pull import Pull
from plugin.database import reading, writing
from plugin.facts.tables import Contact
from plugin.inbox.heard import Slot, note
from plugin.inbox.store import DELIVERY
from plugin.installation import Installation
from plugin.normalise.sources import SourceConfig
from plugin.vendor_api.asking import Pace, Send

CONTACT = cast(Table, Contact.__table__)  # type: ignore[attr-defined]
PURPOSE = "follow"
#: methods of deliveries that no vendor sent
OURS = (METHOD, "IMPORT")
#: vendors show a change some time after it happened, and clocks differ
OVERLAP = timedelta(minutes=15)
#: a call without an end is asked for again while it is not older
UNENDED = timedelta(days=2)
#: a call may well last so long
LASTING = timedelta(hours=1)
#: a source that was never read: what was missed while it was set up
AT_FIRST = timedelta(days=1)
#: how long one source may keep the others waiting; it goes on at its next turn
TURN_S = 300.0
#: after a failure nothing is asked for so long
REST = timedelta(minutes=5)


def follow(opened: Installation, at: datetime, stop: Event, send: Send | None = None, pace: Pace | None = None) -> int:
    """Reads every source that is due; how many deliveries were new. A source that fails keeps none of the others from it."""
    fresh = 0
    for source, pull, since in list(due(opened, at)):
        try:
            before = _fresh(opened, source.name, since)
            read = Reading(
                opened=opened,
                source=source,
                pull=pull,
                purpose=PURPOSE,
                send=send or sender(source, pull),
                pace=pace or Pace(),
                stop=stop,
                turn_s=TURN_S,
            )
            new = read.run(since).fresh - before
            if new:
                _note(opened, source.name, at, new)
            fresh += new
        except ReadingProblem:
            continue  # it stands in the position, where `doctor` finds it
        if stop.is_set():
            break
    return fresh


def _note(opened: Installation, source: str, at: datetime, deliveries: int) -> None:
    """A source that is read has a rhythm as well."""
    with writing(opened.engine) as connection:
        note(connection, source, [Slot(first_at=at, last_at=at, deliveries=deliveries)])


def _fresh(opened: Installation, source: str, since: datetime) -> int:
    with reading(opened.engine) as connection:
        found = position_of(connection, source, PURPOSE)
    return found.fresh if found is not None and found.since == since and found.finished_at is None else 0


def due(opened: Installation, at: datetime) -> Iterator[tuple[SourceConfig, Pull, datetime]]:
    """The sources to be read now, and since when."""
    for name, source in opened.sources.items():
        pull = source.adapter.pull
        if pull is None or lacking(source, pull):
            continue
        with reading(opened.engine) as connection:
            last = position_of(connection, name, PURPOSE)
            if last is None or _is_due(connection, last, pull, at):
                yield source, pull, _since(connection, name, last, at)


def _is_due(connection: Connection, last: PullPosition, pull: Pull, at: datetime) -> bool:
    if last.problem is not None:
        return at - last.stored_at >= REST
    if last.finished_at is None or at - last.started_at >= pull.every:
        return True
    return pull.poked and _was_poked(connection, last)


def _was_poked(connection: Connection, last: PullPosition) -> bool:
    query = select(DELIVERY.c.id).where(
        DELIVERY.c.source == last.source, DELIVERY.c.received_at > last.started_at, DELIVERY.c.method.not_in(OURS)
    )
    return connection.execute(query.limit(1)).first() is not None


def _since(connection: Connection, source: str, last: PullPosition | None, at: datetime) -> datetime:
    """Where the last reading began, or the oldest call of the last days whose end is not known."""
    if last is None:
        return at - AT_FIRST
    if last.finished_at is None:
        return last.since
    query = select(CONTACT.c.started_at).where(
        CONTACT.c.source == source,
        CONTACT.c.channel == Channel.VOICE,
        CONTACT.c.ended_at.is_(None),
        CONTACT.c.started_at > at - UNENDED,
        CONTACT.c.started_at < at - LASTING,
    )
    oldest = connection.execute(query.order_by(CONTACT.c.started_at).limit(1)).scalar()
    began = last.started_at - OVERLAP
    return began if oldest is None else min(began, oldest - OVERLAP)
